"""What the rows of a year are held to: earlier years, meters, measurement, own limits (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.clock import SHANGHAI
from services.collection.check_rules import Limits, SetLimit
from services.collection.co2_measurement import measured
from services.collection.metered import Metered, metered_months
from services.collection.rows import Row, as_row
from services.data import check_limits, submissions
from services.data.organizations import Organization
from services.data.work import Work

# So many filed years before are compared with: three seasons, and the year itself.
YEARS_BEFORE = 3
# A month or year that was metered or measured for less of its time is not compared.
KNOWN = 0.99
FIRST_DAY = date(2015, 1, 1)


@dataclass(frozen=True, slots=True)
class Amount:
    """What the bound points metered of a quantity in a month, and how often a counter went back."""

    value: float
    unit: str
    is_complete: bool
    steps_back: int


# Month, source, item and symbol.
Quantity = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Basis:
    """What the rows of a year are compared with; nothing of it is written to."""

    limits: Limits
    earlier: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    metered: Mapping[Quantity, Amount] = field(default_factory=dict)
    measured_t: float | None = None


NO_BASIS = Basis(Limits(FIRST_DAY))


def basis_of(work: Work, subject: Organization, year: int, now: datetime) -> Basis:
    """Return what is known to compare a year of an organization with."""
    day = now.astimezone(SHANGHAI).date()
    return Basis(
        limits=limits_of(work, subject.organization_id, day),
        earlier=_earlier(work, subject.organization_id, year),
        metered=_metered(work, subject.organization_id, year, now),
        measured_t=_measured(work, subject.access_path, year, now),
    )


def limits_of(work: Work, organization_id: int, day: date) -> Limits:
    """Return the limits that hold for an organization."""
    kept = check_limits.newest(work, organization_id)
    own = (SetLimit(each.rule, each.limit, each.point, each.value, each.set_at) for each in kept)
    return Limits(day, tuple(own))


def _earlier(work: Work, organization_id: int, year: int) -> dict[int, list[Row]]:
    """Return the rows of the years before as they were last handed in."""
    found = {}
    for before, stored in submissions.latest_of_years(work, organization_id).items():
        if year - YEARS_BEFORE <= before < year:
            rows = submissions.rows_of(work, organization_id, stored.submission_id)
            found[before] = [as_row(row) for row in rows]
    return found


def _metered(work: Work, organization_id: int, year: int, now: datetime) -> dict[Quantity, Amount]:
    months = [(year, month) for month in range(1, 13)]
    amounts = metered_months(work, organization_id, months, now)
    this = now.astimezone(SHANGHAI)
    return {
        (each.month, each.source, each.item, each.symbol): _amount(
            each, is_over=(year, each.month) < (this.year, this.month)
        )
        for each in amounts
    }


def _amount(each: Metered, *, is_over: bool) -> Amount:
    steps_back = sum(part.steps_back for part in each.parts)
    return Amount(each.amount, each.unit, is_over and each.known >= KNOWN, steps_back)


def _measured(work: Work, access_path: str, year: int, now: datetime) -> float | None:
    found = measured(work, access_path, year)
    is_over = year < now.astimezone(SHANGHAI).year
    if found is None or not is_over or found.completeness < KNOWN:
        return None
    return found.tonnes
