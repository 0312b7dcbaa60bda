"""Paragraphs and tables of a Word file as XML; python-docx builds large tables too slowly."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.oxml.ns import nsdecls

from services.reports.formulas import Node
from services.reports.model import TableBlock, cell_text
from services.reports.text import runs
from services.reports.word_formula import equation

STRONG_STYLE = "ReportStrong"
PAGE_WIDTH_TWIPS = 9_412  # A4 less two margins of 22 mm
_HEIGHTS = {"normal": "", "sub": "subscript", "super": "superscript"}
_SHADE = "EDF3EF"
_LINE = "B9C7BF"
_INK = "14201B"


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is set; sizes in half points, spaces in twentieths of a point."""

    style: str = ""
    align: str = "left"
    size: int = 0
    colour: str = ""
    is_strong: bool = False
    indent: int = 0
    keep_next: bool = False
    before: int = -1
    after: int = -1


PLAIN = Look()


def paragraph(text: str, look: Look = PLAIN) -> str:
    """Return a paragraph of text."""
    return _paragraph(_runs(text, look), look)


def formula_paragraph(node: Node, before: str = "") -> str:
    """Return a paragraph that holds an equation."""
    look = Look(indent=480)
    return _paragraph(_runs(before, look) + equation(node), look)


def table(block: TableBlock) -> str:
    """Return a table whose head is repeated on every page."""
    widths = [round(column.width * PAGE_WIDTH_TWIPS) for column in block.columns]
    head = [
        _cell(c.title, w, Look(align=_side(c.is_number), size=17, is_strong=True), is_head=True)
        for c, w in zip(block.columns, widths, strict=True)
    ]
    rows = [_row(head, is_head=True)]
    for row in block.rows:
        cells = zip(row.cells, block.columns, widths, strict=True)
        rows.append(
            _row(
                [
                    _cell(cell_text(v), w, Look("", _side(c.is_number), 17, "", row.is_total))
                    for v, c, w in cells
                ]
            )
        )
    return table_of(rows, widths)


def table_of(rows: list[str], widths: list[int], grid: bool = False) -> str:
    """Return rows as a table; with a grid, every cell has its frame."""
    inner = f'<w:insideV w:val="single" w:sz="4" w:color="{_LINE}"/>' if grid else ""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:color="{colour}"/>'
        for side, size, colour in (
            ("top", 8, _INK),
            *((("left", 4, _LINE),) if grid else ()),
            ("bottom", 8, _INK),
            *((("right", 4, _LINE),) if grid else ()),
            ("insideH", 4, _LINE),
        )
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f"<w:tbl {nsdecls('w')}><w:tblPr>"
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders>{sides}{inner}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="80" w:type="dxa"/>'
        '<w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def text_row(texts: list[str], widths: list[int], looks: list[Look], height: int = 0) -> str:
    """Return a row of plain cells, at least so high."""
    cells = [_cell(t, w, look) for t, w, look in zip(texts, widths, looks, strict=True)]
    return _row(cells, height=height)


def _row(cells: list[str], is_head: bool = False, height: int = 0) -> str:
    marks = "<w:cantSplit/>"
    marks += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    marks += "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, look: Look, is_head: bool = False) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_SHADE}"/>' if is_head else ""
    size = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    return (
        f'<w:tc><w:tcPr>{size}{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraph(_runs(text, look), look, in_cell=True)}</w:tc>"
    )


def _paragraph(content: str, look: Look, in_cell: bool = False) -> str:
    before, after = (30, 30) if in_cell else (look.before, look.after)
    spacing = "".join(
        f' w:{name}="{value}"'
        for name, value in (("before", before), ("after", after))
        if value >= 0
    )
    line = ' w:line="260" w:lineRule="auto"' if in_cell else ""
    properties = (
        (f'<w:pStyle w:val="{look.style}"/>' if look.style else "")
        + ("<w:keepNext/>" if look.keep_next else "")
        + (f"<w:spacing{spacing}{line}/>" if spacing or line else "")
        + (f'<w:ind w:left="{look.indent}"/>' if look.indent else "")
        + (f'<w:jc w:val="{look.align}"/>' if look.align != "left" else "")
    )
    return f"<w:p {nsdecls('w')}><w:pPr>{properties}</w:pPr>{content}</w:p>"


def _runs(text: str, look: Look) -> str:
    return "".join(_run(run.text, look, _HEIGHTS[run.position]) for run in runs(text))


def _run(text: str, look: Look, height: str) -> str:
    properties = (
        (f'<w:rStyle w:val="{STRONG_STYLE}"/>' if look.is_strong else "")
        + (f'<w:color w:val="{look.colour}"/>' if look.colour else "")
        + (f'<w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/>' if look.size else "")
        + (f'<w:vertAlign w:val="{height}"/>' if height else "")
    )
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _side(is_number: bool) -> str:
    return "right" if is_number else "left"
