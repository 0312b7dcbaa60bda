"""Which alternative a record chooses, and what is missing or contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.errors import PlatformError
from services.standards.balances import Balance
from services.standards.descriptions import Choice
from services.standards.loading import NO_ITEM
from services.standards.model import AsOf, Factor, Input, Source
from services.standards.policies import PolicyValue
from services.standards.problems import (
    ConflictingQuantityError,
    FactorNotInForceError,
    MissingQuantityError,
)
from services.standards.quantities import Quantity
from services.standards.results import Notice

Option = tuple[str, ...]
# What of a record decides all but its numbers: source, item, variant, unit and symbols given.
Shape = tuple[str, int, str, str, str, tuple[str, ...]]


@dataclass(slots=True)
class Row:
    """A record that was understood: `item` is an index, `used` what its formula needs.

    A record that is a balance has `streams`, each a row of its own, and no quantities itself.
    Rows of one `shape` take the same alternative and have the same defaults; a row with a problem
    has none.
    """

    record: int
    source: Source
    item_code: str = ""
    item: int = NO_ITEM
    variant: str = ""
    basis: str = "t"
    given: dict[str, Quantity] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    policy: PolicyValue | None = None
    notices: list[Notice] = field(default_factory=list)
    place: str = ""
    sign: int = 1
    shape: Shape | None = None
    streams: list[Row] = field(default_factory=list)
    balance: Balance | None = None
    month: int | None = None

    @property
    def slot(self) -> int:
        """Return where the defaults of this row stand."""
        return self.source.slot(self.item, self.variant)

    @property
    def is_balance(self) -> bool:
        """Return whether its inputs are those of streams, or of the terms of a balance."""
        return bool(self.streams) or self.balance is not None

    def shape_of(self) -> Shape:
        """Return the shape of this row, from what it has so far."""
        given = tuple(self.given)
        return self.source.code, self.item, self.item_code, self.variant, self.basis, given

    def ignore(self, symbols: Sequence[str]) -> None:
        """Leave out quantities that another alternative goes before, and say so."""
        for symbol in symbols:
            self.given.pop(symbol, None)
        self.notices.append(Notice("ignored", {"symbols": ", ".join(symbols)}))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the rows of one shape use, and the given symbols that an alternative leaves out."""

    used: frozenset[str]
    ignored: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Choosing:
    """A row with the symbols that were given but cannot be used; those count as given."""

    row: Row
    failed: frozenset[str]
    as_of: AsOf

    def plain(self) -> set[str]:
        """Return the symbols that belong to no choice."""
        choices = self.row.source.choices
        chosen = {symbol for choice in choices for option in choice.options for symbol in option}
        return set(self.row.source.inputs) - chosen

    def option(self, choice: Choice) -> Option:
        """Return the option a record takes.

        The first that is complete with something given goes before; else the one that leaves
        least open, of those that fit what was given, if any does.
        """
        options = self._open_options(choice)
        complete = [] if choice.is_strict else self._complete(choice)
        if complete:
            return complete[0]
        given = self._deciding(choice)
        fitting = [o for o in options if set(given) <= set(o)]
        if fitting:
            return min(fitting, key=self._effort)
        return max(options, key=lambda option: sum(s in option for s in given))

    def _complete(self, choice: Choice) -> list[Option]:
        """Return the options that something given makes complete, none a part of another."""
        given = set(self._given(choice))
        options = [
            o
            for o in self._open_options(choice)
            if given & set(o) and not any(self._is_missing(s) for s in o)
        ]
        return [o for o in options if not any(set(o) < set(other) for other in options)]

    def contradicting(self, choice: Choice, option: Option) -> list[str]:
        """Return the given symbols of a choice that its option has no use for."""
        return [symbol for symbol in self._given(choice) if symbol not in option]

    def conflict(self, symbol: str, choice: Choice, where: str) -> PlatformError:
        """Return the error of a symbol that contradicts others."""
        option = self.option(choice)
        own = {s for o in choice.options if symbol in o for s in o}
        others = [s for s in self._given(choice) if s in option and s not in own]
        alternatives = "; ".join(" + ".join(o) for o in self._open_options(choice))
        return ConflictingQuantityError(
            where,
            symbol=symbol,
            others=", ".join(others) or self.row.item_code,
            alternatives=alternatives,
        )

    def missing(self, used: Iterable[str]) -> list[str]:
        """Return the symbols used that are neither given nor filled, in their order."""
        wanted = set(used)
        return [s for s in self.row.source.inputs if s in wanted and self._is_missing(s)]

    def by_item(self, missing: Sequence[str]) -> list[str]:
        """Return those of the missing symbols that naming an item would fill."""
        return [s for s in missing if self._is_filled_by_item(s)]

    def by_key(self, missing: Sequence[str]) -> list[str]:
        """Return those of the missing symbols that an option of the key would fill."""
        return [] if self.by_item(missing) else [s for s in missing if self._is_filled_by_key(s)]

    def missing_error(self, symbol: str, where: str) -> PlatformError:
        """Return the error of a symbol that is missing."""
        factor = self.row.source.default_of(symbol, self.row.slot)
        if factor is not None:
            return self._not_in_force(symbol, factor, where)
        entry = self.row.source.inputs[symbol]
        return MissingQuantityError(
            where,
            symbol=symbol,
            unit=entry.unit_for(self.row.basis),
            alternatives=" / ".join([symbol, *self._alternatives(symbol)]),
            **names_of(entry),
        )

    def _alternatives(self, symbol: str) -> list[str]:
        return [
            " + ".join(option)
            for choice in self.row.source.choices
            if any(symbol in option for option in choice.options)
            for option in self._open_options(choice)
            if symbol not in option
        ]

    def _not_in_force(self, symbol: str, factor: Factor, where: str) -> PlatformError:
        return FactorNotInForceError(
            where,
            symbol=symbol,
            code=factor.code,
            last_day=self.as_of.last_day,
            known_on=self.as_of.known_on,
            known_from=max(factor.applies_from, factor.known_from),
        )

    def _open_options(self, choice: Choice) -> Sequence[Option]:
        """Return the options open to the item: one known by heat has no amount in tonnes."""
        row = self.row
        if row.item == NO_ITEM or not row.source.items[row.item].is_by_heat:
            return choice.options
        return [o for o in choice.options if "FC" not in o] or choice.options

    def _deciding(self, choice: Choice) -> list[str]:
        """Return the given symbols that choose an option: a default that is stated does not."""
        given = self._given(choice)
        inputs = self.row.source.inputs
        return [s for s in given if choice.is_strict or not inputs[s].fills_itself]

    def _given(self, choice: Choice) -> list[str]:
        symbols = {symbol for option in choice.options for symbol in option}
        return [s for s in self.row.source.inputs if s in symbols and self._is_given(s)]

    def _is_given(self, symbol: str) -> bool:
        return symbol in self.row.given or symbol in self.failed

    def _effort(self, option: Option) -> tuple[int, int]:
        missing = [symbol for symbol in option if self._is_missing(symbol)]
        return len(missing) - len(self.by_item(missing)), len(missing)

    def _is_missing(self, symbol: str) -> bool:
        if self._is_given(symbol) or self.row.source.inputs[symbol].policy:
            return False
        factor = self.row.source.default_of(symbol, self.row.slot)
        return factor is None or not factor.in_force(self.as_of)

    def _is_filled_by_item(self, symbol: str) -> bool:
        source = self.row.source
        of_items = source.defaults.get(symbol, ())[: source.slot(NO_ITEM, source.variants[0])]
        return self.row.item == NO_ITEM and any(of_items)

    def _is_filled_by_key(self, symbol: str) -> bool:
        source, item = self.row.source, self.row.item
        if self.row.variant or source.default_of(symbol, self.row.slot):
            return False
        slots = [source.slot(item, option) for option in source.variants if option]
        return any(source.default_of(symbol, slot) for slot in slots)


def names_of(entry: Input) -> dict[str, object]:
    """Return the names of a quantity as messages use them."""
    return {"name_zh": entry.names["zh-CN"], "name_en": entry.names["en"]}
