"""What the rows of a file are to those of a draft: there already, new, or different (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.collection.cells import is_missing, parse_cell, plain
from services.collection.month_cells import month_in
from services.collection.rows import KEY, Row
from services.standards.months import MONTH

IDENTITY = ("source", "item", KEY, MONTH)
# Rows of one source, item and month that are compared one by one before they count as new.
MOST_COMPARED = 50
Canonical = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a file that stands in the draft otherwise; cells as (in the draft, in the file)."""

    row: int
    position: int
    cells: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Merge:
    """Positions of a file's rows by what is to be done with them."""

    same: tuple[int, ...]
    new: tuple[int, ...]
    differing: tuple[Difference, ...]


def compare(draft: Sequence[Row], rows: Sequence[Row]) -> Merge:
    """Compare the rows of a file with a draft; what the file leaves empty is no difference.

    Each row of the draft answers to one of the file, so two bills alike stay two.
    """
    if not draft:
        return Merge((), tuple(range(len(rows))), ())
    free = _Free(draft)
    same: list[int] = []
    left: list[int] = []
    still: list[int] = []
    new: list[int] = []
    differing: list[Difference] = []
    for at, row in enumerate(rows):
        (same if free.take_same(row) else left).append(at)
    for at in left:
        (same if free.take_contained(rows[at]) else still).append(at)
    for at in still:
        position = free.take_alike(rows[at])
        if position is None:
            new.append(at)
        else:
            differing.append(Difference(at, position, _differences(draft[position], rows[at])))
    return Merge(tuple(sorted(same)), tuple(new), tuple(differing))


def taken_over(
    draft: Sequence[Row], rows: Sequence[Row], merge: Merge, replaces: bool
) -> list[Row]:
    """Return the draft with the new rows, and with those that differ if they are to replace."""
    made = [dict(row) for row in draft]
    if replaces:
        for found in merge.differing:
            made[found.position] |= {key: rows[found.row][key] for key in found.cells}
    return [*made, *(dict(rows[at]) for at in merge.new)]


class _Free:
    """The rows of a draft that no row of the file has answered to yet."""

    def __init__(self, draft: Sequence[Row]) -> None:
        self.draft = draft
        self.by_identity: dict[Canonical, list[int]] = {}
        self.positions: dict[Canonical, list[int]] = {}
        for position, row in enumerate(draft):
            canonical = _canonical(row)
            self.positions.setdefault(canonical, []).append(position)
            self.by_identity.setdefault(_identity(row), []).append(position)

    def take_same(self, row: Row) -> bool:
        """Take a row of the draft that says just the same."""
        found = self.positions.get(_canonical(row))
        if not found:
            return False
        self._take(row, found.pop())
        return True

    def take_contained(self, row: Row) -> bool:
        """Take a row of the draft that says the same and more."""
        for position in self.by_identity.get(_identity(row), [])[:MOST_COMPARED]:
            if not _differences(self.draft[position], row):
                self._take(row, position)
                return True
        return False

    def take_alike(self, row: Row) -> int | None:
        """Take the first row of the draft of the same source, item, option and month."""
        found = self.by_identity.get(_identity(row), [])
        return found.pop(0) if found else None

    def _take(self, row: Row, position: int) -> None:
        self.by_identity[_identity(row)].remove(position)


def _differences(old: Row, new: Row) -> dict[str, tuple[str, str]]:
    return {
        key: (str(old.get(key) or ""), text)
        for key, text in new.items()
        if not is_missing(text) and _value(key, text) != _value(key, str(old.get(key) or ""))
    }


def _canonical(row: Row) -> Canonical:
    return tuple(
        sorted((key, _value(key, str(row[key]))) for key in row if key[:1] != "_" and row[key])
    )


def _identity(row: Row) -> Canonical:
    return tuple((key, _value(key, str(row.get(key) or ""))) for key in IDENTITY)


def _value(key: str, text: str) -> str:
    """Return a cell as it is compared: 1,000 is 1000, and 3月 is 3."""
    if key == MONTH:
        found = month_in(text)
        return "" if found is None else str(found)[-2:].lstrip("-0")
    number = parse_cell(text) if key not in IDENTITY and key != "note" else None
    return repr(number) if isinstance(number, float) else plain(text)
