"""What the sources of all methods refer to: names, quantities, factors, fuel tables, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from services.i18n.words import Words, words_of
from services.standards.balance_forms import BalanceForm
from services.standards.balance_loading import load_forms
from services.standards.descriptions import Key, Names
from services.standards.model import Factor, Item, Kind, Limit
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

_PERCENT_COLUMNS = {"of_percent": "OF", "fossil_percent": "FOSSIL_FRACTION"}
_FUEL_COLUMNS = ("ncv", "cc", "of_percent", "ef", "fossil_percent")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that values come from; the day it was published is not always known."""

    code: str
    names: Names
    published: date | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that methods name, read once."""

    names: Mapping[str, Row]
    symbols: Mapping[str, Row]
    inputs: Mapping[str, Any]
    kinds: Mapping[str, Kind]
    keys: Mapping[str, Key]
    documents: Mapping[str, Document]
    factors: Mapping[str, Factor]
    fuels: Mapping[str, Mapping[str, Item]]
    balances: tuple[BalanceForm, ...]


def load_shelf(folder: Path) -> Shelf:
    """Return names, inputs, factors and fuel tables of a folder."""
    items = {row["item"]: row for row in unique(read_rows("items.csv", folder), ("item",), "items")}
    fuels = unique(read_rows("fuels.csv", folder), ("table", "item"), "fuels.csv")
    documents = load_documents(folder)
    kinds = load_kinds(folder)
    return Shelf(
        names=items,
        symbols={row["symbol"]: row for row in read_rows("symbols.csv", folder)},
        inputs=read_toml("inputs.toml", folder),
        kinds=kinds,
        keys=_keys(read_rows("keys.csv", folder), read_rows("zones.csv", folder)),
        documents=documents,
        factors=_factors(folder, fuels, documents),
        fuels=_fuel_tables(folder, fuels, items, kinds),
        balances=load_forms(folder),
    )


def load_documents(folder: Path) -> dict[str, Document]:
    """Return the documents by their codes."""
    rows = unique(read_rows("documents.csv", folder), ("document",), "documents.csv")
    return {
        row["document"]: Document(row["document"], names_of(row), day(row["published"]))
        for row in rows
    }


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


def item_of(code: str, names: Mapping[str, Row], kinds: Mapping[str, Kind]) -> Item:
    """Return an item, counted as its kind is, or raise when it has no name."""
    if code not in names:
        raise StandardDataError("items.csv", f"no name for {code}")
    row = names[code]
    if row["kind"] not in kinds:
        raise StandardDataError("kinds.csv", f"unknown kind {row['kind']} of {code}")
    return Item(code.lower(), names_of(row), row["kind"], kinds[row["kind"]].activity_unit)


def document_of(code: str, documents: Mapping[str, Document], where: str) -> Document:
    """Return a document, or raise naming who asks for it."""
    if code not in documents:
        raise StandardDataError(where, f"unknown document {code}")
    return documents[code]


def _factors(
    folder: Path, fuels: Iterable[Row], documents: Mapping[str, Document]
) -> dict[str, Factor]:
    rows = unique(read_rows("factors.csv", folder), ("code",), "factors.csv")
    tables = {row["table"]: row for row in read_rows("tables.csv", folder)}
    cells = [*rows, *(c for row in fuels for c in _fuel_cells(row, tables)), *_gwp_cells(folder)]
    found = [_factor(cell, documents) for cell in cells]
    return {factor.code: factor for factor in found}


def _factor(row: Row, documents: Mapping[str, Document]) -> Factor:
    is_percent = row["unit"] == "%"
    applies_from = day(row["applies_from"])
    if applies_from is None:
        raise StandardDataError(row["code"], "no first day")
    document = document_of(row["document"], documents, row["code"])
    code, title = row["code"], words_of(document.names)
    reference = Words(f"{code}：{title.zh}", f"{code}: {title.en}")
    return Factor(
        code=code,
        value=float(row["value"]) / 100 if is_percent else float(row["value"]),
        unit="0..1" if is_percent else row["unit"],
        status=row["status"],
        applies_from=applies_from,
        published=document.published,
        reference=reference.with_note(row["note_zh"], row["note_en"]),
        document=document.code,
        is_doubtful=row["doubtful"] == "1",
    )


def _fuel_cells(row: Row, tables: Mapping[str, Row]) -> Iterable[Row]:
    """Return one row of factors.csv for each filled cell of a fuel."""
    table = tables.get(row["table"])
    if table is None:
        raise StandardDataError("fuels.csv", f"unknown table {row['table']}")
    units = {"ncv": f"GJ/{row['activity_unit']}", "cc": "tC/GJ", "ef": "tCO2/GJ"}
    for column in _FUEL_COLUMNS:
        if row[column]:
            parameter = _PERCENT_COLUMNS.get(column, column.upper())
            yield {
                **row,
                "code": f"{row['table']}.{row['item']}.{parameter}",
                "value": row[column],
                "unit": units.get(column, "%"),
                "applies_from": table["applies_from"],
                "document": table["document"],
            }


def _gwp_cells(folder: Path) -> Iterable[Row]:
    sets = {row["gwp_set"]: row for row in read_rows("gwp_sets.csv", folder)}
    for row in read_rows("gwp.csv", folder):
        if row["gwp_set"] not in sets:
            raise StandardDataError("gwp.csv", f"unknown set {row['gwp_set']}")
        report = sets[row["gwp_set"]]
        yield {
            "code": f"GWP.{row['gwp_set']}.{row['gas']}",
            "value": row["gwp"],
            "unit": "tCO2e/t",
            "status": row["status"],
            "applies_from": report["applies_from"],
            "document": report["document"],
            **dict.fromkeys(("doubtful", "note_zh", "note_en"), ""),
        }


def _fuel_tables(
    folder: Path, fuels: Iterable[Row], names: Mapping[str, Row], kinds: Mapping[str, Kind]
) -> dict[str, dict[str, Item]]:
    found: dict[str, dict[str, Item]] = {t["table"]: {} for t in read_rows("tables.csv", folder)}
    for row in fuels:
        low, high = number(row["ncv_low"]), number(row["ncv_high"])
        between = (low, high) if low is not None and high is not None else None
        item = item_of(row["item"], names, kinds)
        found[row["table"]][row["item"]] = replace(
            item, activity_unit=row["activity_unit"], ncv_range=between
        )
    return found


def _keys(rows: Iterable[Row], zones: Iterable[Row]) -> dict[str, Key]:
    found: dict[str, Key] = {}
    for row in rows:
        key = found.get(row["key"]) or Key(row["key"], {}, "")
        usual = row["option"] if row["is_default"] == "1" else key.usual
        found[row["key"]] = Key(key.name, {**key.options, row["option"]: names_of(row)}, usual)
    for row in zones:
        key = found[row["key"]]
        if row["option"] not in key.options:
            raise StandardDataError("zones.csv", f"unknown option {row['option']} of {key.name}")
        found[key.name] = replace(key, places={**key.places, row["prefix"]: row["option"]})
    return found


def _kind(row: Row) -> Kind:
    ranges = {
        symbol: (float(row[f"{name}_low"]), float(row[f"{name}_high"]))
        for symbol, name in (("NCV", "ncv"), ("CC", "cc"))
        if row[f"{name}_low"]
    }
    return Kind(row["kind"], names_of(row), row["activity_unit"], ranges)
