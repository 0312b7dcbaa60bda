"""Submitted rows as series by month: quantities and coefficients apart, each with its peers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np

from services.algorithms.forensics import Floats, Integers, Monthly
from services.collection.cells import parse_cell, plain
from services.collection.month_cells import month_in
from services.collection.rows import KEY, symbols_of, unit_of
from services.data.submissions import StoredRow
from services.standards.balance_forms import PREFIX
from services.standards.catalog import Catalog
from services.standards.descriptions import SourceDescription
from services.standards.months import MONTH

ESTIMATED = "estimated"
MONTHS = 12
# A tank of diesel a month is no matter for an inspection of a power station.
LEAST_SHARE = 0.01
# What is no amount of anything: a share, a state of steam. Coefficients are "per" something.
_STATES = ("0..1", "degC", "MPa(abs)")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Which quantity of which row: codes of the method; `number` tells equal rows apart."""

    source: str
    item: str
    key: str
    symbol: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Edits:
    """What the last version changed of the first: rows, how many lower the emission, both totals.

    Totals in tCO2e; `first_at` and `last_at` are ISO instants.
    """

    changed: int
    lowered: int
    first_t: float
    last_t: float
    versions: int = 2
    returned: bool = False
    last_at: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """The newest submission of an organization and year, with the rows of the year before.

    `shares` says which part of the emission each source and item makes; one that is not named is
    judged as if it were large.
    """

    organization_id: int
    submission_id: UUID
    year: int
    method: str
    rows: Sequence[StoredRow]
    before: Sequence[StoredRow] = ()
    edits: Edits | None = None
    shares: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def is_small(self, place: Place) -> bool:
        """Return whether a row makes so little of the emission that it is not judged by itself."""
        return self.shares.get((place.source, place.item), 1.0) < LEAST_SHARE


@dataclass(frozen=True, slots=True)
class Measured:
    """A coefficient that is said to be measured, and the finest digit typed of it."""

    owner: int
    place: Place
    value: float
    step: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of one kind: `places` says what each row is, `before` holds the same of last year."""

    series: Monthly
    places: tuple[Place, ...]
    before: Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """All submissions as numbers.

    `quantities` and `coefficients` are by month, `yearly` are quantities given for the whole year
    (one column). `totals` adds a quantity up over the year by owner and place, where nothing is
    missing of it. `measured` are coefficients said to be measured, one a month, or one a year where
    all months are the same.
    """

    filed: tuple[Filed, ...]
    quantities: Panel
    coefficients: Panel
    yearly: Panel
    measured: tuple[Measured, ...]
    totals: Mapping[tuple[int, Place], float]


Cell = tuple[float, float]


@dataclass(slots=True)
class _Found:
    """What was read of the rows of one submission: value and step by place and month, 0 a year."""

    quantities: dict[Place, dict[int, Cell]] = field(default_factory=dict)
    coefficients: dict[Place, dict[int, Cell]] = field(default_factory=dict)
    measured: dict[Place, dict[int, Cell]] = field(default_factory=dict)


class Units:
    """Units of a method, looked up once: very many rows ask for the same few."""

    def __init__(self, sources: Mapping[str, SourceDescription]) -> None:
        self._sources = sources
        self._known: dict[tuple[str, str, str], str] = {}

    def unit(self, source: str, item: str, symbol: str) -> str:
        """Return the unit in which a quantity is asked, or nothing."""
        asked = (source, item, symbol)
        if asked not in self._known:
            self._known[asked] = unit_of(self._sources.get(source), item, symbol)
        return self._known[asked]


def read(catalog: Catalog, filed: Iterable[Filed]) -> Reading:
    """Return submissions as series; what is no number, or said to be estimated, is left out.

    Rows are not kept beyond their numbers: very many come one after the other.
    """
    units: dict[str, Units] = {}
    found: list[Filed] = []
    now: list[_Found] = []
    then: list[_Found] = []
    for one in filed:
        if one.method not in units:
            units[one.method] = _units(catalog, one.method)
        now.append(_found(units[one.method], one.rows))
        then.append(_found(units[one.method], one.before))
        found.append(replace(one, rows=(), before=()))
    return _reading(tuple(found), now, then)


def _reading(every: tuple[Filed, ...], now: Sequence[_Found], then: Sequence[_Found]) -> Reading:
    return Reading(
        filed=every,
        quantities=_panel(every, [f.quantities for f in now], [f.quantities for f in then]),
        coefficients=_panel(every, [f.coefficients for f in now], [f.coefficients for f in then]),
        yearly=_yearly(every, [f.quantities for f in now]),
        measured=tuple(
            Measured(owner, place, *cell)
            for owner, found in enumerate(now)
            for place, cells in found.measured.items()
            for cell in (cells.values() if len(set(cells.values())) > 1 else set(cells.values()))
        ),
        totals={
            (owner, place): sum(value for value, _ in cells.values())
            for owner, found in enumerate(now)
            for place, cells in found.quantities.items()
        },
    )


def step_of(text: str) -> float:
    """Return the finest digit typed in a number, in its own unit.

    >>> step_of("1,234.50"), step_of("12 %"), step_of("3.5e3")
    (0.01, 0.01, 100.0)
    """
    typed = plain(text).lower().rstrip(")")
    share = 2 if typed.endswith("%") else 0
    number, _, power = typed.rstrip("% ").partition("e")
    decimals = len(number.partition(".")[2])
    exponent = int(power) if power else 0
    return float(f"1e{exponent - decimals - share}")


def _found(units: Units, rows: Sequence[StoredRow]) -> _Found:
    found, seen = _Found(), Counter[tuple[str, str, str, int]]()
    for row in rows:
        month = _month(row.cells.get(MONTH, ""))
        if month is None or row.cells.get("origin") == ESTIMATED:
            continue
        where = (row.source.strip(), row.item.strip(), row.cells.get(KEY, ""), month)
        _read_row(units, (row, where, seen[where]), found)
        seen[where] += 1
    return found


def _read_row(
    units: Units, what: tuple[StoredRow, tuple[str, str, str, int], int], found: _Found
) -> None:
    row, (source, item, key, month), number = what
    for symbol, text in symbols_of(row.cells).items():
        value = parse_cell(text)
        if not isinstance(value, float) or symbol.startswith(PREFIX):
            continue
        place = Place(source, item.lower(), key, symbol, number)
        cell = value, max(step_of(text), abs(value) * 1e-12)
        if is_quantity(units.unit(source, item, symbol)):
            found.quantities.setdefault(place, {})[month] = cell
        else:
            found.measured.setdefault(place, {})[month] = cell
            if month:
                found.coefficients.setdefault(place, {})[month] = cell


def _month(text: str) -> int | None:
    """Return 1 to 12, 0 for the whole year, None for what is no month."""
    month = month_in(text)
    if isinstance(month, str):
        month = int(month[-2:]) if month[-2:].isdecimal() and month[-3:-2] == "-" else -1
    month = month or 0
    return month if 0 <= month <= MONTHS else None


def is_quantity(unit: str) -> bool:
    """Return whether a unit is that of an amount, and not of a coefficient, a share or a state."""
    return bool(unit) and "/" not in unit and unit not in _STATES


def _units(catalog: Catalog, method: str) -> Units:
    return Units({source.source: source for source in catalog.describe(method).sources})


def _panel(
    filed: Sequence[Filed],
    now: Sequence[Mapping[Place, Mapping[int, Cell]]],
    then: Sequence[Mapping[Place, Mapping[int, Cell]]],
) -> Panel:
    rows = [
        (owner, place, cells, then[owner].get(place, {}))
        for owner, found in enumerate(now)
        for place, cells in found.items()
        if any(cells.keys() - {0}) and not filed[owner].is_small(place)
    ]
    values, before = _matrix([row[2] for row in rows]), _matrix([row[3] for row in rows])
    steps = [min(step for month, (_, step) in row[2].items() if month) for row in rows]
    groups = _numbered([(filed[row[0]].method, row[1]) for row in rows])
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    series = Monthly(owner, groups, values, np.array(steps, dtype=np.float64))
    return Panel(series, tuple(row[1] for row in rows), before)


def _yearly(filed: Sequence[Filed], now: Sequence[Mapping[Place, Mapping[int, Cell]]]) -> Panel:
    rows = [
        (owner, place, cells[0])
        for owner, found in enumerate(now)
        for place, cells in found.items()
        if 0 in cells and not filed[owner].is_small(place)
    ]
    values = np.array([row[2][0] for row in rows], dtype=np.float64).reshape(-1, 1)
    steps = np.array([row[2][1] for row in rows], dtype=np.float64)
    groups = _numbered([(filed[row[0]].method, row[1]) for row in rows])
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    series = Monthly(owner, groups, values, steps)
    return Panel(series, tuple(row[1] for row in rows), np.full_like(values, np.nan))


def _matrix(rows: Sequence[Mapping[int, Cell]]) -> Floats:
    found = np.full((len(rows), MONTHS), np.nan)
    for number, cells in enumerate(rows):
        for month, (value, _) in cells.items():
            if month:
                found[number, month - 1] = value
    return found


def _numbered(keys: Sequence[object]) -> Integers:
    known: dict[object, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
