"""The formulas of a source as they are written, one for each way and gas."""

from __future__ import annotations

from itertools import product

from services.standards.formulas.base import Written
from services.standards.formulas.registry import FORMULAS
from services.standards.model import Source


def formulas_of(source: Source) -> tuple[str, ...]:
    """Return every way a source may be computed, the usual one first."""
    chosen = {symbol for choice in source.choices for option in choice.options for symbol in option}
    plain = set(source.inputs) - chosen
    write = FORMULAS[source.kind].write
    ways = product(*(choice.options for choice in source.choices))
    found = [
        write(Written(tuple(source.inputs), frozenset(plain.union(*way)), gas))
        for way in ways
        for gas in source.gases
    ]
    return tuple(dict.fromkeys(found))
