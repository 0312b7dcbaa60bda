"""Hours, days and months of readings as sums of the level below (4.4 d)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from services.data.work import Work

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Window:
    """Quarters to look at, from the first to before the last."""

    since: datetime
    until: datetime


# Days and months are those of the clocks in China.
ZONE = "'Asia/Shanghai'"
# That a part lies in its span is said twice: few spans are looked up by the bounds, and many are
# joined by the equality, without comparing each with each.
# A counter that says nothing for a while tells at its return how much it counted, not when: the
# leap belongs to the first span that holds both of its ends.
_SUMS = """
INSERT INTO statistics.reading_{level} AS kept
  (organization_id, access_path, device_id, point_id, begins_at, readings, suspect, total, low,
   high, last_value, last_at, amount, amount_s, covered_s, steps_back, leap, leap_to, computed_at)
SELECT organization_id, max(access_path::text)::ltree, device_id, point_id, span_at,
       sum(readings), sum(suspect), sum(total ORDER BY begins_at), min(low), max(high),
       (array_agg(last_value ORDER BY last_at DESC) FILTER (WHERE last_at IS NOT NULL))[1],
       max(last_at),
       sum(amount + CASE WHEN leap_to <= ends_at THEN leap ELSE 0 END ORDER BY begins_at),
       sum(amount_s + CASE WHEN leap_to <= ends_at
                           THEN date_part('epoch', leap_to - last_at) ELSE 0 END
           ORDER BY begins_at),
       sum(covered_s ORDER BY begins_at), sum(steps_back),
       coalesce(sum(leap) FILTER (WHERE leap_to > ends_at), 0),
       max(leap_to) FILTER (WHERE leap_to > ends_at), :at
FROM (SELECT b.*, s.begins_at AS span_at, {ends} AS ends_at
      FROM ({spans}) AS s
      JOIN statistics.reading_{below} b ON b.organization_id = s.organization_id
       AND b.point_id = s.point_id AND b.begins_at >= s.begins_at AND b.begins_at < {ends}
       AND {span_of_part} = s.begins_at) AS parts
GROUP BY organization_id, device_id, point_id, span_at
ON CONFLICT (organization_id, point_id, begins_at) DO UPDATE
SET access_path = excluded.access_path, readings = excluded.readings, suspect = excluded.suspect,
    total = excluded.total, low = excluded.low, high = excluded.high,
    last_value = excluded.last_value, last_at = excluded.last_at, amount = excluded.amount,
    amount_s = excluded.amount_s, covered_s = excluded.covered_s,
    steps_back = excluded.steps_back, leap = excluded.leap, leap_to = excluded.leap_to,
    computed_at = excluded.computed_at{more}
"""
_SPANS = """
  SELECT organization_id, point_id, {span} AS begins_at FROM statistics.reading_{below}
  WHERE begins_at >= :since AND begins_at < :until AND computed_at = :at
  GROUP BY 1, 2, 3
  UNION
  SELECT organization_id, point_id, {span} FROM statistics.touched_bin
  WHERE begins_at >= :since AND begins_at < :until
"""
# Late readings open a month again that had ended; a day of grace for what is on its way.
_REOPENED = """,
    reopened_at = CASE WHEN date_trunc('month', kept.begins_at + INTERVAL '32 days',
                                       'Asia/Shanghai') + INTERVAL '1 day' < :at
                        AND (kept.amount, kept.readings, kept.leap)
                            IS DISTINCT FROM (excluded.amount, excluded.readings, excluded.leap)
                       THEN :at ELSE kept.reopened_at END"""
_HOUR = "date_bin('1 hour', begins_at, TIMESTAMPTZ '2000-01-01 00:00+00')"
_MONTH_ENDS = f"date_trunc('month', s.begins_at + INTERVAL '32 days', {ZONE})"
# Level, level below, where a span begins, where it ends.
LEVELS = (
    ("hour", "quarter", _HOUR, "s.begins_at + INTERVAL '1 hour'"),
    ("day", "hour", f"date_trunc('day', begins_at, {ZONE})", "s.begins_at + INTERVAL '1 day'"),
    ("month", "day", f"date_trunc('month', begins_at, {ZONE})", _MONTH_ENDS),
)
_GONE = """
DELETE FROM statistics.reading_{level} s
USING (SELECT DISTINCT organization_id, point_id, {span} AS begins_at
       FROM statistics.touched_bin WHERE begins_at >= :since AND begins_at < :until) AS t
WHERE s.organization_id = t.organization_id AND s.point_id = t.point_id
  AND s.begins_at = t.begins_at
  AND NOT EXISTS (SELECT FROM statistics.reading_{below} b
                  WHERE b.organization_id = s.organization_id AND b.point_id = s.point_id
                    AND b.begins_at >= s.begins_at AND b.begins_at < {ends}
                    AND {span_of_part} = s.begins_at)
"""


def sum_up(work: Work, changed: Iterable[Window], at: datetime) -> None:
    """Make hours, days and months anew of the quarters that were changed at an instant."""
    for window in _joined(changed):
        since, until = window.since, window.until
        # Fresh rows have no statistics, and each span would be sought among all of them.
        loops = "on" if until - since <= _NEAR else "off"
        work.connection.exec_driver_sql(f"SET LOCAL enable_nestloop = {loops}")
        for level, below, span, ends in LEVELS:
            spans = _SPANS.format(span=span, below=below)
            more = _REOPENED if level == "month" else ""
            part = span.replace("begins_at", "b.begins_at")
            order = _SUMS.format(
                level=level, below=below, spans=spans, ends=ends, more=more, span_of_part=part
            )
            asked = {"since": since, "until": until}
            work.connection.execute(text(order), {**asked, "at": at})
            gone = _GONE.format(level=level, below=below, span=span, ends=ends, span_of_part=part)
            work.connection.execute(text(gone), asked)
            # A span of the next level may begin before its first part.
            since -= _LONGEST[level]


def _joined(windows: Iterable[Window]) -> Iterator[Window]:
    """Yield windows that lie near each other as one."""
    last: Window | None = None
    for window in sorted(windows, key=lambda each: each.since):
        if last and window.since - last.until <= _NEAR:
            last = Window(last.since, max(last.until, window.until))
            continue
        if last:
            yield last
        last = window
    if last:
        yield last


_NEAR = timedelta(days=1)
_LONGEST = {"hour": timedelta(hours=1), "day": timedelta(days=1), "month": timedelta(days=31)}
