"""Formulas of electricity and heat that are bought, sold or lost."""

from __future__ import annotations

from services.standards import steam
from services.standards.descriptions import Choice
from services.standards.formulas.base import (
    Column,
    Derived,
    Formula,
    Outcome,
    Values,
    Written,
    given_or,
    nothing_given,
)

WATER_HEAT = "(T − 20) × 4.1868"


def electricity(v: Values) -> Outcome:
    """Return MWh × EF, without the non-fossil part where the source lets one state it."""
    amount = v["MWh"]
    if v.gives("MWh_nonfossil"):
        amount = amount - v["MWh_nonfossil"]
    return Outcome({"CO2": amount * v["EF"]})


def grid_losses(v: Values) -> Outcome:
    """(in_grid + import − export − sold) × EF."""
    lost = v["in_grid"] + v["import"] - v["export"] - v["sold"]
    return Outcome({"CO2": lost * v["EF"]})


def heat(v: Values) -> Outcome:
    """Return GJ × EF; GJ follows from the enthalpy of water or steam where it is not given."""
    if not v.gives("t"):
        return Outcome({"CO2": v["GJ"] * v["EF"]})
    pressure = v["P"] if v.gives("P") else nothing_given()
    temperature = v["T"] if v.gives("T") else nothing_given()
    enthalpy = steam.heat_above_reference(pressure, temperature)
    gj: Column = v["t"] * enthalpy / steam.KJ_PER_KG_TO_GJ_PER_T
    if v.gives("GJ"):
        gj = given_or(v["GJ"], gj)
    return Outcome({"CO2": gj * v["EF"]}, {"h": enthalpy, "GJ": gj})


def _write_electricity(w: Written) -> str:
    return "(MWh − MWh_nonfossil) × EF" if "MWh_nonfossil" in w.symbols else "MWh × EF"


def _write_losses(_w: Written) -> str:
    return "(in_grid + import − export − sold) × EF"


def _write_heat(w: Written) -> str:
    return "GJ × EF" if "GJ" in w.used else "t × h / 1000 × EF"


def _enthalpy_of_water(used: frozenset[str]) -> str:
    return "" if "P" in used else WATER_HEAT


FORMULAS = (
    Formula("ELECTRICITY", electricity, _write_electricity),
    Formula("TD_LOSS", grid_losses, _write_losses),
    Formula(
        "HEAT",
        heat,
        _write_heat,
        choices=(Choice("heat", (("GJ",), ("t", "T"), ("t", "P"), ("t", "P", "T"))),),
        derived=(
            Derived(
                "h",
                "t",
                "kJ/kg",
                "h(P, T)",
                _enthalpy_of_water,
            ),
            Derived("GJ", "t", "GJ", "t × h / 1000"),
        ),
    ),
)
