"""How readings that came stand to the limits of their points, in one statement (4.2 c).

Only readings of points with a limit are read. Of each the newest that was checked is remembered, so
that a change and a run of equal readings are known over the ends of what is looked at at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text

from services.alert_facts import RESOLVED
from services.data.watch_progress import Reach
from services.data.work import Work

BAD_QUALITY = 2


class Names(NamedTuple):
    """A point with its device, as people know them."""

    point_id: int
    point_zh: str
    point_en: str
    device_zh: str
    device_en: str
    unit: str


class Watched(NamedTuple):
    """A point with readings that came, its limit, and how they stand to it.

    Of what is not limited, `…_broken` is None. `…_clear` tells of the newest: None where it does
    not say. Instants and figures are those of the newest reading that broke the limit.
    """

    organization_id: int
    access_path: str
    point_id: int
    severity: str
    low: float | None
    high: float | None
    range_broken: bool | None
    range_value: float | None
    range_at: datetime | None
    range_clear: bool | None
    change_per_minute: float | None
    rate_broken: bool | None
    rate_value: float | None
    rate_at: datetime | None
    rate_clear: bool | None
    same_readings: int | None
    stuck_broken: bool | None
    stuck_count: int | None
    stuck_value: float | None
    stuck_at: datetime | None
    stuck_clear: bool | None
    late_s: int | None
    late_broken: bool | None
    late_by_s: float | None
    late_at: datetime | None
    late_clear: bool | None


class Silence(NamedTuple):
    """A point that has to report, since when it does not, and whether that is too long."""

    organization_id: int
    access_path: str
    point_id: int
    severity: str
    since: datetime
    allowed_s: int
    is_silent: bool


# The newest limit of each point of a device in use.
_LIMITS = """
  SELECT DISTINCT ON (l.organization_id, l.point_id) l.*, d.interval_s, d.registered_at,
         d.retired_at IS NOT NULL AS is_retired
  FROM collected.point_limit l
  JOIN collected.point p USING (organization_id, point_id)
  JOIN collected.device d ON d.organization_id = p.organization_id AND d.device_id = p.device_id
  ORDER BY l.organization_id, l.point_id, l.recorded_at DESC, l.limit_id
"""
_CAME = """({0}message_id > :known AND {0}message_id <= :newest
         OR {0}message_id = ANY(CAST(:late AS bigint[])))"""
# What is older than what was checked, and came only now, is held against the range alone.
_FRESH = f"""
  SELECT r.organization_id, r.point_id, r.taken_at, r.value, r.message_id,
         l.access_path, l.severity, l.low, l.high, l.margin, l.change_per_minute,
         l.same_readings, l.late_s, c.last_at, c.last_value, c.same_readings AS same_before,
         r.taken_at > coalesce(c.last_at, '-infinity') AS is_onward,
         CASE WHEN l.late_s IS NOT NULL AND NOT m.historical
              THEN date_part('epoch', m.received_at - r.taken_at) END AS lag_s
  FROM collected.reading r
  JOIN limits l ON l.organization_id = r.organization_id AND l.point_id = r.point_id
  LEFT JOIN collected.point_check c
    ON c.organization_id = r.organization_id AND c.point_id = r.point_id
  LEFT JOIN (SELECT organization_id, device_id, message_id, received_at, historical
             FROM collected.message WHERE {_CAME.format("")}) AS m
    ON m.organization_id = r.organization_id AND m.message_id = r.message_id
       AND l.late_s IS NOT NULL
  WHERE {_CAME.format("r.")} AND r.quality <> :bad AND NOT l.is_retired
"""
_EACH = "PARTITION BY organization_id, point_id ORDER BY taken_at, message_id"
_ONWARD = f"""
  SELECT *, abs(value - before) / nullif(date_part('epoch', taken_at - before_at) / 60, 0) AS rate,
         row_number() OVER (PARTITION BY organization_id, point_id, run
                            ORDER BY taken_at, message_id)
           + CASE WHEN run = 0 THEN same_before ELSE 0 END AS same
  FROM (
    SELECT *, count(*) FILTER (WHERE value IS DISTINCT FROM before)
                OVER ({_EACH} ROWS UNBOUNDED PRECEDING) AS run
    FROM (
      SELECT *, lag(value, 1, last_value) OVER ({_EACH}) AS before,
             lag(taken_at, 1, last_at) OVER ({_EACH}) AS before_at
      FROM fresh WHERE is_onward
    ) AS paired
  ) AS told
"""


def _newest(what: str, of: str = "taken_at", only: str = "") -> str:
    """Return SQL for a figure of the newest reading, or of the newest among some."""
    condition = f" FILTER (WHERE {only})" if only else ""
    return f"(array_agg({what} ORDER BY {of} DESC, message_id DESC){condition})[1]"


_IN_RANGE = """coalesce({0} >= low + margin, true) AND coalesce({0} <= high - margin, true)"""
_OUT = "coalesce(value < low, false) OR coalesce(value > high, false)"
_STUCK = "same >= same_readings"
_CHECK = text(f"""
WITH limits AS MATERIALIZED ({_LIMITS}),
fresh AS MATERIALIZED ({_FRESH}),
onward AS MATERIALIZED ({_ONWARD}),
moved AS (
  SELECT organization_id, point_id, {_newest("rate")} AS rate, {_newest("value")} AS value,
         max(taken_at) AS taken_at, {_newest("same")} AS same,
         bool_or(rate > change_per_minute) AS rate_broken,
         {_newest("rate", only="rate > change_per_minute")} AS rate_value,
         {_newest("taken_at", only="rate > change_per_minute")} AS rate_at,
         bool_or({_STUCK}) AS stuck_broken, {_newest("same", only=_STUCK)} AS stuck_count,
         {_newest("value", only=_STUCK)} AS stuck_value,
         {_newest("taken_at", only=_STUCK)} AS stuck_at
  FROM onward GROUP BY organization_id, point_id
),
remembered AS (
  INSERT INTO collected.point_check AS kept
    (organization_id, point_id, access_path, last_at, last_value, same_readings)
  SELECT organization_id, point_id, l.access_path, m.taken_at, m.value, m.same
  FROM moved m JOIN limits l USING (organization_id, point_id)
  ON CONFLICT (organization_id, point_id) DO UPDATE
  SET access_path = excluded.access_path, last_at = excluded.last_at,
      last_value = excluded.last_value, same_readings = excluded.same_readings
),
came AS (
  SELECT organization_id, point_id, access_path, severity, low, high, margin, change_per_minute,
         same_readings, late_s, last_value, bool_or({_OUT}) AS is_out,
         {_newest("value", only=_OUT)} AS range_value,
         {_newest("taken_at", only=_OUT)} AS range_at,
         bool_or(lag_s > late_s) AS late_broken,
         {_newest("lag_s", only="lag_s > late_s")} AS late_by_s,
         {_newest("taken_at", only="lag_s > late_s")} AS late_at,
         {_newest("lag_s", "message_id", "lag_s IS NOT NULL")} <= late_s AS late_clear
  FROM fresh
  GROUP BY organization_id, point_id, access_path, severity, low, high, margin,
           change_per_minute, same_readings, late_s, last_value
)
SELECT organization_id, access_path, point_id, severity, low, high,
       CASE WHEN low IS NOT NULL OR high IS NOT NULL THEN is_out END AS range_broken,
       range_value, range_at,
       {_IN_RANGE.format("coalesce(m.value, last_value)")} AS range_clear,
       change_per_minute, rate_broken, rate_value, rate_at,
       m.rate <= change_per_minute AS rate_clear,
       same_readings, stuck_broken, stuck_count, stuck_value, stuck_at,
       m.same < same_readings AS stuck_clear,
       late_s, late_broken, late_by_s, late_at, late_clear
FROM came LEFT JOIN moved m USING (organization_id, point_id)
ORDER BY organization_id, point_id
""")
_SILENT = text(f"""
SELECT l.organization_id, l.access_path, l.point_id, l.severity, s.since,
       l.silent_reports * l.interval_s AS allowed_s,
       s.since < CAST(:now AS timestamptz)
         - make_interval(secs => l.silent_reports * l.interval_s) AS is_silent
FROM ({_LIMITS}) AS l
LEFT JOIN collected.latest_reading n
  ON n.organization_id = l.organization_id AND n.device_id = l.device_id
     AND n.point_id = l.point_id
CROSS JOIN LATERAL (
  SELECT coalesce(n.taken_at, greatest(l.registered_at, l.recorded_at)) AS since) AS s
WHERE l.silent_reports IS NOT NULL AND NOT l.is_retired
ORDER BY l.organization_id, l.point_id
""")
_UNCHECKED = text(f"""
SELECT a.organization_id, a.access_path, a.key
FROM business.alert a
LEFT JOIN ({_LIMITS}) AS l
  ON l.organization_id = a.organization_id AND a.key = a.rule || '/point:' || l.point_id
WHERE a.state <> '{RESOLVED}' AND a.clear_since IS NULL AND a.rule LIKE 'point.%'
  AND (l.point_id IS NULL OR l.is_retired OR CASE a.rule
    WHEN 'point.range' THEN coalesce(l.low, l.high) WHEN 'point.rate' THEN l.change_per_minute
    WHEN 'point.stuck' THEN l.same_readings WHEN 'point.late' THEN l.late_s
    WHEN 'point.silent' THEN l.silent_reports END IS NULL)
""")
_OPEN = text(f"""
SELECT organization_id, key FROM business.alert
WHERE state <> '{RESOLVED}' AND clear_since IS NULL AND rule = ANY(:rules)
""")
_NAMES = text("""
SELECT p.organization_id, p.point_id, p.name_zh, p.name_en, d.name_zh, d.name_en, p.unit
FROM collected.point p JOIN collected.device d USING (organization_id, device_id)
JOIN unnest(CAST(:organizations AS bigint[]), CAST(:points AS bigint[]))
  AS asked(organization_id, point_id) USING (organization_id, point_id)
""")


def check(work: Work, reach: Reach) -> list[Watched]:
    """Return how what came stands to the limits, by point, and remember the newest of each."""
    asked = {"known": reach.known, "newest": reach.newest, "late": list(reach.late)}
    # Of what came since nobody has counted anything yet: expecting a handful, the planner would
    # look through all messages for each reading.
    work.connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    rows = work.connection.execute(_CHECK, asked | {"bad": BAD_QUALITY}).all()
    work.connection.exec_driver_sql("SET LOCAL enable_nestloop = on")
    return [Watched(*row) for row in rows]


def silences(work: Work, now: datetime) -> list[Silence]:
    """Return every point that has to report, with since when it does not."""
    return [Silence(*row) for row in work.connection.execute(_SILENT, {"now": now})]


def unchecked(work: Work) -> list[Any]:
    """Return the alerts of points whose check was switched off, or whose device is gone."""
    return list(work.connection.execute(_UNCHECKED))


def standing(work: Work, rules: Iterable[str]) -> set[tuple[int, str]]:
    """Return the conditions that stood when they were looked at last, of alerts by some rules."""
    rows = work.connection.execute(_OPEN, {"rules": list(rules)})
    return {(row[0], row[1]) for row in rows}


def names_of(work: Work, points: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Names]:
    """Return what people call points, by organization and number."""
    asked = sorted(set(points))
    named = {"organizations": [key[0] for key in asked], "points": [key[1] for key in asked]}
    rows = work.connection.execute(_NAMES, named)
    return {(row[0], row[1]): Names(*row[1:]) for row in rows}
