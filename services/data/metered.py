"""What bound points gave, by day and month, and what flue gas was measured (4.4 d)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import text

from services.data.roll_up_sums import ZONE
from services.data.work import Work
from services.metering import CO2_FLOW, CO2_MASS
from services.registry import CONCENTRATION, GAS_FLOW

# By what an amount of CO2 is multiplied to be tonnes: a rate was held for hours.
TONNES: Mapping[str, float] = MappingProxyType({"t/h": 1.0, "kg/h": 0.001, "t": 1.0})
# Grams in a cubic metre times cubic metres an hour, in tonnes an hour.
TONNES_OF_GRAMS = 1e-6


@dataclass(frozen=True, slots=True)
class BoundDay:
    """What a point gave on a day, and where it went by the binding in force on that day.

    `amount` is in the point's own unit; seconds say how much of the day is known and covered.
    """

    begins_at: datetime
    point_id: int
    source: str
    item: str
    symbol: str
    unit: str
    scale: float
    amount: float
    amount_s: float
    covered_s: float
    readings: int
    suspect: int
    steps_back: int
    leap: float
    leap_s: float
    leaves: bool


# A leap belongs to the month of both its ends, though nobody knows to which of its days.
_BOUND = text(f"""
SELECT r.begins_at, r.point_id, b.source, b.item, b.symbol, b.unit, b.scale, r.amount, r.amount_s,
       r.covered_s, r.readings, r.suspect, r.steps_back,
       CASE WHEN r.leap_to <= e.ends_at THEN r.leap ELSE 0 END AS leap,
       CASE WHEN r.leap_to <= e.ends_at THEN extract(epoch FROM r.leap_to - r.last_at)::float8
            ELSE 0 END AS leap_s,
       coalesce(r.leap_to > e.ends_at, false) AS leaves
FROM statistics.reading_day r
CROSS JOIN LATERAL (
  SELECT * FROM collected.point_binding p
  WHERE p.organization_id = r.organization_id AND p.point_id = r.point_id
    AND p.valid_from <= (r.begins_at AT TIME ZONE {ZONE})::date
  ORDER BY p.valid_from DESC, p.recorded_at DESC LIMIT 1) AS b
CROSS JOIN LATERAL (
  SELECT date_trunc('month', date_trunc('month', r.begins_at, {ZONE}) + INTERVAL '32 days', {ZONE})
    AS ends_at) AS e
WHERE r.organization_id = :organization_id AND r.begins_at >= :since AND r.begins_at < :until
  AND b.source <> ''
ORDER BY r.begins_at, r.point_id
""")


def bound_days(
    work: Work, organization_id: int, span: tuple[datetime, datetime]
) -> tuple[BoundDay, ...]:
    """Return what the bound points of an organization gave on each day of a span."""
    asked = {"organization_id": organization_id, "since": span[0], "until": span[1]}
    return tuple(BoundDay(*row) for row in work.connection.execute(_BOUND, asked))


_MONTHS = text("""
SELECT point_id, begins_at, reopened_at FROM statistics.reading_month
WHERE organization_id = :organization_id AND begins_at >= :since AND begins_at < :until
  AND reopened_at IS NOT NULL
""")


def reopened(
    work: Work, organization_id: int, span: tuple[datetime, datetime]
) -> dict[tuple[int, datetime], datetime]:
    """Return when months of points that had ended were opened again by late readings."""
    asked = {"organization_id": organization_id, "since": span[0], "until": span[1]}
    rows = work.connection.execute(_MONTHS, asked)
    return {(row.point_id, row.begins_at): row.reopened_at for row in rows}


@dataclass(frozen=True, slots=True)
class FlueGas:
    """Tonnes of CO2 that a device measured in a month: by counter, flow, or concentration."""

    device_id: int
    way: str
    tonnes: float
    known_s: float


_MEASURED = text("""
SELECT m.device_id, p.kind, m.amount * u.factor AS tonnes, m.amount_s
FROM statistics.reading_month m
JOIN collected.point p USING (organization_id, device_id, point_id)
JOIN unnest(CAST(:units AS text[]), CAST(:factors AS float8[])) AS u(unit, factor)
  ON u.unit = p.unit
WHERE m.organization_id = :organization_id AND m.begins_at = :since AND p.kind = ANY(:kinds)
UNION ALL
SELECT c.device_id, 'product',
       sum(c.total / c.readings * q.total / q.readings * least(c.covered_s, q.covered_s, 3600)
           / 3600 * CAST(:grams AS float8) ORDER BY c.begins_at),
       sum(least(c.covered_s, q.covered_s, 3600) ORDER BY c.begins_at)
FROM statistics.reading_hour c
JOIN collected.point cp ON cp.organization_id = c.organization_id AND cp.point_id = c.point_id
  AND cp.kind = :concentration
JOIN statistics.reading_hour q ON q.organization_id = c.organization_id
  AND q.device_id = c.device_id AND q.begins_at = c.begins_at
JOIN collected.point qp ON qp.organization_id = q.organization_id AND qp.point_id = q.point_id
  AND qp.kind = :gas_flow
WHERE c.organization_id = :organization_id AND c.begins_at >= :since AND c.begins_at < :until
  AND c.readings > 0 AND q.readings > 0
GROUP BY c.device_id
ORDER BY 1, 2
""")


def flue_gas(
    work: Work, organization_id: int, month: tuple[datetime, datetime]
) -> tuple[FlueGas, ...]:
    """Return what each device measured of CO2 in a month, in every way that it can.

    Concentration and flow are multiplied hour by hour, as means over the hour (HJ 75-2017, [R]).
    """
    asked = {
        "organization_id": organization_id,
        "since": month[0],
        "until": month[1],
        "units": list(TONNES),
        "factors": list(TONNES.values()),
        "kinds": [CO2_FLOW, CO2_MASS],
        "grams": TONNES_OF_GRAMS,
        "concentration": CONCENTRATION,
        "gas_flow": GAS_FLOW,
    }
    return tuple(FlueGas(*row) for row in work.connection.execute(_MEASURED, asked))
