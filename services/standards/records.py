"""Reading one record: its source, item and quantities, and which alternative they choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.errors import PlatformError
from services.standards.balances import BALANCE, BalanceWithAmountError, TermReader
from services.standards.basis import basis_of
from services.standards.choosing import Choosing, Chosen, Row, names_of
from services.standards.context import Context
from services.standards.descriptions import Key
from services.standards.limits import usual_range
from services.standards.loading import DIRECTION
from services.standards.missing import read_missing
from services.standards.model import Input, Limit
from services.standards.months import MONTH
from services.standards.policies import SENDER
from services.standards.problems import (
    AboveCeilingError,
    DuplicateKeyError,
    MissingFieldError,
    MissingItemError,
    MissingKeyError,
    UnknownFieldError,
    UnknownItemError,
    UnknownOptionError,
    UnknownSourceError,
    UnknownSymbolError,
    UnusedKeyError,
    UnusualValueError,
    WrongTypeError,
    shown,
)
from services.standards.quantities import read_quantity, read_unit
from services.standards.results import MissingRecord, Notice

ERROR, WARNING = "error", "warning"
KEYS = (
    *("equipment", "abatement", "direction", "use", "husbandry", "site"),
    *("zone", "nitrogen_zone", "sewage_zone"),
)
DIRECTIONS = {"in": 1, "out": -1}
_ALL_KEYS = frozenset(KEYS)
FIELDS = ("source", "item", MONTH, "inputs", BALANCE, "missing", "note", *KEYS)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: `field` is source, item, inputs or a symbol."""

    record: int
    field: str
    severity: str
    error: PlatformError


class RecordReader:
    """Reads a record and keeps every problem it meets, each at its cell."""

    def __init__(self, context: Context, record: int) -> None:
        self.problems: list[Problem] = []
        self.missing: list[MissingRecord] = []
        self._context = context
        self._record = record
        self._place = f"records[{record}]"

    def read(self, raw: object) -> Row | None:
        """Return the record as a row; nothing when it cannot be told what it is about."""
        if not isinstance(raw, Mapping):
            self._add("source", _no_object(self._where(""), raw))
            return None
        self._check_fields(raw)
        row = self._read_source(raw)
        if row is None:
            return None
        self._read_keys(raw, row)
        if row.source.key and not row.variant:
            row.variant = row.source.key.option_of(self._context.region)
        if not self._read_item(raw, row):
            return row
        if raw.get("missing") is not None or raw.get("note") is not None:
            self._read_missing(raw, row)
            return None
        self._read_inputs(raw, row)
        return row

    def _read_missing(self, raw: Mapping[str, object], row: Row) -> None:
        """Keep a record without a number, with the reason why."""
        try:
            place = (self._record, row.source, row.item_code)
            self.missing.append(read_missing(raw, self._where(""), place))
        except PlatformError as error:
            self._add(error.where.rpartition(".")[2], error)

    def _where(self, field_: str) -> str:
        if not field_:
            return self._place
        is_plain = field_ in FIELDS
        return f"{self._place}.{field_}" if is_plain else f"{self._place}.inputs.{field_}"

    def take(self, problems: Iterable[Problem]) -> None:
        """Keep the problems that another reader met in a part of the record."""
        self.problems += problems

    def _add(self, field_: str, error: PlatformError, severity: str = ERROR) -> None:
        self.problems.append(Problem(self._record, field_, severity, error))

    def _check_fields(self, raw: Mapping[object, object]) -> None:
        for key in raw:
            if key not in FIELDS:
                where, value = f"{self._where('')}.{shown(key)}", shown(key)
                self._add(value, UnknownFieldError(where, value=value, known=", ".join(FIELDS)))

    def _read_source(self, raw: Mapping[str, object]) -> Row | None:
        code = raw.get("source")
        sources = self._context.method.sources
        if isinstance(code, str) and code in sources:
            return Row(self._record, sources[code])
        where = self._where("source")
        if code is None or code == "":
            self._add("source", MissingFieldError(where, value="source"))
        else:
            known = ", ".join(sources)
            self._add("source", UnknownSourceError(where, value=shown(code), known=known))
        return None

    def _read_keys(self, raw: Mapping[str, object], row: Row) -> None:
        if _ALL_KEYS.isdisjoint(raw):
            return
        for name in KEYS:
            value, key = raw.get(name), row.source.key
            if value is None or value == "":
                continue
            if key is None or key.name != name:
                error = UnusedKeyError(self._where(name), value=name, source=row.source.code)
                self._add(name, error)
                continue
            option = value.lower() if isinstance(value, str) else ""
            if option not in key.options:
                known = ", ".join(key.options)
                where = self._where(name)
                self._add(name, UnknownOptionError(where, value=shown(value), known=known))
                continue
            if name == DIRECTION:
                row.sign, row.place = DIRECTIONS[option], option
            else:
                row.variant = option

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
        if inputs is None and raw.get(BALANCE) is not None:
            inputs = {}
        if not isinstance(inputs, Mapping):
            where = self._where("inputs")
            missing = MissingFieldError(where, value="inputs")
            self._add("inputs", missing if inputs is None else _no_object(where, inputs))
            return
        if row.source.is_balance and not row.place:
            self._read_streams(inputs, row)
            return
        self._read_cells(inputs, row, raw.get(BALANCE))

    def _read_streams(self, inputs: Mapping[object, object], row: Row) -> None:
        if any(name in row.source.symbol_by_name for name in inputs):
            error = MissingFieldError(self._where(DIRECTION), value=DIRECTION)
            self._add(DIRECTION, error)
            return
        reader = BalanceReader(self._context, self._record)
        row.streams = reader.streams(inputs, row)
        self.take(reader.problems)

    def _read_cells(
        self, inputs: Mapping[object, object], row: Row, balance: object = None
    ) -> None:
        cells = self._by_symbol(inputs, row)
        row.basis = basis_of(cells, row)
        failed = frozenset([s for s, cell in cells.items() if not self._read_cell(s, cell, row)])
        if balance is not None:
            failed |= self._read_balance(balance, row)
        self._choose(row, failed)
        self._fill_policy(row)

    def _read_balance(self, raw: object, row: Row) -> frozenset[str]:
        """Derive the amount from its balance; return the symbols that cannot be used."""
        where = self._where(BALANCE)
        reader = TermReader(row.source, row.item_code, row.basis, where)
        row.balance = found = reader.read(raw)
        if found and found.symbol in row.given:
            reader.problems.append((BALANCE, BalanceWithAmountError(where, symbol=found.symbol)))
        for field_, error in reader.problems:
            self._add(field_, error)
        if found is None or reader.problems:
            return reader.results()
        row.given[found.symbol] = found.amount()
        row.notices += found.notices()
        entry = row.source.inputs[found.symbol]
        is_usable = self._check_limits(entry, found.unit, abs(found.counted), row)
        return frozenset() if is_usable else reader.results()

    def _by_symbol(self, inputs: Mapping[object, object], row: Row) -> dict[str, object]:
        """Return the cells by symbol, aliases translated."""
        cells: dict[str, object] = {}
        for name, cell in inputs.items():
            symbol = row.source.symbol_by_name.get(name) if isinstance(name, str) else None
            if symbol is not None and symbol not in cells:
                cells[symbol] = cell
                continue
            where = f"{self._where('inputs')}.{shown(name)}"
            if symbol is None:
                known = ", ".join(row.source.inputs)
                value, source = shown(name), row.source.code
                error = UnknownSymbolError(where, value=value, source=source, known=known)
                self._add(shown(name), error)
            else:
                self._add(symbol, DuplicateKeyError(where, value=symbol))
        return cells

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
        is_above = limit.ceiling is not None and value > limit.ceiling
        low, high = usual_range(entry.symbol, limit, row, self._context.catalog.kinds)
        is_unusual = (low is not None and value < low) or (high is not None and value > high)
        if not (is_above or is_unusual):
            return True
        names = names_of(entry) | {"symbol": entry.symbol, "value": value, "unit": expected}
        where = self._where(entry.symbol)
        if is_above:
            self._add(entry.symbol, AboveCeilingError(where, ceiling=limit.ceiling, **names))
        else:
            error = UnusualValueError(where, low=low, high=high, **names)
            self._add(entry.symbol, error, WARNING)
        return not is_above

    def _choose(self, row: Row, failed: frozenset[str]) -> None:
        """Set what the record uses; what its shape decides is worked out for its first row."""
        row.shape = None if failed else row.shape_of()
        chosen = self._context.chosen.get(row.shape) if row.shape else None
        if chosen is None:
            before = len(self.problems)
            chosen = self._chosen(row, failed)
            if row.shape and len(self.problems) == before:
                self._context.chosen[row.shape] = chosen
        row.used = chosen.used
        for symbols in chosen.ignored:
            row.ignore(symbols)

    def _chosen(self, row: Row, failed: frozenset[str]) -> Chosen:
        """Return what the record uses, and report what is missing or contradicts."""
        choosing = Choosing(row, failed, self._context.as_of)
        used, ignored = choosing.plain(), []
        for choice in row.source.choices:
            option = choosing.option(choice)
            used |= set(option)
            extra = choosing.contradicting(choice, option)
            if extra and not choice.is_strict:
                ignored.append(tuple(extra))
                continue
            for symbol in extra:
                self._add(symbol, choosing.conflict(symbol, choice, self._where(symbol)))
        self._report_missing(row, choosing, used)
        return Chosen(frozenset(used), tuple(ignored))

    def _report_missing(self, row: Row, choosing: Choosing, used: set[str]) -> None:
        missing = choosing.missing(used)
        by_item, by_key = choosing.by_item(missing), choosing.by_key(missing)
        if by_item:
            error = MissingItemError(self._where("item"), symbols=", ".join(by_item))
            self._add("item", error)
        if by_key and row.source.key:
            self._add(row.source.key.name, self._missing_key(row.source.key, by_key))
        for symbol in missing:
            if symbol not in (*by_item, *by_key):
                self._add(symbol, choosing.missing_error(symbol, self._where(symbol)))

    def _missing_key(self, key: Key, symbols: Sequence[str]) -> PlatformError:
        known, named = ", ".join(key.options), ", ".join(symbols)
        return MissingKeyError(self._where(key.name), name=key.name, symbols=named, known=known)

    def _fill_policy(self, row: Row) -> None:
        inputs = row.source.inputs.items() if row.source.policy else ()
        for entry in [i for s, i in inputs if i.policy and s not in row.given]:
            if any(p.field == entry.symbol and p.severity == ERROR for p in self.problems):
                continue
            place = row.item_code or self._context.region
            try:
                where = self._where(entry.symbol)
                row.policy = self._context.policy(row.source.policy, place, where)
            except PlatformError as error:
                self._add(entry.symbol, error)
                continue
            row.notices += row.policy.notices
            if row.source.policy == SENDER and not row.item_code:
                row.notices.append(Notice("sender_assumed"))


class BalanceReader(RecordReader):
    """Reads the streams of a balance: a list of what enters, and one of what leaves."""

    def __init__(self, context: Context, record: int) -> None:
        super().__init__(context, record)
        self._stream = ""

    def streams(self, inputs: Mapping[object, object], whole: Row) -> list[Row]:
        """Return one row for each stream that can be understood."""
        for name in inputs:
            if name not in DIRECTIONS:
                where, known = f"{super()._where('inputs')}.{shown(name)}", ", ".join(DIRECTIONS)
                error = UnknownSymbolError(
                    where, value=shown(name), source=whole.source.code, known=known
                )
                self._add(shown(name), error)
        found = [
            row for name in DIRECTIONS if name in inputs for row in self._side(name, inputs, whole)
        ]
        if not found and not self.problems:
            where = f"{super()._where('inputs')}.in"
            self._add("inputs", MissingFieldError(where, value="in"))
        return found

    def _where(self, field_: str) -> str:
        place = f"{super()._where('inputs')}.{self._stream}"
        return f"{place}.{field_}" if field_ not in ("", "inputs") else place

    def _add(self, field_: str, error: PlatformError, severity: str = ERROR) -> None:
        super()._add(f"{self._stream}.{field_}" if self._stream else field_, error, severity)

    def _side(self, name: str, inputs: Mapping[object, object], whole: Row) -> Iterator[Row]:
        listed = inputs[name]
        if not isinstance(listed, list):
            where = f"{super()._where('inputs')}.{name}"
            expected = {"expected_zh": "列表", "expected_en": "a list"}
            self._add(name, WrongTypeError(where, value=shown(listed), **expected))
            return
        for index, raw in enumerate(listed):
            self._stream = f"{name}[{index}]"
            row = Row(self._record, whole.source, place=self._stream, sign=DIRECTIONS[name])
            if self._read_stream(raw, row):
                yield row
        self._stream = ""

    def _read_stream(self, raw: object, row: Row) -> bool:
        """Read item and quantities of one stream; return whether it can be computed."""
        if not isinstance(raw, Mapping):
            self._add("", _no_object(self._where(""), raw))
            return False
        before = len(self.problems)
        if self._read_item(raw, row):
            self._read_cells({k: v for k, v in raw.items() if k != "item"}, row)
        return not any(p.severity == ERROR for p in self.problems[before:])


def _no_object(where: str, value: object) -> PlatformError:
    return WrongTypeError(where, value=shown(value), expected_zh="对象", expected_en="an object")


_NO_LIMIT = Limit(None, None, None)
