"""Reading an activity file (xlsx or csv) as text cells, refusing what could harm (4.2 a)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import openpyxl

from services.errors import Explanation, PlatformError
from services.i18n.texts import t

MOST_BYTES = 100 * 1024 * 1024
MOST_RATIO = 100
# Small parts compress well without harm: an empty sheet of styles easily has a ratio of 200.
RATIO_COUNTS_FROM = 10 * 1024 * 1024
MOST_ENTRIES = 200
MOST_ROWS = 20_000
MOST_COLUMNS = 100
ENCODINGS = ("utf-8-sig", "gb18030")
_ZIP = b"PK\x03\x04"


class FileFormatError(PlatformError):
    """The file as a whole cannot be read, or must not be."""

    text_key = "file_format"

    def __init__(self, name: str, reason: str, **values: object) -> None:
        super().__init__(name, **values)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with the reason for the refusal."""
        return replace(super().explain(), why=t(f"import_file.{self.reason}", **self.values))


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row below the header: text by column, with where it stands in the file."""

    sheet: str
    row: int
    cells: dict[str, str]


def read_rows(name: str, content: bytes) -> list[FileRow]:
    """Return the rows of every sheet of an xlsx or csv file; the first row names the columns."""
    if content.startswith(_ZIP):
        check_archive(name, content)
        sheets = _workbook(name, content)
    elif name.lower().endswith(".csv"):
        sheets = [(name, _lines(name, content))]
    else:
        raise FileFormatError(name, "not_xlsx")
    rows = [row for sheet, lines in sheets for row in _named(sheet, lines)]
    if len(rows) > MOST_ROWS:
        raise FileFormatError(name, "rows", most=MOST_ROWS)
    if not rows:
        raise FileFormatError(name, "nothing")
    return rows


def check_archive(name: str, content: bytes) -> None:
    """Refuse an archive by its table of contents alone, without unpacking a byte."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileFormatError(name, "broken") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        raise FileFormatError(name, "entries", count=len(entries), most=MOST_ENTRIES)
    if unpacked > MOST_BYTES:
        megabytes, most = unpacked // 2**20, MOST_BYTES // 2**20
        raise FileFormatError(name, "too_large", megabytes=megabytes, most=most)
    ratio = unpacked // max(len(content), 1)
    if ratio > MOST_RATIO and unpacked > RATIO_COUNTS_FROM:
        raise FileFormatError(name, "ratio", ratio=ratio)
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise FileFormatError(name, "not_xlsx")


def _workbook(name: str, content: bytes) -> list[tuple[str, list[Sequence[str]]]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return [
                (sheet.title, [_texts(row) for row in _values(sheet)]) for sheet in book.worksheets
            ]
        finally:
            book.close()
    except Exception as error:
        # A damaged part raises whatever its parser does; the person is told the same.
        raise FileFormatError(name, "broken") from error


def _values(sheet: openpyxl.worksheet.worksheet.Worksheet) -> Iterator[Sequence[object]]:
    rows: Iterable[Sequence[object]] = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    # One more than is allowed is enough to know that there are too many.
    return islice(rows, MOST_ROWS + 2)


def _texts(row: Sequence[object]) -> list[str]:
    return ["" if value is None else _text(value) for value in row]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip()


def _lines(name: str, content: bytes) -> list[Sequence[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return list(islice(csv.reader(io.StringIO(text, newline="")), MOST_ROWS + 2))
        except csv.Error as error:
            raise FileFormatError(name, "broken") from error
    raise FileFormatError(name, "encoding")


def _named(sheet: str, lines: Sequence[Sequence[str]]) -> Iterator[FileRow]:
    if not lines:
        return
    header = [title.strip() for title in lines[0]]
    for number, line in enumerate(lines[1:], start=2):
        pairs = zip(header, line, strict=False)
        cells = {title: text.strip() for title, text in pairs if title and text.strip()}
        if cells:
            yield FileRow(sheet, number, cells)
