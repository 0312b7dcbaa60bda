"""Activity data as entered, and the factors used, each with its origin and document."""

from __future__ import annotations

from dataclasses import dataclass

from services.formatting import UNKNOWN, month_text
from services.i18n.texts import t
from services.reports.line_lineage import typed_cells
from services.reports.material import Material, row_number, word
from services.reports.model import Cell, Column, Row, Section, TableBlock, entered
from services.reports.text import DIMENSIONLESS, printable, unit_text
from services.standards.months import MONTH
from services.standards.results import InputValue

ACTIVITY = "activity"
FACTORS = "factors"
STATUSES = ("verified", "secondary", "recalled", "user", "exact")

MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Use:
    """One value of a source and item, and the rows that use it."""

    source: str
    item: str
    symbol: str
    value: InputValue
    rows: tuple[str, ...]


def activity_section(material: Material) -> Section:
    """Return the section of activity data."""
    return Section(t("report.section.activity"), (activity_table(material),))


def factor_section(material: Material) -> Section:
    """Return the section of factors and parameters."""
    return Section(t("report.section.factors"), (factor_table(material),))


def activity_table(material: Material) -> TableBlock:
    """Return every cell that a person filled in, beside the value that was understood."""
    rows = tuple(
        _activity_row(material, record, symbol)
        for record, row in sorted(material.activity_by_record.items())
        for symbol in typed_cells(row.cells)
        if symbol != MONTH
    )
    return TableBlock(
        ACTIVITY,
        t("report.table.activity"),
        (
            Column(t("report.column.row"), 0.06, is_number=True),
            Column(t("report.column.source_item"), 0.24),
            Column(t("report.column.symbol"), 0.25),
            Column(t("report.column.as_entered"), 0.12, is_number=True),
            Column(t("report.column.value"), 0.12, is_number=True),
            Column(t("report.column.unit"), 0.11),
            Column(t("report.column.origin"), 0.10),
        ),
        rows,
    )


def factor_table(material: Material) -> TableBlock:
    """Return every factor and parameter that was used, with document and mark."""
    rows = tuple(
        Row((*use_cells(material, use), word("status_mark", use.value.status)))
        for use in used_values(material)
        if is_parameter(use.value)
    )
    note = t("report.joiner").join(
        t("report.mark_note", mark=word("status_mark", s), meaning=word("status", s))
        for s in STATUSES
    )
    return TableBlock(
        FACTORS,
        t("report.table.factors"),
        (
            Column(t("report.column.row"), 0.07, is_number=True),
            Column(t("report.column.source_item"), 0.19),
            Column(t("report.column.symbol"), 0.10),
            Column(t("report.column.value"), 0.11, is_number=True),
            Column(t("report.column.unit"), 0.11),
            Column(t("report.column.origin"), 0.10),
            Column(t("report.column.reference"), 0.24),
            Column(t("report.column.mark"), 0.08),
        ),
        rows,
        note=note,
    )


def is_parameter(value: InputValue) -> bool:
    """Return whether an input needs a source: a factor or share, or not measured."""
    is_ratio = "/" in value.unit or value.unit in DIMENSIONLESS
    return is_ratio or value.origin != MEASURED


def used_values(material: Material) -> tuple[Use, ...]:
    """Return every value once, however many rows of the entry use it."""
    found: dict[tuple[str, str, str, InputValue], dict[str, None]] = {}
    for line in material.result.lines:
        for symbol, value in line.inputs.items():
            rows = found.setdefault((line.source, line.item, symbol, value), {})
            rows[row_number(line.record)] = None
    return tuple(Use(*key, tuple(rows)) for key, rows in found.items())


def use_cells(material: Material, use: Use) -> tuple[Cell, ...]:
    """Return the cells that tell a value: rows, source, symbol, number, unit, origin, document."""
    title = material.source(use.source)
    return (
        ", ".join(use.rows),
        f"{title} · {material.item(use.source, use.item)}" if use.item else title,
        use.symbol,
        entered(use.value.value),
        unit_text(use.value.unit),
        word("origin", use.value.origin),
        printable(str(use.value.reference)) or UNKNOWN,
    )


def _activity_row(material: Material, record: int, symbol: str) -> Row:
    row = material.activity_by_record[record]
    found = material.inputs_by_record.get(record, {}).get(symbol)
    title = material.source(row.source)
    if row.item:
        title = f"{title} · {material.item(row.source, row.item)}"
    if record in material.months_by_record:
        title = f"{title} · {month_text(material.months_by_record[record])}"
    return Row(
        (
            row_number(record),
            title,
            t(
                "report.symbol_name",
                symbol=printable(symbol),
                meaning=material.symbol(row.source, symbol),
            ),
            printable(row.cells[symbol]),
            entered(found.value) if found else UNKNOWN,
            unit_text(found.unit) if found else UNKNOWN,
            word("origin", found.origin) if found else UNKNOWN,
        )
    )
