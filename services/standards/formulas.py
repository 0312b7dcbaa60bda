"""The formulas of the standards: pure functions of columns, one for each kind of source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.standards import steam
from services.standards.descriptions import Choice

Floats = NDArray[np.float64]
Column = Floats | float

# Kept as two steps so that 44/12 stays a fraction: tonnes of CO2 from tonnes of carbon.
CO2_MASS, CARBON_MASS_NUMBER = 44.0, 12.0
CO2_PER_CAO = 44 / 56
CO2_PER_MGO = 44 / 40
GJ_PER_TJ = 1000.0


class Values(Protocol):
    """The columns of a source; a symbol that no row gave and nothing fills is not there."""

    def __getitem__(self, symbol: str) -> Column:
        """Return the column with defaults filled in; nan where a row has no value."""

    def gives(self, symbol: str) -> bool:
        """Return whether any row gives the symbol itself."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols of the source in their order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tonnes of each gas, what was derived on the way, and CO2 from biomass."""

    gas_t: Mapping[str, Column]
    derived: Mapping[str, Column] = field(default_factory=dict)
    biomass_co2_t: Column | None = None


Compute = Callable[[Values], Outcome]
Write = Callable[[tuple[str, ...], frozenset[str]], str]


@dataclass(frozen=True, slots=True)
class Formula:
    """How a kind of source is computed, what it lets one choose, and how it is written.

    `write` takes the symbols of the source and those that one record uses.
    """

    kind: str
    compute: Compute
    write: Write
    choices: tuple[Choice, ...] = ()

    def choices_for(self, symbols: frozenset[str]) -> tuple[Choice, ...]:
        """Return the choices a source with these symbols leaves open."""
        fitting = (
            Choice(c.name, tuple(o for o in c.options if symbols.issuperset(o)))
            for c in self.choices
        )
        return tuple(choice for choice in fitting if choice.options)


def co2_from_carbon(carbon_t: Column) -> Column:
    """Return tonnes of CO2 from tonnes of carbon."""
    return carbon_t * CO2_MASS / CARBON_MASS_NUMBER


def fuel(v: Values) -> Outcome:
    """FC × NCV × CC × OF × (1 − BF) × 44/12; C in place of NCV × CC, AD of FC × NCV."""
    carbon = _fuel_carbon(v)
    derived: dict[str, Column] = {}
    oxidation = v["OF"]
    if v.gives("G_slag"):
        oxidation = derived["OF"] = _oxidation_from_ash(v, carbon)
    co2 = co2_from_carbon(carbon * oxidation)
    if not v.gives("BF"):
        return Outcome({"CO2": co2}, derived)
    return Outcome({"CO2": co2 * (1.0 - v["BF"])}, derived, co2 * v["BF"])


def _fuel_carbon(v: Values) -> Column:
    if not v.gives("FC"):
        return v["AD"] * GJ_PER_TJ * v["CC"]
    content = v["NCV"] * v["CC"]
    if v.gives("C"):
        content = np.where(np.isnan(v["C"]), content, v["C"])
    carbon = v["FC"] * content
    if v.gives("AD"):
        by_heat = v["AD"] * GJ_PER_TJ * v["CC"]
        carbon = np.where(np.isnan(v["AD"]), carbon, by_heat)
    return carbon


def _oxidation_from_ash(v: Values, carbon: Column) -> Column:
    """Return OF = 1 − (G_slag × C_slag + G_ash × C_ash / eta) / carbon where ash is given."""
    unburnt = v["G_slag"] * v["C_slag"] + v["G_ash"] * v["C_ash"] / v["eta"]
    return np.where(np.isnan(v["G_slag"]), v["OF"], 1.0 - unburnt / carbon)


def _write_fuel(symbols: tuple[str, ...], used: frozenset[str]) -> str:
    amount = "FC × C" if "C" in used else "FC × NCV × CC"
    if "AD" in used:
        amount = f"AD × {GJ_PER_TJ:.0f} × CC"
    share = " × (1 − BF)" if "BF" in symbols else ""
    return f"{amount} × OF{share} × 44/12"


def mass_times_factors(v: Values) -> Outcome:
    """Return the product of all inputs of a source, such as Q × EF × purity."""
    first, *others = v.symbols
    product = v[first]
    for symbol in others:
        product = product * v[symbol]
    return Outcome({"CO2": product})


def carbon_mass(v: Values) -> Outcome:
    """Return carbon × 44/12; the mass is given, or follows from the clinker made."""
    mass: Column = v["Q_raw"] if v.gives("Q_raw") else np.nan
    if v.gives("Q_clinker"):
        mass = np.where(np.isnan(mass), v["Q_clinker"] * v["raw_ratio"], mass)
    return Outcome({"CO2": co2_from_carbon(mass * v["FR0"])})


def oxide_balance(v: Values) -> Outcome:
    """(Q_clinker + dusts) × (CaO from carbonates × 44/56 + MgO from carbonates × 44/40)."""
    mass = v["Q_clinker"] + v["dust_kiln"] + v["dust_bypass"]
    per_tonne = (v["FR1"] - v["FR10"]) * CO2_PER_CAO + (v["FR2"] - v["FR20"]) * CO2_PER_MGO
    return Outcome({"CO2": mass * per_tonne})


def electricity(v: Values) -> Outcome:
    """Return MWh × EF."""
    return Outcome({"CO2": v["MWh"] * v["EF"]})


def heat(v: Values) -> Outcome:
    """Return GJ × EF; GJ follows from the enthalpy of water or steam where it is not given."""
    if not v.gives("t"):
        return Outcome({"CO2": v["GJ"] * v["EF"]})
    pressure: Column = v["P"] if v.gives("P") else np.nan
    temperature: Column = v["T"] if v.gives("T") else np.nan
    enthalpy = steam.heat_above_reference(pressure, temperature)
    gj: Column = v["t"] * enthalpy / steam.KJ_PER_KG_TO_GJ_PER_T
    if v.gives("GJ"):
        gj = np.where(np.isnan(v["GJ"]), gj, v["GJ"])
    return Outcome({"CO2": gj * v["EF"]}, {"h": enthalpy, "GJ": gj})


def _product(symbols: tuple[str, ...], _used: frozenset[str]) -> str:
    return " × ".join(symbols)


def _write_heat(_symbols: tuple[str, ...], used: frozenset[str]) -> str:
    return "GJ × EF" if "GJ" in used else "t × h / 1000 × EF"


def _write_carbon_mass(_symbols: tuple[str, ...], used: frozenset[str]) -> str:
    mass = "Q_raw" if "Q_raw" in used else "Q_clinker × raw_ratio"
    return f"{mass} × FR0 × 44/12"


def _write_oxides(_symbols: tuple[str, ...], _used: frozenset[str]) -> str:
    mass = "(Q_clinker + dust_kiln + dust_bypass)"
    return f"{mass} × ((FR1 − FR10) × 44/56 + (FR2 − FR20) × 44/40)"


_FUEL_CHOICES = (
    Choice("carbon", (("FC", "NCV", "CC"), ("FC", "C"), ("AD", "CC"))),
    Choice("oxidation", (("OF",), ("G_slag", "C_slag", "G_ash", "C_ash", "eta"))),
)
_HEAT_CHOICES = (Choice("heat", (("GJ",), ("t", "T"), ("t", "P"), ("t", "P", "T"))),)
_MASS_CHOICES = (Choice("mass", (("Q_raw",), ("Q_clinker", "raw_ratio"))),)

FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        entry.kind: entry
        for entry in (
            Formula("FUEL", fuel, _write_fuel, _FUEL_CHOICES),
            Formula("MASS_EF", mass_times_factors, _product),
            Formula("CARBON_MASS", carbon_mass, _write_carbon_mass, _MASS_CHOICES),
            Formula("OXIDE_BALANCE", oxide_balance, _write_oxides),
            Formula("ELECTRICITY", electricity, _product),
            Formula("HEAT", heat, _write_heat, _HEAT_CHOICES),
        )
    }
)
