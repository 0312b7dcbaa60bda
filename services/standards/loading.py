"""Methods from the data files, every name resolved and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from services.i18n.words import Words, words_of
from services.standards.balance_forms import BalanceForm
from services.standards.descriptions import Key
from services.standards.formulas.registry import FORMULAS
from services.standards.model import BALANCE, CONSTANT, Factor, Input, Item, Method, Source
from services.standards.patterns import (
    Slot,
    items_named,
    of_editions,
    resolve,
    tables_of,
    written_out,
)
from services.standards.sectors import by_sector, sources_of_inventory
from services.standards.shelf import Shelf, item_of
from services.standards.tables import (
    Row,
    StandardDataError,
    day,
    names_of,
    read_rows,
    read_toml,
    unique,
)

NO_ITEM = -1
# Streams of a balance may also stand as rows of their own, each with its direction.
DIRECTION = "direction"
FOLDER = "methods"


def load_methods(folder: Path, shelf: Shelf) -> dict[str, Method]:
    """Return every method by its designation, loaded ones first."""
    paths = sorted((folder / FOLDER).glob("*.toml"))
    methods = [_method(read_toml(path.name, path.parent), folder, shelf) for path in paths]
    methods += [_not_loaded(row) for row in read_rows("methods_not_loaded.csv", folder)]
    rows: list[Row] = [{"designation": method.designation} for method in methods]
    unique(rows, ("designation",), FOLDER)
    return {method.designation: method for method in methods}


def _not_loaded(row: Row) -> Method:
    valid_from = day(row["valid_from"])
    if valid_from is None:
        raise StandardDataError(row["designation"], "no first day")
    return Method(
        designation=row["designation"],
        names=names_of(row),
        purpose=row["purpose"],
        subject=row["subject"],
        industry=row["industry"],
        gwp_set="",
        published=day(row["published"]),
        valid_from=valid_from,
        valid_to=day(row["valid_to"]),
        reference=Words(),
        is_loaded=False,
        sources={},
    )


def _method(entry: Mapping[str, Any], folder: Path, shelf: Shelf) -> Method:
    designation = entry["designation"]
    own = [{"editions": entry.get("editions", ()), **source} for source in entry["source"]]
    stated = [*own, *sources_of_inventory(entry, folder)]
    rows: list[Row] = [{"code": source["code"]} for source in stated]
    unique(rows, ("code",), designation)
    sources = [
        replace(
            _source(designation, source, shelf),
            balances=_balances(designation, source, rows, shelf),
        )
        for source in by_sector(stated)
    ]
    return Method(
        designation=designation,
        names=entry["names"],
        purpose=entry["purpose"],
        subject=entry["subject"],
        industry=entry.get("industry", ""),
        gwp_set=entry["gwp_set"],
        published=entry.get("published"),
        valid_from=entry["valid_from"],
        valid_to=entry.get("valid_to"),
        reference=words_of(entry["reference"]),
        is_loaded=True,
        sources={source.code: source for source in sources},
    )


def _balances(
    method: str, entry: Mapping[str, Any], sources: Iterable[Row], shelf: Shelf
) -> tuple[BalanceForm, ...]:
    """Return the forms from which the amount of a source may follow."""
    codes = {row["code"] for row in sources}
    return tuple(form for form in shelf.balances if form.fits(method, entry, codes))


def _source(method: str, entry: Mapping[str, Any], shelf: Shelf) -> Source:
    place = f"{method} {entry['code']}"
    if entry["kind"] not in FORMULAS:
        raise StandardDataError(place, f"unknown formula {entry['kind']}")
    inputs = {i.symbol: i for i in _inputs(entry, shelf)}
    items = _items(inputs.values(), entry.get("table", ""), shelf)
    key = shelf.keys[DIRECTION] if entry["kind"] == BALANCE else _key(inputs.values(), shelf)
    reference = words_of(entry["reference"])
    return Source(
        method=method,
        code=entry["code"],
        names=entry["names"],
        kind=entry["kind"],
        gases=tuple(entry["gases"]),
        emission_scope=entry["emission_scope"],
        sign=entry["sign"],
        status=entry["status"],
        reference=Words(f"{method}：{reference.zh}", f"{method}: {reference.en}"),
        policy=entry.get("policy", ""),
        inputs=inputs,
        items=items,
        item_index={item.code: index for index, item in enumerate(items)},
        choices=FORMULAS[entry["kind"]].choices_for(frozenset(inputs)),
        key=key,
        defaults=_defaults(inputs.values(), _slots(items, key), shelf, place),
        symbol_by_name={name: s for s, i in inputs.items() for name in (s, *i.aliases)},
        sector=entry.get("sector", ""),
        editions=tuple(entry["editions"]),
    )


def _inputs(entry: Mapping[str, Any], shelf: Shelf) -> Iterator[Input]:
    """Return the quantities of a source: its own, or those it shares under a name."""
    own = entry["inputs"]
    for symbol, cell in (shelf.inputs[own] if isinstance(own, str) else own).items():
        if symbol not in shelf.symbols:
            raise StandardDataError("symbols.csv", f"no name for {symbol}")
        row = shelf.symbols[symbol]
        yield Input(
            symbol=symbol,
            names=cell.get("names") or names_of(row),
            unit=cell["unit"],
            aliases=tuple(row["aliases"].split()),
            default=of_editions(
                written_out(cell.get("default", ""), entry.get("table", "")),
                entry["editions"],
            ),
            constant=cell.get("constant"),
            policy=cell.get("policy", False),
            status=cell.get("status", entry["status"]),
        )


def _items(inputs: Iterable[Input], chain: str, shelf: Shelf) -> tuple[Item, ...]:
    """Return the items a source knows: those of its fuel tables, and those its defaults name."""
    found: dict[str, Item] = {}
    for table, only in tables_of(chain).items():
        for code, item in shelf.fuels[table].items():
            if only is None or code in only:
                found.setdefault(code, item)
    codes = [c for c in shelf.factors if c.split(".")[0] not in shelf.fuels]
    for entry in inputs:
        for code in items_named(entry.default, codes):
            found.setdefault(code, item_of(code, shelf.names, shelf.kinds))
    return tuple(found.values())


def _key(inputs: Iterable[Input], shelf: Shelf) -> Key | None:
    """Return the key that the defaults of a source depend on, if any."""
    named = {k for k in shelf.keys for entry in inputs if f"{{{k}}}" in entry.default}
    return shelf.keys[named.pop()] if named else None


def _slots(items: tuple[Item, ...], key: Key | None) -> list[Slot]:
    """Return every item and no item, each with every option of the key."""
    codes = [*(item.code.upper() for item in items), ""]
    if key is None or key.name == DIRECTION:
        return [Slot(code) for code in codes]
    return [Slot(code, key.name, option) for code in codes for option in key.variants]


def _defaults(
    inputs: Iterable[Input], slots: list[Slot], shelf: Shelf, place: str
) -> dict[str, tuple[Factor | None, ...]]:
    """Return for each symbol the default of every slot."""
    found: dict[str, tuple[Factor | None, ...]] = {}
    for entry in inputs:
        constant = _constant(entry, place)
        if entry.constant is not None:
            found[entry.symbol] = (constant,) * len(slots)
        elif entry.default:
            pattern = entry.default
            values = tuple(resolve(pattern, s, shelf.factors, constant) for s in slots)
            if not any(values):
                raise StandardDataError(place, f"no factor fits {pattern}")
            found[entry.symbol] = values
    return found


def _constant(entry: Input, place: str) -> Factor:
    return Factor(
        code="",
        value=float(entry.constant or 0),
        unit=entry.unit,
        status=entry.status,
        applies_from=date.min,
        published=None,
        reference=Words(place, place),
        origin=CONSTANT,
    )
