"""A table as a file: CSV or XLSX with title, filters, unit, source, factor set and time."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from services.errors import PlatformError
from services.formatting import datetime_text
from services.i18n.texts import t

Cell = str | float | int | None
# A spreadsheet runs text that begins so, also its full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


class ExportError(PlatformError):
    """What was to be written is no table, or the kind of file is unknown."""

    text_key = "export"


class ExactWorksheet(Worksheet):
    """A sheet that writes every digit of a number; the library's 16 may change the last bit."""

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        marks = "".join(f' {k}="{self._escape_attributes(v)}"' for k, v in attributes)
        self.fh.write(f"<c{marks}><v>{number!r}</v></c>")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with the lines that stand above it."""

    title: str
    about: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of_chart(cls, data: Mapping[str, Any], at: datetime, label: str = "") -> Sheet:
        """Return the sheet of a chart's table as the page keeps it, or raise ExportError.

        `label` says in words how sensitive what it holds may be.
        """
        try:
            headings = tuple(_heading(column) for column in data["columns"])
            rows = tuple(tuple(_cell(value) for value in row) for row in data["rows"])
            title, about = str(data["title"]), tuple(_about(data, at, label))
        except (KeyError, TypeError, AttributeError) as error:
            raise ExportError(value=type(error).__name__) from error
        return cls(title, about, headings, rows)


def write(sheet: Sheet, kind: str) -> bytes:
    """Return the bytes of the file; kind is csv or xlsx."""
    writers: dict[str, Callable[[Sheet], bytes]] = {"csv": csv_bytes, "xlsx": xlsx_bytes}
    if kind not in writers:
        raise ExportError("kind", value=kind)
    return writers[kind](sheet)


def csv_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as CSV in UTF-8 with a mark, so that Excel reads Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_harmless(sheet.title)])
    writer.writerows([[label, _harmless(value)] for label, value in sheet.about])
    writer.writerow([])
    writer.writerow([_harmless(heading) for heading in sheet.headings])
    writer.writerows([[_harmless(value) for value in row] for row in sheet.rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheet: Sheet) -> bytes:
    """Return the sheet as a workbook; text stays text, numbers keep every digit."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(None, ExactWorksheet)
        bold = book.add_format({"bold": True})
        page.write_string(0, 0, sheet.title, book.add_format({"bold": True, "font_size": 14}))
        for at, (label, value) in enumerate(sheet.about, start=1):
            page.write_string(at, 0, label)
            page.write_string(at, 1, value)
        top = len(sheet.about) + 2
        for across, heading in enumerate(sheet.headings):
            page.write_string(top, across, heading, bold)
        _write_rows(page, top + 1, sheet.rows)
        page.set_column(0, max(len(sheet.headings) - 1, 1), 22)
        page.freeze_panes(top + 1, 0)
    return target.getvalue()


def file_name(sheet: Sheet, kind: str) -> str:
    """Return a name for the file that every system accepts."""
    stem = re.sub(r"[^\w-]+", "_", sheet.title).strip("_")[:80]
    return f"{stem or 'table'}.{kind}"


def _write_rows(page: Any, top: int, rows: Sequence[Sequence[Cell]]) -> None:
    for down, row in enumerate(rows, start=top):
        for across, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(down, across, value)
            elif value is not None:
                page.write_number(down, across, value)


def _about(data: Mapping[str, Any], at: datetime, label: str) -> list[tuple[str, str]]:
    meta = data["meta"]
    # The numbers of the table may stand in another unit than the axis of the chart.
    units = dict.fromkeys(str(c["unit"]) for c in data["columns"] if c.get("unit"))
    known = (
        ("unit", ", ".join(units) or meta.get("unit", "")),
        ("period", meta.get("period", "")),
        ("source", meta.get("source", "")),
        ("as_of", meta.get("as_of", "")),
        ("factor_set", meta.get("factor_set", "")),
    )
    told = [(t(f"export.{name}"), str(value)) for name, value in known if value]
    chosen = [(str(label), str(value)) for label, value in meta.get("filters", {}).items()]
    labelled = [(t("labels.label"), label)] if label else []
    return [*told, *chosen, *labelled, (t("export.made_at"), datetime_text(at))]


def _heading(column: Mapping[str, Any]) -> str:
    unit = column.get("unit")
    return f"{column['label']} ({unit})" if unit else str(column["label"])


def _cell(value: object) -> Cell:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None if value is None else str(value)
    return value if math.isfinite(value) else None


def _harmless(value: Cell) -> Cell:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
