"""Reading one record: its source, item and quantities, and which alternative they choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.errors import PlatformError
from services.standards.catalog import Catalog
from services.standards.choosing import Choosing, Row, names_of
from services.standards.loading import NO_ITEM
from services.standards.model import AsOf, Input, Limit, Method
from services.standards.policies import SENDER, grid_factor
from services.standards.problems import (
    AboveCeilingError,
    DuplicateKeyError,
    MissingFieldError,
    MissingItemError,
    UnknownFieldError,
    UnknownItemError,
    UnknownSourceError,
    UnknownSymbolError,
    UnusedKeyError,
    UnusualValueError,
    WrongTypeError,
    shown,
)
from services.standards.quantities import read_quantity, read_unit
from services.standards.results import Notice
from services.units import are_alike

ERROR, WARNING = "error", "warning"
KEYS = ("equipment", "abatement")
FIELDS = ("source", "item", "inputs", *KEYS)
# Measured values may leave the range of the printed ones by half.
TOLERANCE = 0.5


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: `field` is source, item, inputs or a symbol."""

    record: int
    field: str
    severity: str
    error: PlatformError


@dataclass(frozen=True, slots=True)
class Context:
    """What all records of a calculation share."""

    catalog: Catalog
    method: Method
    region: str
    as_of: AsOf


class RecordReader:
    """Reads a record and keeps every problem it meets, each at its cell."""

    def __init__(self, context: Context, record: int) -> None:
        self.problems: list[Problem] = []
        self._context = context
        self._record = record

    def read(self, raw: object) -> Row | None:
        """Return the record as a row; nothing when it cannot be told what it is about."""
        if not isinstance(raw, Mapping):
            error = WrongTypeError(
                self._where(""), value=shown(raw), expected_zh="对象", expected_en="an object"
            )
            self._add("source", error)
            return None
        self._check_fields(raw)
        row = self._read_source(raw)
        if row is None:
            return None
        self._read_keys(raw, row)
        if self._read_item(raw, row):
            self._read_inputs(raw, row)
        return row

    def _where(self, field_: str) -> str:
        place = f"records[{self._record}]"
        if not field_:
            return place
        is_plain = field_ in FIELDS
        return f"{place}.{field_}" if is_plain else f"{place}.inputs.{field_}"

    def _add(self, field_: str, error: PlatformError, severity: str = ERROR) -> None:
        self.problems.append(Problem(self._record, field_, severity, error))

    def _check_fields(self, raw: Mapping[object, object]) -> None:
        for key in raw:
            if key not in FIELDS:
                where = f"{self._where('')}.{shown(key)}"
                self._add(
                    shown(key),
                    UnknownFieldError(where, value=shown(key), known=", ".join(FIELDS)),
                )

    def _read_source(self, raw: Mapping[str, object]) -> Row | None:
        code = raw.get("source")
        where = self._where("source")
        if code is None or code == "":
            self._add("source", MissingFieldError(where, value="source"))
            return None
        sources = self._context.method.sources
        if not isinstance(code, str) or code not in sources:
            known = ", ".join(sources)
            self._add("source", UnknownSourceError(where, value=shown(code), known=known))
            return None
        return Row(self._record, sources[code])

    def _read_keys(self, raw: Mapping[str, object], row: Row) -> None:
        for key in KEYS:
            if raw.get(key) not in (None, ""):
                error = UnusedKeyError(self._where(key), value=key, source=row.source.code)
                self._add(key, error)

    def _read_item(self, raw: Mapping[str, object], row: Row) -> bool:
        """Set the item; return false when it is not known, as nothing else can be said then."""
        code = raw.get("item")
        if code is None or code == "":
            return True
        if isinstance(code, str) and row.source.policy == SENDER:
            return self._read_sender(code, row)
        index = row.source.item_index.get(code.lower()) if isinstance(code, str) else None
        if index is None:
            known = ", ".join(row.source.item_index) or "—"
            where, value = self._where("item"), shown(code)
            error = UnknownItemError(where, value=value, source=row.source.code, known=known)
            self._add("item", error)
            return False
        item = row.source.items[index]
        row.item, row.item_code, row.basis = index, item.code, item.activity_unit
        return True

    def _read_sender(self, code: str, row: Row) -> bool:
        if not self._context.catalog.grids.is_region(code):
            known = "110000, …, 650000"
            where, value = self._where("item"), shown(code)
            error = UnknownItemError(where, value=value, source=row.source.code, known=known)
            self._add("item", error)
            return False
        row.item_code = code
        return True

    def _read_inputs(self, raw: Mapping[str, object], row: Row) -> None:
        inputs = raw.get("inputs")
        if not isinstance(inputs, Mapping):
            self._add("inputs", self._inputs_error(inputs))
            return
        cells = self._by_symbol(inputs, row)
        row.basis = self._basis(cells, row)
        failed = frozenset(s for s, cell in cells.items() if not self._read_cell(s, cell, row))
        self._choose(row, failed)
        self._fill_policy(row)

    def _inputs_error(self, inputs: object) -> PlatformError:
        where = self._where("inputs")
        if inputs is None:
            return MissingFieldError(where, value="inputs")
        return WrongTypeError(
            where, value=shown(inputs), expected_zh="对象", expected_en="an object"
        )

    def _by_symbol(self, inputs: Mapping[object, object], row: Row) -> dict[str, object]:
        """Return the cells by symbol, aliases translated."""
        cells: dict[str, object] = {}
        for name, cell in inputs.items():
            symbol = row.source.symbol_by_name.get(name) if isinstance(name, str) else None
            where = f"{self._where('inputs')}.{shown(name)}"
            if symbol is None:
                known = ", ".join(row.source.inputs)
                value, source = shown(name), row.source.code
                error = UnknownSymbolError(where, value=value, source=source, known=known)
                self._add(shown(name), error)
            elif symbol in cells:
                self._add(symbol, DuplicateKeyError(where, value=symbol))
            else:
                cells[symbol] = cell
        return cells

    def _basis(self, cells: Mapping[str, object], row: Row) -> str:
        """Return the unit a fuel without item is counted in: that of its amount."""
        if row.item != NO_ITEM or "FC" not in cells:
            return row.basis
        gas_unit = row.source.inputs["FC"].unit.split(" or ")[-1]
        raw = cells["FC"]
        name = raw.get("unit") if isinstance(raw, Mapping) else None
        try:
            is_gas = isinstance(name, str) and are_alike(name, gas_unit)
        except LookupError:
            is_gas = False
        return gas_unit if is_gas else row.basis

    def _read_cell(self, symbol: str, cell: object, row: Row) -> bool:
        """Read one quantity into the row; return whether it can be used."""
        entry = row.source.inputs[symbol]
        expected = entry.unit_for(row.basis)
        where = self._where(symbol)
        try:
            read_unit(cell, expected, where)
            quantity = read_quantity(cell, expected, where)
        except PlatformError as error:
            self._add(symbol, error)
            return False
        row.given[symbol] = quantity
        return self._check_limits(entry, expected, quantity.value, row)

    def _check_limits(self, entry: Input, expected: str, value: float, row: Row) -> bool:
        limit = self._context.catalog.limits.get((entry.symbol, expected), _NO_LIMIT)
        names = names_of(entry) | {"symbol": entry.symbol, "value": value, "unit": expected}
        where = self._where(entry.symbol)
        if limit.ceiling is not None and value > limit.ceiling:
            self._add(entry.symbol, AboveCeilingError(where, ceiling=limit.ceiling, **names))
            return False
        low, high = self._usual(entry.symbol, limit, row)
        if (low is not None and value < low) or (high is not None and value > high):
            error = UnusualValueError(where, low=low, high=high, **names)
            self._add(entry.symbol, error, WARNING)
        return True

    def _usual(self, symbol: str, limit: Limit, row: Row) -> tuple[float | None, float | None]:
        if row.item == NO_ITEM:
            return limit.low, limit.high
        item = row.source.items[row.item]
        if symbol == "NCV" and item.ncv_range:
            return item.ncv_range
        span = self._context.catalog.kinds[item.kind].ranges.get(symbol)
        if span is None:
            return limit.low, limit.high
        return span[0] * (1 - TOLERANCE), span[1] * (1 + TOLERANCE)

    def _choose(self, row: Row, failed: frozenset[str]) -> None:
        """Set what the record uses, and report what is missing or contradicts."""
        choosing = Choosing(row, failed, self._context.as_of)
        used = choosing.plain()
        for choice in row.source.choices:
            option = choosing.option(choice)
            used |= set(option)
            for symbol in choosing.contradicting(choice, option):
                self._add(symbol, choosing.conflict(symbol, choice, self._where(symbol)))
        row.used = frozenset(used)
        missing = choosing.missing(used)
        by_item = choosing.by_item(missing)
        if by_item:
            error = MissingItemError(self._where("item"), symbols=", ".join(by_item))
            self._add("item", error)
        for symbol in missing:
            if symbol not in by_item:
                self._add(symbol, choosing.missing_error(symbol, self._where(symbol)))

    def _fill_policy(self, row: Row) -> None:
        open_ = [i for s, i in row.source.inputs.items() if i.policy and s not in row.given]
        for entry in open_:
            if any(p.field == entry.symbol and p.severity == ERROR for p in self.problems):
                continue
            place = row.item_code or self._context.region
            grids, as_of = self._context.catalog.grids, self._context.as_of
            try:
                row.policy = grid_factor(grids, place, as_of, self._where(entry.symbol))
            except PlatformError as error:
                self._add(entry.symbol, error)
                continue
            row.notices += row.policy.notices
            if row.source.policy == SENDER and not row.item_code:
                row.notices.append(Notice("sender_assumed"))


_NO_LIMIT = Limit(None, None, None)
