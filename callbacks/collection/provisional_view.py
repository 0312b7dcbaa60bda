"""From what meters tell of a month to what the page shows of it (4.2 c)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from callbacks.collection.amounts import amounts_of
from components.panels.provisional import GasView, MeteredPoint, MeteredRow, ProvisionalView
from components.panels.units import unit_text
from services.collection.metered import Metered, Part
from services.collection.provisional import Comparison, Provisional
from services.formatting import datetime_text, exact, number
from services.i18n.texts import language, t
from services.registry import RegisteredPoint, amount_unit
from services.standards.catalog import Catalog
from services.standards.results import EmissionLine

Words = Mapping[tuple[str, str, str], str]


def view_of(catalog: Catalog, found: Provisional) -> ProvisionalView:
    """Return a month in the words of its method."""
    method = catalog.describe(found.method) if found.method else None
    words = {use: label for use, label, _ in amounts_of(method)} if method else {}
    done = found.calculation
    return ProvisionalView(
        organization_id=found.organization.organization_id,
        year=found.month.year,
        month_name=f"{found.month.year}-{found.month.month:02}",
        as_of=datetime_text(found.at),
        method=found.method,
        total_t=done.total_t if done else None,
        rows=[_row(found, amount, words) for amount in found.amounts],
        days=found.days,
        notices=[notice.text() for notice in done.warnings] if done else [],
        unmetered=[_use_words(use, words) for use in found.unmetered],
        problem=found.problem.explain() if found.problem else None,
        gas=_gas(found.comparison) if found.comparison else None,
    )


def device_words(amount: Metered, points: Mapping[int, RegisteredPoint]) -> str:
    """Return the codes of the devices behind an amount."""
    codes = (points[part.point_id].device_code for part in amount.parts if part.point_id in points)
    return ", ".join(dict.fromkeys(codes))


def what_words(amount: Metered, words: Words) -> str:
    """Return what an amount is of: source, item and quantity as the method calls them."""
    use = (amount.source, amount.item, amount.symbol)
    return words.get(use, " · ".join(filter(None, use)))


def _row(found: Provisional, amount: Metered, words: Words) -> MeteredRow:
    name, _, quantity = what_words(amount, words).rpartition(" · ")
    lines = [line for line in _lines(found) if (line.source, line.item) == _use(amount)]
    # A line is of the record, not of one of its quantities: it is told at the first of them.
    is_first = next(a for a in found.amounts if _use(a) == _use(amount)) is amount
    return MeteredRow(
        name=name or quantity,
        quantity=quantity,
        amount=amount.amount,
        unit=amount.unit,
        known=amount.known,
        points=[_point(found.points, part) for part in amount.parts],
        co2e_t=math.fsum(line.sign * line.co2e_t for line in lines) if lines and is_first else None,
        inputs=list(dict.fromkeys(_inputs(lines, amount.symbol))),
        standing=amount.standing,
        differs=amount.differs,
    )


def _use(amount: Metered) -> tuple[str, str]:
    return amount.source, amount.item


def _lines(found: Provisional) -> tuple[EmissionLine, ...]:
    return found.calculation.lines if found.calculation else ()


def _inputs(lines: list[EmissionLine], own: str) -> Iterator[str]:
    """Yield what an amount is multiplied by, with unit, origin and where that comes from."""
    for line in lines:
        for symbol, value in line.inputs.items():
            if symbol != own:
                origin = t(f"trust.{value.origin}.name")
                told = f"{symbol} {exact(value.value)} {unit_text(value.unit)} · {origin}"
                yield told


def _point(points: Mapping[int, RegisteredPoint], part: Part) -> MeteredPoint:
    point = points[part.point_id]
    unit = amount_unit(point.kind, point.unit)
    return MeteredPoint(
        part.point_id,
        f"{point.device_code} · {point.names[language()]}",
        f"{number(part.amount, 2)} {unit}",
        part.known,
        tuple(_marks(part)),
    )


def _marks(part: Part) -> Iterator[str]:
    if part.suspect:
        yield t("provisional.marks.suspect", count=part.suspect)
    if part.steps_back:
        yield t("provisional.marks.steps_back", count=part.steps_back)
    if part.leaves:
        yield t("provisional.marks.leaves")
    if part.reopened_at:
        yield t("provisional.marks.reopened", at=datetime_text(part.reopened_at))


def _use_words(use: tuple[str, str], words: Words) -> str:
    named = next((text for (*of, _), text in words.items() if tuple(of) == use), "")
    return named.rpartition(" · ")[0] or " ".join(filter(None, use))


def _gas(comparison: Comparison) -> GasView:
    return GasView(
        measured_t=comparison.measured_t,
        calculated_t=comparison.calculated_t,
        difference=comparison.difference,
        grade=comparison.grade,
        known=comparison.known,
        ways=[t(f"provisional.ways.{way}") for way in comparison.ways],
        soft_percent=comparison.rule.soft_percent,
        hard_percent=comparison.rule.hard_percent,
        source=comparison.rule.source[language()],
        status=comparison.rule.status,
    )
