"""Build a report from a run: all its sections, numbered in the manner of the language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import count

from services.accounting.bands import Certainty
from services.accounting.heat_power import KeptHeatPower
from services.accounting.results import RunResult
from services.i18n.texts import language, t
from services.reports.calculations import calculation_section
from services.reports.certainty import certainty_section
from services.reports.closing import quality_section, signature_section
from services.reports.cover import cover, label_word, mark
from services.reports.inputs import activity_section, factor_section
from services.reports.line_tables import inputs_table, lines_table
from services.reports.material import Material, file_stem
from services.reports.method_text import method_section
from services.reports.model import Block, ChartBlock, ReportModel, Section, TableBlock
from services.reports.names import Names
from services.reports.summary import summary_section

CHINESE_DIGITS = "一二三四五六七八九十"


def build_report(
    result: RunResult,
    names: Names,
    issued_at: datetime,
    certainty: Certainty,
    heat_power: KeptHeatPower | None = None,
) -> ReportModel:
    """Return the report of a run in the language in use."""
    material = Material(result, names, issued_at, certainty, heat_power)
    title = t("report.title")
    name, year = material.subject_name, material.summary.year
    return ReportModel(
        language=language(),
        file_stem=file_stem(name, year, title),
        header=t("report.header", name=name, year=year),
        mark=mark(material),
        page_label=t("report.page"),
        contents_title=t("report.contents"),
        issued_at=issued_at,
        run_id=material.summary.run_id,
        cover=cover(material),
        data=(lines_table(material), inputs_table(material)),
        sections=_numbered(
            (
                summary_section(material),
                certainty_section(material),
                method_section(material),
                activity_section(material),
                factor_section(material),
                calculation_section(material),
                quality_section(material),
                signature_section(material),
            )
        ),
        label=label_word(material),
    )


def _numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    tables, figures = count(1), count(1)

    def block(found: Block) -> Block:
        if isinstance(found, TableBlock):
            return replace(
                found, caption=t("report.caption.table", n=next(tables), text=found.caption)
            )
        if isinstance(found, ChartBlock):
            return replace(
                found, caption=t("report.caption.figure", n=next(figures), text=found.caption)
            )
        return found

    return tuple(
        replace(
            section,
            title=t("report.caption.section", n=_ordinal(number), text=section.title),
            blocks=tuple(block(b) for b in section.blocks),
        )
        for number, section in enumerate(sections, 1)
    )


def _ordinal(number: int) -> str:
    return CHINESE_DIGITS[number - 1] if language() == "zh-CN" else str(number)
