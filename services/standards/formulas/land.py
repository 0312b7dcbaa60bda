"""Formulas of farmland nitrogen and of forests: N2O from soils, carbon of converted forest."""

from __future__ import annotations

from services.standards.formulas.base import (
    CARBON_MASS_NUMBER,
    Column,
    Formula,
    Outcome,
    Values,
    Written,
    co2_from_carbon,
)

# Kept as two steps so that 44/28 and 16/12 stay fractions.
N2O_MASS, NITROGEN_MASS = 44.0, 28.0
CH4_MASS = 16.0


def n2o_from_nitrogen(nitrogen_t: Column) -> Column:
    """Return tonnes of N2O from tonnes of nitrogen in it."""
    return nitrogen_t * N2O_MASS / NITROGEN_MASS


def farmland(v: Values) -> Outcome:
    """(N_fert + N_manure + N_straw) × EF × 44/28."""
    nitrogen = v["N_fert"] + v["N_manure"] + v["N_straw"]
    return Outcome({v.gases[0]: n2o_from_nitrogen(nitrogen * v["EF"])})


def deposition(v: Values) -> Outcome:
    """(N_excreted × volatil_manure + N_fert × volatil_fert) × EF × 44/28."""
    lost = v["N_excreted"] * v["volatil_manure"] + v["N_fert"] * v["volatil_fert"]
    return Outcome({v.gases[0]: n2o_from_nitrogen(lost * v["EF"])})


def leaching(v: Values) -> Outcome:
    """N_input × leached × EF × 44/28."""
    return Outcome({v.gases[0]: n2o_from_nitrogen(v["N_input"] * v["leached"] * v["EF"])})


def forest_conversion(v: Values) -> Outcome:
    """area × (B_before − B_after) × share × burnt × CF as CO2; on site CH4 and N2O of it too."""
    carbon = v["area"] * (v["B_before"] - v["B_after"]) * v["share"]
    if "oxidized" in v.symbols:
        carbon = carbon * v["oxidized"]
    carbon = carbon * v["CF"]
    gas_t = {"CO2": co2_from_carbon(carbon)}
    if "ratio_CH4" in v.symbols:
        gas_t["CH4"] = carbon * v["ratio_CH4"] * CH4_MASS / CARBON_MASS_NUMBER
        gas_t["N2O"] = n2o_from_nitrogen(carbon * v["NC_N2O"] * v["ratio_N2O"])
    return Outcome(gas_t)


def _write_farmland(_w: Written) -> str:
    return "(N_fert + N_manure + N_straw) × EF × 44/28"


def _write_deposition(_w: Written) -> str:
    return "(N_excreted × volatil_manure + N_fert × volatil_fert) × EF × 44/28"


def _write_leaching(_w: Written) -> str:
    return "N_input × leached × EF × 44/28"


def _write_conversion(w: Written) -> str:
    oxidized = " × oxidized" if "oxidized" in w.symbols else ""
    carbon = f"area × (B_before − B_after) × share{oxidized} × CF"
    ends = {"CH4": "ratio_CH4 × 16/12", "N2O": "NC_N2O × ratio_N2O × 44/28"}
    return f"{carbon} × {ends.get(w.gas, '44/12')}"


FORMULAS = (
    Formula("FARMLAND_N2O", farmland, _write_farmland),
    Formula("DEPOSITION_N2O", deposition, _write_deposition),
    Formula("LEACHING_N2O", leaching, _write_leaching),
    Formula("FOREST_CONVERSION", forest_conversion, _write_conversion),
)
