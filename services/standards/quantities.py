"""One quantity of a record: a bare number or {"value", "unit", "origin"}, in the unit needed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.standards.problems import (
    BadOriginError,
    MissingFieldError,
    NegativeError,
    NotANumberError,
    NotFiniteError,
    ShareTooLargeError,
    TooLargeError,
    UnknownFieldError,
    UnknownUnitError,
    UnlikeUnitError,
    shown,
)
from services.units import UnknownUnitNameError, are_alike, convert, unit

MEASURED, ESTIMATED = "measured", "estimated"
ORIGINS = (MEASURED, ESTIMATED)
FIELDS = ("value", "unit", "origin")
SHARE = "0..1"
# A thousand times the mass or heat that all countries together burn in a year.
LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Quantity:
    """A given value in the unit of its symbol."""

    value: float
    origin: str


def read_quantity(raw: object, expected: str, where: str) -> Quantity:
    """Return a quantity in the expected unit, or raise naming the cell."""
    if not isinstance(raw, Mapping):
        return Quantity(_in_unit(read_number(raw, where), expected, expected, where), MEASURED)
    unknown = [key for key in raw if key not in FIELDS]
    if unknown:
        raise UnknownFieldError(where, value=shown(unknown[0]), known=", ".join(FIELDS))
    if "value" not in raw:
        raise MissingFieldError(f"{where}.value", value="value")
    origin = raw.get("origin", MEASURED)
    if origin not in ORIGINS:
        raise BadOriginError(f"{where}.origin", value=shown(origin))
    number = read_number(raw["value"], where)
    name = read_unit(raw, expected, where)
    return Quantity(_in_unit(number, name, expected, where), origin)


def read_unit(raw: object, expected: str, where: str) -> str:
    """Return the unit a quantity names, or the expected one; raise when it is not known."""
    name = raw.get("unit", expected) if isinstance(raw, Mapping) else expected
    try:
        unit(name if isinstance(name, str) else "")
    except UnknownUnitNameError:
        raise UnknownUnitError(f"{where}.unit", value=shown(name), expected=expected) from None
    return str(name)


def read_number(raw: object, where: str) -> float:
    """Return a finite number of zero or more."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise NotANumberError(where, value=shown(raw))
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotFiniteError(where, value=shown(raw))
    if number < 0:
        raise NegativeError(where, value=shown(raw))
    return abs(number)  # turns -0.0 into 0.0


def _in_unit(number: float, name: str, expected: str, where: str) -> float:
    if not are_alike(name, expected):
        raise UnlikeUnitError(f"{where}.unit", value=shown(name), expected=expected)
    value = convert(number, name, expected)
    if expected == SHARE and value > 1:
        raise ShareTooLargeError(where, value=number, unit=name if name != SHARE else "")
    if not value <= LARGEST:
        raise TooLargeError(where, value=number)
    return value
