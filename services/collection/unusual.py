"""What is possible but unusual in an entry: against last year, a unit slipped, a row twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.collection.cells import CellProblem, parse_cell
from services.collection.check_rules import Limits
from services.collection.month_cells import month_in
from services.collection.rows import Row, symbols_of
from services.data.submissions import StoredRow
from services.errors import PlatformError
from services.formatting import months_text
from services.standards.months import MONTH

# Source, item, and the month as it is understood; None is the whole year.
RowKey = tuple[str, str, int | str | None]
LastYear = Mapping[RowKey, Mapping[str, float]]
# Near a thousand it is more likely kWh for MWh or kg for t than a new furnace.
THOUSAND = 1000.0
CHANGE, SLIP = "change_last_year", "unit_slip_last_year"
DEFAULTS = Limits(date(2015, 1, 1))


class UnusualChangeError(PlatformError):
    """The value differs from last year's by more than five times."""

    text_key = "unusual_change"


class UnitSlipError(PlatformError):
    """The value is about a thousand times last year's, or a thousandth."""

    text_key = "unit_slip"


class DuplicateRowError(PlatformError):
    """The same source and item stand in two rows of the same month, or of the whole year."""

    text_key = "duplicate_row"


class MonthsLackingError(PlatformError):
    """A source and item is entered by month, and some months say nothing."""

    text_key = "months_lacking"


class MonthBesideYearError(PlatformError):
    """A source and item have a row of the whole year and rows of months."""

    text_key = "month_beside_year"


def last_year(rows: Sequence[StoredRow]) -> LastYear:
    """Return last year's numbers by source, item, month; what stood there twice is left out."""
    keys = [_key(row.source, row.item, row.cells) for row in rows]
    counts = Counter(keys)
    return {
        key: _numbers(row.cells) for key, row in zip(keys, rows, strict=True) if counts[key] == 1
    }


def unusual(
    rows: Sequence[Row], before: LastYear, ended: Iterable[int] = (), limits: Limits = DEFAULTS
) -> list[CellProblem]:
    """Return the warnings of all rows: each compared with last year's, and with one another.

    `ended` are the months that are over, of which something should be said.
    """
    found: list[CellProblem] = []
    seen: dict[RowKey, int] = {}
    for position, row in enumerate(rows):
        key = _key(str(row.get("source", "")), str(row.get("item", "")), row)
        if not any(key[:2]):
            continue
        if key in before:
            found += _changes(position, row, before[key], limits)
        if key in seen:
            error = DuplicateRowError("item", value=_named(key), row=seen[key] + 1)
            found.append(CellProblem(position, "item", "warning", error))
        seen.setdefault(key, position)
    return [*found, *_beside_years(seen), *_lacking(seen, ended)]


def _key(source: str, item: str, cells: Mapping[str, str]) -> RowKey:
    month = month_in(str(cells.get(MONTH) or ""))
    # 2023-03 and 3 are the same month; a month of another year is an error of its own.
    if isinstance(month, str) and month[-3:-2] == "-" and month[-2:].isdecimal():
        month = int(month[-2:])
    return source.strip(), item.strip(), month


def _beside_years(seen: Mapping[RowKey, int]) -> list[CellProblem]:
    """Return a warning at each row of the whole year that has months beside it."""
    first_months: dict[tuple[str, str], int] = {}
    for (source, item, month), position in seen.items():
        if month is not None:
            first_months.setdefault((source, item), position)
    return [
        CellProblem(position, MONTH, "warning", _beside(key, first_months[key[:2]]))
        for key, position in seen.items()
        if key[2] is None and key[:2] in first_months
    ]


def _lacking(seen: Mapping[RowKey, int], ended: Iterable[int]) -> list[CellProblem]:
    """Return a warning at the first row of each source and item that lacks months that are over."""
    rows: dict[tuple[str, str], dict[int | str | None, int]] = {}
    for (source, item, month), position in seen.items():
        rows.setdefault((source, item), {})[month] = position
    found = []
    for key, months in rows.items():
        lacking = [month for month in ended if month not in months]
        if None not in months and lacking:
            told = {"value": "/".join(filter(None, key)), "months": months_text(lacking)}
            error = MonthsLackingError(MONTH, **told)
            found.append(CellProblem(min(months.values()), MONTH, "warning", error))
    return found


def _beside(key: RowKey, first_month: int) -> PlatformError:
    return MonthBesideYearError(MONTH, value=_named(key), row=first_month + 1)


def _named(key: RowKey) -> str:
    return "/".join(filter(None, key[:2]))


def _changes(
    position: int, row: Row, before: Mapping[str, float], limits: Limits
) -> list[CellProblem]:
    numbers = _numbers(symbols_of(row))
    shared = [symbol for symbol in numbers if numbers[symbol] and before.get(symbol)]
    found = []
    for symbol in shared:
        point = "/".join((*(str(row.get(key) or "").strip() for key in _OF_POINT), symbol))
        times = limits.all_of(CHANGE, point)["times"].value
        near = limits.all_of(SLIP, point)["near"].value / 100
        error = _change(symbol, (numbers[symbol], before[symbol]), times, near)
        if error:
            found.append(CellProblem(position, symbol, "warning", error))
    return found


_OF_POINT = ("source", "item", "key")


def _change(
    symbol: str, years: tuple[float, float], times: float, near: float
) -> PlatformError | None:
    now, then = years
    ratio = now / then
    if ratio < 0 or 1 / times <= ratio <= times:
        return None
    slipped = any(abs(each / THOUSAND - 1) <= near for each in (ratio, 1 / ratio))
    kind = UnitSlipError if slipped else UnusualChangeError
    return kind(
        symbol, value=f"{now:,.6g}", before=f"{then:,.6g}", ratio=f"{ratio:.3g}", times=f"{times:g}"
    )


def _numbers(cells: Mapping[str, str]) -> dict[str, float]:
    read = ((symbol, parse_cell(text)) for symbol, text in cells.items())
    return {symbol: number for symbol, number in read if isinstance(number, float)}
