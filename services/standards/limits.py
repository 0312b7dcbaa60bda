"""What is usual for a quantity: by its fuel, by the kind of its item, or at all."""

from __future__ import annotations

from collections.abc import Mapping

from services.standards.choosing import Row
from services.standards.loading import NO_ITEM
from services.standards.model import Kind, Limit

# Measured values may leave the range of the printed ones by half.
TOLERANCE = 0.5


def usual_range(
    symbol: str, limit: Limit, row: Row, kinds: Mapping[str, Kind]
) -> tuple[float | None, float | None]:
    """Return the lowest and highest usual value of a symbol in a record; None where open."""
    if row.item == NO_ITEM:
        return limit.low, limit.high
    item = row.source.items[row.item]
    if symbol == "NCV" and item.ncv_range:
        return item.ncv_range
    span = kinds[item.kind].ranges.get(symbol)
    if span is None:
        return limit.low, limit.high
    return span[0] * (1 - TOLERANCE), span[1] * (1 + TOLERANCE)
