"""Continuous measurement of CO2: tonnes of a year by flow or counter, and how complete (4.2 c).

Readings are rolled up by the hour into statistics; pages read the roll-up and say as of when.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.clock import SHANGHAI
from services.data import co2_meters
from services.data.co2_meters import MeasuredPoint
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.work import Work
from services.metering import CO2_MASS

# What a device may send late: a week live, ten years as back-fill (docs/telemetry.md).
LIVE_DAYS, HISTORY_YEARS = 7, 10
# One per cent of a year.
CLEARLY_MORE_S = 0.01 * 365 * 86_400


@dataclass(frozen=True, slots=True)
class Measured:
    """What the CO2 meters of a place measured in a year.

    `tonnes` is None where none of them has readings; `completeness` is the share of the time of
    the year, up to the roll-up, that the meters together cover.
    """

    tonnes: float | None
    completeness: float
    meters: int
    organizations: int
    as_of: datetime | None


def refresh(database: Database, now: datetime) -> tuple[int, ...]:
    """Roll up the years to which readings came since the last time; return them."""
    with database.work(SYSTEM_SCOPE) as work:
        found = co2_meters.news(work)
        this = now.astimezone(SHANGHAI).year
        years: Iterable[int] = ()
        if found.has_historical:
            years = range(this - HISTORY_YEARS, this + 1)
        elif found.has_any:
            years = {(now - timedelta(days=LIVE_DAYS)).astimezone(SHANGHAI).year, this}
        done = tuple(year for year in sorted(years) if roll_up(work, year, now))
        work.commit()
    return done


def roll_up(work: Work, year: int, now: datetime) -> int:
    """Roll up one year, in a unit of work that somebody else commits; return how many points."""
    return co2_meters.roll_up(work, year, span_of(year), now)


def measured(work: Work, access_path: str, year: int) -> Measured | None:
    """Return what is measured at a place and below it; None where no meter is registered.

    A device with a flow and a counter counts once: by the counter, which misses nothing between
    two readings, unless the flow covers clearly more.
    """
    found = co2_meters.below(work, access_path, year)
    if not found:
        return None
    best: dict[tuple[int, int], MeasuredPoint] = {}
    for point in found:
        key = point.organization_id, point.device_id
        best[key] = max(best.get(key, point), point, key=_rank)
    told = [point for point in best.values() if point.tonnes is not None]
    as_of = max((p.computed_at for p in told if p.computed_at), default=None)
    return Measured(
        tonnes=math.fsum(p.tonnes for p in told if p.tonnes is not None) if told else None,
        completeness=_covered(told, year, as_of) / len(best) if as_of else 0.0,
        meters=len(best),
        organizations=len({organization for organization, _ in best}),
        as_of=as_of,
    )


def span_of(year: int) -> tuple[datetime, datetime]:
    """Return the first instant of a year, as people in China count it, and that of the next."""
    return datetime(year, 1, 1, tzinfo=SHANGHAI), datetime(year + 1, 1, 1, tzinfo=SHANGHAI)


def _covered(points: Iterable[MeasuredPoint], year: int, as_of: datetime) -> float:
    """Return how many years' worth of time the points cover, each at most one."""
    since, until = span_of(year)
    whole = (min(until, as_of) - since).total_seconds()
    return math.fsum(min(1.0, point.covered_s / whole) for point in points) if whole > 0 else 0.0


def _rank(point: MeasuredPoint) -> float:
    if point.tonnes is None:
        return -1.0
    return point.covered_s + (CLEARLY_MORE_S if point.kind == CO2_MASS else 0.0)
