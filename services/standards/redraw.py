"""Emission lines computed again from other values of their inputs, by the same formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.standards.balances import BALANCE, balanced
from services.standards.evaluation import Columns, Streams, evaluate_columns
from services.standards.formulas.base import Floats
from services.standards.lines import GWP
from services.standards.loading import NO_ITEM
from services.standards.model import AsOf, Method, Source
from services.standards.records import DIRECTIONS
from services.standards.results import EmissionLine, InputValue

Integers = NDArray[np.intp]
DERIVED = "derived"
# Relative step of a difference quotient: small beside any half-width, large beside rounding.
STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of a record; `place` names the stream of a balance, as in "in[0]".

    An amount that follows from the terms of a balance is one input, with the `terms` behind it.
    """

    record: int
    source: str
    item: str
    place: str
    symbol: str
    value: InputValue
    terms: Mapping[str, InputValue] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the input as the line names it: symbol, or stream and symbol."""
        return f"{self.place}.{self.symbol}".lstrip(".")


def cells_of(lines: Iterable[EmissionLine]) -> tuple[Cell, ...]:
    """Return every input that a formula takes, once for each record.

    What is derived on the way follows from the others, and warming potentials count as exact.
    """
    found: dict[tuple[int, str], Cell] = {}
    for line in lines:
        amount, terms = balanced(line.inputs)
        for name, value in line.inputs.items():
            place, _, symbol = name.rpartition(".")
            if place == BALANCE or symbol.partition("_")[0] == GWP:
                continue
            if value.origin == DERIVED and name != amount:
                continue
            own = terms if name == amount else {}
            cell = Cell(line.record, line.source, line.item, place, symbol, value, own)
            found.setdefault((line.record, name), cell)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Part:
    """The records of one source as columns, and the lines that they give."""

    source: Source
    slots: Integers
    symbols: Mapping[str, tuple[Integers, Integers]]
    streams: tuple[Integers, Floats, int] | None
    lines: Integers
    records: Integers
    gases: tuple[str, ...]


class LineModel:
    """Lines as a function of what their cells are multiplied by.

    A cell takes the row of the draws that stands for its quantity, so that cells which share one
    are drawn once.
    """

    def __init__(
        self, method: Method, lines: Sequence[EmissionLine], cells: Sequence[Cell], as_of: AsOf
    ) -> None:
        self._as_of = as_of
        self._values = np.array([cell.value.value for cell in cells], dtype=np.float64)
        self._gwp = np.array([line.gwp for line in lines], dtype=np.float64)
        codes = dict.fromkeys(line.source for line in lines)
        self._parts = [_part(method.sources[code], lines, cells) for code in codes]
        stored = np.array([line.co2e_t for line in lines], dtype=np.float64)
        one = np.zeros(len(cells), dtype=int)
        self._nominal = self._computed(np.ones((1, 1)), one)[:, 0]
        # Where the data have changed since the lines were stored, only changes are taken over.
        self._stored, self._since = stored, stored - self._nominal

    def co2e_t(self, relative: Floats, rows: Integers) -> Floats:
        """Return tonnes of CO2 equivalent of each line by draw; `rows` tells the draws of a cell.

        A draw outside what a formula is defined for, such as a state beyond the steam table,
        leaves its line as it was.
        """
        found = self._computed(relative, rows)
        if self._since.any():
            found += self._since[:, None]
        # A sum is nan or infinite where a part is, and much cheaper than asking every part.
        if not np.isfinite(found.sum()):
            is_outside = ~np.isfinite(found)
            found[is_outside] = np.broadcast_to(self._stored[:, None], found.shape)[is_outside]
        return found

    def nominal_t(self) -> Floats:
        """Return what the formulas give for the values themselves."""
        return self._nominal

    def slopes(self, names: Sequence[str]) -> Floats:
        """Return for each name of a cell what each line changes by, in tonnes, when it doubles.

        All records are tried at once, since none depends on the cells of another.
        """
        different = list(dict.fromkeys(names))
        numbers = {name: number for number, name in enumerate(different)}
        steps = STEP * np.eye(len(different))
        relative = np.hstack([1 + steps, 1 - steps])
        rows = np.array([numbers[name] for name in names], dtype=int)
        up, down = np.hsplit(self.co2e_t(relative, rows), 2)
        return np.asarray((up - down) / (2 * STEP))

    def _computed(self, relative: Floats, rows: Integers) -> Floats:
        found = np.empty((len(self._gwp), relative.shape[1]))
        for part in self._parts:
            self._compute_part(part, (relative, rows), found)
        found *= self._gwp[:, None]
        return found

    def _compute_part(self, part: _Part, drawn: tuple[Floats, Integers], found: Floats) -> None:
        relative, of_cell = drawn
        draws = relative.shape[1]
        given = {}
        for symbol, (rows, cells) in part.symbols.items():
            values = relative[of_cell[cells]]
            values *= self._values[cells, None]
            if len(rows) < len(part.slots):
                column = np.full((len(part.slots), draws), np.nan)
                column[rows] = values
                values = column
            given[symbol] = values.ravel()
        columns = Columns(np.repeat(part.slots, draws), given, None, _streams(part, draws))
        result = evaluate_columns(part.source, columns, self._as_of)
        for gas in dict.fromkeys(part.gases):
            is_gas = np.array([g == gas for g in part.gases])
            tonnes = result.gas_t[gas].reshape(-1, draws)
            found[part.lines[is_gas]] = tonnes[part.records[is_gas]]


def _streams(part: _Part, draws: int) -> Streams | None:
    """Return to which record each row belongs when every draw is a record of its own."""
    if part.streams is None:
        return None
    record, sign, records = part.streams
    each = (record[:, None] * draws + np.arange(draws)).ravel()
    return Streams(each, np.repeat(sign, draws), records * draws)


def _part(source: Source, lines: Sequence[EmissionLine], cells: Sequence[Cell]) -> _Part:
    own = [(number, line) for number, line in enumerate(lines) if line.source == source.code]
    records = list(dict.fromkeys(line.record for _, line in own))
    items = {line.record: line.item for _, line in own}
    placed = [(number, cell) for number, cell in enumerate(cells) if cell.source == source.code]
    rows = {key: row for row, key in enumerate(_row_keys(source, records, placed))}
    symbols: dict[str, tuple[list[int], list[int]]] = {}
    # In the order of the rows, so that a symbol that every row has is a column as it is.
    for number, cell in sorted(placed, key=lambda pair: rows[pair[1].record, pair[1].place]):
        of_symbol = symbols.setdefault(cell.symbol, ([], []))
        of_symbol[0].append(rows[cell.record, cell.place])
        of_symbol[1].append(number)
    return _Part(
        source=source,
        slots=np.array([_slot(source, items[record]) for record, _ in rows]),
        symbols={s: (np.array(at), np.array(of)) for s, (at, of) in symbols.items()},
        streams=_signs(records, rows) if source.is_balance else None,
        lines=np.array([number for number, _ in own]),
        records=np.array([records.index(line.record) for _, line in own]),
        gases=tuple(line.gas for _, line in own),
    )


def _row_keys(
    source: Source, records: Sequence[int], cells: Sequence[tuple[int, Cell]]
) -> list[tuple[int, str]]:
    """Return a row for each record, or for each stream of a balance."""
    if not source.is_balance:
        return [(record, "") for record in records]
    return list(dict.fromkeys((cell.record, cell.place) for _, cell in cells))


def _signs(records: Sequence[int], rows: Iterable[tuple[int, str]]) -> tuple[Integers, Floats, int]:
    pairs = [(records.index(record), DIRECTIONS[place.partition("[")[0]]) for record, place in rows]
    number, sign = np.array(pairs).T
    return number, sign.astype(np.float64), len(records)


def _slot(source: Source, item: str) -> int:
    index = source.item_index.get(item, NO_ITEM)
    return source.slot(index)
