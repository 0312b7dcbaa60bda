"""Records that are written alike: what the first says of all but their numbers is kept.

A year of an organization holds the same fuels month after month, and a region the same
organizations. Reading such a record anew finds the same row each time, but for its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.standards.catalog import Catalog
from services.standards.choosing import Row
from services.standards.limits import usual_range
from services.standards.model import Limit
from services.standards.months import MONTH
from services.standards.quantities import LARGEST, MEASURED, SHARE, Quantity

PLAIN_FIELDS = frozenset({"source", "item", "inputs", MONTH})
_NUMBERS = (float, int)
_MONTHS = (int, str, type(None))
# Source, item, month as it is written, and the names of the quantities in their order.
Writing = tuple[str, str, int | str | None, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Mould:
    """The row of a record, and of each of its cells the symbol and the usual range.

    A cell that the row has no use for has no symbol.
    """

    row: Row
    cells: tuple[tuple[str, float, float], ...]

    def cast(self, record: int, numbers: Iterable[object]) -> Row | None:
        """Return the row of another record; None where a cell is no plain and usual number."""
        given = {}
        for number, (symbol, low, high) in zip(numbers, self.cells, strict=True):
            # A truth value is none of these, and nan is in no range.
            if type(number) not in _NUMBERS or not low <= number <= high:  # type: ignore[operator]
                return None
            if symbol:
                given[symbol] = Quantity(abs(float(number)), MEASURED)  # type: ignore[arg-type]
        row = self.row
        alike = row.source, row.item_code, row.item, row.variant, row.basis
        used, notices = (row.used, row.policy), list(row.notices)
        return Row(record, *alike, given, *used, notices, shape=row.shape, month=row.month)


class Moulds:
    """The moulds of the records of one calculation after another, by how they are written."""

    def __init__(self) -> None:
        self._by_writing: dict[Writing, Mould] = {}

    def cast(self, record: int, raw: object) -> Row | None:
        """Return the row of a record that is written as one before; None where it needs reading."""
        writing = _writing(raw)
        mould = self._by_writing.get(writing) if writing else None
        return mould.cast(record, raw["inputs"].values()) if mould else None  # type: ignore[index]

    def keep(self, raw: object, row: Row, catalog: Catalog) -> None:
        """Keep what a record that was read without a problem says of those written alike."""
        writing = _writing(raw)
        if writing and row.shape and not row.is_balance:
            inputs = raw["inputs"]  # type: ignore[index]
            if all(type(number) in _NUMBERS for number in inputs.values()):
                self._by_writing[writing] = _mould(row, inputs, catalog)


def _writing(raw: object) -> Writing | None:
    """Return how a record is written; None where it says more than item, month and quantities."""
    if not isinstance(raw, dict) or not raw.keys() <= PLAIN_FIELDS:
        return None
    source, item, inputs = raw.get("source"), raw.get("item", ""), raw.get("inputs")
    if not (isinstance(source, str) and isinstance(item, str) and isinstance(inputs, dict)):
        return None
    month = raw.get(MONTH)
    # True is 1 as a key, and no month.
    return (source, item, month, tuple(inputs)) if type(month) in _MONTHS else None


def _mould(row: Row, names: Iterable[str], catalog: Catalog) -> Mould:
    symbols = [row.source.symbol_by_name[name] for name in names]
    cells = [(s if s in row.given else "", *_plain_range(s, row, catalog)) for s in symbols]
    return Mould(row, tuple(cells))


def _plain_range(symbol: str, row: Row, catalog: Catalog) -> tuple[float, float]:
    """Return within which values a quantity needs no second look."""
    expected = row.source.inputs[symbol].unit_for(row.basis)
    limit = catalog.limits.get((symbol, expected), Limit(None, None, None))
    low, high = usual_range(symbol, limit, row, catalog.kinds)
    bounds = (1.0 if expected == SHARE else LARGEST, limit.ceiling, high)
    return max(0.0, low or 0.0), min(bound for bound in bounds if bound is not None)
