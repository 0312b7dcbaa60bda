"""The amounts that a method asks for, by source and item, as a choice in words (4.2 a, 4.2 c)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from components.forms.method_columns import name_of
from components.panels.units import unit_text
from services.collection.rows import unit_of
from services.standards.descriptions import MethodDescription, SourceDescription

Use = tuple[str, str, str]
# Source, item and quantity, with its name and unit in words.
Amount = tuple[Use, str, str]


def amounts_of(method: MethodDescription) -> Iterator[Amount]:
    """Yield every amount of a method; what is a ratio or a share is none."""
    for source in method.sources:
        yield from _amounts(source)


def choices_of(amounts: Iterable[Amount]) -> list[tuple[str, str]]:
    """Return the amounts as a choice: what it is sent as, and its name in words."""
    return [("|".join(use), label) for use, label, _ in amounts]


def _amounts(source: SourceDescription) -> Iterator[Amount]:
    items = [(item.item, name_of(item.names, item.item)) for item in source.items] or [("", "")]
    for item, item_name in items:
        for symbol in source.symbols:
            unit = unit_of(source, item, symbol.symbol)
            # What is a ratio or a share holds for every month, and nothing counts it.
            if not unit or "/" in unit or unit == "0..1":
                continue
            quantity = f"{name_of(symbol.names, symbol.symbol)} ({unit_text(unit)})"
            words = (name_of(source.names, source.source), item_name, quantity)
            use = (source.source, item, symbol.symbol)
            yield use, " · ".join(filter(None, words)), unit_text(unit)
