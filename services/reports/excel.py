"""The report as a workbook to calculate with: numbers unrounded, text never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from xlsxwriter import Workbook

from services.exports import FORMULA_STARTS, ExactWorksheet
from services.i18n.texts import t
from services.reports.certainty import BANDS, CERTAINTY, CONTRIBUTIONS, MISSING
from services.reports.closing import DEFAULTS
from services.reports.heat_power import HEAT_POWER
from services.reports.inputs import ACTIVITY, FACTORS
from services.reports.line_tables import INPUTS, LINES
from services.reports.model import (
    Cell,
    FormulaBlock,
    Precision,
    Quantity,
    ReportModel,
    TableBlock,
    TextBlock,
)
from services.reports.summary import GASES, MEMO, SOURCES, TOTALS

FONT = "Microsoft YaHei"  # a workbook cannot embed a font; this one is on every Chinese Windows
BRAND, ALARM, MUTED, SHADE = "#0e7c5b", "#bf3f2b", "#5b6b63", "#edf3ef"
SHEET_CHARACTERS = 150
LONGEST_HEADER = 200
SUMMARY_TABLES = (TOTALS, SOURCES, GASES, MEMO, HEAT_POWER, CERTAINTY, MISSING, BANDS)
# Paragraphs of the last sheet lie across its columns; rows of merged cells do not grow by
# themselves, and a Chinese character is two columns' digits wide.
SOURCE_WIDTHS = (10, 26, 14, 16, 14, 14, 40, 10)
LAST_SOURCE_COLUMN = len(SOURCE_WIDTHS) - 1
CHARACTERS_A_LINE = sum(SOURCE_WIDTHS) // 2
LINE_POINTS = 16
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass
class Book:
    """A workbook being written, with its formats by their properties."""

    workbook: Any
    report: ReportModel
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def format(self, **properties: Any) -> Any:
        """Return a cell format; equal ones are made once."""
        given = {"font_name": FONT, "font_size": 10, "valign": "vcenter"} | properties
        key = tuple(sorted(given.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(given)
        return self.formats[key]


def write_excel(report: ReportModel) -> bytes:
    """Return the report as xlsx."""
    saved = io.BytesIO()
    with Workbook(saved, _OPTIONS) as workbook:
        book = Book(workbook, report)
        _set_properties(workbook, report)
        _write_summary(book)
        for key in (LINES, INPUTS, ACTIVITY):
            _write_table_sheet(book, report.table(key), t(f"report.sheet.{key}"))
        _write_sources(book)
    return saved.getvalue()


def _write_summary(book: Book) -> None:
    sheet = _sheet(book, t("report.sheet.summary"), (34, 20, 20, 18, 18, 20))
    row = 3
    for label, value in book.report.cover.facts:
        sheet.write_string(row, 0, label, book.format(font_color=MUTED))
        looks = _string_look(value) | {"text_wrap": False}
        sheet.write_string(row, 1, value, book.format(**looks))
        row += 1
    places = {}
    for table in book.report.tables():
        if table.key in SUMMARY_TABLES:
            places[table.key] = row + 2
            row = _write_table(book, sheet, table, row + 1)
    _add_chart(book, sheet, places[SOURCES] + 1, row + 2)
    sheet.freeze_panes(2, 0)


def _write_table_sheet(book: Book, table: TableBlock, name: str) -> None:
    widths = tuple(max(9, column.width * SHEET_CHARACTERS) for column in table.columns)
    sheet = _sheet(book, name, widths)
    _write_rows(book, sheet, table, 2)
    last = 2 + len(table.rows)
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, max(3, last), len(table.columns) - 1)
    sheet.repeat_rows(2)


def _write_sources(book: Book) -> None:
    sheet = _sheet(book, t("report.sheet.sources"), SOURCE_WIDTHS)
    row = 2
    for text in _method_lines(book.report):
        wrapped = book.format(text_wrap=True, valign="top")
        sheet.merge_range(row, 0, row, LAST_SOURCE_COLUMN, "", wrapped)
        sheet.write_string(row, 0, text, wrapped)
        sheet.set_row(row, LINE_POINTS * (1 + len(text) // CHARACTERS_A_LINE))
        row += 1
    for table in (book.report.table(FACTORS), *_trust(book.report)):
        row = _write_table(book, sheet, table, row + 1)
    sheet.freeze_panes(2, 0)


def _method_lines(report: ReportModel) -> Iterator[str]:
    for block in report.blocks():
        if isinstance(block, FormulaBlock):
            yield f"{block.heading}: {block.text}"
            yield f"    {block.terms}"
        elif isinstance(block, TextBlock):
            yield from block.paragraphs


def _trust(report: ReportModel) -> tuple[TableBlock, ...]:
    """Return what was not measured, and what the uncertainty comes from."""
    return tuple(table for table in report.tables() if table.key in (CONTRIBUTIONS, DEFAULTS))


def _write_table(book: Book, sheet: Any, table: TableBlock, row: int) -> int:
    """Write a table with its caption and note; return the row after it."""
    sheet.write_string(row, 0, table.caption, book.format(bold=True))
    _write_rows(book, sheet, table, row + 1)
    after = row + 2 + len(table.rows)
    if table.note:
        sheet.write_string(after, 0, table.note, book.format(font_color=MUTED, font_size=9))
    return after + 1


def _write_rows(book: Book, sheet: Any, table: TableBlock, row: int) -> None:
    for place, column in enumerate(table.columns):
        align = "right" if column.is_number else "left"
        head = book.format(bold=True, bg_color=SHADE, bottom=1, top=1, align=align, text_wrap=True)
        sheet.write_string(row, place, column.title, head)
    for down, line in enumerate(table.rows, row + 1):
        for place, cell in enumerate(line.cells):
            looks = {"bold": line.is_total, "valign": "top"}
            if isinstance(cell, str):
                looks |= _string_look(cell, table.columns[place].is_number)
            _write_cell(book, sheet, (down, place), cell, looks)


def _write_cell(
    book: Book, sheet: Any, place: tuple[int, int], cell: Cell, looks: dict[str, Any]
) -> None:
    if isinstance(cell, Quantity):
        numbers = book.format(num_format=number_format(cell), **looks)
        sheet.write_number(*place, cell.value, numbers)
    else:
        sheet.write_string(*place, cell, book.format(**looks))


def number_format(quantity: Quantity) -> str:
    """Return how a number is shown; the cell holds all of it whatever is shown."""
    if quantity.precision is Precision.SHARE:
        return "0.0%"
    if quantity.precision is Precision.MASS:
        return "#,##0.00"
    if quantity.value == int(quantity.value):
        return "#,##0"
    return "#,##0.0###########" if abs(quantity.value) > 1e-6 else "0.0#####E+00"


def _string_look(text: str, is_number: bool = False) -> dict[str, Any]:
    side = {"align": "right"} if is_number else {"align": "left", "indent": 1, "text_wrap": True}
    # What begins like a formula stays text even when somebody edits the cell.
    return side | ({"quote_prefix": True} if text.startswith(FORMULA_STARTS) else {})


def _sheet(book: Book, name: str, widths: tuple[float, ...]) -> Any:
    report = book.report
    sheet = book.workbook.add_worksheet(name, ExactWorksheet)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, report.header, book.format(bold=True, font_size=13, font_color=BRAND))
    sheet.write_string(1, 0, report.mark, book.format(bold=True, font_color=ALARM))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    name_on_paper = report.header[:LONGEST_HEADER].replace("&", "&&")
    sheet.set_header(f"&L{name_on_paper}&R{report.mark}")
    sheet.set_footer("&C" + report.page_label.replace("{n}", "&P").replace("{total}", "&N"))
    return sheet


def _add_chart(book: Book, sheet: Any, first: int, place: int) -> None:
    # `first` is the first row of sources; the closing total is left out of the bars.
    last = first + len(book.report.table(SOURCES).rows) - 2
    name = sheet.get_name()
    chart = book.workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 2, last, 2],
            "fill": {"color": BRAND},
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_title({"name": book.report.table(SOURCES).caption, "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"name": t("report.tonnes_co2e"), "num_format": "#,##0"})
    chart.set_size({"width": 900, "height": 90 + 45 * max(2, last - first + 1)})
    sheet.insert_chart(place, 0, chart)


def _set_properties(workbook: Any, report: ReportModel) -> None:
    workbook.set_properties(
        {
            "title": report.header,
            "author": report.cover.subject,
            "comments": str(report.run_id),
            "category": report.label,
            "created": report.issued_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
