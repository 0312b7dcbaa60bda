"""Everything authorities set, read once: methods, factors, warming potentials, grids, names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from services.standards.data_checks import check_forms, check_heat_power, check_methods
from services.standards.describing import describe_method
from services.standards.descriptions import MethodDescription, Names
from services.standards.extending import Added, lay_together
from services.standards.grid import Grids, check_grids, load_grids
from services.standards.half_widths import (
    HalfWidthRule,
    check_half_widths,
    load_half_widths,
)
from services.standards.heat_power import HeatPowerRule, load_heat_power
from services.standards.loading import load_methods
from services.standards.model import Factor, Kind, Limit, Method
from services.standards.problems import GwpMissingError, UnknownMethodError
from services.standards.shelf import Document, load_kinds, load_limits, load_shelf
from services.standards.tables import (
    DATA_FOLDER,
    StandardDataError,
    fingerprint_of,
    names_of,
    read_rows,
    unique,
)

GWP_SETS = ("SAR", "AR4", "AR5", "AR6")


@dataclass(frozen=True, slots=True)
class WarmingPotential:
    """tCO2e per tonne of a gas over a hundred years, by one assessment report."""

    gas: str
    family: str
    gwp_set: str
    value: float
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """The standards' data, checked; `fingerprint` changes with any of its files.

    `brought_by` names the distribution of each method that an extension brings.
    """

    methods: Mapping[str, Method]
    kinds: Mapping[str, Kind]
    limits: Mapping[tuple[str, str], Limit]
    grids: Grids
    warming: Mapping[tuple[str, str], WarmingPotential]
    factors: Mapping[str, Factor]
    documents: Mapping[str, Document]
    gwp_sets: Mapping[str, Names]
    half_widths: tuple[HalfWidthRule, ...]
    heat_power: HeatPowerRule
    fingerprint: str
    brought_by: Mapping[str, str] = field(default_factory=dict)

    def designations(self) -> tuple[str, ...]:
        """Return every designation known, loaded or not."""
        return tuple(self.methods)

    def method(self, designation: str, where: str = "method") -> Method:
        """Return a method, or raise naming what is near to the designation."""
        method = self.methods.get(designation) or self._by_spelling(designation)
        if method is None:
            raise UnknownMethodError(where, value=designation, known=", ".join(self.methods))
        return method

    def describe(self, designation: str) -> MethodDescription:
        """Return what a method asks for; one that is not loaded has no sources."""
        found = describe_method(self.method(designation))
        return replace(found, brought_by=self.brought_by.get(found.designation, ""))

    def gwp(self, gas: str, gwp_set: str) -> float:
        """Return tCO2e per tonne of a gas, or raise when the report has none."""
        if (gas, gwp_set) not in self.warming:
            raise GwpMissingError("gwp_set", gas=gas, gwp_set=gwp_set)
        return self.warming[gas, gwp_set].value

    def gases(self) -> tuple[str, ...]:
        """Return every gas with a warming potential."""
        return tuple(dict.fromkeys(gas for gas, _ in self.warming))

    def _by_spelling(self, designation: str) -> Method | None:
        spelled = _spelled(designation)
        return next((m for d, m in self.methods.items() if _spelled(d) == spelled), None)


@cache
def load_catalog(added: tuple[Added, ...] = ()) -> Catalog:
    """Read and check the standards' data with what was added; the same object every time."""
    if not added:
        return read_catalog(DATA_FOLDER)
    with TemporaryDirectory() as place:
        brought_by = lay_together(added, Path(place))
        return read_catalog(Path(place), brought_by)


def read_catalog(folder: Path, brought_by: Mapping[str, str] | None = None) -> Catalog:
    """Return the catalogue of a folder, or raise StandardDataError."""
    shelf = load_shelf(folder)
    catalog = Catalog(
        methods=load_methods(folder, shelf),
        kinds=load_kinds(folder),
        limits=load_limits(folder),
        grids=load_grids(folder),
        warming=_load_warming(folder),
        factors=shelf.factors,
        documents=shelf.documents,
        gwp_sets={row["gwp_set"]: names_of(row) for row in read_rows("gwp_sets.csv", folder)},
        half_widths=load_half_widths(folder, shelf.documents),
        heat_power=load_heat_power(folder),
        fingerprint=fingerprint_of(folder),
        brought_by=dict(brought_by or {}),
    )
    check_methods(catalog.methods, catalog.kinds, {r.policy for r in catalog.grids.rules})
    check_grids(catalog.grids)
    check_forms(shelf.balances, shelf.symbols, catalog.methods)
    check_heat_power(catalog.heat_power, catalog.methods)
    check_half_widths(catalog.half_widths, shelf.symbols, catalog.kinds)
    _check_gases(catalog)
    return catalog


def _load_warming(folder: Path) -> dict[tuple[str, str], WarmingPotential]:
    rows = unique(read_rows("gwp.csv", folder), ("gas", "gwp_set"), "gwp.csv")
    return {
        (row["gas"], row["gwp_set"]): WarmingPotential(
            row["gas"], row["family"], row["gwp_set"], float(row["gwp"]), row["status"]
        )
        for row in rows
    }


def _check_gases(catalog: Catalog) -> None:
    for method in catalog.methods.values():
        for source in method.sources.values():
            missing = [g for g in source.gases if (g, method.gwp_set) not in catalog.warming]
            if missing:
                raise StandardDataError("gwp.csv", f"{missing} not in {method.gwp_set}")


def _spelled(text: str) -> str:
    """Return a designation without differences of width and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())
