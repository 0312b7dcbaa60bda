"""Up to which message readings were checked; like that of roll-ups, with a cursor of its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from services.data.message_progress import Progress, advanced, late_since
from services.data.work import Work

# Longer than the listener, or a file of readings, takes from a number to the end of its work.
UNDER_WAY = timedelta(minutes=5)
_LOCK = 7_302_160_050


@dataclass(frozen=True, slots=True)
class Reach:
    """What is to be looked at: messages after `known` up to `newest`, and those that came late."""

    known: int
    newest: int
    late: tuple[int, ...] = ()


_PROGRESS = text(
    "SELECT settled, middle, middle_at, newest, missing::text FROM base.watch_progress"
)
_BEGIN = text("""
INSERT INTO base.watch_progress (settled, middle, middle_at, newest)
SELECT newest, newest, :at, newest
FROM (SELECT coalesce(max(message_id), 0) AS newest FROM collected.message) m
""")
_KEEP = text("""
UPDATE base.watch_progress
SET settled = :settled, middle = :middle, middle_at = :middle_at, newest = :newest,
    missing = CAST(:missing AS int8multirange)
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
    known = Progress(*row)
    late = late_since(work, known)
    reached = advanced(work, known, late, at, UNDER_WAY)
    work.connection.execute(_KEEP, asdict(reached))
    if reached.newest == known.newest and not late:
        return None
    return Reach(known.newest, reached.newest, tuple(late))
