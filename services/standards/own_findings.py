"""What is said of own values that a record does not take: held on some of its days, or typed over.

A mean over a year is weighted by what was used in each part of it, which a row of the year does
not say: such a value is named, never averaged by guess.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.errors import PlatformError
from services.standards.model import Method, Source
from services.standards.months import Period, days_of
from services.standards.own_values import (
    OwnValue,
    filled,
    is_own,
    measured_of,
    permits,
    place_of,
    unit_of,
    value_in,
)
from services.standards.quantities import read_quantity
from services.standards.records import WARNING, Problem
from services.standards.request import Record
from services.units import are_alike

OPEN_END = "—"
SAME = 1e-12


class PartlyHeldError(PlatformError):
    """An own value holds on some of the days of a record only, so that it is not used."""

    text_key = "own_value_partly_held"


class TypedOverError(PlatformError):
    """A number typed in the record goes before an own value that holds on all its days."""

    text_key = "own_value_typed_over"


@dataclass(frozen=True, slots=True)
class _Place:
    """A record with its number, its days, and the source and index of its item."""

    number: int
    record: Record
    days: Period
    source: Source
    index: int

    @property
    def inputs(self) -> Mapping[str, object]:
        """Return what stands in the record, by symbol."""
        inputs = self.record.get("inputs")
        named = inputs if isinstance(inputs, Mapping) else {}
        return {self.source.symbol_by_name.get(name, ""): cell for name, cell in named.items()}

    def warning(
        self, error: type[PlatformError], held: Sequence[OwnValue], **told: object
    ) -> Problem:
        """Return a warning at the cell of a quantity that names the values and their days."""
        symbol, (first, last) = held[0].symbol, self.days
        names = self.source.inputs[symbol].names
        told |= {"name_zh": names["zh-CN"], "name_en": names["en"], "symbol": symbol}
        told |= {"first": first, "last": last, "held": "; ".join(map(_written, held))}
        where = f"records[{self.number}].inputs.{symbol}"
        return Problem(self.number, symbol, WARNING, error(where, **told))


def own_findings(
    method: Method, period: Period, records: Sequence[Record], values: Sequence[OwnValue]
) -> Iterator[Problem]:
    """Yield a warning for each quantity of a record that has an own value it does not take.

    `records` are those that own values have been put into.
    """
    for number, record in enumerate(records) if values else ():
        found = place_of(method, record)
        if found is not None:
            place = _Place(number, record, days_of(record, period), *found)
            own = [v for v in values if v.item == measured_of(*found)]
            yield from _partly_held(method, place, own)
            yield from _typed_over(place, own)


def _partly_held(method: Method, place: _Place, own: Sequence[OwnValue]) -> Iterator[Problem]:
    partly = [v for v in own if _meets(v, place.days) and not v.covers(place.days)]
    # What would be filled if it held on every day is what stays open because it does not.
    wide = [replace(v, valid_from=date.min, valid_to=None) for v in partly]
    (full,) = filled(method, place.days, [place.record], wide)
    for symbol in replace(place, record=full).inputs:
        if symbol not in place.inputs:
            yield place.warning(PartlyHeldError, [v for v in partly if v.symbol == symbol])


def _typed_over(place: _Place, own: Sequence[OwnValue]) -> Iterator[Problem]:
    for value in own:
        typed = _typed(place, value.symbol) if value.covers(place.days) else None
        if typed is None or not are_alike(value.unit, _unit(place, value.symbol)):
            continue
        # The same number in another unit may differ in the last digit.
        measured = value_in(value, place.source, place.index)
        if not math.isclose(typed, measured, rel_tol=SAME):
            unit = _unit(place, value.symbol)
            yield place.warning(TypedOverError, [value], value=typed, unit=unit)


def _typed(place: _Place, symbol: str) -> float | None:
    """Return the number that stands in a record for a quantity that may be measured."""
    cell = place.inputs.get(symbol)
    if cell is None or is_own(place.record, symbol):
        return None
    if not permits(place.source, place.index, symbol):
        return None
    try:
        return read_quantity(cell, _unit(place, symbol), symbol).value
    except PlatformError:
        return None  # told by the checks of records


def _unit(place: _Place, symbol: str) -> str:
    return unit_of(place.source, place.index, symbol)


def _meets(value: OwnValue, days: Period) -> bool:
    first, last = days
    return value.valid_from <= last and (value.valid_to is None or first <= value.valid_to)


def _written(value: OwnValue) -> str:
    """Return a value and its days.

    >>> day = date(2023, 1, 1)
    >>> _written(OwnValue("1", "coal", "NCV", 23.5, "GJ/t", day, None, None))
    '23.5 GJ/t (2023-01-01 – —)'
    """
    last = value.valid_to or OPEN_END
    return f"{value.value:.15g} {value.unit} ({value.valid_from} – {last})"
