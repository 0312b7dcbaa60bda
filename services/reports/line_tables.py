"""Every emission line and every input as rows, for files that people calculate with."""

from __future__ import annotations

from services.formatting import month_text
from services.i18n.texts import t
from services.reports.breakdown import BESIDE, signed_co2e_t
from services.reports.formulas import as_text, filled
from services.reports.material import Material, put_in, word
from services.reports.method_text import formula_node
from services.reports.model import Column, Row, TableBlock, entered, mass
from services.reports.text import gas_text, printable, unit_text
from services.standards.results import EmissionLine, InputValue

LINES = "lines"
INPUTS = "inputs"


def lines_table(material: Material) -> TableBlock:
    """Return one row for each emission line; the month stands in it where any line has one."""
    months = (Column(t("report.column.month"), 0.04),) if material.months_by_record else ()
    return TableBlock(
        LINES,
        t("report.sheet.lines"),
        (
            Column(t("report.column.row"), 0.05, is_number=True),
            Column(t("report.column.source"), 0.12),
            Column(t("report.column.item_name"), 0.08),
            *months,
            Column(t("report.column.scope"), 0.07),
            Column(t("report.column.gas"), 0.04),
            Column(t("report.column.gas_t"), 0.10, is_number=True),
            Column(t("report.column.gwp"), 0.05, is_number=True),
            Column(t("report.column.signed"), 0.10, is_number=True),
            Column(t("report.column.formula"), 0.15),
            Column(t("report.column.numbers"), 0.15),
            Column(t("report.column.remarks"), 0.09),
        ),
        tuple(_line_row(material, line) for line in material.result.lines),
    )


def inputs_table(material: Material) -> TableBlock:
    """Return one row for each input of each emission line."""
    return TableBlock(
        INPUTS,
        t("report.sheet.inputs"),
        (
            Column(t("report.column.row"), 0.05, is_number=True),
            Column(t("report.column.source"), 0.15),
            Column(t("report.column.item_name"), 0.10),
            Column(t("report.column.gas"), 0.05),
            Column(t("report.column.symbol"), 0.10),
            Column(t("report.column.meaning"), 0.15),
            Column(t("report.column.value"), 0.10, is_number=True),
            Column(t("report.column.unit"), 0.08),
            Column(t("report.column.origin"), 0.07),
            Column(t("report.column.reference"), 0.15),
        ),
        tuple(
            _input_row(material, line, symbol, value)
            for line in material.result.lines
            for symbol, value in line.inputs.items()
        ),
    )


def _line_row(material: Material, line: EmissionLine) -> Row:
    node = formula_node(line.formula)
    counted = "—" if line.emission_scope in BESIDE else mass(signed_co2e_t(line))
    return Row(
        (
            entered(line.record + 1),
            material.source(line.source),
            material.item(line.source, line.item),
            *_month(material, line),
            word("scope", line.emission_scope),
            gas_text(line.gas),
            mass(line.gas_t),
            entered(line.gwp),
            counted,
            as_text(node),
            as_text(filled(node, put_in(line.inputs))),
            t("report.joiner").join(printable(notice.text()) for notice in line.warnings),
        )
    )


def _month(material: Material, line: EmissionLine) -> tuple[str, ...]:
    if not material.months_by_record:
        return ()
    return (month_text(line.month) if line.month else t("months.whole_year"),)


def _input_row(material: Material, line: EmissionLine, symbol: str, value: InputValue) -> Row:
    reference = printable(str(value.reference))
    mark = word("status_mark", value.status)
    return Row(
        (
            entered(line.record + 1),
            material.source(line.source),
            material.item(line.source, line.item),
            gas_text(line.gas),
            symbol,
            material.symbol(line.source, symbol),
            entered(value.value),
            unit_text(value.unit),
            word("origin", value.origin),
            f"{reference} [{mark}]" if reference else f"[{mark}]",
        )
    )
