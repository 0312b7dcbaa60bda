"""The months of one quantity of a source and item, from earlier years to the rows on screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.algorithms.outliers import Floats
from services.collection.cells import parse_cell
from services.collection.checks.suspicion import FILED, TYPED, Evidence
from services.collection.month_cells import month_in
from services.collection.rows import KEY, Row, symbols_of
from services.standards.balance_forms import PREFIX
from services.standards.months import MONTH

# Source, item, option, symbol.
Point = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Months:
    """The months of a point without a gap in time: nan where nothing is known.

    `records` says which row of the grid holds a month, -1 for none; `first` is year and month of
    the first place.
    """

    point: Point
    first: tuple[int, int]
    values: Floats
    records: Sequence[int]

    @property
    def name(self) -> str:
        """Return the point as limits name it."""
        return point_name(self.point)

    @property
    def known(self) -> int:
        """Return of how many months a number is known."""
        return int(np.count_nonzero(~np.isnan(self.values)))

    @property
    def here(self) -> Iterator[int]:
        """Yield the places of the rows on screen."""
        return (at for at, record in enumerate(self.records) if record >= 0)

    def place(self, at: int) -> tuple[int, str]:
        """Return record and field of a place."""
        return self.records[at], self.point[3]

    def period(self, at: int) -> str:
        """Return the month of a place: 2023-04."""
        years, month = divmod(self.first[1] - 1 + at, 12)
        return f"{self.first[0] + years}-{month + 1:02d}"

    def evidence(self, at: int, half_window: int | None = None) -> list[Evidence]:
        """Return the months around a place, or all, with where each comes from."""
        first, last = 0, len(self.values)
        if half_window is not None:
            first, last = max(at - half_window, 0), at + half_window + 1
        return [
            Evidence(self.period(each), float(value), TYPED if self.records[each] >= 0 else FILED)
            for each, value in enumerate(self.values[first:last], first)
            if not np.isnan(value)
        ]


@dataclass(frozen=True, slots=True)
class Year:
    """A quantity that is stated for a whole year, and what earlier years held."""

    point: Point
    year: int
    record: int
    value: float
    before: Mapping[int, float]


def point_name(point: Point) -> str:
    """Return source, item, option and symbol as one text."""
    return "/".join(point)


def points_of(
    rows: Sequence[Row], earlier: Mapping[int, Sequence[Row]], year: int
) -> tuple[list[Months], list[Year]]:
    """Return the quantities entered by month, and those entered for a whole year.

    What stands twice for one month is left out: which of the two counts nobody can say.
    """
    typed = _numbers(rows, year)
    filed = [_numbers(found, before) for before, found in sorted(earlier.items())]
    months, years = [], []
    for point, places in typed.items():
        known: dict[tuple[int, int], float] = {}
        for numbers in filed:
            known |= {place: each[1] for place, each in numbers.get(point, {}).items()}
        if (year, 0) in places:
            record, value = places[year, 0]
            before = {at: number for (at, month), number in known.items() if not month}
            years.append(Year(point, year, record, value, before))
        by_month = {place: each for place, each in places.items() if place[1]}
        if by_month:
            months.append(_months(point, by_month, known))
    return months, years


Places = dict[tuple[int, int], tuple[int, float]]


def _numbers(rows: Sequence[Row], year: int) -> dict[Point, Places]:
    """Return the numbers of each point by year and month (0 is the whole year), with their row."""
    found: dict[Point, Places] = {}
    twice = set()
    for record, row in enumerate(rows):
        month = month_of(row, year)
        if month is None:
            continue
        of = (_text(row, "source"), _text(row, "item"), _text(row, KEY))
        for symbol, text in symbols_of(row).items():
            number = parse_cell(text)
            # A stock rises and falls with the deliveries: its size says nothing.
            if not isinstance(number, float) or symbol.startswith(PREFIX):
                continue
            point, place = (*of, symbol), (year, month)
            places = found.setdefault(point, {})
            if place in places:
                twice.add((point, place))
            places[place] = record, number
    for point, place in twice:
        del found[point][place]
    return found


def month_of(row: Row, year: int) -> int | None:
    """Return the month of a row, 0 for the whole year, None for what is no month of it."""
    month = month_in(_text(row, MONTH))
    if month is None:
        return 0
    if isinstance(month, str):
        named, _, number = month.partition("-")
        month = int(number) if number.isdecimal() and named == str(year) else 0
        return month if 1 <= month <= 12 else None
    return month if 1 <= month <= 12 else None


def _months(point: Point, typed: Places, filed: Mapping[tuple[int, int], float]) -> Months:
    before = {place for place in filed if place[1]}
    first, last = min(before | set(typed)), max(typed)
    length = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    values, records = np.full(length, np.nan), [-1] * length
    for (year, month), value in filed.items():
        at = (year - first[0]) * 12 + month - first[1]
        if month and 0 <= at < length:
            values[at] = value
    for (year, month), (record, value) in typed.items():
        at = (year - first[0]) * 12 + month - first[1]
        values[at], records[at] = value, record
    return Months(point, first, values, records)


def _text(row: Row, key: str) -> str:
    return str(row.get(key) or "").strip()
