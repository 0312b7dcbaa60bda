"""Boundary and method: what is counted, and by which formula."""

from __future__ import annotations

from services.i18n.texts import t
from services.reports.formulas import FormulaNotReadableError, Node, Value, read_formula, symbols
from services.reports.material import Material, word
from services.reports.model import Block, FormulaBlock, Section, TextBlock
from services.reports.text import printable, unit_text
from services.standards.results import EmissionLine


def method_section(material: Material) -> Section:
    """Return the section on boundary and method."""
    summary = material.summary
    boundary = (
        t("report.boundary.who", name=material.subject_name, year=summary.year),
        t("report.boundary.systems"),
        t("report.boundary.energy"),
        t("report.boundary.method", method=material.names.method()),
        t("report.boundary.total"),
    )
    blocks: list[Block] = [TextBlock(boundary)]
    blocks.extend(_formula(material, line) for line in _one_of_each(material.result.lines))
    return Section(t("report.section.method"), tuple(blocks))


def formula_node(text: str) -> Node:
    """Return the tree of a formula, or its text as it is when it is not plain arithmetic."""
    try:
        return read_formula(text)
    except FormulaNotReadableError:
        return Value(printable(text))


def _one_of_each(lines: tuple[EmissionLine, ...]) -> list[EmissionLine]:
    found: dict[tuple[str, str], EmissionLine] = {}
    for line in lines:
        found.setdefault((line.source, line.formula), line)
    return list(found.values())


def _formula(material: Material, line: EmissionLine) -> FormulaBlock:
    node = formula_node(line.formula)
    named = [symbol for symbol in symbols(node) if symbol in line.inputs]
    terms = t("report.joiner").join(
        t(
            "report.term",
            symbol=symbol,
            meaning=material.symbol(line.source, symbol),
            unit=unit_text(line.inputs[symbol].unit),
        )
        for symbol in named
    )
    reference, status = material.names.rule(line.source)
    if reference:
        terms += t("report.rule", reference=reference, mark=word("status_mark", status))
    return FormulaBlock(material.source(line.source), node, line.formula, terms)
