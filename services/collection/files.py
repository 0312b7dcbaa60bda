"""An activity file (xlsx or csv) as rows of text, read by a limited process (4.2 a)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from services.collection.cells import plain
from services.collection.sheets.asking import ask
from services.collection.sheets.places import letters
from services.errors import Explanation, PlatformError
from services.i18n.texts import t

MOST_BYTES = 100 * 1024 * 1024
# A table of a factory has some lines above its headings: title, unit in charge, date.
HEADING_WITHIN = 30
SOURCE_TITLES = ("source", "排放源", "排放源名称", "emission source")
UNIT_TITLES = ("unit", "units", "单位", "计量单位")
# What a template says of itself: on a hidden sheet, and in the first line of a CSV.
TEMPLATE = "#shuangtan"


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
    """One row below the headings: text by heading, with where it stands in the file.

    `marks` say what is special about a cell: kind and detail, by heading. `units` are those that
    the file states for a column, `shown` is what stands in the file for a heading put in its place.
    """

    sheet: str
    row: int
    cells: Mapping[str, str]
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


Lines = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it was read: lines with their numbers, and marks by line and column from 0."""

    name: str
    lines: Lines
    marks: Mapping[int, Mapping[int, tuple[str, str]]]


ByLayout = Callable[[RawSheet], Iterable[FileRow] | None]


@dataclass(frozen=True, slots=True)
class Template:
    """What a template says of itself; empty texts where the file is none."""

    version: str = ""
    method: str = ""
    language: str = ""
    organization: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The rows of a file; `skipped` are its sheets without headings that name a source."""

    rows: tuple[FileRow, ...]
    template: Template = Template()
    skipped: tuple[str, ...] = ()


def read_file(name: str, content: bytes, by_layout: ByLayout | None = None) -> ReadFile:
    """Return the rows of every sheet below its headings; FileFormatError when it is unreadable.

    `by_layout` reads sheets that it knows; of others the headings say what they hold.
    """
    sheets, about = raw_sheets(name, content)
    rows: list[FileRow] = []
    skipped = []
    for sheet in sheets:
        found = by_layout(sheet) if by_layout else None
        at = heading_of(sheet.lines)
        if found is not None:
            rows += found
        elif at is None:
            skipped.append(sheet.name)
        else:
            rows += _rows_below(sheet, at)
    if len(skipped) == len(sheets):
        reason = "header" if any(sheet.lines for sheet in sheets) else "nothing"
        raise FileFormatError(name, reason, column=t("entry.columns.source"))
    if not rows:
        raise FileFormatError(name, "nothing")
    return ReadFile(tuple(rows), _template(about), tuple(skipped))


def raw_sheets(name: str, content: bytes) -> tuple[list[RawSheet], Sequence[Sequence[str]]]:
    """Return the visible sheets of a file, and the lines in which a template tells of itself."""
    told = ask_file(name, content)
    sheets = []
    for sheet in told["sheets"]:
        marks: dict[int, dict[int, tuple[str, str]]] = {}
        for row, column, kind, detail in sheet["marks"]:
            marks.setdefault(row, {})[column] = (kind, detail)
        lines = [(number, line) for number, line in sheet["rows"]]
        sheets.append(RawSheet(sheet["name"] or name, lines, marks))
    return sheets, told["about"] or _first_lines(sheets)


def ask_file(name: str, content: bytes) -> dict[str, Any]:
    """Return the sheets of a file as the limited process tells them."""
    if not content.startswith(b"PK\x03\x04") and not name.lower().endswith((".csv", ".txt")):
        old = content.startswith(b"\xd0\xcf\x11\xe0")
        raise FileFormatError(name, "old_or_locked" if old else "not_xlsx")
    told = ask(content)
    if told is None:
        raise FileFormatError(name, "limits")
    if "refused" in told:
        raise FileFormatError(name, told["refused"]["reason"], **told["refused"]["values"])
    return told


def heading_of(lines: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """Return which of the lines holds the headings: the first that names the source."""
    for at, (_, line) in enumerate(lines[:HEADING_WITHIN]):
        if any(normal(title) in SOURCE_TITLES for title in line):
            return at
    return None


@lru_cache(maxsize=8_192)
def normal(title: str) -> str:
    """Return a heading as it is compared: plain signs, one space, small letters."""
    return plain(title).lower()


def _rows_below(sheet: RawSheet, at: int) -> Iterator[FileRow]:
    titles = titles_of(sheet.lines[at][1])
    below = sheet.lines[at + 1 :]
    source = next(i for i, title in enumerate(titles) if normal(title) in SOURCE_TITLES)
    units: dict[str, str] = {}
    if below and source < len(below[0][1]) and normal(below[0][1][source]) in UNIT_TITLES:
        pairs = zip(titles, below[0][1], strict=False)
        units = {title: text for title, text in pairs if title and text}
        below = below[1:]
    for number, line in below:
        cells = {title: text for title, text in zip(titles, line, strict=False) if title and text}
        found = sheet.marks.get(number, {})
        marks = {titles[at]: mark for at, mark in found.items() if at < len(titles)}
        if cells:
            yield FileRow(sheet.name, number, cells, marks, units)


def titles_of(line: Sequence[str]) -> list[str]:
    """Return the headings, each once: one that stands there again is told by its column."""
    titles: list[str] = []
    for column, text in enumerate(line):
        title = text.strip()
        is_there = bool(title) and title in titles
        titles.append(f"{title} [{letters(column)}]" if is_there else title)
    return titles


def _first_lines(sheets: Sequence[RawSheet]) -> list[list[str]]:
    """Return what the first line of a CSV says of its template, as a hidden sheet does."""
    first = sheets[0].lines[:1] if sheets else []
    if first and first[0][1][0] == TEMPLATE:
        names = ("format", "version", "method", "language", "organization", "year")
        return [list(pair) for pair in zip(names, first[0][1], strict=False)]
    return []


def _template(about: Sequence[Sequence[str]]) -> Template:
    told = {line[0]: line[1] for line in about if len(line) > 1}
    if told.get("format") != TEMPLATE:
        return Template()
    names = ("version", "method", "language", "organization", "year")
    return Template(*(told.get(name, "") for name in names))
