"""Formulas of regional inventories for energy and industry: activity times factors, balances."""

from __future__ import annotations

from services.standards.descriptions import Choice
from services.standards.formulas.base import (
    KG_PER_T,
    Column,
    Formula,
    Outcome,
    Values,
    Written,
    co2_from_carbon,
    given_or,
)
from services.standards.formulas.combustion import GJ_PER_TJ

BY_HEAT = Choice("heat", (("FC", "NCV"), ("AD",)), is_strict=True)
BY_HEAT_AND_CARBON = Choice("carbon", (("FC", "NCV", "CC"), ("AD", "CC")), is_strict=True)


def factor_of(gas: str, symbols: tuple[str, ...]) -> str:
    """Return the symbol of a gas's factor: one of its own, or that of the source's only gas."""
    own = f"EF_{gas}"
    return own if own in symbols else "EF"


def activity_in_tonnes(v: Values) -> Outcome:
    """Return activity × factor of each gas, for factors in tonnes."""
    amount = v[v.symbols[0]]
    return Outcome({gas: amount * v[factor_of(gas, v.symbols)] for gas in v.gases})


def activity_in_kilograms(v: Values) -> Outcome:
    """Return activity × factor / 1000 of each gas, for factors in kilograms."""
    amount = v[v.symbols[0]]
    return Outcome({gas: amount * v[factor_of(gas, v.symbols)] / KG_PER_T for gas in v.gases})


def biomass(v: Values) -> Outcome:
    """Q × EF_gas / 1000; CO2 of its carbon Q × C × 44/12 stands beside the total."""
    burnt = activity_in_kilograms(v)
    return Outcome(burnt.gas_t, biomass_co2_t=co2_from_carbon(v["Q"] * v["C"]))


def combustion_gases(v: Values) -> Outcome:
    """Return heat × EF_gas / 1000; the heat is AD, or FC × NCV / 1000."""
    heat_tj = _heat_gj(v) / GJ_PER_TJ
    return Outcome({gas: heat_tj * v[f"EF_{gas}"] / KG_PER_T for gas in v.gases})


def non_energy_use(v: Values) -> Outcome:
    """FC × NCV × CC × (1 − fixed) × 44/12, with AD × 1000 in place of FC × NCV."""
    return Outcome({"CO2": co2_from_carbon(_heat_gj(v) * v["CC"] * (1.0 - v["fixed"]))})


def _heat_gj(v: Values) -> Column:
    if not v.gives("FC"):
        return v["AD"] * GJ_PER_TJ
    heat = v["FC"] * v["NCV"]
    return given_or(v["AD"] * GJ_PER_TJ, heat) if v.gives("AD") else heat


def coal_seam(v: Values) -> Outcome:
    """(P × EF − R) × rho / 1000, with EF and R in cubic metres of methane."""
    return Outcome({v.gases[0]: (v["P"] * v["EF"] - v["R"]) * v["rho"] / KG_PER_T})


def clinker(v: Values) -> Outcome:
    """(Q_clinker − Q_slag_clinker) × EF."""
    return Outcome({"CO2": (v["Q_clinker"] - v["Q_slag_clinker"]) * v["EF"]})


def steel(v: Values) -> Outcome:
    """Fluxes × factors + (Q_pig_iron × C_pig_iron − Q_steel × C_steel) × 44/12."""
    fluxes = v["Q_limestone"] * v["EF_limestone"] + v["Q_dolomite"] * v["EF_dolomite"]
    carbon = v["Q_pig_iron"] * v["C_pig_iron"] - v["Q_steel"] * v["C_steel"]
    return Outcome({"CO2": fluxes + co2_from_carbon(carbon)})


def byproduct(v: Values) -> Outcome:
    """P × EF / 1000 − destroyed."""
    return Outcome({v.gases[0]: v["P"] * v["EF"] / KG_PER_T - v["destroyed"]})


def _write_tonnes(w: Written) -> str:
    return f"{w.symbols[0]} × {factor_of(w.gas, w.symbols)}"


def _write_kilograms(w: Written) -> str:
    return f"{_write_tonnes(w)} / 1000"


def _write_combustion(w: Written) -> str:
    heat = "AD" if "AD" in w.used else "FC × NCV / 1000"
    return f"{heat} × EF_{w.gas} / 1000"


def _write_non_energy(w: Written) -> str:
    heat = "AD × 1000" if "AD" in w.used else "FC × NCV"
    return f"{heat} × CC × (1 − fixed) × 44/12"


def _write_coal(_w: Written) -> str:
    return "(P × EF − R) × rho / 1000"


def _write_clinker(_w: Written) -> str:
    return "(Q_clinker − Q_slag_clinker) × EF"


def _write_steel(_w: Written) -> str:
    fluxes = "Q_limestone × EF_limestone + Q_dolomite × EF_dolomite"
    return f"{fluxes} + (Q_pig_iron × C_pig_iron − Q_steel × C_steel) × 44/12"


def _write_byproduct(_w: Written) -> str:
    return "P × EF / 1000 − destroyed"


FORMULAS = (
    Formula("ACTIVITY_T", activity_in_tonnes, _write_tonnes),
    Formula("ACTIVITY_KG", activity_in_kilograms, _write_kilograms),
    Formula(
        "BIOMASS",
        biomass,
        _write_kilograms,
        # Without its carbon content a fuel is computed, and its CO2 memo stays unknown.
        choices=(Choice("biomass_carbon", (("C",), ())),),
    ),
    Formula("COMBUSTION_GAS", combustion_gases, _write_combustion, choices=(BY_HEAT,)),
    Formula("NON_ENERGY", non_energy_use, _write_non_energy, choices=(BY_HEAT_AND_CARBON,)),
    Formula("COAL_SEAM", coal_seam, _write_coal),
    Formula("CLINKER_EF", clinker, _write_clinker),
    Formula("STEEL_BALANCE", steel, _write_steel),
    Formula("BYPRODUCT_GAS", byproduct, _write_byproduct),
)
