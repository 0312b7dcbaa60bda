"""From a run's result to what the page shows: bars, tables, lines and their details (5.2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from callbacks.context import Context
from callbacks.enterprise.line_activity import records_of
from callbacks.enterprise.printed_rows import printed_in
from components.figures.accounting import Bar
from components.panels.chart import ChartMeta, DataTable
from components.panels.emission_lines import (
    LINES_A_PAGE,
    InputRow,
    LineDetail,
    LinePage,
    LineRow,
)
from components.panels.enterprise_result import Mark
from components.panels.units import gas_text, unit_text
from components.tables.table import Cell, Column
from components.theme import colour
from services import clock
from services.accounting.bands import GAS, ITEM, TOTAL, Band, Group
from services.accounting.results import RunResult
from services.exports import Sheet
from services.formatting import (
    date_text,
    datetime_text,
    exact,
    mass_scale,
    mass_unit,
    month_text,
    number,
)
from services.i18n.texts import t
from services.reports.breakdown import by_gas, counted, signed_co2e_t
from services.reports.formulas import as_data, as_text, filled
from services.reports.line_tables import lines_table
from services.reports.material import Material, put_in, word
from services.reports.method_text import formula_node
from services.reports.model import Quantity
from services.reports.names import Names
from services.standards.balance_forms import PREFIX
from services.standards.catalog import Catalog
from services.standards.missing import COUNTED, is_estimated, quality_of
from services.standards.results import EmissionLine

Bands = Mapping[Group, Band]
NO_BANDS: Bands = MappingProxyType({})
MOST_BARS = 10
MASS_DIGITS = 2
_SCOPE_OF = {"direct": "direct", "indirect": "indirect", "deducted": "deduct"}
# The status of a value that a person gave.
ENTERED = "user"
_COLOUR_OF_KIND = {"ELECTRICITY": "fuel-electricity", "HEAT": "fuel-heat"}
_COLOUR_OF_ITEM = {
    **dict.fromkeys(("coal", "coke"), "fuel-coal"),
    "oil": "fuel-oil",
    **dict.fromkeys(("natural_gas", "petroleum_gas", "process_gas"), "fuel-gas"),
    "alternative_fuel": "fuel-other",
}


def material_of(context: Context, result: RunResult) -> Material:
    """Return a result with the names of its method."""
    described = context.catalog.describe(result.summary.method)
    return Material(result, Names(described), clock.now())


def marks_of(material: Material, bands: Bands = NO_BANDS) -> dict[str, Mark]:
    """Return how sure each total of the tiles is."""
    run = material.summary
    scopes = {"total": COUNTED, "direct": ("direct",), "indirect": ("indirect",)}
    scopes["deducted"] = ("deduct",)
    return {
        name: Mark(
            bands.get(TOTAL if name == "total" else counted_in),
            quality_of(material.result.lines, run.missing, run.days, counted_in),
        )
        for name, counted_in in scopes.items()
    }


def warning_count(lines: Sequence[EmissionLine]) -> int:
    """Return how many remarks the lines carry."""
    return sum(len(line.warnings) for line in lines)


def item_bars(material: Material, bands: Bands = NO_BANDS) -> tuple[Bar, ...]:
    """Return one bar for each source and item, the largest first; small ones together."""
    found: dict[tuple[str, str], list[EmissionLine]] = {}
    for line in counted(material.result.lines):
        found.setdefault((line.source, line.item), []).append(line)
    bars = [_bar(material, lines, bands.get((ITEM, *key))) for key, lines in found.items()]
    bars.sort(key=lambda bar: -abs(bar.co2e_t))
    rest = bars[MOST_BARS:]
    if not rest:
        return tuple(bars)
    others = Bar(
        t("result.charts.others"),
        sum(bar.co2e_t for bar in rest),
        colour("fuel-other"),
        estimated_t=sum(bar.estimated_t for bar in rest),
    )
    return (*bars[:MOST_BARS], others)


def scope_bars(material: Material, bands: Bands = NO_BANDS) -> tuple[Bar, ...]:
    """Return one bar for each gas and way of counting."""
    shown = []
    estimated = _estimated_by_gas(material.result.lines)
    for gas in by_gas(material.result.lines):
        parts = (
            ("direct", gas.direct_t),
            ("indirect", gas.indirect_t),
            ("deducted", -gas.deducted_t),
        )
        shown += [
            Bar(
                f"{_scope(scope)} · {gas_text(gas.gas)}",
                tonnes,
                colour(f"scope-{scope}"),
                estimated_t=estimated.get((_SCOPE_OF[scope], gas.gas), 0.0),
                band=_ends(bands.get((GAS, _SCOPE_OF[scope], gas.gas))),
            )
            for scope, tonnes in parts
            if tonnes
        ]
    return tuple(shown)


def bar_table(bars: Sequence[Bar], label: str) -> DataTable:
    """Return the numbers of a chart as its table, with their bounds where they are known."""
    unit = mass_unit("t")
    columns = [Column("label", label)]
    columns.append(Column("co2e_t", t("result.charts.amount"), numeric=True, unit=unit))
    if any(bar.is_estimated for bar in bars):
        columns.append(Column("estimated_t", t("uncertainty.estimated"), numeric=True, unit=unit))
    if any(bar.band for bar in bars):
        columns.append(Column("low_t", t("uncertainty.low"), numeric=True, unit=unit))
        columns.append(Column("high_t", t("uncertainty.high"), numeric=True, unit=unit))
    return DataTable(tuple(columns), [_bar_row(bar) for bar in bars])


def _bar_row(bar: Bar) -> dict[str, Any]:
    low, high = bar.band or (None, None)
    return {
        "label": bar.label,
        "co2e_t": amount_cell(bar.co2e_t),
        "estimated_t": amount_cell(bar.estimated_t),
        "low_t": None if low is None else amount_cell(low),
        "high_t": None if high is None else amount_cell(high),
    }


def _scope(scope: str) -> str:
    return word("scope", scope).capitalize()


def amount_cell(tonnes: float) -> Cell:
    """Return tonnes as a cell of a table."""
    # Rounded to be read; files made of the table keep every digit.
    return Cell(number(tonnes, MASS_DIGITS), tonnes, exact(tonnes))


def chart_meta(material: Material) -> ChartMeta:
    """Return what stands around the charts of a result."""
    run = material.summary
    _, unit = mass_scale(run.total_t)
    return ChartMeta(
        unit=unit,
        period=str(run.year),
        source=t("result.charts.source", organization=material.subject_name),
        as_of=date_text(run.computed_at.astimezone(clock.SHANGHAI).date()),
        factor_set=f"{run.method} · {run.gwp_set}",
        filters={t("result.facts.organization"): material.subject_name},
        where_from_href="#result-lines",
    )


def line_page(material: Material, page: int) -> LinePage:
    """Return a page of lines, counted from 0."""
    lines = material.result.lines
    first = page * LINES_A_PAGE
    rows = tuple(
        _line_row(material, at, line)
        for at, line in enumerate(lines[first : first + LINES_A_PAGE], first)
    )
    return LinePage(rows, page, len(lines))


def detail_of(catalog: Catalog, material: Material, line: EmissionLine) -> LineDetail:
    """Return a line with its formula, the numbers put in, and the origin of each."""
    node = formula_node(line.formula)
    numbers = filled(node, put_in(line.inputs))
    return LineDetail(
        formula=as_data(node),
        formula_text=as_text(node),
        numbers=as_data(numbers),
        numbers_text=as_text(numbers),
        result=_result(line),
        inputs=tuple(
            replace(_input(material, line, symbol), printed=printed_in(catalog, given))
            for symbol, given in line.inputs.items()
        ),
        activity=records_of(material, line),
        warnings=tuple(notice.text() for notice in line.warnings),
    )


def lines_sheet(material: Material) -> Sheet:
    """Return every line as a sheet, with nothing rounded."""
    table, run = lines_table(material), material.summary
    rows = tuple(
        tuple(cell.value if isinstance(cell, Quantity) else cell for cell in row.cells)
        for row in table.rows
    )
    title = f"{material.subject_name} {run.year} {t('result.lines.title')}"
    headings = tuple(column.title for column in table.columns)
    return Sheet(title, _about(material), headings, rows)


def _about(material: Material) -> tuple[tuple[str, str], ...]:
    run, meta = material.summary, chart_meta(material)
    return (
        (t("result.facts.organization"), material.subject_name),
        (t("result.facts.year"), meta.period),
        (t("export.unit"), mass_unit("t")),
        (t("export.source"), meta.source),
        (t("export.factor_set"), meta.factor_set),
        (t("result.facts.known_on"), date_text(run.known_on)),
        (t("result.facts.run"), str(run.run_id)),
        (t("result.facts.total"), exact(run.total_t)),
        (t("labels.label"), t(f"labels.level.{material.result.label.word}")),
        (t("export.made_at"), datetime_text(material.issued_at)),
    )


def _bar(material: Material, lines: Sequence[EmissionLine], band: Band | None) -> Bar:
    first = lines[0]
    return Bar(
        label=material.line_title(first),
        co2e_t=sum(signed_co2e_t(line) for line in lines),
        colour=colour(colour_name(material, first)),
        estimated_t=sum(signed_co2e_t(line) for line in lines if is_estimated(line)),
        band=_ends(band),
    )


def _ends(band: Band | None) -> tuple[float, float] | None:
    return (band.low_t, band.high_t) if band and band.half_width_t else None


def _estimated_by_gas(lines: Sequence[EmissionLine]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for line in counted(lines):
        if is_estimated(line):
            key = (line.emission_scope, line.gas)
            found[key] = found.get(key, 0.0) + signed_co2e_t(line)
    return found


def colour_name(material: Material, line: EmissionLine) -> str:
    """Return the token of the colour that a line's kind of source has everywhere."""
    sources = {source.source: source for source in material.names.described.sources}
    source = sources.get(line.source)
    if source is None:
        return "fuel-other"
    kinds = {item.item: item.kind for item in source.items}
    by_item = _COLOUR_OF_ITEM.get(kinds.get(line.item, ""))
    return by_item or _COLOUR_OF_KIND.get(source.kind, "fuel-process")


def _line_row(material: Material, at: int, line: EmissionLine) -> LineRow:
    inputs = line.inputs.values()
    return LineRow(
        line=at,
        row=line.record + 1,
        source=material.source(line.source),
        item=_item(material, line),
        gas=gas_text(line.gas),
        scope=_scope(line.emission_scope),
        amount=number(signed_co2e_t(line), MASS_DIGITS),
        trust=tuple({v.origin for v in inputs} | {v.status for v in inputs}),
        warnings=len(line.warnings),
    )


def _item(material: Material, line: EmissionLine) -> str:
    """Return the item of a line, and its month where it is of one."""
    item = material.item(line.source, line.item) if line.item else ""
    month = month_text(line.month) if line.month else ""
    return " · ".join(part for part in (item, month) if part)


def _input(material: Material, line: EmissionLine, symbol: str) -> InputRow:
    given = line.inputs[symbol]
    return InputRow(
        # As it stands in the sum that the amount follows from.
        symbol=symbol.removeprefix(PREFIX),
        name=material.symbol(line.source, symbol),
        value=given.value,
        unit=unit_text(given.unit),
        origin=given.origin,
        reference=_entered(material) if given.status == ENTERED else str(given.reference),
        status=given.status,
    )


def _entered(material: Material) -> str:
    """Return who handed a value in and when: what a person entered has no other document."""
    filing = material.result.filing
    at = datetime_text(filing.submitted_at)
    return t("result.detail.entered", name=filing.submitted_by.name, at=at)


def _result(line: EmissionLine) -> str:
    gas = gas_text(line.gas)
    if line.gwp == 1 and line.sign > 0:
        return t("result.detail.plain", gas=gas, amount=exact(line.gas_t))
    return t(
        "result.detail.converted",
        gas=gas,
        amount=exact(line.gas_t),
        gwp=exact(line.gwp),
        co2e=exact(signed_co2e_t(line)),
    )
