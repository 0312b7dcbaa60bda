"""Measured values of an organization itself, put into the records that leave them open.

What stands in a record goes before; a measured value goes before a default, where the method lets
a record state the quantity: not where the method sets a constant, where a policy decides, and not
where its defaults differ by equipment. The record then states value, document and origin like any
other, so that lines, bundle and verifier need know nothing more.

A value is of an item; of a source that knows no items, such as bought heat with the factor of its
supplier, it is of the source itself, named by its code after an @.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.i18n.words import Words
from services.standards.catalog import Catalog
from services.standards.choosing import Row
from services.standards.descriptions import Choice, Names
from services.standards.limits import usual_range
from services.standards.loading import NO_ITEM
from services.standards.model import CONSTANT, Input, Limit, Method, Source
from services.standards.months import LAST_MONTH, Period, days_of, days_of_month
from services.standards.problems import AboveCeilingError, UnusualValueError
from services.standards.quantities import MEASURED, OWN_VALUE, REFERENCE, SHARE, read_quantity
from services.standards.request import Record
from services.units import are_alike

GWP = "GWP"
# What a value is of, where its source knows no items: the code of the source after this mark.
OF_SOURCE = "@"
# An amount in a time, such as a flow, belongs to one row as an amount does.
TIMES = ("min", "h", "d", "day", "a", "yr")
# Densities at the standard state are known to everybody, and measured by nobody's plant.
OF_NATURE = "K."


@dataclass(frozen=True, slots=True)
class OwnValue:
    """A measured value that two persons stand for; `valid_to` is None while it goes on.

    `files` are its evidence, by their SHA-256.
    """

    value_id: str
    item: str
    symbol: str
    value: float
    unit: str
    valid_from: date
    valid_to: date | None
    reference: Words
    files: tuple[str, ...] = ()

    def covers(self, period: Period) -> bool:
        """Return whether it is valid on every day of a period."""
        first, last = period
        return self.valid_from <= first and (self.valid_to is None or last <= self.valid_to)

    def stated(self) -> dict[str, object]:
        """Return the value as a record states it."""
        return {
            "value": self.value,
            "unit": self.unit,
            "origin": MEASURED,
            OWN_VALUE: {"id": self.value_id, "files": list(self.files)},
            REFERENCE: {"zh-CN": self.reference.zh, "en": self.reference.en},
        }


Usable = Mapping[tuple[str, str], OwnValue]


@dataclass(frozen=True, slots=True)
class Measurable:
    """A quantity of an item that a method lets an organization measure, and its unit."""

    item: str
    symbol: str
    unit: str
    source: Source
    index: int

    @property
    def entry(self) -> Input:
        """Return the quantity as the source has it."""
        return self.source.inputs[self.symbol]

    @property
    def names(self) -> Names:
        """Return the names of what the value is of: the item, or the source without items."""
        return self.source.names if self.index == NO_ITEM else self.source.items[self.index].names


def measurable(method: Method) -> dict[tuple[str, str], Measurable]:
    """Return what can be measured of each item, by item and symbol."""
    found: dict[tuple[str, str], Measurable] = {}
    for source in method.sources.values():
        for index in range(len(source.items)) if source.items else (NO_ITEM,):
            for symbol in source.inputs:
                if permits(source, index, symbol):
                    of, unit = measured_of(source, index), unit_of(source, index, symbol)
                    found.setdefault((of, symbol), Measurable(of, symbol, unit, source, index))
    return found


def measured_of(source: Source, index: int) -> str:
    """Return what a value of a row is of: its item, or its source where that knows no items.

    Nothing is measured of a row that leaves open which of several items it is about.
    """
    if index != NO_ITEM:
        return source.items[index].code
    return "" if source.items else f"{OF_SOURCE}{source.code}"


def permits(source: Source, index: int, symbol: str) -> bool:
    """Return whether a source takes a measured value of an item in place of its default."""
    entry = source.inputs[symbol]
    if entry.policy or entry.constant is not None or symbol.startswith(GWP):
        return False
    amount, _, per = entry.unit.rpartition("/")
    if entry.unit != SHARE and (not amount or per in TIMES):
        return False  # an amount, which belongs to one row
    factors = [source.default_of(symbol, source.slot(index, v)) for v in source.variants]
    if any(f and (f.origin == CONSTANT or f.code.startswith(OF_NATURE)) for f in factors):
        return False
    return len({factor and factor.code for factor in factors}) == 1


def check_value(catalog: Catalog, of: Measurable, stated: object, where: str) -> float:
    """Return a measured value in the unit of its quantity, or raise by the rules of records.

    UnusualValueError is for what needs a reason; everything else is an error.
    """
    value = read_quantity(stated, of.unit, where).value
    limit = catalog.limits.get((of.symbol, of.unit), Limit(None, None, None))
    row = Row(0, of.source, item=of.index)
    low, high = usual_range(of.symbol, limit, row, catalog.kinds)
    names = of.entry.names
    told = {"name_zh": names["zh-CN"], "name_en": names["en"], "symbol": of.symbol}
    told |= {"value": f"{value:g}", "unit": of.unit}
    if limit.ceiling is not None and value > limit.ceiling:
        raise AboveCeilingError(where, ceiling=limit.ceiling, **told)
    if (low is not None and value < low) or (high is not None and value > high):
        raise UnusualValueError(where, low=low, high=high, **told)
    return value


def filled(
    method: Method, period: Period, records: Sequence[Record], values: Sequence[OwnValue]
) -> list[Record]:
    """Return the records with what they leave open filled by values valid on all their days.

    These are the days of the month that a record names, or of the whole period.
    """
    if not values:
        return list(records)
    usable: dict[Period, Usable] = {}
    found = []
    for record in records:
        days = days_of(record, period)
        if days not in usable:
            usable[days] = _usable(values, days)
        found.append(_filled(method, record, usable[days]) if usable[days] else record)
    return found


def standing_in(
    method: Method, period: Period, values: Sequence[OwnValue]
) -> dict[str, dict[tuple[str, str], float]]:
    """Return by source what stands in for an empty quantity of an item, in the unit of the cell.

    Of a source without items the item is empty.
    """
    usable = _usable(values, period)
    return {source.code: _standing_in(source, usable) for source in method.sources.values()}


def standing_in_months(
    method: Method, year: int, values: Sequence[OwnValue]
) -> dict[int, dict[str, dict[tuple[str, str], float]]]:
    """Return the same for each month of a year in which a value holds that not all of it has."""
    whole = days_of_month(year, 1)[0], days_of_month(year, LAST_MONTH)[1]
    partly = [value for value in values if not value.covers(whole)]
    days = {month: days_of_month(year, month) for month in range(1, LAST_MONTH + 1)}
    return {
        month: standing_in(method, span, partly)
        for month, span in days.items()
        if _usable(partly, span)
    }


def _usable(values: Sequence[OwnValue], days: Period) -> Usable:
    return {(value.item, value.symbol): value for value in values if value.covers(days)}


def _standing_in(source: Source, usable: Usable) -> dict[tuple[str, str], float]:
    found = {}
    for of, symbol in usable:
        index = source.item_index.get(of, NO_ITEM)
        if of != measured_of(source, index) or symbol not in source.inputs:
            continue
        value = _fitting(source, index, symbol, usable)
        if value is not None:
            item = "" if index == NO_ITEM else of
            found[item, symbol] = value_in(value, source, index)
    return found


def value_in(value: OwnValue, source: Source, index: int) -> float:
    """Return an own value in the unit that a source has for its quantity."""
    unit = unit_of(source, index, value.symbol)
    return read_quantity(value.stated(), unit, value.symbol).value


def without_own(records: Sequence[Record]) -> list[Record]:
    """Return the records as they were before own values were put in."""
    return [_without(record) for record in records]


def own_in(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the ids of the own values that stand in records, each once."""
    own = (cell[OWN_VALUE] for record in records for _, cell in _own_cells(record))
    return tuple(dict.fromkeys(str(told["id"]) for told in own if isinstance(told, Mapping)))


def own_files(record: Record) -> tuple[str, ...]:
    """Return the evidence files of the own values in a record, by their SHA-256."""
    own = (cell[OWN_VALUE] for _, cell in _own_cells(record))
    return tuple(str(f) for told in own if isinstance(told, Mapping) for f in told["files"])


def is_own(record: Record, symbol: str) -> bool:
    """Return whether a quantity of a record is an own value."""
    return any(name == symbol for name, _ in _own_cells(record))


def _own_cells(record: Record) -> Iterator[tuple[str, Mapping[str, object]]]:
    inputs = record.get("inputs")
    for name, cell in inputs.items() if isinstance(inputs, Mapping) else ():
        if isinstance(cell, Mapping) and OWN_VALUE in cell:
            yield name, cell


def _without(record: Record) -> Record:
    own = {name for name, _ in _own_cells(record)}
    inputs = record.get("inputs")
    if not own or not isinstance(inputs, Mapping):
        return record
    return {**record, "inputs": {name: cell for name, cell in inputs.items() if name not in own}}


def _filled(method: Method, record: Record, usable: Usable) -> Record:
    place = place_of(method, record)
    inputs = record.get("inputs")
    if place is None or not isinstance(inputs, Mapping):
        return record
    source, index = place
    given = {source.symbol_by_name.get(name, "") for name in inputs}
    own = {
        symbol: value
        for symbol in source.inputs
        if symbol not in given and (value := _fitting(source, index, symbol, usable))
    }
    used = _Ways(source, source.slot(index), given, own).used()
    return {**record, "inputs": {**inputs, **{s: own[s].stated() for s in used}}}


def place_of(method: Method, record: Record) -> tuple[Source, int] | None:
    """Return the source of a record and the index of its item; None where nothing is measured."""
    source = method.sources.get(str(record.get("source") or ""))
    if source is None:
        return None
    index = source.item_index.get(str(record.get("item") or "").lower(), NO_ITEM)
    return (source, index) if measured_of(source, index) else None


def _fitting(source: Source, index: int, symbol: str, usable: Usable) -> OwnValue | None:
    """Return the own value of a quantity where the source takes it in its unit."""
    value = usable.get((measured_of(source, index), symbol))
    if value is None or not permits(source, index, symbol):
        return None
    return value if are_alike(value.unit, unit_of(source, index, symbol)) else None


def unit_of(source: Source, index: int, symbol: str) -> str:
    """Return the unit that a source has for a quantity of one of its items, or of itself."""
    basis = "" if index == NO_ITEM else source.items[index].activity_unit
    return source.inputs[symbol].unit_for(basis)


@dataclass(frozen=True, slots=True)
class _Ways:
    """Which of the own values a record takes: what it gives decides between alternatives."""

    source: Source
    slot: int
    given: set[str]
    own: Mapping[str, OwnValue]

    def used(self) -> list[str]:
        """Return the symbols to fill, in the order of the formula."""
        chosen = {symbol for choice in self.source.choices for o in choice.options for symbol in o}
        wanted = set(self.own) - chosen
        for choice in self.source.choices:
            wanted |= self._of_choice(choice)
        return [symbol for symbol in self.own if symbol in wanted]

    def _of_choice(self, choice: Choice) -> set[str]:
        """Return what fills the alternative that needs least besides, measured values first."""
        given = {symbol for option in choice.options for symbol in option} & self.given
        fitting = [option for option in choice.options if given <= set(option)]
        if not fitting:
            return set()
        easiest = min(fitting, key=self._effort)
        return set(easiest) & self.own.keys()

    def _effort(self, option: tuple[str, ...]) -> tuple[int, bool, int]:
        open_ = [s for s in option if s not in self.given and s not in self.own]
        missing = [s for s in open_ if not self._is_filled(s)]
        return len(missing), not self.own.keys() & set(option), len(open_)

    def _is_filled(self, symbol: str) -> bool:
        entry = self.source.inputs[symbol]
        has_factor = self.source.default_of(symbol, self.slot) is not None
        return has_factor or entry.policy or entry.constant is not None
