"""The report as PDF/A, tagged for screen readers, with its fonts and vectors inside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson
import typst

from services.reports.charts import Picture
from services.reports.fonts import font_folder, printable_characters
from services.reports.formulas import as_data
from services.reports.model import (
    Block,
    CalculationBlock,
    ChartBlock,
    FormulaBlock,
    ReportModel,
    SignatureBlock,
    TableBlock,
    TextBlock,
    cell_text,
)
from services.reports.text import covered

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
SMALL_DIGITS = frozenset(ord(c) for c in "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_pdf(report: ReportModel, pictures: Mapping[str, Picture]) -> bytes:
    """Return the report as PDF; `pictures` are the charts by key."""
    inputs = {
        "report": orjson.dumps(_shown(_data(report))).decode(),
        "pictures": orjson.dumps({key: p.svg.decode() for key, p in pictures.items()}).decode(),
    }
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
    )
    made = compiler.compile(
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(report.issued_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst returned {type(made).__name__} where one PDF was expected.")
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(font_folder())]
    )


@cache
def _glyphs() -> frozenset[int]:
    return printable_characters() | SMALL_DIGITS


def _data(report: ReportModel) -> dict[str, object]:
    return {
        "language": report.language,
        "header": report.header,
        "mark": report.mark,
        "label": report.label,
        "page_label": report.page_label,
        "contents_title": report.contents_title,
        "cover": {
            "title": report.cover.title,
            "subject": report.cover.subject,
            "period": report.cover.period,
            "mark": report.cover.mark,
            "facts": report.cover.facts,
        },
        "sections": [
            {
                "title": section.title,
                "starts_page": section.starts_page,
                "blocks": [_block(block) for block in section.blocks],
            }
            for section in report.sections
        ],
    }


def _block(block: Block) -> dict[str, object]:
    match block:
        case TableBlock():
            return _table(block)
        case ChartBlock():
            return {
                "kind": "chart",
                "key": block.key,
                "caption": block.caption,
                "alternative": block.alternative,
            }
        case TextBlock():
            return {
                "kind": "text",
                "paragraphs": block.paragraphs,
                "is_list": block.is_list,
                "is_lead": block.is_lead,
            }
        case FormulaBlock():
            return {
                "kind": "formula",
                "heading": block.heading,
                "formula": as_data(block.formula),
                "text": block.text,
                "terms": block.terms,
            }
        case CalculationBlock():
            return _calculation(block)
        case SignatureBlock():
            return {
                "kind": "signature",
                "statement": block.statement,
                "labels": block.labels,
                "signers": block.signers,
                "seal": block.seal,
            }


def _table(block: TableBlock) -> dict[str, object]:
    return {
        "kind": "table",
        "caption": block.caption,
        "columns": [
            {"title": c.title, "width": c.width, "is_number": c.is_number} for c in block.columns
        ],
        "rows": [
            {"cells": [cell_text(c) for c in row.cells], "is_total": row.is_total}
            for row in block.rows
        ],
        "note": block.note,
    }


def _calculation(block: CalculationBlock) -> dict[str, object]:
    return {
        "kind": "calculation",
        "heading": block.heading,
        "formula": as_data(block.formula),
        "formula_text": block.formula_text,
        "numbers": as_data(block.numbers),
        "numbers_text": block.numbers_text,
        "result": block.result,
        "remarks": block.remarks,
    }


def _shown(value: object) -> object:
    # PDF/A forbids a character without a glyph: one that no font holds is named by its number.
    match value:
        case str():
            return covered(value, _glyphs())
        case dict():
            return {key: _shown(part) for key, part in value.items()}
        case list() | tuple():
            return [_shown(part) for part in value]
    return value
