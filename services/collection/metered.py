"""Amounts of quantities as bound points metered them, by month, and whether they are used."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.clock import SHANGHAI
from services.collection.cells import parse_cell
from services.collection.month_cells import month_in
from services.collection.rows import DEVICE, Row, as_row
from services.data import drafts, metered, submissions
from services.data.metered import BoundDay
from services.data.work import Work

DRAFTED, USED = "drafted", "used"
# What stands in an entry was rounded to so many digits after the point.
DIGITS = 6
Quantity = tuple[str, str, str]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Part:
    """What one point gave to a month's amount, in its own unit and scaled.

    `known` is the share of the time, up to now, of which the amount is known; `leaves` says that a
    counter tells only in a later month what it counted at the end of this one.
    """

    point_id: int
    amount: float
    scaled: float
    known: float
    readings: int
    suspect: int
    steps_back: int
    leaves: bool
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Metered:
    """A quantity of a source as its points metered it in a month.

    `standing` is what an entry holds of it from devices: drafted or used, with the number there.
    """

    month: int
    source: str
    item: str
    symbol: str
    unit: str
    parts: tuple[Part, ...]
    standing: str = ""
    stands_at: float | None = None

    @property
    def amount(self) -> float:
        """Return the sum over its points, in the unit of the quantity."""
        return math.fsum(part.scaled for part in self.parts)

    @property
    def known(self) -> float:
        """Return the lowest share of the time known among its points."""
        return min(part.known for part in self.parts)

    @property
    def differs(self) -> bool:
        """Return whether the entry holds another number than the readings give now."""
        return self.stands_at is not None and round(self.amount - self.stands_at, DIGITS) != 0

    @property
    def text(self) -> str:
        """Return the amount as it goes into a cell of the entry."""
        return f"{self.amount:.{DIGITS}f}".rstrip("0").rstrip(".")


def month_span(year: int, month: int) -> Span:
    """Return the first instant of a month, as people in China count it, and that of the next."""
    after = (year + month // 12, month % 12 + 1)
    return datetime(year, month, 1, tzinfo=SHANGHAI), datetime(*after, 1, tzinfo=SHANGHAI)


def metered_months(
    work: Work, organization_id: int, months: Sequence[tuple[int, int]], now: datetime
) -> tuple[Metered, ...]:
    """Return what the bound points gave in months of one year, each with what an entry holds."""
    year = months[0][0]
    span = month_span(*months[0])[0], month_span(*months[-1])[1]
    days = metered.bound_days(work, organization_id, span)
    late = metered.reopened(work, organization_id, span)
    held = standing(work, organization_id, year)
    grouped: dict[tuple[int, Quantity, str], list[BoundDay]] = defaultdict(list)
    for day in days:
        month = day.begins_at.astimezone(SHANGHAI).month
        grouped[month, (day.source, day.item, day.symbol), day.unit].append(day)
    return tuple(
        Metered(
            month,
            *quantity,
            unit,
            _parts(found, month_span(year, month), now, late),
            *held.get((month, *quantity), ("", None)),
        )
        for (month, quantity, unit), found in sorted(grouped.items())
    )


def day_amounts(work: Work, organization_id: int, span: Span) -> dict[date, dict[Quantity, float]]:
    """Return what is known of each day: without what a counter told after a silence of days."""
    found: dict[date, dict[Quantity, float]] = defaultdict(lambda: defaultdict(float))
    for day in metered.bound_days(work, organization_id, span):
        quantity = (day.source, day.item, day.symbol)
        found[day.begins_at.astimezone(SHANGHAI).date()][quantity] += day.amount * day.scale
    return {day: dict(amounts) for day, amounts in found.items()}


def _parts(
    days: Iterable[BoundDay],
    span: Span,
    now: datetime,
    late: Mapping[tuple[int, datetime], datetime],
) -> tuple[Part, ...]:
    by_point: dict[int, list[BoundDay]] = defaultdict(list)
    for day in days:
        by_point[day.point_id].append(day)
    elapsed = max((min(span[1], now) - span[0]).total_seconds(), 1.0)
    return tuple(
        Part(
            point_id=point_id,
            amount=math.fsum(day.amount + day.leap for day in found),
            scaled=math.fsum((day.amount + day.leap) * day.scale for day in found),
            known=min(1.0, math.fsum(day.amount_s + day.leap_s for day in found) / elapsed),
            readings=sum(day.readings for day in found),
            suspect=sum(day.suspect for day in found),
            steps_back=sum(day.steps_back for day in found),
            leaves=any(day.leaves for day in found),
            reopened_at=late.get((point_id, span[0])),
        )
        for point_id, found in sorted(by_point.items())
    )


Held = Mapping[tuple[int, str, str, str], tuple[str, float | None]]


def standing(work: Work, organization_id: int, year: int) -> Held:
    """Return what the entry of a year holds from devices, by month, source, item and symbol.

    What was submitted is used; what stands in the draft alone is drafted.
    """
    draft = drafts.get(work, organization_id, year)
    filed = submissions.latest(work, organization_id, year)
    kept = submissions.rows_of(work, organization_id, filed.submission_id) if filed else ()
    found = dict(_from_devices(draft.rows if draft else (), DRAFTED))
    return found | dict(_from_devices([as_row(row) for row in kept], USED))


def _from_devices(
    rows: Sequence[Row], state: str
) -> Iterable[tuple[tuple[int, str, str, str], tuple[str, float | None]]]:
    for row in rows:
        month = month_in(str(row.get("month") or ""))
        if str(row.get("origin") or "") != DEVICE or month is None:
            continue
        number = int(str(month)[-2:].lstrip("-0") or 0) if str(month)[-1:].isdigit() else 0
        for symbol, text in row.items():
            value = parse_cell(str(text)) if symbol not in _NAMED else None
            if isinstance(value, float):
                key = (number, str(row.get("source", "")), str(row.get("item", "")), symbol)
                yield key, (state, value)


_NAMED = frozenset({"source", "item", "key", "month", "origin", "note", "files"})
