"""Rows of the entry grid as records of the engine: text stays text, numbers become numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from services.collection.cells import CellError, CellProblem, is_missing, parse_cell
from services.collection.month_cells import month_in
from services.collection.notations import notation_in
from services.collection.typed_units import unit_in
from services.data.evidence_files import FILES
from services.data.submissions import StoredRow
from services.standards.balance_forms import PREFIX, form_for
from services.standards.balances import BALANCE
from services.standards.descriptions import MethodDescription, SourceDescription
from services.standards.months import MONTH
from services.standards.records import KEYS
from services.standards.request import Record

Row = Mapping[str, str]
# The option of the source's key: kind of boiler, kind of abatement, direction of a stream.
KEY = "key"
# `origin` says how the quantities of the row were found: measured (also when empty) or estimated.
PLAIN = ("source", "item", "note", "origin")
# What meters gave, taken over as a whole month, is measured too, and says so.
DEVICE = "device"
TYPED_ORIGINS = ("measured", "estimated")
ORIGINS = (*TYPED_ORIGINS, DEVICE)
_NO_SYMBOLS = frozenset((*PLAIN, KEY, MONTH, FILES))


@dataclass(frozen=True, slots=True)
class ParsedRows:
    """The rows that hold anything: `positions` says which row of the grid each record is."""

    positions: tuple[int, ...]
    records: tuple[Record, ...]
    filled: tuple[Row, ...]
    problems: tuple[CellProblem, ...]

    @property
    def stored(self) -> tuple[StoredRow, ...]:
        """Return the rows as they are kept with a submission."""
        return tuple(stored_row(row) for row in self.filled)


def parse_rows(method: MethodDescription, rows: Sequence[Row]) -> ParsedRows:
    """Return the records of the rows and every cell that cannot be read; empty rows are left out.

    A cell that cannot be read is left out of its record and is among the problems.
    """
    sources = {source.source: source for source in method.sources}
    # Very many rows ask for the few units of the same sources and items.
    asked = cache(lambda code, *place: unit_of(sources.get(code), *place))
    filled = [(position, row) for position, row in enumerate(rows) if not is_empty(row)]
    problems: list[CellProblem] = []
    records = [
        _Reader(sources.get(_text(row, "source")), asked, problems).record(position, row)
        for position, row in filled
    ]
    return ParsedRows(
        positions=tuple(position for position, _ in filled),
        records=tuple(records),
        filled=tuple(row for _, row in filled),
        problems=tuple(problems),
    )


def is_empty(row: Row) -> bool:
    """Return whether nothing but an origin stands in the row."""
    return all(is_missing(str(row[key])) for key in row if key != "origin" and key[:1] != "_")


def cell_of(field: str, record: Record) -> str:
    """Return the column in which a field of a record is entered: every key stands in one.

    What is wrong with a balance as a whole stands at the first of its terms.
    """
    terms = record.get(BALANCE)
    if field == BALANCE and isinstance(terms, Mapping):
        return f"{PREFIX}{next(iter(terms))}"
    return KEY if field in KEYS else field


def symbols_of(row: Row) -> dict[str, str]:
    """Return the quantities of a row by symbol, as typed, without the cells left empty."""
    named = [(key, str(row[key])) for key in row if key not in _NO_SYMBOLS and key[:1] != "_"]
    return {key: text for key, text in named if not is_missing(text)}


def as_row(stored: StoredRow) -> Row:
    """Return a row of a submission as the grid holds it."""
    return {"source": stored.source, "item": stored.item, **stored.cells, "note": stored.note}


def stored_row(row: Row) -> StoredRow:
    """Return a row as it is kept with a submission."""
    kept = symbols_of(row)
    kept |= {key: _text(row, key) for key in (KEY, MONTH, "origin", FILES) if _text(row, key)}
    return StoredRow(_text(row, "source"), _text(row, "item"), kept, _text(row, "note"))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows of one source; what cannot be read goes to the problems."""

    source: SourceDescription | None
    asked: Callable[[str, str, str], str]
    problems: list[CellProblem]

    def record(self, position: int, row: Row) -> Record:
        """Return a row as the engine takes it."""
        cells = symbols_of(row)
        notation = next(filter(None, map(notation_in, cells.values())), "")
        if notation:
            self.problems.extend(_beside_notation(position, cells, notation))
            return _without_number(row, notation)
        code, item, key = _text(row, "source"), _text(row, "item"), _text(row, KEY)
        inputs, terms = self._quantities(position, row, cells)
        named: dict[str, object] = {"item": item} if item else {}
        if key:
            # Where the source has no key, the engine says that it does not use what was chosen.
            named[self.source.key.name if self.source and self.source.key else KEY] = key
        if terms:
            named[BALANCE] = terms
        return {"source": code, **named, **_month(row), "inputs": inputs}

    def _quantities(
        self, position: int, row: Row, cells: Mapping[str, str]
    ) -> tuple[dict[str, object], dict[str, object]]:
        """Return the quantities of a row, and apart from them the terms of its balance."""
        code, item, origin = _text(row, "source"), _text(row, "item"), _text(row, "origin")
        inputs: dict[str, object] = {}
        terms: dict[str, object] = {}
        for symbol, text in cells.items():
            unit = self.asked(code, item, symbol)
            number = _number(text, unit)
            if isinstance(number, CellError):
                self.problems.append(CellProblem(position, symbol, "error", number))
            elif number is not None:
                place = terms if symbol.startswith(PREFIX) else inputs
                place[symbol.removeprefix(PREFIX)] = _quantity(number, unit, origin)
        return inputs, terms


def _month(row: Row) -> dict[str, object]:
    month = month_in(_text(row, MONTH))
    return {} if month is None else {MONTH: month}


def _without_number(row: Row, notation: str) -> Record:
    """Return the record of a row that says why it has no number; its note goes with it."""
    named = {name: _text(row, name) for name in ("item", "note") if _text(row, name)}
    return {"source": _text(row, "source"), **named, **_month(row), "missing": notation}


def _beside_notation(position: int, cells: Mapping[str, str], notation: str) -> list[CellProblem]:
    """Return the cells that hold something else where one says that there is no number."""
    return [
        CellProblem(position, symbol, "error", CellError(text, "beside_notation"))
        for symbol, text in cells.items()
        if notation_in(text) != notation
    ]


def _number(text: str, unit: str) -> float | CellError | None:
    number = parse_cell(text)
    # 5 % of a fuel burnt is no quantity; only a share may be given in per cent.
    if isinstance(number, float) and text.rstrip()[-1] in "%％" and unit and unit != "0..1":
        return CellError(text, "percent")
    if isinstance(number, CellError) and number.reason == "unit_in_cell":
        return unit_in(text, unit) or number
    return number


def _quantity(number: float, unit: str, origin: str) -> object:
    if origin in ORIGINS and unit:
        found = "measured" if origin == DEVICE else origin
        return {"value": number, "unit": unit, "origin": found}
    return number


def unit_of(source: SourceDescription | None, item: str, symbol: str) -> str:
    """Return the unit in which a quantity of a source and item is asked, or nothing."""
    if source is None:
        return ""
    if symbol.startswith(PREFIX):
        form = form_for(source.balances, item.lower())
        known = [found.symbol for found in source.symbols]
        symbol = next((s for s in form.symbols if s in known), symbol) if form else symbol
    for described in source.items:
        if described.item == item.lower() and symbol in described.units:
            return described.units[symbol]
    return next((found.unit for found in source.symbols if found.symbol == symbol), "")


def _text(row: Row, key: str) -> str:
    return str(row.get(key) or "").strip()
