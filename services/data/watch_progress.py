"""Up to which message readings were checked; like that of roll-ups, with a cursor of its own.

Numbers of messages are given before a transaction ends, so that one may be seen after another with
a higher number. How many there are is counted between what is settled and the newest: where one
more is found there, what is not settled is looked at once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from services.data.work import Work

# Longer than the listener, or a file of readings, takes from a number to the end of its work.
UNDER_WAY = timedelta(minutes=5)
_LOCK = 7_302_160_050


@dataclass(frozen=True, slots=True)
class Reach:
    """What is to be looked at: messages after `since`; those after `known` for the first time."""

    since: int
    known: int
    newest: int


_PROGRESS = text("SELECT settled, middle, middle_at, newest, seen FROM base.watch_progress")
_COUNT = text("""
SELECT count(*) FROM collected.message WHERE message_id > :after AND message_id <= :newest
""")
_NEWEST = text("SELECT max(message_id) FROM collected.message WHERE message_id > :newest")
_BEGIN = text("""
INSERT INTO base.watch_progress (settled, middle, middle_at, newest, seen)
SELECT newest, newest, :at, newest, 0
FROM (SELECT coalesce(max(message_id), 0) AS newest FROM collected.message) m
""")
_KEEP = text("""
UPDATE base.watch_progress
SET settled = :settled, middle = :middle, middle_at = :middle_at, newest = :newest, seen = :seen
""")


def take_turn(work: Work) -> bool:
    """Return whether nobody else checks now; held until the transaction ends.

    All of it sees one moment: what comes meanwhile is for the next time.
    """
    work.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    asked = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(work.connection.execute(asked, {"key": _LOCK}).scalar_one())


def advance(work: Work, at: datetime) -> Reach | None:
    """Return what came since the last time, and write down that it was looked at.

    None the first time, which begins with what comes from now on, and where nothing came.
    """
    row = work.connection.execute(_PROGRESS).one_or_none()
    if row is None:
        work.connection.execute(_BEGIN, {"at": at})
        return None
    found = work.connection.execute(_NEWEST, {"newest": row.newest}).scalar_one()
    newest = found or row.newest
    is_same = _count(work, row.settled, row.newest) == row.seen
    told = {"settled": row.settled, "middle": row.middle, "middle_at": row.middle_at}
    if at - row.middle_at >= UNDER_WAY:
        told = {"settled": row.middle, "middle": newest, "middle_at": at}
    told |= {"newest": newest, "seen": _count(work, told["settled"], newest)}
    work.connection.execute(_KEEP, told)
    since = row.newest if is_same else row.settled
    return Reach(since, row.newest, newest) if newest > since else None


def _count(work: Work, after: int, newest: int) -> int:
    asked = {"after": after, "newest": newest}
    return int(work.connection.execute(_COUNT, asked).scalar_one())
