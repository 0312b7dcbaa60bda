"""From a run's lines to the chart of its months: stacks by kind of source, table, words (5.2.1)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from callbacks.enterprise.result_view import amount_cell, colour_name
from components.figures.months import MonthAxis, Stack
from components.panels.chart import DataTable
from components.panels.months import MonthsView
from components.tables.table import Column
from services.formatting import (
    MONTHS,
    mass_co2,
    mass_scale,
    mass_unit,
    month_text,
    months_text,
    percent,
)
from services.i18n.texts import t
from services.reports.breakdown import counted, signed_co2e_t
from services.reports.material import Material
from services.standards.missing import GAPS, is_estimated
from services.standards.results import EmissionLine
from services.standards.totals import WHOLE_YEAR

# The order in which kinds of sources lie on each other, by the colour that each has everywhere.
KINDS = ("coal", "oil", "gas", "electricity", "heat", "process", "other")

ByKind = Mapping[str, Sequence[list[EmissionLine]]]


def months_view(material: Material) -> MonthsView | None:
    """Return the year by month, or None where no row is of a month."""
    parts = material.summary.by_month
    if not parts:
        return None
    kinds = _by_kind(material)
    stacks = [_stack(kind, months) for kind, months in kinds.items()]
    largest = max((abs(parts.get(str(month), 0.0)) for month in MONTHS), default=0.0)
    size, unit = mass_scale(largest)
    return MonthsView(
        axis=_axis(),
        stacks=stacks,
        size=size,
        unit=unit,
        table=_table(material, stacks),
        notes=tuple(_notes(material)),
        summary=_summary(parts),
    )


def _by_kind(material: Material) -> ByKind:
    """Return the counted lines of each kind by month; kinds without any are left out."""
    found: dict[str, list[list[EmissionLine]]] = {kind: [[] for _ in MONTHS] for kind in KINDS}
    for line in counted(material.result.lines):
        if line.month is not None:
            kind = colour_name(material, line).removeprefix("fuel-")
            found[kind][line.month - 1].append(line)
    return {kind: months for kind, months in found.items() if any(months)}


def _stack(kind: str, months: Sequence[Sequence[EmissionLine]]) -> Stack:
    return Stack(
        name=t(f"months.kinds.{kind}"),
        colour=f"fuel-{kind}",
        values=[_sum(lines) if lines else None for lines in months],
        estimated=[_sum(line for line in lines if is_estimated(line)) for lines in months],
    )


def _sum(lines: Iterable[EmissionLine]) -> float:
    return math.fsum(signed_co2e_t(line) for line in lines)


def _axis() -> MonthAxis:
    return MonthAxis(
        ticks=[str(month) for month in MONTHS],
        names=[month_text(month) for month in MONTHS],
        title=t("months.axis"),
        no_data=t("months.no_data"),
    )


def _table(material: Material, stacks: Sequence[Stack]) -> DataTable:
    """Return a row for each month, one for what is of the whole year, and the total."""
    run, unit = material.summary, mass_unit("t")
    columns = [
        Column("month", t("entry.columns.month")),
        Column("total", t("result.charts.amount"), numeric=True, unit=unit),
        *(Column(stack.colour, stack.name, numeric=True, unit=unit) for stack in stacks),
    ]
    rows = [_month_row(material, stacks, month) for month in MONTHS]
    if WHOLE_YEAR in run.by_month:
        whole = amount_cell(run.by_month[WHOLE_YEAR])
        rows.append({"month": t("months.whole_year"), "total": whole})
    rows.append({"month": t("report.total.total"), "total": amount_cell(run.total_t)})
    return DataTable(tuple(columns), rows)


def _month_row(material: Material, stacks: Sequence[Stack], month: int) -> dict[str, object]:
    total = material.summary.by_month.get(str(month))
    amounts = {stack.colour: stack.values[month - 1] for stack in stacks}
    known = {name: None if v is None else amount_cell(v) for name, v in amounts.items()}
    shown = t("months.no_data") if total is None else amount_cell(total)
    return {"month": month_text(month), "total": shown, **known}


def _notes(material: Material) -> Iterable[str]:
    run = material.summary
    if WHOLE_YEAR in run.by_month:
        whole = run.by_month[WHOLE_YEAR]
        share = percent(whole / run.total_t if run.total_t else None)
        yield t("months.note_year", amount=" ".join(mass_co2(whole)), share=share)
    empty = [month for month in MONTHS if str(month) not in run.by_month]
    if empty:
        yield t("months.note_empty", months=months_text(empty))
    unsaid = {month for each in material.result.missing_months for month in each.months}
    if unsaid.difference(empty):
        yield t("months.note_unsaid", months=months_text(sorted(unsaid.difference(empty))))
    lacking = {record.month for record in run.missing if record.notation in GAPS}
    partial = [month for month in MONTHS if month in lacking and month not in empty]
    if partial:
        yield t("months.note_partial", months=months_text(partial))


def _summary(parts: Mapping[str, float]) -> str:
    months = {part: tonnes for part, tonnes in parts.items() if part != WHOLE_YEAR}
    if not months:
        return ""
    largest = max(months, key=lambda part: months[part])
    amount = " ".join(mass_co2(months[largest]))
    return t("months.summary", count=len(months), month=month_text(int(largest)), amount=amount)
