"""Emissions of all rows of a source at once: defaults and origins resolved column by column."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from services.standards.formulas.base import Column, Floats, Outcome
from services.standards.formulas.registry import FORMULAS
from services.standards.model import CONSTANT, AsOf, Source

# Rows computed together: their columns fit the processor's cache, which makes the whole faster
# than one pass over ten million rows; the result is the same, since every row stands alone.
BLOCK_ROWS = 32_768

Integers = NDArray[np.integer]
Codes = NDArray[np.int8]


class Origin(IntEnum):
    """Where the value of a cell comes from, as it stands in origin columns."""

    MEASURED = 0
    DEFAULT = 1
    CONSTANT = 2
    POLICY = 3
    ESTIMATED = 4
    DERIVED = 5

    @property
    def word(self) -> str:
        """Return the word used on lines: measured, default …."""
        return self.name.lower()


# As a number of the columns' own type: asking an enum for its shape takes numpy long.
_MEASURED = np.int8(Origin.MEASURED)


@dataclass(frozen=True, slots=True)
class Streams:
    """Which record each row belongs to, and whether it enters (1) or leaves (-1)."""

    record: Integers
    sign: Floats
    records: int

    def added(self, amounts: Floats) -> Floats:
        """Return what the streams of each record add up to, in the order of the streams."""
        signed = self.sign * amounts
        return np.bincount(self.record, signed, self.records).astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of one source: nan where a cell is empty, and where its defaults stand.

    A symbol that no row gives is left out. `policy` fills the input that follows a policy.
    `streams` says what to add up where a record is several rows.
    """

    slots: Integers
    given: Mapping[str, Floats]
    policy: Floats | None = None
    streams: Streams | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.slots)

    @property
    def records(self) -> int:
        """Return the number of records, each of which gives a result."""
        return self.streams.records if self.streams else len(self)

    def part(self, rows: slice) -> Columns:
        """Return some of the rows."""
        given = {symbol: cells[rows] for symbol, cells in self.given.items()}
        policy = None if self.policy is None else self.policy[rows]
        return Columns(self.slots[rows], given, policy)


@dataclass(slots=True)
class Evaluation:
    """Tonnes of each gas for each row, with the origin of every cell the formula used."""

    gas_t: dict[str, Floats] = field(default_factory=dict)
    derived: dict[str, Floats] = field(default_factory=dict)
    biomass_co2_t: Floats | None = None
    origins: dict[str, Codes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fill:
    """What fills the empty cells of a column: a value and its origin for each slot."""

    table: Floats
    codes: Codes
    is_uniform: bool


Fills = Mapping[str, Fill]


class _Block:
    """Some rows of a source as the formulas see them; resolves a column when it is asked for."""

    def __init__(self, source: Source, columns: Columns, fills: Fills, is_full: bool) -> None:
        self._source, self._columns, self._fills = source, columns, fills
        self._is_full = is_full
        self._resolved: dict[str, Column] = {}
        self.origins: dict[str, Codes | np.int8] = {}

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(self._source.inputs)

    @property
    def gases(self) -> tuple[str, ...]:
        return self._source.gases

    def unit(self, symbol: str) -> str:
        return self._source.inputs[symbol].unit

    def gives(self, symbol: str) -> bool:
        return symbol in self._columns.given

    def __getitem__(self, symbol: str) -> Column:
        if symbol not in self._resolved:
            self._resolved[symbol] = self._resolve(symbol)
        return self._resolved[symbol]

    def _resolve(self, symbol: str) -> Column:
        cells = self._columns.given.get(symbol)
        if cells is None:
            fill, self.origins[symbol] = self._fill(symbol)
            return fill
        if self._is_full or not _has_gap(cells):
            self.origins[symbol] = _MEASURED
            return cells
        fill, code = self._fill(symbol)
        is_empty = np.isnan(cells)
        self.origins[symbol] = is_empty.view(np.int8) * code
        return np.where(is_empty, fill, cells)

    def _fill(self, symbol: str) -> tuple[Column, Codes | np.int8]:
        if self._source.inputs[symbol].policy:
            policy = self._columns.policy
            return (np.nan if policy is None else policy), np.int8(Origin.POLICY)
        fill = self._fills[symbol]
        if fill.is_uniform:
            return float(fill.table[0]), fill.codes[0]
        slots = self._columns.slots
        if (fill.codes == fill.codes[0]).all():
            return fill.table.take(slots), fill.codes[0]
        return fill.table.take(slots), fill.codes.take(slots)


def default_values(source: Source, symbol: str, as_of: AsOf) -> tuple[Floats, Codes]:
    """Return the default of each slot (nan where none is in force), and the code of its origin."""
    slots = (len(source.items) + 1) * len(source.variants)
    factors = source.defaults.get(symbol) or (None,) * slots
    values = [f.value if f and f.in_force(as_of) else np.nan for f in factors]
    is_constant = [bool(f and f.origin == CONSTANT) for f in factors]
    codes = np.where(is_constant, Origin.CONSTANT, Origin.DEFAULT).astype(np.int8)
    return np.array(values), codes


def evaluate_columns(source: Source, columns: Columns, as_of: AsOf) -> Evaluation:
    """Return the emissions of every row; nan where a quantity is missing and has no default."""
    return evaluate_filled(source, columns, fills_of(source, as_of))


def evaluate_filled(source: Source, columns: Columns, fills: Fills) -> Evaluation:
    """Return the emissions of every row, with what fills its empty cells worked out before."""
    result = Evaluation()
    hiding, of_sum = FORMULAS[source.kind].hiding, FORMULAS[source.kind].of_sum
    # Whether to try without looking into every column: a gap would be seen in the result. Rows of
    # one source are alike, so a block with a gap is the last that is tried so.
    is_full = hiding is not None and hiding.isdisjoint(columns.given)
    for rows in _blocks(len(columns)):
        part = columns.part(rows)
        outcome, block = _computed(source, _Block(source, part, fills, is_full))
        if is_full and _any_gap(outcome):
            is_full = False
            outcome, block = _computed(source, _Block(source, part, fills, is_full))
        _store(result, outcome, block, (rows, len(columns)))
    if columns.streams and of_sum:
        added = columns.streams.added
        result.gas_t = {
            gas: np.asarray(of_sum(added(amounts))) for gas, amounts in result.gas_t.items()
        }
    return result


def _computed(source: Source, block: _Block) -> tuple[Outcome, _Block]:
    # What cannot be computed becomes nan or infinite, and the checks name its cell.
    with np.errstate(all="ignore"):
        return FORMULAS[source.kind].compute(block), block


def _any_gap(outcome: Outcome) -> bool:
    columns = [*outcome.gas_t.values(), *outcome.derived.values()]
    return any(_has_gap(np.asarray(column)) for column in columns)


def _has_gap(cells: Floats) -> bool:
    """Return whether a cell is nan; the least is where any is, and is cheaper than asking each."""
    return math.isnan(float(np.minimum.reduce(cells, axis=None)))


def resolve_column(
    source: Source, columns: Columns, symbol: str, as_of: AsOf
) -> tuple[Floats, Codes]:
    """Return a column with its defaults filled in, and where each cell comes from."""
    block = _Block(source, columns, fills_of(source, as_of), is_full=False)
    values = np.asarray(block[symbol], dtype=np.float64)
    codes = np.asarray(block.origins[symbol], dtype=np.int8)
    return np.broadcast_to(values, (len(columns),)), np.broadcast_to(codes, (len(columns),))


def fills_of(source: Source, as_of: AsOf) -> Fills:
    """Return what fills the empty cells of each symbol of a source at a date."""
    tables = {symbol: default_values(source, symbol, as_of) for symbol in source.inputs}
    return {
        symbol: Fill(table, codes, bool((table == table[0]).all() and (codes == codes[0]).all()))
        for symbol, (table, codes) in tables.items()
    }


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, count))


def _store(result: Evaluation, outcome: Outcome, block: _Block, place: tuple[slice, int]) -> None:
    rows, count = place
    for gas, values in outcome.gas_t.items():
        _column(result.gas_t, gas, count)[rows] = values
    for symbol, values in outcome.derived.items():
        _column(result.derived, symbol, count)[rows] = values
    if outcome.biomass_co2_t is not None:
        if result.biomass_co2_t is None:
            result.biomass_co2_t = np.empty(count)
        result.biomass_co2_t[rows] = outcome.biomass_co2_t
    for symbol, codes in block.origins.items():
        _store_origins(result.origins, symbol, codes, place)


def _store_origins(
    origins: dict[str, Codes], symbol: str, codes: Codes | np.int8, place: tuple[slice, int]
) -> None:
    """Write the origins of a block; a column that is the same all over is one byte."""
    rows, count = place
    is_uniform = codes.ndim == 0
    known = origins.get(symbol)
    if known is None:
        known = np.broadcast_to(np.int8(codes if is_uniform else 0), (count,))
    if not (is_uniform and _is_one_byte(known) and known[0] == codes):
        known = known.copy() if _is_one_byte(known) else known
        known[rows] = codes
    origins[symbol] = known


def _is_one_byte(column: Codes) -> bool:
    return column.strides == (0,)


def _column(columns: dict[str, Floats], name: str, count: int) -> Floats:
    if name not in columns:
        columns[name] = np.empty(count)
    return columns[name]
