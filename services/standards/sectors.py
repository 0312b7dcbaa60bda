"""The sectors of a regional inventory: the sources all editions share, and their totals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.standards.descriptions import SECTORS
from services.standards.results import EmissionLine
from services.standards.tables import read_toml
from services.standards.totals import MEMO

FOLDER = "inventory"
GAS = "{gas}"

Entry = Mapping[str, Any]


def sources_of_inventory(method: Entry, folder: Path) -> Iterator[Entry]:
    """Yield the shared sources that a method takes over, with its own editions and fuel table."""
    for name in method.get("inventory", ()):
        shared = read_toml(f"{name}.toml", folder / FOLDER)
        for source in shared["source"]:
            table = source.get("table", "").replace("{fuels}", method["fuels"])
            whole = {**source, "sector": name, "table": table, "editions": method["editions"]}
            yield from _each_gas(whole)


def by_sector(sources: Iterable[Entry]) -> Sequence[Entry]:
    """Return the sources in the order of the sectors; those of an enterprise as they stand."""
    return sorted(sources, key=lambda s: SECTORS.index(s["sector"]) if "sector" in s else 0)


def sector_totals(
    lines: Iterable[EmissionLine], sector_by_source: Mapping[str, str]
) -> dict[str, float]:
    """Return what each sector with lines adds up to, removals taken off and memo lines left out.

    A sector without lines is not there: nothing entered is not nothing emitted.
    """
    found: dict[str, list[float]] = {}
    for line in lines:
        sector = sector_by_source.get(line.source, "")
        if sector and line.emission_scope != MEMO:
            found.setdefault(sector, []).append(line.sign * line.co2e_t)
    return {sector: math.fsum(found[sector]) for sector in SECTORS if sector in found}


def _each_gas(source: Entry) -> Iterator[Entry]:
    """Yield one source for each gas where its code holds a place for the gas, else itself."""
    if GAS not in source["code"]:
        yield source
        return
    for gas in source["gases"]:
        yield {**_with_gas(source, gas), "gases": [gas]}


def _with_gas(value: Any, gas: str, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _with_gas(part, gas, name) for name, part in value.items()}
    if isinstance(value, str):
        return value.replace(GAS, gas.lower().replace("-", "_") if key == "code" else gas)
    return value
