"""What is possible but unusual in an entry: against last year, a unit slipped, a row twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from services.collection.cells import CellProblem, parse_cell
from services.collection.rows import Row, symbols_of
from services.data.submissions import StoredRow
from services.errors import PlatformError

RowKey = tuple[str, str]
LastYear = Mapping[RowKey, Mapping[str, float]]
HIGHEST_RATIO, LOWEST_RATIO = 5.0, 0.2
# Within a tenth of a thousand it is more likely kWh for MWh or kg for t than a new furnace.
THOUSAND_FROM, THOUSAND_TO = 900.0, 1100.0


class UnusualChangeError(PlatformError):
    """The value differs from last year's by more than five times."""

    text_key = "unusual_change"


class UnitSlipError(PlatformError):
    """The value is about a thousand times last year's, or a thousandth."""

    text_key = "unit_slip"


class DuplicateRowError(PlatformError):
    """The same source and item stand in two rows."""

    text_key = "duplicate_row"


def last_year(rows: Sequence[StoredRow]) -> LastYear:
    """Return last year's numbers by source and item; what stood there twice is left out."""
    counts = Counter((row.source, row.item) for row in rows)
    return {
        (row.source, row.item): _numbers(row.cells)
        for row in rows
        if counts[(row.source, row.item)] == 1
    }


def unusual(rows: Sequence[Row], before: LastYear) -> list[CellProblem]:
    """Return the warnings of all rows: each compared with last year's, and with one another."""
    found: list[CellProblem] = []
    seen: dict[RowKey, int] = {}
    for position, row in enumerate(rows):
        key = (str(row.get("source", "")).strip(), str(row.get("item", "")).strip())
        if not any(key):
            continue
        found += _changes(position, row, before.get(key, {}))
        if key in seen:
            error = DuplicateRowError("item", value="/".join(filter(None, key)), row=seen[key] + 1)
            found.append(CellProblem(position, "item", "warning", error))
        seen.setdefault(key, position)
    return found


def _changes(position: int, row: Row, before: Mapping[str, float]) -> list[CellProblem]:
    numbers = _numbers(symbols_of(row))
    shared = [symbol for symbol in numbers if numbers[symbol] and before.get(symbol)]
    changes = ((symbol, _change(symbol, numbers[symbol], before[symbol])) for symbol in shared)
    return [CellProblem(position, name, "warning", error) for name, error in changes if error]


def _change(symbol: str, now: float, then: float) -> PlatformError | None:
    ratio = now / then
    if ratio < 0 or LOWEST_RATIO <= ratio <= HIGHEST_RATIO:
        return None
    slipped = any(THOUSAND_FROM <= each <= THOUSAND_TO for each in (ratio, 1 / ratio))
    kind = UnitSlipError if slipped else UnusualChangeError
    return kind(symbol, value=f"{now:,.6g}", before=f"{then:,.6g}", ratio=f"{ratio:.3g}")


def _numbers(cells: Mapping[str, str]) -> dict[str, float]:
    read = ((symbol, parse_cell(text)) for symbol, text in cells.items())
    return {symbol: number for symbol, number in read if isinstance(number, float)}
