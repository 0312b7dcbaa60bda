"""Emissions of a month as its meters tell them, by the same engine: provisional, checked by nobody.

Nothing of it is stored: what is filed comes from the entry, into which a person takes the amounts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.accounting.own_values import YearByMethod, known_values, with_own_values
from services.clock import SHANGHAI
from services.collection.cross_checks import CEMS, CrossCheck, cross_check
from services.collection.manual import NoMethodError
from services.collection.metered import (
    Metered,
    Quantity,
    day_amounts,
    metered_months,
    month_span,
)
from services.collection.rows import KEY, Row, as_row, parse_rows, symbols_of, unit_of
from services.data import drafts, metered, organizations, point_facts, submissions
from services.data.engine import Database
from services.data.metered import FlueGas
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import PlatformError
from services.registry import RegisteredPoint
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed
from services.standards.calculate import Calculation, Calculator
from services.standards.catalog import Catalog
from services.standards.descriptions import SourceDescription
from services.standards.months import days_of_month
from services.standards.own_values import OwnValue
from services.standards.request import CalculationRequest, Record
from services.standards.totals import totals_of

Use = tuple[str, str]


@dataclass(frozen=True, slots=True)
class MonthPlace:
    """Which month of which organization."""

    organization_id: int
    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Flue gas measured beside the direct emissions calculated; neither replaces the other.

    `difference` is (measured − calculated) / calculated, None where nothing was calculated.
    """

    measured_t: float
    known: float
    ways: tuple[str, ...]
    calculated_t: float | None
    difference: float | None
    grade: str
    rule: CrossCheck


@dataclass(frozen=True, slots=True)
class Provisional:
    """What the meters tell of a month so far; `problem` says why it could not be calculated.

    `days` are tonnes of CO2 equivalent by day; `unmetered` are sources and items that the entry
    has and no bound point meters.
    """

    organization: Organization
    places: tuple[Organization, ...]
    month: MonthPlace
    at: datetime
    method: str
    points: Mapping[int, RegisteredPoint]
    amounts: tuple[Metered, ...]
    calculation: Calculation | None
    problem: PlatformError | None
    days: Mapping[date, float]
    unmetered: tuple[Use, ...]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What is read of the database for a month."""

    subject: Organization
    places: tuple[Organization, ...]
    points: tuple[RegisteredPoint, ...]
    amounts: tuple[Metered, ...]
    by_day: Mapping[date, Mapping[Quantity, float]]
    rows: tuple[Row, ...]
    method: str
    own: tuple[OwnValue, ...]
    gas: tuple[FlueGas, ...]


def provisional_of(
    actor: Actor, database: Database, catalog: Catalog, place: MonthPlace, now: datetime
) -> Provisional:
    """Return what the meters tell of a month up to now, and what it computes to."""
    with database.work(scope_for(actor, Action.VIEW_TELEMETRY, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, place.organization_id)
        for action in (Action.VIEW_TELEMETRY, Action.VIEW_RESULT):
            require(actor, action, subject.access_path)
        found = _read(work, subject, place, now)
    deed = Deed("view_provisional", f"{place.organization_id} {place.year}-{place.month:02}")
    note_view(database, actor, Action.VIEW_TELEMETRY, subject, deed)
    calculation, days, problem = _calculated(catalog, place, found, now)
    return Provisional(
        organization=subject,
        places=found.places,
        month=place,
        at=now,
        method=found.method,
        points={point.point_id: point for point in found.points},
        amounts=found.amounts,
        calculation=calculation,
        problem=problem,
        days=days,
        unmetered=_unmetered(found),
        comparison=_compared(place, found.gas, calculation, now),
    )


def metered_year(
    actor: Actor, database: Database, organization_id: int, year: int, now: datetime
) -> tuple[tuple[Metered, ...], Mapping[int, RegisteredPoint]]:
    """Return what meters tell of each month of a year that is over, and the points by number."""
    ended = [(year, month) for month in range(1, 13) if month_span(year, month)[1] <= now]
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, organization_id)
        for action in (Action.EDIT_ACTIVITY, Action.VIEW_TELEMETRY):
            require(actor, action, subject.access_path)
        amounts = metered_months(work, organization_id, ended, now) if ended else ()
        points = point_facts.points_of(work, organization_id, now, _day(now))
    return amounts, {point.point_id: point for point in points}


def _read(work: Work, subject: Organization, place: MonthPlace, now: datetime) -> _Found:
    key, span = place.organization_id, month_span(place.year, place.month)
    draft = drafts.get(work, key, place.year)
    return _Found(
        subject=subject,
        places=organizations.ancestors(work, key),
        points=point_facts.points_of(work, key, now, _day(now)),
        amounts=metered_months(work, key, [(place.year, place.month)], now),
        by_day=day_amounts(work, key, span),
        rows=_entered(work, key, place.year),
        method=draft.method if draft and draft.method else subject.method,
        own=known_values(work, key, _day(now)),
        gas=metered.flue_gas(work, key, span),
    )


def _entered(work: Work, organization_id: int, year: int) -> tuple[Row, ...]:
    """Return the rows of the year's draft, else of what was filed last of it or the year before."""
    draft = drafts.get(work, organization_id, year)
    if draft and draft.rows:
        return draft.rows
    for each in (year, year - 1):
        filed = submissions.latest(work, organization_id, each)
        if filed:
            kept = submissions.rows_of(work, organization_id, filed.submission_id)
            return tuple(as_row(row) for row in kept)
    return ()


def _calculated(
    catalog: Catalog, place: MonthPlace, found: _Found, now: datetime
) -> tuple[Calculation | None, Mapping[date, float], PlatformError | None]:
    if not found.amounts:
        return None, {}, None
    try:
        if not found.method:
            raise NoMethodError("method", value=place.year)
        order = _Order(Calculator(catalog), catalog, place, found, now)
        month = {(a.source, a.item, a.symbol): a.amount for a in found.amounts}
        return order.calculate([month]), order.by_day(), None
    except PlatformError as error:
        return None, {}, error


@dataclass(frozen=True, slots=True)
class _Order:
    """Calculates sets of amounts of one month as if they had been entered."""

    calculator: Calculator
    catalog: Catalog
    place: MonthPlace
    found: _Found
    now: datetime

    def calculate(self, sets: Sequence[Mapping[Quantity, float]]) -> Calculation:
        """Return what the sets compute to, each with records of its own."""
        records = [record for amounts in sets for record in self._records(amounts)]
        return self.calculator.calculate(
            CalculationRequest(
                method=self.found.method,
                year=self.place.year,
                region=self.found.subject.factor_region,
                records=records,
                known_on=_day(self.now),
                period=days_of_month(self.place.year, self.place.month),
                # An edition that ended is said to have ended; the meters go on.
                is_comparison=True,
            )
        )

    def by_day(self) -> dict[date, float]:
        """Return tonnes of CO2 equivalent by day, calculated at once."""
        days = sorted(self.found.by_day)
        counts = [len(_uses(self.found.by_day[day])) for day in days]
        if not any(counts):
            return {}
        lines = self.calculate([self.found.by_day[day] for day in days]).lines
        totals, first = {}, 0
        for day, count in zip(days, counts, strict=True):
            mine = [line for line in lines if first <= line.record < first + count]
            totals[day] = totals_of(mine, ()).total_t
            first += count
        return totals

    def _records(self, amounts: Mapping[Quantity, float]) -> list[Record]:
        method = self.catalog.describe(self.found.method)
        sources = {source.source: source for source in method.sources}
        rows = [self._row(use, amounts, sources.get(use[0])) for use in _uses(amounts)]
        year = YearByMethod(self.place.organization_id, self.place.year, self.found.method)
        parsed = parse_rows(method, rows).records
        return with_own_values(self.catalog, year, parsed, self.found.own)

    def _row(
        self, use: Use, amounts: Mapping[Quantity, float], source: SourceDescription | None
    ) -> dict[str, str]:
        """Return a row of the entry: metered amounts, and what the entry says of their quality."""
        row = {"source": use[0], "item": use[1], "month": str(self.place.month)}
        entered = _row_of(self.found.rows, use, self.place.month)
        if entered.get(KEY):
            row[KEY] = str(entered[KEY])
        for symbol, text in symbols_of(entered).items():
            # A calorific value or a share holds for whatever amount; another amount does not.
            unit = unit_of(source, use[1], symbol)
            if "/" in unit or unit == "0..1":
                row[symbol] = text
        bound = {symbol: repr(amount) for (*of, symbol), amount in amounts.items() if (*of,) == use}
        return row | bound


def _uses(amounts: Iterable[Quantity]) -> list[Use]:
    return sorted({(source, item) for source, item, _ in amounts})


def _row_of(rows: Sequence[Row], use: Use, month: int) -> Row:
    """Return the row of a source and item: of the month where there is one, else the last."""
    mine = [row for row in rows if (row.get("source"), row.get("item") or "") == use]
    of_month = [row for row in mine if str(row.get("month") or "") == str(month)]
    return next(iter(of_month or mine[-1:]), {})


def _unmetered(found: _Found) -> tuple[Use, ...]:
    entered = {(str(row.get("source") or ""), str(row.get("item") or "")) for row in found.rows}
    metered_uses = {(amount.source, amount.item) for amount in found.amounts}
    return tuple(sorted(use for use in entered - metered_uses if use[0]))


# Of a device that measures in several ways the one that knows most of the month, then this order.
_WAYS = ("co2_mass", "co2_flow", "product")


def _compared(
    place: MonthPlace, gas: Sequence[FlueGas], calculation: Calculation | None, now: datetime
) -> Comparison | None:
    if not gas:
        return None
    since, until = month_span(place.year, place.month)
    best: dict[int, FlueGas] = {}
    for each in sorted(gas, key=lambda one: (-one.known_s, _WAYS.index(one.way))):
        best.setdefault(each.device_id, each)
    measured_t = math.fsum(each.tonnes for each in best.values())
    elapsed = max((min(until, now) - since).total_seconds(), 1.0)
    calculated_t = calculation.direct_t if calculation else None
    rule = cross_check(CEMS, since.date())
    difference = (measured_t - calculated_t) / calculated_t if calculated_t else None
    return Comparison(
        measured_t=measured_t,
        known=min(1.0, min(each.known_s for each in best.values()) / elapsed),
        ways=tuple(sorted({each.way for each in best.values()})),
        calculated_t=calculated_t,
        difference=difference,
        grade=rule.grade(difference) if difference is not None else "",
        rule=rule,
    )


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
