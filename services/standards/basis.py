"""What something without an item is counted in: mass, or gas volume where its amount is one."""

from __future__ import annotations

from collections.abc import Mapping

from services.standards.choosing import Row
from services.standards.loading import NO_ITEM
from services.units import are_alike

# What a unit that is either mass or gas volume is told by.
AMOUNTS = ("FC", "Q")


def basis_of(cells: Mapping[str, object], row: Row) -> str:
    """Return the unit something without item is counted in: that of its amount."""
    if row.item != NO_ITEM:
        return row.basis
    amount = next((s for s in AMOUNTS if s in cells and " or " in row.source.inputs[s].unit), "")
    if not amount:
        return row.basis
    gas_unit = row.source.inputs[amount].unit.split(" or ")[-1]
    raw = cells[amount]
    name = raw.get("unit") if isinstance(raw, Mapping) else None
    try:
        is_gas = isinstance(name, str) and are_alike(name, gas_unit)
    except LookupError:
        is_gas = False
    return gas_unit if is_gas else row.basis
