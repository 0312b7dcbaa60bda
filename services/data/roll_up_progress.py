"""How far readings are rolled up, by the numbers of messages that were seen (4.4 d)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from services.data.engine import ROOT_PATH
from services.data.work import Work

ROOT_ID = 100_000


@dataclass(frozen=True, slots=True)
class Progress:
    """Up to which message readings are rolled up.

    Numbers are given before a transaction ends, so that a message may be seen after one with a
    higher number. Below `settled` none can come any more: `middle`, the newest at `middle_at`, is
    next. `missing` are the numbers from there to `newest` that were not seen, as PostgreSQL writes
    ranges: most were given for nothing, to a message that had come before.
    """

    settled: int
    middle: int
    middle_at: datetime
    newest: int
    missing: str


# No transaction takes that long between its first number and its end.
UNDER_WAY = timedelta(hours=1)


def progress(work: Work) -> Progress | None:
    """Return how far readings are rolled up; None before the first time."""
    query = text(
        "SELECT settled, middle, middle_at, newest, missing::text FROM statistics.roll_up_progress"
    )
    row = work.connection.execute(query).one_or_none()
    return Progress(*row) if row else None


_NEWEST = text("SELECT max(message_id) FROM collected.message WHERE message_id > :newest")
# The bounds are said beside the ranges, for they alone are sought by an index.
_LATE = text("""
SELECT message_id FROM collected.message
WHERE message_id <@ CAST(:missing AS int8multirange)
  AND message_id >= lower(CAST(:missing AS int8multirange))
  AND message_id < upper(CAST(:missing AS int8multirange))
""")
_KEEP = text("""
INSERT INTO statistics.roll_up_progress
  (organization_id, access_path, settled, middle, middle_at, newest, missing)
SELECT :root, CAST(:path AS ltree), :settled, :middle, :middle_at, :newest,
  (CAST(:missing AS int8multirange) - seen.late + gaps.found) * int8multirange(int8range(
    :settled, NULL, '()'))
FROM
  (SELECT coalesce(range_agg(int8range(n, n, '[]')), '{}') AS late
   FROM unnest(CAST(:late AS bigint[])) AS n) AS seen,
  (SELECT coalesce(range_agg(int8range(before, message_id, '()')), '{}') AS found
   FROM (SELECT message_id, coalesce(lag(message_id) OVER (ORDER BY message_id), :before) AS before
         FROM collected.message WHERE message_id > :before) AS pairs
   WHERE message_id > before + 1) AS gaps
ON CONFLICT (organization_id) DO UPDATE
SET settled = excluded.settled, middle = excluded.middle, middle_at = excluded.middle_at,
    newest = excluded.newest, missing = excluded.missing
""")
NOTHING = "{}"


def late_since(work: Work, known: Progress | None) -> list[int]:
    """Return the messages that came only now, with lower numbers than some that were seen."""
    if known is None or known.missing == NOTHING:
        return []
    return list(work.connection.scalars(_LATE, {"missing": known.missing}))


def keep_progress(work: Work, known: Progress | None, late: Sequence[int], at: datetime) -> None:
    """Write down what is rolled up now, what of it is missing, and what is settled by now."""
    before = known or Progress(0, 0, at, 0, NOTHING)
    newest = work.connection.execute(_NEWEST, {"newest": before.newest}).scalar_one()
    told = {"settled": before.settled, "middle": before.middle, "middle_at": before.middle_at}
    told |= {"newest": newest or before.newest}
    if known is None or at - before.middle_at >= UNDER_WAY:
        told |= {"settled": before.middle, "middle": told["newest"], "middle_at": at}
    place = {"root": ROOT_ID, "path": ROOT_PATH}
    seen = {"missing": before.missing, "before": before.newest, "late": list(late)}
    work.connection.execute(_KEEP, {**told, **place, **seen})
