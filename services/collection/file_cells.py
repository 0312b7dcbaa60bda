"""Cells of a file as those of the grid: names as codes, units converted, marks told (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from services.collection.cells import is_missing, parse_cell
from services.collection.files import FileRow, normal
from services.collection.manual import LONGEST_CELL
from services.collection.notations import notation_in
from services.collection.rows import KEY, unit_of
from services.collection.typed_units import exact_text
from services.collection.vocabulary import Vocabulary
from services.errors import Explanation, PlatformError
from services.i18n.texts import has_text, t
from services.standards.months import MONTH
from services.units import UnknownUnitNameError, are_alike, is_unit, unit

# Of these the same text may hold for several rows, so a merged cell is understood.
WORDS = ("organization", "year", "source", "item", KEY, MONTH, "origin", "note")
OUTSIDE = ("organization", "year", "reasons")
# Between units of which a template says that the item decides.
EITHER = "|"


class FileCellError(PlatformError):
    """One cell of a file is wrong, named by sheet, row, column and value."""

    text_key = "file_cell"

    def __init__(
        self, place: FileRow, column: str, reason: str | PlatformError, **more: str
    ) -> None:
        value = place.cells.get(column, "")
        shown = place.shown.get(column, column)
        where = {"sheet": place.sheet, "row": place.row, "column": shown, "value": value}
        super().__init__(f"{place.sheet}!{place.row}", **where)
        self.place = place
        self.reason = reason
        self.more = more

    def explain(self) -> Explanation:
        """Return the explanation with the reason in the language in use, and what to do."""
        known, told = self.reason, super().explain()
        if isinstance(known, PlatformError):
            inner = known.explain()
            why = " ".join(part for part in (inner.what, inner.why) if part)
            return replace(told, why=why, do=inner.do or told.do)
        do = f"import_do.{known}"
        given = {**self.values, **self.more}
        why = t(f"import_file.{known}", **given)
        return replace(told, why=why, do=t(do, **given) if has_text(do) else told.do)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as the grid would hold it; `titles` say in which column of the file a key stands."""

    place: FileRow
    cells: Mapping[str, str]
    titles: Mapping[str, str]
    problems: tuple[FileCellError, ...]


class RowReader:
    """Reads the rows of a file by the method of the year that they belong to."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._headings: dict[str, tuple[str, str]] = {}
        self._columns: dict[tuple[str, str], str] = {}
        self.unread: dict[str, int] = {}

    def typed(self, row: FileRow) -> TypedRow:
        """Return a row with codes for names, in the units that the method asks for."""
        found: dict[str, str] = {}
        titles: dict[str, str] = {}
        for title, text in row.cells.items():
            key = self._heading(title)[0]
            if not key:
                self.unread[title] = self.unread.get(title, 0) + 1
            elif key in found:
                # A second column for the same is no data that anybody chose between.
                self.unread[title] = self.unread.get(title, 0) + 1
            elif key not in OUTSIDE:
                found[key], titles[key] = text, title
                self._columns.setdefault((row.sheet, key), title)
        cells = self.vocabulary.coded(found)
        problems = _marked(row, titles)
        problems += [
            FileCellError(row, title, "too_long", most=str(LONGEST_CELL))
            for title in titles.values()
            if len(row.cells[title]) > LONGEST_CELL
        ]
        self._convert(row, cells, titles, problems)
        return TypedRow(row, cells, titles, tuple(problems))

    def column(self, sheet: str, key: str) -> str:
        """Return the heading under which a key stands in a sheet, or what it is called."""
        return self._columns.get((sheet, key)) or self.vocabulary.label(key)

    def _heading(self, title: str) -> tuple[str, str]:
        known = self._headings.get(title)
        if known is None:
            heading = self.vocabulary.heading(title)
            known = self._headings[title] = (heading.key, heading.unit)
        return known

    def _convert(
        self,
        row: FileRow,
        cells: dict[str, str],
        titles: Mapping[str, str],
        problems: list[FileCellError],
    ) -> None:
        source = self.vocabulary.sources.get(cells.get("source", ""))
        for key, title in titles.items():
            stated = row.units.get(title) or self._heading(title)[1]
            if key in WORDS or not stated or EITHER in stated:
                continue
            asked = unit_of(source, cells.get("item", ""), key)
            converted = in_unit(cells[key], stated, asked)
            if converted is None:
                problems.append(FileCellError(row, title, "unit", stated=stated, asked=asked))
            else:
                cells[key] = converted


def in_unit(text: str, stated: str, asked: str) -> str | None:
    """Return a quantity in the unit that is asked for, or None where the two measure unlike things.

    What is no number is left as it is, to be told as such.

    >>> in_unit("12,500", "kWh", "MWh"), in_unit("1", "kg", "GJ/t"), in_unit("3", "t", "t or m3")
    ('12.5', None, '3')
    """
    choices = asked.split(" or ")
    if not asked or normal(stated) in map(normal, choices) or is_missing(text) or notation_in(text):
        return text
    try:
        fits = [each for each in choices if are_alike(stated, each)]
    except UnknownUnitNameError:
        return text if _is_spelled_alike(stated, choices) else None
    if not fits:
        return None
    ratio = unit(stated).scale / unit(fits[0]).scale
    number = parse_cell(text)
    # 98 % is a share already, whatever the column says.
    if ratio == 1 or not isinstance(number, float) or normal(text).endswith("%"):
        return text
    return exact_text(Fraction(repr(number)) * ratio)


def _is_spelled_alike(stated: str, asked: Sequence[str]) -> bool:
    """Return whether a unit that we do not know is what is asked for, as a template writes it."""
    shown = {normal(each).replace("0..1", "0-1") for each in asked}
    return not is_unit(stated) and normal(stated).replace("0..1", "0-1") in shown


def _marked(row: FileRow, titles: Mapping[str, str]) -> list[FileCellError]:
    found = []
    for key, title in titles.items():
        mark = row.marks.get(title)
        if mark and (mark[0] != "merged" or key not in WORDS):
            found.append(FileCellError(row, title, mark[0], detail=mark[1]))
    return found
