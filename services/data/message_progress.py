"""Which messages were seen, by their numbers; whoever follows them has a cursor of its own.

Numbers are given before a transaction ends, so that a message may be seen after one with a higher
number: those between that were not seen are remembered until none of them can come any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from services.data.work import Work


@dataclass(frozen=True, slots=True)
class Progress:
    """Up to which message all were seen.

    Below `settled` none can come any more: `middle`, the newest at `middle_at`, is next. `missing`
    are the numbers from there to `newest` that were not seen, as PostgreSQL writes ranges: most
    were given for nothing, to a message that had come before.
    """

    settled: int
    middle: int
    middle_at: datetime
    newest: int
    missing: str


NOTHING = "{}"
_NEWEST = text("SELECT max(message_id) FROM collected.message WHERE message_id > :newest")
# The bounds are said beside the ranges, for they alone are sought by an index.
_LATE = text("""
SELECT message_id FROM collected.message
WHERE message_id <@ CAST(:missing AS int8multirange)
  AND message_id >= lower(CAST(:missing AS int8multirange))
  AND message_id < upper(CAST(:missing AS int8multirange))
""")
_MISSING = text("""
SELECT CAST((CAST(:missing AS int8multirange) - seen.late + gaps.found)
  * int8multirange(int8range(CAST(:settled AS bigint), NULL, '()')) AS text)
FROM
  (SELECT coalesce(range_agg(int8range(n, n, '[]')), '{}') AS late
   FROM unnest(CAST(:late AS bigint[])) AS n) AS seen,
  (SELECT coalesce(range_agg(int8range(before, message_id, '()')), '{}') AS found
   FROM (SELECT message_id, coalesce(lag(message_id) OVER (ORDER BY message_id), :before) AS before
         FROM collected.message WHERE message_id > :before) AS pairs
   WHERE message_id > before + 1) AS gaps
""")


def late_since(work: Work, known: Progress) -> list[int]:
    """Return the messages that came only now, with lower numbers than some that were seen."""
    if known.missing == NOTHING:
        return []
    return list(work.connection.scalars(_LATE, {"missing": known.missing}))


def advanced(
    work: Work, known: Progress, late: Sequence[int], at: datetime, under_way: timedelta
) -> Progress:
    """Return what is seen when the late and the new ones are, and what is settled by now.

    No transaction may take as long as `under_way` between its first number and its end.
    """
    found = work.connection.execute(_NEWEST, {"newest": known.newest}).scalar_one()
    newest = found or known.newest
    settled, middle, middle_at = known.settled, known.middle, known.middle_at
    if at - middle_at >= under_way:
        settled, middle, middle_at = middle, newest, at
    asked = {"missing": known.missing, "late": list(late), "before": known.newest}
    missing = work.connection.execute(_MISSING, {**asked, "settled": settled}).scalar_one()
    return Progress(settled, middle, middle_at, newest, missing)
