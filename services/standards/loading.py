"""Methods, factors and names from the data files, every name resolved and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from services.standards.formulas import FORMULAS
from services.standards.model import CONSTANT, Factor, Input, Item, Kind, Limit, Method, Source
from services.standards.tables import (
    Row,
    StandardDataError,
    day,
    names_of,
    number,
    read_rows,
    read_toml,
    unique,
)

_PLACE = re.compile(r"\{item(?::([A-Z0-9_,]+))?\}")
_PERCENT_COLUMNS = {"of_percent": "OF", "fossil_percent": "FOSSIL_FRACTION"}
NO_ITEM = -1


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the sources of all methods refer to."""

    names: Mapping[str, Row]
    symbols: Mapping[str, Row]
    inputs: Mapping[str, Any]
    factors: Mapping[str, Factor]
    fuels: Mapping[str, tuple[Item, ...]]


def load_methods(folder: Path) -> dict[str, Method]:
    """Return every method by its designation, loaded ones first."""
    shelf = load_shelf(folder)
    methods = [_method(entry, shelf) for entry in read_toml("methods.toml", folder)["method"]]
    methods += [_not_loaded(row) for row in read_rows("methods_not_loaded.csv", folder)]
    found: dict[str, Method] = {}
    for method in methods:
        if method.designation in found:
            raise StandardDataError("methods", f"{method.designation} twice")
        found[method.designation] = method
    return found


def load_shelf(folder: Path) -> Shelf:
    """Return names, inputs, factors and fuel tables."""
    items = {row["item"]: row for row in unique(read_rows("items.csv", folder), ("item",), "items")}
    symbols = {row["symbol"]: row for row in read_rows("symbols.csv", folder)}
    fuels = unique(read_rows("fuels.csv", folder), ("table", "item"), "fuels.csv")
    tables = {row["table"]: row for row in read_rows("tables.csv", folder)}
    factors = unique(read_rows("factors.csv", folder), ("code",), "factors.csv")
    found = {row["code"]: _factor(row) for row in factors}
    found |= {f.code: f for row in fuels for f in _fuel_factors(row, tables)}
    by_table = {
        table: tuple(_fuel_item(row, items) for row in fuels if row["table"] == table)
        for table in tables
    }
    return Shelf(items, symbols, read_toml("inputs.toml", folder), found, by_table)


def load_kinds(folder: Path) -> dict[str, Kind]:
    """Return the families of items with the range of printed values."""
    return {row["kind"]: _kind(row) for row in read_rows("kinds.csv", folder)}


def load_limits(folder: Path) -> dict[tuple[str, str], Limit]:
    """Return ceilings and usual ranges by symbol and unit."""
    return {
        (row["symbol"], row["unit"]): Limit(
            number(row["ceiling"]), number(row["low"]), number(row["high"])
        )
        for row in read_rows("limits.csv", folder)
    }


def _kind(row: Row) -> Kind:
    ranges = {
        symbol: (float(row[f"{name}_low"]), float(row[f"{name}_high"]))
        for symbol, name in (("NCV", "ncv"), ("CC", "cc"))
        if row[f"{name}_low"]
    }
    return Kind(row["kind"], names_of(row), ranges)


def _factor(row: Row) -> Factor:
    is_percent = row["unit"] == "%"
    applies_from = day(row["applies_from"])
    if applies_from is None:
        raise StandardDataError(row["code"], "no first day")
    return Factor(
        code=row["code"],
        value=float(row["value"]) / 100 if is_percent else float(row["value"]),
        unit="0..1" if is_percent else row["unit"],
        status=row["status"],
        applies_from=applies_from,
        published=day(row["published"]),
        reference=f"{row['code']}：{row['source']}",
    )


def _fuel_factors(row: Row, tables: Mapping[str, Row]) -> Iterable[Factor]:
    table = tables.get(row["table"])
    if table is None:
        raise StandardDataError("fuels.csv", f"unknown table {row['table']}")
    units = {"ncv": f"GJ/{row['activity_unit']}", "cc": "tC/GJ", "ef": "tCO2/GJ"}
    for column in ("ncv", "cc", "of_percent", "ef", "fossil_percent"):
        if not row[column]:
            continue
        parameter = _PERCENT_COLUMNS.get(column, column.upper())
        code = f"{row['table']}.{row['item']}.{parameter}"
        note = f"；{row['note']}" if row["note"] else ""
        cell = {
            "code": code,
            "value": row[column],
            "unit": units.get(column, "%"),
            "status": row["status"],
            "applies_from": table["applies_from"],
            "published": table["published"],
            "source": table["source"] + note,
        }
        yield replace(_factor(cell), is_doubtful=row["doubtful"] == "1")


def _fuel_item(row: Row, items: Mapping[str, Row]) -> Item:
    low, high = number(row["ncv_low"]), number(row["ncv_high"])
    between = (low, high) if low is not None and high is not None else None
    return replace(_item(row["item"], items), activity_unit=row["activity_unit"], ncv_range=between)


def _item(code: str, items: Mapping[str, Row]) -> Item:
    if code not in items:
        raise StandardDataError("items.csv", f"no name for {code}")
    row = items[code]
    return Item(code.lower(), names_of(row), row["kind"], "t")


def _not_loaded(row: Row) -> Method:
    valid_from = day(row["valid_from"])
    if valid_from is None:
        raise StandardDataError(row["designation"], "no first day")
    return Method(
        designation=row["designation"],
        names=names_of(row),
        purpose=row["purpose"],
        subject=row["subject"],
        gwp_set="",
        published=day(row["published"]),
        valid_from=valid_from,
        valid_to=day(row["valid_to"]),
        reference="",
        is_loaded=False,
        sources={},
    )


def _method(entry: Mapping[str, Any], shelf: Shelf) -> Method:
    designation = entry["designation"]
    sources = [_source(designation, source, shelf) for source in entry["source"]]
    return Method(
        designation=designation,
        names=entry["names"],
        purpose=entry["purpose"],
        subject=entry["subject"],
        gwp_set=entry["gwp_set"],
        published=entry.get("published"),
        valid_from=entry["valid_from"],
        valid_to=entry.get("valid_to"),
        reference=entry["reference"],
        is_loaded=True,
        sources={source.code: source for source in sources},
    )


def _source(method: str, entry: Mapping[str, Any], shelf: Shelf) -> Source:
    place = f"{method} {entry['code']}"
    if entry["kind"] not in FORMULAS:
        raise StandardDataError(place, f"unknown formula {entry['kind']}")
    inputs = {
        symbol: _input(symbol, cell, entry, shelf)
        for symbol, cell in shelf.inputs[entry["inputs"]].items()
    }
    items = _items(inputs.values(), entry.get("table", ""), shelf)
    return Source(
        method=method,
        code=entry["code"],
        names=entry["names"],
        kind=entry["kind"],
        gases=tuple(entry["gases"]),
        emission_scope=entry["emission_scope"],
        sign=entry["sign"],
        status=entry["status"],
        reference=entry["reference"],
        policy=entry.get("policy", ""),
        inputs=inputs,
        items=items,
        item_index={item.code: index for index, item in enumerate(items)},
        choices=FORMULAS[entry["kind"]].choices_for(frozenset(inputs)),
        defaults=_defaults(inputs.values(), items, shelf, place),
        symbol_by_name={name: s for s, i in inputs.items() for name in (s, *i.aliases)},
    )


def _input(symbol: str, cell: Mapping[str, Any], entry: Mapping[str, Any], shelf: Shelf) -> Input:
    if symbol not in shelf.symbols:
        raise StandardDataError("symbols.csv", f"no name for {symbol}")
    row = shelf.symbols[symbol]
    return Input(
        symbol=symbol,
        names=names_of(row),
        unit=cell["unit"],
        aliases=tuple(row["aliases"].split()),
        default=cell.get("default", "").replace("{table}", entry.get("table", "")),
        constant=cell.get("constant"),
        policy=cell.get("policy", False),
        status=cell.get("status", ""),
    )


def _items(inputs: Iterable[Input], table: str, shelf: Shelf) -> tuple[Item, ...]:
    """Return the items a source knows: of its fuel table, or those its defaults name."""
    if table:
        return shelf.fuels[table]
    codes: dict[str, None] = {}
    for entry in inputs:
        for pattern in entry.default.split("|"):
            codes |= dict.fromkeys(_item_codes(pattern, shelf))
    return tuple(_item(code, shelf.names) for code in codes)


def _item_codes(pattern: str, shelf: Shelf) -> list[str]:
    place = _PLACE.search(pattern)
    if place is None:
        return []
    if place[1]:
        return place[1].split(",")
    before, after = pattern[: place.start()], pattern[place.end() :]
    return [
        code[len(before) : len(code) - len(after)]
        for code in shelf.factors
        if code.startswith(before) and code.endswith(after)
    ]


def _defaults(
    inputs: Iterable[Input], items: tuple[Item, ...], shelf: Shelf, place: str
) -> dict[str, tuple[Factor | None, ...]]:
    """Return for each symbol the default of each item, and of no item at the end."""
    found: dict[str, tuple[Factor | None, ...]] = {}
    for entry in inputs:
        if entry.constant is not None:
            found[entry.symbol] = (_constant(entry, place),) * (len(items) + 1)
        elif entry.default:
            codes = [item.code.upper() for item in items]
            found[entry.symbol] = tuple(_resolve(entry, c, shelf) for c in [*codes, ""])
            if not any(found[entry.symbol]):
                raise StandardDataError(place, f"no factor fits {entry.default}")
    return found


def _resolve(entry: Input, item: str, shelf: Shelf) -> Factor | None:
    for pattern in entry.default.split("|"):
        allowed = _PLACE.search(pattern)
        if allowed and (not item or (allowed[1] and item not in allowed[1].split(","))):
            continue
        factor = shelf.factors.get(_PLACE.sub(item, pattern))
        if factor is not None:
            return factor
    return None


def _constant(entry: Input, place: str) -> Factor:
    return Factor(
        code="",
        value=float(entry.constant or 0),
        unit=entry.unit,
        status=entry.status,
        applies_from=date.min,
        published=None,
        reference=place,
        origin=CONSTANT,
    )
