"""One quantity of a record: a bare number or an object, in the unit needed.

The object has "value", and may have "unit", "origin" and "uncertainty": the half-width of the
interval that holds the value with 95 % probability, relative to it, as a share or in per cent.
It may name the document behind it as "reference", a text or one for each language; "own_value"
names a measured value that two persons of the organization stand for: its id, and its files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.errors import PlatformError
from services.i18n.words import Words, same
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
    WrongTypeError,
    shown,
)
from services.units import UnknownUnitNameError, are_alike, convert, unit

MEASURED, ESTIMATED = "measured", "estimated"
ORIGINS = (MEASURED, ESTIMATED)
OWN_VALUE, REFERENCE = "own_value", "reference"
FIELDS = ("value", "unit", "origin", "uncertainty", REFERENCE, OWN_VALUE)
USER, VERIFIED = "user", "verified"
SHARE = "0..1"
# A thousand times the mass or heat that all countries together burn in a year.
LARGEST = 1e15


# Ten times the value: beyond this nothing is known.
LARGEST_HALF_WIDTH = 10.0


class HalfWidthError(PlatformError):
    """An uncertainty above 100 % without a unit, as 5 for 5 %, or above any that makes sense."""

    text_key = "half_width"


_NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A given value in the unit of its symbol, and its relative half-width where that is given.

    `reference` names the document where one is stated; `status` is verified for an own value,
    which a second person compared with its document, and user for any other.
    """

    value: float
    origin: str
    half_width: float | None = None
    reference: Words = _NO_WORDS
    status: str = USER


def read_quantity(raw: object, expected: str, where: str) -> Quantity:
    """Return a quantity in the expected unit, or raise naming the cell."""
    if isinstance(raw, float | int) or not isinstance(raw, Mapping):
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
    half_width = _half_width(raw.get("uncertainty"), f"{where}.uncertainty")
    reference = _reference(raw.get(REFERENCE), f"{where}.{REFERENCE}")
    status = USER if raw.get(OWN_VALUE) is None else VERIFIED
    value = _in_unit(number, name, expected, where)
    return Quantity(value, origin, half_width, reference, status)


def _reference(raw: object, where: str) -> Words:
    """Return the document behind a value as a phrase; nothing where none is stated."""
    if raw is None:
        return _NO_WORDS
    if isinstance(raw, str):
        return same(raw)
    if isinstance(raw, Mapping) and set(raw) == {"zh-CN", "en"}:
        return Words(str(raw["zh-CN"]), str(raw["en"]))
    raise WrongTypeError(where, value=shown(raw), expected_zh="文字", expected_en="text")


def _half_width(raw: object, where: str) -> float | None:
    """Return a half-width as a fraction: 0.05, or {"value": 5, "unit": "%"}."""
    if raw is None:
        return None
    has_unit = isinstance(raw, Mapping) and "unit" in raw
    if isinstance(raw, Mapping):
        unknown = [key for key in raw if key not in ("value", "unit")]
        if unknown:
            raise UnknownFieldError(where, value=shown(unknown[0]), known="value, unit")
        if "value" not in raw:
            raise MissingFieldError(f"{where}.value", value="value")
    number = read_number(raw["value"] if isinstance(raw, Mapping) else raw, where)
    name = read_unit(raw, SHARE, where)
    if not are_alike(name, SHARE):
        raise UnlikeUnitError(f"{where}.unit", value=shown(name), expected=SHARE)
    fraction = convert(number, name, SHARE)
    if fraction > (LARGEST_HALF_WIDTH if has_unit else 1):
        raise HalfWidthError(where, value=number)
    return fraction


def read_unit(raw: object, expected: str, where: str) -> str:
    """Return the unit a quantity names, or the expected one; raise when it is not known."""
    if isinstance(raw, float | int) or not isinstance(raw, Mapping):
        return expected
    name = raw.get("unit", expected)
    if name == expected:
        return expected
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
    value = number
    if name != expected:
        if not are_alike(name, expected):
            raise UnlikeUnitError(f"{where}.unit", value=shown(name), expected=expected)
        value = convert(number, name, expected)
    if expected == SHARE and value > 1:
        raise ShareTooLargeError(where, value=number, unit=name if name != SHARE else "")
    if not value <= LARGEST:
        raise TooLargeError(where, value=number)
    return value
