"""The standards' data files as plain rows and exact fractions; nothing of the engine is used."""

import csv
import tomllib
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[4] / "services" / "standards" / "data"
PERCENT = Fraction(1, 100)


class Factor(NamedTuple):
    """A printed value with the day from which it applies and the day since which it is known."""

    value: Fraction
    applies_from: date
    known_from: date


@cache
def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def methods():
    found = [tomllib.loads(p.read_text("utf-8")) for p in sorted((DATA / "methods").glob("*.toml"))]
    return {method["designation"]: _with_inventory(method) for method in found}


def _with_inventory(method):
    """Return a method with the sources of the sectors' files written out, in their order."""
    own = [{"editions": method.get("editions", [])} | source for source in method["source"]]
    names = method.get("inventory", [""])
    found = []
    for name in names:
        found += [source for source in own if source.get("sector", "") == name]
        if name:
            shared = tomllib.loads((DATA / "inventory" / f"{name}.toml").read_text("utf-8"))
            for source in shared["source"]:
                found += _written_out(source, method)
    return method | {"source": found}


def _written_out(source, method):
    whole = {"editions": method["editions"]} | source
    if "table" in whole:
        whole["table"] = whole["table"].replace("{fuels}", method["fuels"])
    if "{gas}" not in source["code"]:
        return [whole]
    return [_of_gas(whole, gas) for gas in source["gases"]]


def _of_gas(source, gas):
    inputs = {
        symbol: {k: v.replace("{gas}", gas) if k == "default" else v for k, v in cell.items()}
        for symbol, cell in source["inputs"].items()
    }
    code = source["code"].replace("{gas}", gas.lower().replace("-", "_"))
    return source | {"code": code, "gases": [gas], "inputs": inputs}


@cache
def shared_inputs():
    return tomllib.loads((DATA / "inputs.toml").read_text("utf-8"))


@cache
def published():
    """Day of publication by document, None where it is not known."""
    return {
        row["document"]: date.fromisoformat(row["published"]) if row["published"] else None
        for row in rows("documents.csv")
    }


def factor(value, document, applies_from):
    first = date.fromisoformat(applies_from)
    return Factor(value, first, published()[document] or first)


@cache
def factors():
    """Every factor by its code: rows of factors.csv, cells of fuels.csv, rows of gwp.csv."""
    found = {}
    for row in rows("factors.csv"):
        value = Fraction(row["value"]) * (PERCENT if row["unit"] == "%" else 1)
        found[row["code"]] = factor(value, row["document"], row["applies_from"])
    tables = {row["table"]: row for row in rows("tables.csv")}
    columns = {"ncv": "NCV", "cc": "CC", "ef": "EF"}
    shares = {"of_percent": "OF", "fossil_percent": "FOSSIL_FRACTION"}
    for row in rows("fuels.csv"):
        table = tables[row["table"]]
        for column, name in (columns | shares).items():
            if row[column]:
                value = Fraction(row[column]) * (PERCENT if column in shares else 1)
                code = f"{row['table']}.{row['item']}.{name}"
                found[code] = factor(value, table["document"], table["applies_from"])
    sets = {row["gwp_set"]: row for row in rows("gwp_sets.csv")}
    for row in rows("gwp.csv"):
        report = sets[row["gwp_set"]]
        code = f"GWP.{row['gwp_set']}.{row['gas']}"
        found[code] = factor(Fraction(row["gwp"]), report["document"], report["applies_from"])
    return found
