"""Factors between units that are mistaken for one another, as data (5.1.7 c)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.i18n.words import Words, words_of
from services.units import unit

FILE = Path(__file__).parent.parent / "unit_factors.toml"
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class UnitFactor:
    """A factor by which a number is wrong, and between which units."""

    value: float
    name: Words


@cache
def unit_factors() -> tuple[UnitFactor, ...]:
    """Return the factors of the file, each with its inverse.

    >>> [round(f.value, 4) for f in unit_factors()][-6:]
    [29.3076, 0.0341, 4.1868, 0.2388, 3.6, 0.2778]
    """
    blocks = tomllib.loads(FILE.read_text(encoding="utf-8"))["factor"]
    return tuple(each for block in blocks for each in _both_ways(block))


def _both_ways(block: Mapping[str, object]) -> Iterator[UnitFactor]:
    name = words_of(block["name"])  # type: ignore[arg-type]
    if "power" in block:
        power = int(str(block["power"]))
        yield UnitFactor(float(10**power), name)
        yield UnitFactor(1 / 10**power, name)
        return
    if "of" in block:
        large, small = (unit(str(each)).scale for each in block["of"])  # type: ignore[attr-defined]
        ratio = float(large / small)
    else:
        # A megawatt for an hour is so many megajoules; a thousand of them are a gigajoule.
        ratio = int(str(block["seconds_in_hour"])) * 1_000 / MEGA
    yield UnitFactor(ratio, name)
    yield UnitFactor(1 / ratio, name)


@cache
def factor_values() -> tuple[float, ...]:
    """Return the factors alone."""
    return tuple(each.value for each in unit_factors())


@cache
def name_of_factor(value: float) -> Words:
    """Return between which units a factor of the file is."""
    return next(each.name for each in unit_factors() if each.value == value)
