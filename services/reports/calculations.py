"""Every emission line with its formula, the numbers put in, and the result."""

from __future__ import annotations

from services.formatting import month_text
from services.i18n.texts import t
from services.reports.breakdown import signed_co2e_t
from services.reports.formulas import as_text, filled
from services.reports.material import Material, put_in, row_number, word
from services.reports.method_text import formula_node
from services.reports.model import CalculationBlock, Section, entered, mass
from services.reports.text import gas_text, printable
from services.standards.results import EmissionLine


def calculation_section(material: Material) -> Section:
    """Return the section of single calculations."""
    blocks = tuple(calculation(material, line) for line in material.result.lines)
    return Section(t("report.section.calculations"), blocks)


def calculation(material: Material, line: EmissionLine) -> CalculationBlock:
    """Return one line as it can be checked by hand."""
    node = formula_node(line.formula)
    numbers = filled(node, put_in(line.inputs))
    return CalculationBlock(
        heading=t(
            "report.line_heading",
            row=row_number(line.record),
            title=_title(material, line),
            gas=gas_text(line.gas),
            scope=word("scope", line.emission_scope),
        ),
        formula=node,
        formula_text=as_text(node),
        numbers=numbers,
        numbers_text=as_text(numbers),
        result=_result(line),
        remarks=tuple(printable(notice.text()) for notice in line.warnings),
    )


def _title(material: Material, line: EmissionLine) -> str:
    title = material.line_title(line)
    return f"{title} · {month_text(line.month)}" if line.month else title


def _result(line: EmissionLine) -> str:
    gas = gas_text(line.gas)
    if line.gwp == 1 and line.sign > 0:
        return t("report.result.plain", gas=gas, amount=mass(line.gas_t).text())
    return t(
        "report.result.converted",
        gas=gas,
        amount=mass(line.gas_t).text(),
        gwp=entered(line.gwp).text(),
        co2e=mass(signed_co2e_t(line)).text(),
    )
