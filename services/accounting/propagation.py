"""Uncertainty of stored lines: which inputs are one and the same quantity, and what they move."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.accounting.bands import GAS, ITEM, SOURCE, TOTAL, Group
from services.algorithms.simulation import Quantities, Shape, usual_shapes
from services.algorithms.uncertainty import Bools, Effects, Floats
from services.errors import PlatformError
from services.i18n.words import Words
from services.standards.catalog import Catalog
from services.standards.half_widths import Traits, rule_for
from services.standards.model import AsOf, Method
from services.standards.redraw import DERIVED, Cell, LineModel, cells_of
from services.standards.results import EmissionLine

DIRECT, INDIRECT, DEDUCT = "direct", "indirect", "deduct"
TOTALS = (TOTAL, (DIRECT,), (INDIRECT,), (DEDUCT,))
# What a record brings itself; everything else is a factor that other records may share.
OWN = ("measured", "estimated", DERIVED)
SHARE = "0..1"

Integers = NDArray[np.intp]
Sign = Callable[[EmissionLine], int]
_GIVEN = (Words(), "user")


class MethodChangedError(PlatformError):
    """A run was computed by sources or quantities that its method no longer has."""

    text_key = "method_changed"


@dataclass(frozen=True, slots=True)
class RunLines:
    """The lines of a run with the method and the day that they were computed by."""

    year: int
    method: Method
    lines: Sequence[EmissionLine]
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is one and the same wherever it is used, with its first use and its half-width."""

    cell: Cell
    half_width: float
    shape: str
    rule: Words
    status: str

    @property
    def is_own(self) -> bool:
        """Return whether a record brings it, as activity; other quantities are factors."""
        return self.cell.value.origin in OWN


class Propagation:
    """The lines of one or two runs as a function of their quantities.

    A factor of a table is the same quantity on every line and in both years; what a record
    measures or estimates is its own, but the same for all gases of the record.
    """

    def __init__(self, catalog: Catalog, runs: Sequence[RunLines]) -> None:
        self._catalog = catalog
        self._numbers: dict[tuple[object, ...], int] = {}
        self.quantities: list[Quantity] = []
        self.runs = runs
        self._models: list[LineModel] = []
        self._of_cell: list[Integers] = []
        self._cells: list[tuple[Cell, ...]] = []
        for run in runs:
            cells = cells_of(run.lines)
            _raise_when_changed(run, cells)
            self._models.append(LineModel(run.method, run.lines, cells, run.as_of))
            self._of_cell.append(np.array([self._number(run, cell) for cell in cells], dtype=int))
            self._cells.append(cells)

    @cached_property
    def half_widths(self) -> Floats:
        """Return the relative half-width of every quantity."""
        return np.array([quantity.half_width for quantity in self.quantities])

    def signs(self, run: int, sign: Sign | None = None) -> Floats:
        """Return how a line counts in the total: 0 beside it."""
        of = sign or counted_sign
        return np.array([of(line) for line in self.runs[run].lines], dtype=np.float64)

    def effects(self, run: int, sign: Sign | None = None) -> Effects:
        """Return what every quantity's half-width moves on each line, as it counts in the total.

        `sign` says how a line counts; by default as in the total of an organization.
        """
        lines, cells, of_cell = self.runs[run].lines, self._cells[run], self._of_cell[run]
        slopes = self._models[run].slopes([cell.name for cell in cells])
        names = {name: n for n, name in enumerate(dict.fromkeys(cell.name for cell in cells))}
        by_record: dict[int, list[int]] = {}
        for number, line in enumerate(lines):
            by_record.setdefault(line.record, []).append(number)
        pairs = [(n, c) for c, cell in enumerate(cells) for n in by_record[cell.record]]
        at, of = np.array(pairs, dtype=int).reshape(-1, 2).T
        column = np.array([names[cells[c].name] for c in of], dtype=int)
        quantity = of_cell[of]
        moved = slopes[at, column] * self.half_widths[quantity] * self.signs(run, sign)[at]
        return Effects(at, quantity, moved, len(self.quantities))

    def drawn(self) -> Quantities:
        """Return the quantities as they are drawn; a share is never drawn above 1."""
        shapes = usual_shapes(self.half_widths)
        largest = np.full(len(self.quantities), np.inf)
        for number, quantity in enumerate(self.quantities):
            if quantity.shape:
                shapes[number] = Shape[quantity.shape.upper()]
            value = quantity.cell.value
            if value.unit == SHARE and 0 < value.value <= 1:
                largest[number] = 1 / value.value
        return Quantities(self.half_widths, shapes, largest)

    def co2e_t(self, run: int, relative: Floats) -> Floats:
        """Return the lines of a run for relative draws of the quantities, without their signs."""
        return self._models[run].co2e_t(relative, self._of_cell[run])

    def _number(self, run: RunLines, cell: Cell) -> int:
        value = cell.value
        is_own = value.origin in OWN
        shared = (value.reference.zh, value.value, value.unit)
        key = (run.year, cell.record, cell.name) if is_own else shared
        if key not in self._numbers:
            self._numbers[key] = len(self.quantities)
            self.quantities.append(self._quantity(run, cell))
        return self._numbers[key]

    def _quantity(self, run: RunLines, cell: Cell) -> Quantity:
        if cell.value.half_width is not None:
            return Quantity(cell, cell.value.half_width, "", *_GIVEN)
        if cell.terms:
            return self._of_balance(run, cell)
        rule = rule_for(self._catalog.half_widths, _traits(run.method, cell), run.as_of)
        return Quantity(cell, rule.half_width, rule.shape, rule.reference, rule.status)

    def _of_balance(self, run: RunLines, cell: Cell) -> Quantity:
        """Return an amount as uncertain as the terms of its balance, each wrong on its own."""
        form = run.method.sources[cell.source].balance_form(cell.item)
        counts = form.counts if form else {}
        terms = [
            self._quantity(run, replace(cell, value=value, terms={}))
            for code, value in cell.terms.items()
            if counts.get(code)
        ]
        moved = math.hypot(*(term.half_width * term.cell.value.value for term in terms))
        relative = moved / cell.value.value if cell.value.value else 0.0
        widest = max(
            terms, key=lambda term: term.half_width, default=Quantity(cell, 0, "", *_GIVEN)
        )
        return Quantity(cell, relative, "", widest.rule, widest.status)


def _raise_when_changed(run: RunLines, cells: Sequence[Cell]) -> None:
    """Raise when the method's data no longer know what the lines were computed by."""
    sources = run.method.sources
    for cell in cells:
        if cell.source not in sources or cell.symbol not in sources[cell.source].inputs:
            raise MethodChangedError("method", value=run.method.designation, what=cell.name)


def counted_sign(line: EmissionLine) -> int:
    """Return how a line counts in the total of a calculation: 1, -1, or 0 beside it."""
    signs = {DIRECT: 1, DEDUCT: -1, INDIRECT: line.sign}
    return signs.get(line.emission_scope, 0)


def totals_of(lines: Sequence[EmissionLine]) -> dict[Group, Bools]:
    """Return which lines belong to each total: all that count, by scope, and by source."""
    found: dict[Group, Bools] = {group: np.zeros(len(lines), dtype=bool) for group in TOTALS}
    for number, line in enumerate(lines):
        if counted_sign(line):
            for group in (TOTAL, (line.emission_scope,), (SOURCE, line.source)):
                _add(found, group, number, len(lines))
    return found


def parts_of(lines: Sequence[EmissionLine]) -> dict[Group, Bools]:
    """Return which lines belong to each part: by source and item, and by scope and gas."""
    found: dict[Group, Bools] = {}
    for number, line in enumerate(lines):
        if counted_sign(line):
            _add(found, (ITEM, line.source, line.item), number, len(lines))
            _add(found, (GAS, line.emission_scope, line.gas), number, len(lines))
    return found


def _add(found: dict[Group, Bools], group: Group, line: int, count: int) -> None:
    found.setdefault(group, np.zeros(count, dtype=bool))[line] = True


def _traits(method: Method, cell: Cell) -> Traits:
    source = method.sources[cell.source]
    index = source.item_index.get(cell.item)
    kind = source.items[index].kind if index is not None else ""
    value = cell.value
    return Traits(cell.symbol, value.origin, kind, source.kind, method.subject, value.unit)
