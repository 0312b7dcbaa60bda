"""Meters of CO2: their readings rolled up to tonnes of a year, and read again for a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import text

from services.data.work import Work
from services.metering import CO2_FLOW, CO2_MASS, MISSED_REPORTS

KINDS = (CO2_FLOW, CO2_MASS)
# A flow in tonnes an hour, a counter in tonnes.
TONNES: Mapping[str, float] = MappingProxyType({"t/h": 1.0, "kg/h": 0.001, "t": 1.0})
BAD_QUALITY = 2


@dataclass(frozen=True, slots=True)
class MeasuredPoint:
    """A point that measures CO2, and what it gave in a year; None before its first roll-up."""

    organization_id: int
    device_id: int
    kind: str
    tonnes: float | None
    covered_s: float
    computed_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """Whether messages of CO2 meters came since the last roll-up, and whether of long ago."""

    has_any: bool
    has_historical: bool


_NEWS = text("""
SELECT count(*) > 0, coalesce(bool_or(m.historical), false)
FROM collected.message m
WHERE (m.organization_id, m.device_id) IN
      (SELECT p.organization_id, p.device_id FROM collected.point p WHERE p.kind = ANY(:kinds))
  AND m.received_at > coalesce((SELECT max(computed_at) FROM statistics.measured_co2),
                               '-infinity'::timestamptz) - INTERVAL '1 hour'
""")


def news(work: Work) -> News:
    """Return what came since the last roll-up; an hour more, for what was on its way then."""
    row = work.connection.execute(_NEWS, {"kinds": list(KINDS)}).one()
    return News(bool(row[0]), bool(row[1]))


# A flow holds until the next reading; after three reports that did not come it holds for one, and
# the rest is not covered. A counter adds what it counted between two readings, and covers the time
# unless reports did not come; where it went back it was changed or set anew, and what it counted
# in between is not known.
_ROLL_UP = text("""
INSERT INTO statistics.measured_co2 AS kept
  (organization_id, access_path, device_id, point_id, year, tonnes, covered_s, readings,
   computed_at)
SELECT organization_id, access_path, device_id, point_id, :year,
       sum(CASE WHEN kind = :flow THEN value * factor * held_s / 3600
                ELSE coalesce(greatest(next_value - value, 0), 0) * factor END),
       sum(CASE WHEN kind = :flow THEN held_s
                WHEN next_value >= value AND gap_s <= :missed * interval_s THEN gap_s
                ELSE 0 END),
       count(*), :at
FROM (
  SELECT *, least(CASE WHEN gap_s <= :missed * interval_s THEN gap_s ELSE interval_s END,
                  extract(epoch FROM CAST(:until AS timestamptz) - taken_at)) AS held_s
  FROM (
    SELECT r.organization_id, d.access_path, r.device_id, r.point_id, p.kind, u.factor,
           d.interval_s, r.taken_at, r.value, lead(r.value) OVER later AS next_value,
           extract(epoch FROM lead(r.taken_at) OVER later - r.taken_at)::float8 AS gap_s
    FROM collected.reading r
    JOIN collected.point p USING (organization_id, device_id, point_id)
    JOIN collected.device d USING (organization_id, device_id)
    JOIN unnest(CAST(:units AS text[]), CAST(:factors AS float8[])) AS u(unit, factor)
      ON u.unit = p.unit
    WHERE p.kind = ANY(:kinds) AND r.taken_at >= :since AND r.taken_at < :until
      AND r.quality <> :bad AND r.value >= 0
    WINDOW later AS (PARTITION BY r.organization_id, r.device_id, r.point_id
                     ORDER BY r.taken_at, r.message_id)
  ) AS pairs
) AS spans
GROUP BY organization_id, access_path, device_id, point_id
ON CONFLICT (organization_id, device_id, point_id, year) DO UPDATE
SET tonnes = excluded.tonnes, covered_s = excluded.covered_s, readings = excluded.readings,
    computed_at = excluded.computed_at
""")


def roll_up(work: Work, year: int, span: tuple[datetime, datetime], at: datetime) -> int:
    """Add up what every CO2 meter measured in a year; return how many points had readings."""
    since, until = span
    done = work.connection.execute(
        _ROLL_UP,
        {
            "year": year,
            "since": since,
            "until": until,
            "at": at,
            "flow": CO2_FLOW,
            "kinds": list(KINDS),
            "units": list(TONNES),
            "factors": list(TONNES.values()),
            "missed": MISSED_REPORTS,
            "bad": BAD_QUALITY,
        },
    )
    return done.rowcount


_BELOW = text("""
SELECT p.organization_id, p.device_id, p.kind, m.tonnes, coalesce(m.covered_s, 0), m.computed_at
FROM collected.point p
LEFT JOIN statistics.measured_co2 m
  ON m.organization_id = p.organization_id AND m.device_id = p.device_id
 AND m.point_id = p.point_id AND m.year = :year
WHERE p.kind = ANY(:kinds) AND p.access_path <@ CAST(:path AS ltree)
ORDER BY p.organization_id, p.device_id, p.point_id
""")


def below(work: Work, access_path: str, year: int) -> tuple[MeasuredPoint, ...]:
    """Return the points that measure CO2 at a place or below it, with what a year gave."""
    asked = {"kinds": list(KINDS), "path": access_path, "year": year}
    return tuple(MeasuredPoint(*row) for row in work.connection.execute(_BELOW, asked))
