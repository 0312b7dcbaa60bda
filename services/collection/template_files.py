"""Templates and rows to be mended as files that a person fills in (4.2 a)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from services.collection.file_cells import EITHER, FileCellError
from services.collection.files import FileRow
from services.collection.sheets.program import ABOUT_SHEET
from services.collection.templates import (
    TemplateColumn,
    TemplatePlace,
    TemplateSheet,
    about,
    flat_columns,
    sheets_of,
    units_of,
)
from services.formatting import date_text
from services.i18n.texts import language, t
from services.standards.descriptions import MethodDescription

FONT = "Microsoft YaHei"  # a workbook cannot embed a font; this one is on every Chinese Windows
BRAND, SHADE, MUTED = "#0e7c5b", "#edf3ef", "#5b6b63"
LISTS_SHEET = "_lists"
# Rows that have drop-downs; one may go on below without them.
OPEN_ROWS = 2_000
WIDTHS = {"source": 24, "item": 20, "note": 30}
QUANTITY_WIDTH = 16
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# What whoever fills in a protected sheet may still do.
_ALLOWED = {"sort": True, "autofilter": True, "format_columns": True, "insert_rows": True}


def template_xlsx(method: MethodDescription, place: TemplatePlace) -> bytes:
    """Return the workbook to fill in for a method, in the language in use."""
    saved = io.BytesIO()
    with Workbook(saved, _OPTIONS) as workbook:
        formats = _formats(workbook)
        sheets = sheets_of(method)
        _write_instructions(workbook, formats, method, place)
        data = [workbook.add_worksheet(sheet.name) for sheet in sheets]
        lists = _Lists(workbook)
        for sheet, made in zip(sheets, data, strict=True):
            _write_data(made, formats, sheet, lists)
        told = workbook.add_worksheet(ABOUT_SHEET)
        for row, pair in enumerate(about(method, place)):
            told.write_row(row, 0, pair)
        told.very_hidden()
        data[0].activate()
    return saved.getvalue()


def template_csv(method: MethodDescription, place: TemplatePlace) -> bytes:
    """Return the same as one table, in UTF-8 with a mark so that Excel reads Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = flat_columns(method)
    writer.writerow([told for _, told in about(method, place)])
    writer.writerow([column.heading for column in columns])
    units = [column.unit for column in columns]
    writer.writerow([t("import_template.unit_row"), *units[1:]])
    return text.getvalue().encode("utf-8-sig")


def mending_xlsx(rows: Sequence[FileRow], errors: Sequence[FileCellError]) -> bytes:
    """Return the rows that wait, each with its reasons in the last column, to be sent again."""
    reasons: dict[tuple[str, int], list[str]] = {}
    for error in errors:
        told = error.explain()
        place = (error.place.sheet, error.place.row)
        reasons.setdefault(place, []).append(f"{error.values['column']}: {told.why} {told.do}")
    saved = io.BytesIO()
    with Workbook(saved, _OPTIONS) as workbook:
        formats = _formats(workbook)
        by_sheet: dict[str, list[FileRow]] = {}
        for row in rows:
            by_sheet.setdefault(row.sheet, []).append(_plain(row))
        for number, (name, found) in enumerate(by_sheet.items(), 1):
            _write_mending(workbook, formats, (number, name), found, reasons)
    return saved.getvalue()


def _write_mending(
    workbook: Any,
    formats: Mapping[str, Any],
    sheet: tuple[int, str],
    rows: Sequence[FileRow],
    reasons: Mapping[tuple[str, int], Sequence[str]],
) -> None:
    made = workbook.add_worksheet(_sheet_name(*sheet))
    titles = list(dict.fromkeys(title for row in rows for title in row.cells))
    heading = t("import_template.reasons")
    titles = [title for title in titles if title != heading]
    made.set_column(0, max(0, len(titles) - 1), QUANTITY_WIDTH)
    made.set_column(len(titles), len(titles), 80)
    for column, title in enumerate((*titles, heading)):
        made.write_string(0, column, title, formats["heading"])
    first = 1
    units = rows[0].units
    if units:
        for column, title in enumerate(titles):
            made.write_string(1, column, units.get(title, ""), formats["unit"])
        first = 2
    for down, row in enumerate(rows, first):
        for column, title in enumerate(titles):
            made.write_string(down, column, row.cells.get(title, ""), formats["open"])
        told = "\n".join(dict.fromkeys(reasons.get((row.sheet, row.row), ())))
        made.write_string(down, len(titles), told[:32_000], formats["reason"])
    made.freeze_panes(first, 1)


def _plain(row: FileRow) -> FileRow:
    """Return a row that was read by a layout under headings that everybody's rows have."""
    if not row.shown:
        return row
    titled = {k: f"{k} ({row.units[k]})" if k in row.units else k for k in row.cells}
    return FileRow(row.sheet, row.row, {titled[k]: text for k, text in row.cells.items()})


def _sheet_name(number: int, name: str) -> str:
    plain = "".join(letter for letter in name if letter not in "[]:*?/\\'")[:25].strip()
    return plain if number == 1 and plain else f"{plain} {number}".strip()


def _formats(workbook: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    head = base | {"bg_color": SHADE, "border": 1, "text_wrap": True, "align": "center"}
    looks = {
        "title": base | {"font_size": 16, "bold": True, "font_color": BRAND},
        "plain": base | {"text_wrap": True, "valign": "top"},
        "muted": base | {"font_color": MUTED},
        "bold": base | {"bold": True},
        "heading": head | {"bold": True},
        "unit": head | {"font_color": MUTED},
        "unit_open": head | {"font_color": BRAND, "locked": False},
        "open": base | {"locked": False},
        "reason": base | {"font_color": "#bf3f2b", "text_wrap": True},
    }
    return {name: workbook.add_format(properties) for name, properties in looks.items()}


class _Lists:
    """The hidden sheet from which drop-downs choose: a list may be longer than a formula."""

    def __init__(self, workbook: Any) -> None:
        self.sheet = workbook.add_worksheet(LISTS_SHEET)
        self.sheet.hide()
        self.column = 0
        self.known: dict[tuple[str, ...], str] = {}

    def place(self, choices: tuple[str, ...]) -> str:
        """Write a list once and return where it stands, as a formula."""
        if choices not in self.known:
            self.sheet.write_column(0, self.column, choices)
            first = xl_rowcol_to_cell(0, self.column, row_abs=True, col_abs=True)
            last = xl_rowcol_to_cell(len(choices) - 1, self.column, row_abs=True, col_abs=True)
            self.known[choices] = f"='{LISTS_SHEET}'!{first}:{last}"
            self.column += 1
        return self.known[choices]


def _write_data(
    sheet: Any, formats: Mapping[str, Any], planned: TemplateSheet, lists: _Lists
) -> None:
    sheet.protect("", _ALLOWED)
    sheet.set_row(0, 34)
    for at, column in enumerate(planned.columns):
        width = WIDTHS.get(column.key, QUANTITY_WIDTH)
        sheet.set_column(at, at, width, formats["open"])
        sheet.write_string(0, at, column.heading, formats["heading"])
        _write_unit(sheet, formats, (at, column), lists)
        if column.choices:
            _offer(sheet, (2, at, OPEN_ROWS + 1, at), lists.place(column.choices))
    sheet.freeze_panes(2, 1)


def _write_unit(
    sheet: Any, formats: Mapping[str, Any], placed: tuple[int, TemplateColumn], lists: _Lists
) -> None:
    at, column = placed
    shown = t("import_template.unit_row") if at == 0 else column.unit
    if not column.units:
        sheet.write_string(1, at, shown, formats["unit"])
        return
    sheet.write_string(1, at, shown, formats["unit_open"])
    _offer(sheet, (1, at, 1, at), lists.place(column.units))


def _offer(sheet: Any, area: tuple[int, int, int, int], source: str) -> None:
    given = {
        "validate": "list",
        "source": source,
        # What is typed otherwise is read and told by the platform, in words.
        "error_type": "warning",
        "error_title": t("import_template.not_listed"),
        "error_message": t("import_template.not_listed_why"),
    }
    sheet.data_validation(*area, given)


def _write_instructions(
    workbook: Any, formats: Mapping[str, Any], method: MethodDescription, place: TemplatePlace
) -> None:
    sheet = workbook.add_worksheet(t("import_template.instructions"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 3, 26)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, t("import_template.title"), formats["title"])
    row = 2
    for label, value in _facts(method, place):
        sheet.write_string(row, 0, label, formats["muted"])
        sheet.write_string(row, 1, value, formats["bold"])
        row += 1
    row += 1
    for step in ("choose", "units", "months", "missing", "mixed", "formulas"):
        sheet.merge_range(row, 0, row, 3, "", formats["plain"])
        sheet.write_string(row, 0, t(f"import_template.step.{step}"), formats["plain"])
        sheet.set_row(row, 32)
        row += 1
    _write_quantities(sheet, formats, method, row + 1)
    sheet.protect("", _ALLOWED)


def _facts(method: MethodDescription, place: TemplatePlace) -> list[tuple[str, str]]:
    name = method.names.get(language()) or method.designation
    ends = date_text(method.valid_to) if method.valid_to else t("import_template.open_end")
    facts = [
        (t("import_template.method"), f"{method.designation}  {name}"),
        (t("import_template.edition"), f"{date_text(method.valid_from)} – {ends}"),
    ]
    if place.organization:
        facts.append((t("import_template.place"), f"{place.name}  {place.organization}"))
        facts.append((t("import_template.year"), place.year))
    return facts


def _write_quantities(
    sheet: Any, formats: Mapping[str, Any], method: MethodDescription, row: int
) -> None:
    """Write each quantity of each source with its unit, and what fills it when left empty."""
    heads = ("source", "quantity", "unit", "when_empty")
    for column, head in enumerate(heads):
        sheet.write_string(row, column, t(f"import_template.{head}"), formats["heading"])
    for source in method.sources:
        for symbol in source.symbols:
            row += 1
            name = symbol.names.get(language()) or symbol.symbol
            units = f" {EITHER} ".join(units_of(symbol.symbol, [source]))
            empty = "required" if symbol.required else "default" if symbol.default else "optional"
            told = (
                source.names.get(language()) or source.source,
                f"{name} {symbol.symbol}",
                units,
                t(f"import_template.empty_{empty}"),
            )
            for column, text in enumerate(told):
                sheet.write_string(row, column, text, formats["plain"])
