"""What a formula is: columns in, tonnes of gas out, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.standards.descriptions import Choice

Floats = NDArray[np.float64]
Column = Floats | float

# Kept as two steps so that 44/12 stays a fraction: tonnes of CO2 from tonnes of carbon.
CO2_MASS, CARBON_MASS_NUMBER = 44.0, 12.0
KG_PER_T = 1000.0


class Values(Protocol):
    """The columns of a source; a symbol that no row gave and nothing fills is not there."""

    def __getitem__(self, symbol: str) -> Column:
        """Return the column with defaults filled in; nan where a row has no value."""

    def gives(self, symbol: str) -> bool:
        """Return whether any row gives the symbol itself."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols of the source in their order."""

    @property
    def gases(self) -> tuple[str, ...]:
        """Return the gases of the source."""

    def unit(self, symbol: str) -> str:
        """Return the unit of a symbol as the source has it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tonnes of each gas, what was derived on the way, and CO2 from biomass."""

    gas_t: Mapping[str, Column]
    derived: Mapping[str, Column] = field(default_factory=dict)
    biomass_co2_t: Column | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What decides how a formula is written: symbols of the source, those used, the gas."""

    symbols: tuple[str, ...]
    used: frozenset[str]
    gas: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity computed on the way, where a record uses `trigger`; `how` is its formula.

    `otherwise` is how it is computed where a record uses, or does not use, another symbol.
    """

    symbol: str
    trigger: str
    unit: str
    how: str
    otherwise: Callable[[frozenset[str]], str] | None = None

    def formula(self, used: frozenset[str]) -> str:
        """Return how it was computed for a record that uses these symbols."""
        return (self.otherwise and self.otherwise(used)) or self.how


Compute = Callable[[Values], Outcome]
Write = Callable[[Written], str]


@dataclass(frozen=True, slots=True)
class Formula:
    """How a kind of source is computed, what it lets one choose, and how it is written.

    `of_sum` makes tonnes of gas from what the streams of one record add up to, for a kind whose
    records are lists of streams. Where no symbol of `hiding` is given, a cell that is empty
    leaves the result of its row empty too; None says nothing of the kind.
    """

    kind: str
    compute: Compute
    write: Write
    choices: tuple[Choice, ...] = ()
    derived: tuple[Derived, ...] = ()
    of_sum: Callable[[Column], Column] | None = None
    hiding: frozenset[str] | None = None

    def choices_for(self, symbols: frozenset[str]) -> tuple[Choice, ...]:
        """Return the choices a source with these symbols leaves open."""
        fitting = (
            replace(c, options=tuple(o for o in c.options if symbols.issuperset(o)))
            for c in self.choices
        )
        return tuple(choice for choice in fitting if choice.options)


def co2_from_carbon(carbon_t: Column) -> Column:
    """Return tonnes of CO2 from tonnes of carbon."""
    co2_t = carbon_t * CO2_MASS
    co2_t /= CARBON_MASS_NUMBER  # into the same cells: the product is nobody else's
    return co2_t


def given_or(cells: Column, otherwise: Column) -> Column:
    """Return the cells, and something else where they are empty."""
    return np.where(np.isnan(cells), otherwise, cells)


def nothing_given() -> Column:
    """Return an empty cell."""
    return float("nan")


def product_of(v: Values, symbols: tuple[str, ...]) -> Column:
    """Return the product of some quantities, from left to right."""
    first, *others = symbols
    product = v[first]
    for symbol in others:
        product = product * v[symbol]
    return product
