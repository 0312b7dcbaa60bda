"""One sheet of an xlsx, read row by row as texts, with marks at cells that need a word (4.2 a).

Standard library only: it runs in a process of its own with narrow limits.
"""

from __future__ import annotations

from typing import Any

from services.collection.sheets.book import Workbook
from services.collection.sheets.bounds import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, UnreadableError
from services.collection.sheets.days import day_of
from services.collection.sheets.places import column_of, letters, row_of, whole

MOST_MERGED, LAST_ROW = 20_000, 1_048_576
Line = list[Any]


class SheetReader:
    """One sheet being read: its rows as texts, and marks at cells that need a word."""

    def __init__(self, book: Workbook, name: str) -> None:
        self.book, self.name = book, name
        self.rows: list[Line] = []
        self.marks: list[Line] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.row = self.column = 0
        self.line: list[str] = []
        self.kind = self.style = self.text = self.formula = ""
        self.takes = ""
        self.is_formula = False
        self.days = {str(style) for style, is_day in enumerate(book.are_dates) if is_day}

    def read(self, part: str) -> dict[str, Any]:
        """Return name, rows as (number, texts) and marks as (row, column, kind, detail)."""
        self.book.parse(part, self._opened, self._closed, self._said)
        self._fill_merged()
        return {"name": self.name, "rows": self.rows, "marks": self.marks}

    def _opened(self, name: str, given: dict[str, str]) -> None:
        if name == "c":
            place = given.get("r")
            self.column = column_of(place) if place else self.column + 1
            if self.column < 0:
                raise UnreadableError("broken")
            self.kind, self.style = given.get("t", "n"), given.get("s", "")
            self.text = self.formula = ""
            self.is_formula = False
        elif name in ("v", "t"):
            self.takes = "text"
        elif name == "f":
            self.is_formula, self.takes = True, "formula"
        elif name == "row":
            self.row = whole(given.get("r")) or self.row + 1
            if not 0 < self.row <= LAST_ROW:
                raise UnreadableError("broken")
            self.column, self.line = -1, []
        elif name == "mergeCell":
            self._merge(given.get("ref", ""))

    def _said(self, text: str) -> None:
        if self.takes == "text":
            if len(self.text) < LONGEST_CELL:
                self.text += text
        elif self.takes == "formula" and len(self.formula) < LONGEST_CELL:
            self.formula += text

    def _closed(self, name: str) -> None:
        self.takes = ""
        if name == "c":
            if self.text or self.is_formula:
                self._put(self._value())
        elif name == "row" and self.line:
            self.book.budget.row()
            self.rows.append([self.row, self.line])

    def _put(self, value: str) -> None:
        if not value:
            return
        self.book.budget.cell(self.column, value)
        missing = self.column - len(self.line)
        if missing > 0:
            self.line.extend([""] * missing)
            self.book.budget.cells += missing
        if missing < 0:
            # A cell twice, or out of its order, as no program writes it.
            self.line[self.column] = value
        else:
            self.line.append(value)

    def _value(self) -> str:
        text = self.text.strip()
        if self.kind == "e":
            self._mark("formula_error" if self.is_formula else "error_value", text)
            return text
        if self.is_formula and not text:
            self._mark("formula_without_value", f"={self.formula}"[:60])
            return f"={self.formula}"[:60]
        if self.kind == "s":
            index = whole(text) if text else -1
            return self.book.texts[index] if 0 <= index < len(self.book.texts) else ""
        if self.kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return self._number(text) if self.kind == "n" and text else text[:LONGEST_CELL]

    def _number(self, text: str) -> str:
        is_day = self.style in self.days
        if not is_day and text.isdecimal() and len(text) < 16 and text[0] != "0":
            return text
        try:
            value = float(text)
        except ValueError:
            return text[:LONGEST_CELL]
        if is_day:
            return self._date(value) or text
        if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        return repr(value)

    def _date(self, serial: float) -> str:
        day = day_of(serial, self.book.is_1904)
        if not day:
            self._mark("no_such_day", repr(serial))
        return day

    def _mark(self, kind: str, detail: str) -> None:
        self.marks.append([self.row, self.column, kind, detail])
        # Marks are cells too.
        self.book.budget.cells += 1

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        if last and len(self.merged) >= MOST_MERGED:
            raise UnreadableError("merged_many", most=MOST_MERGED)
        if last:
            self.merged.append((row_of(first), column_of(first), row_of(last), column_of(last)))

    def _fill_merged(self) -> None:
        """Give every cell of a merged area the text of its first, and mark it."""
        places: dict[int, list[str]] = {number: line for number, line in self.rows}  # noqa: C416
        for top, left, bottom, right in self.merged:
            line = places.get(top, [])
            text = line[left] if left < len(line) else ""
            if not text or left < 0:
                continue
            area = f"{letters(left)}{top}:{letters(right)}{bottom}"
            for row in range(top, min(bottom, top + MOST_ROWS) + 1):
                self.book.budget.cell(0, "")
                if row in places:
                    self._fill(row, (left, min(right, MOST_COLUMNS - 1)), (text, area), places[row])

    def _fill(
        self, row: int, columns: tuple[int, int], told: tuple[str, str], line: list[str]
    ) -> None:
        text, area = told
        for column in range(columns[0], columns[1] + 1):
            self.book.budget.cell(column, text)
            line.extend([""] * (column + 1 - len(line)))
            line[column] = text
            self.marks.append([row, column, "merged", area])
