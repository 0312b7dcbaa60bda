"""Formulas of industrial processes: materials times factors, oxides, carbonates, lost gases."""

from __future__ import annotations

from services.standards.descriptions import Choice
from services.standards.formulas.base import (
    KG_PER_T,
    Column,
    Derived,
    Formula,
    Outcome,
    Values,
    Written,
    given_or,
    nothing_given,
    product_of,
)

CO2_PER_CAO = 44 / 56
CO2_PER_MGO = 44 / 40
CO2_PER_CACO3 = 44 / 100
CO2_PER_MGCO3 = 44 / 84
MINUTES_PER_DAY = 1440.0
NM3_PER_10_4 = 1e4
PER_T = "kg/t"


def mass_times_factors(v: Values) -> Outcome:
    """Return the product of all inputs of a source, such as Q × EF × purity."""
    return Outcome({"CO2": product_of(v, v.symbols)})


def oxide_balance(v: Values) -> Outcome:
    """(Q_clinker + dusts) × (CaO from carbonates × 44/56 + MgO from carbonates × 44/40)."""
    mass = v["Q_clinker"] + v["dust_kiln"] + v["dust_bypass"]
    per_tonne = (v["FR1"] - v["FR10"]) * CO2_PER_CAO + (v["FR2"] - v["FR20"]) * CO2_PER_MGO
    return Outcome({"CO2": mass * per_tonne})


def carbonate_mix(v: Values) -> Outcome:
    """Q × eta × (share_CaCO3 × 44/100 + share_MgCO3 × 44/84)."""
    per_tonne = v["share_CaCO3"] * CO2_PER_CACO3 + v["share_MgCO3"] * CO2_PER_MGCO3
    return Outcome({"CO2": v["Q"] * v["eta"] * per_tonne})


def gas_loss(v: Values) -> Outcome:
    """Return what equipment lost: (capacity_kg − recovered_kg) / 1000."""
    return Outcome({v.gases[0]: (v["capacity_kg"] - v["recovered_kg"]) / KG_PER_T})


def product_gas(v: Values) -> Outcome:
    """P × EF × (1 − eta × mu) for one gas; P × EF_gas for each of two."""
    if len(v.gases) > 1:
        return _perfluorocarbons(v)
    tonnes = v["P"] * v["EF"]
    if "eta" in v.symbols:
        tonnes = tonnes * (1.0 - v["eta"] * v["mu"])
    return Outcome({v.gases[0]: _tonnes(tonnes, v.unit("EF"))})


def _perfluorocarbons(v: Values) -> Outcome:
    factors = {gas: v[f"EF_{gas}"] for gas in v.gases}
    derived: dict[str, Column] = {}
    if v.gives("AEM"):
        cf4 = v["slope_CF4"] * v["AEM"]
        derived = {"EF_CF4": cf4, "EF_C2F6": v["ratio_C2F6"] * cf4}
        factors = {gas: given_or(derived[f"EF_{gas}"], factors[gas]) for gas in v.gases}
    gas_t = {gas: _tonnes(v["P"] * factors[gas], v.unit(f"EF_{gas}")) for gas in v.gases}
    return Outcome(gas_t, derived)


def _tonnes(amount: Column, unit: str) -> Column:
    return amount / KG_PER_T if unit == PER_T else amount


def gas_volume(v: Values) -> Outcome:
    """(vent + drain − flare − use) × rho, or V × purity × rho."""
    gas = v.gases[0]
    if "V" in v.symbols:
        return Outcome({gas: v["V"] * v["purity"] * v["rho"]})
    vent, derived = (v["vent"] if v.gives("vent") else nothing_given()), {}
    if v.gives("avg_m3_per_min"):
        by_flow = v["avg_m3_per_min"] * v["days"] * MINUTES_PER_DAY / NM3_PER_10_4
        vent = given_or(vent, by_flow)
        derived["vent"] = vent
    left = vent + v["drain"]
    if "flare" in v.symbols:
        left = left - v["flare"]
    return Outcome({gas: (left - v["use"]) * v["rho"]}, derived)


def waste_water(v: Values) -> Outcome:
    """((W × (COD_in − COD_out) − S) × Bo × MCF − R) / 1000."""
    removed = v["W"] * (v["COD_in"] - v["COD_out"]) - v["S"]
    return Outcome({v.gases[0]: (removed * v["Bo"] * v["MCF"] - v["R"]) / KG_PER_T})


def _product(w: Written) -> str:
    return " × ".join(w.symbols)


def _write_oxides(_w: Written) -> str:
    mass = "(Q_clinker + dust_kiln + dust_bypass)"
    return f"{mass} × ((FR1 − FR10) × 44/56 + (FR2 − FR20) × 44/40)"


def _write_carbonates(_w: Written) -> str:
    return "Q × eta × (share_CaCO3 × 44/100 + share_MgCO3 × 44/84)"


def _write_loss(_w: Written) -> str:
    return "(capacity_kg − recovered_kg) / 1000"


def _write_product_gas(w: Written) -> str:
    if f"EF_{w.gas}" in w.symbols:
        return f"P × EF_{w.gas} / 1000"
    if "eta" in w.symbols:
        return "P × EF × (1 − eta × mu)"
    return "P × EF / 1000"


def _write_volume(w: Written) -> str:
    if "V" in w.symbols:
        return "V × purity × rho"
    burnt = " − flare" if "flare" in w.symbols else ""
    return f"(vent + drain{burnt} − use) × rho"


def _write_waste_water(_w: Written) -> str:
    return "((W × (COD_in − COD_out) − S) × Bo × MCF − R) / 1000"


_PFC_CHOICE = Choice("pfc", (("AEM", "slope_CF4", "ratio_C2F6"), ("EF_CF4", "EF_C2F6")))
_VENT_CHOICE = Choice("vent", (("vent",), ("avg_m3_per_min", "days")))
FORMULAS = (
    Formula("MASS_EF", mass_times_factors, _product),
    Formula("OXIDE_BALANCE", oxide_balance, _write_oxides),
    Formula("CARBONATE_MIX", carbonate_mix, _write_carbonates),
    Formula("GAS_LOSS", gas_loss, _write_loss),
    Formula(
        "PRODUCT_GAS",
        product_gas,
        _write_product_gas,
        choices=(_PFC_CHOICE,),
        derived=(
            Derived("EF_CF4", "AEM", "kg/t", "slope_CF4 × AEM"),
            Derived("EF_C2F6", "AEM", "kg/t", "ratio_C2F6 × EF_CF4"),
        ),
    ),
    Formula(
        "GAS_VOLUME",
        gas_volume,
        _write_volume,
        choices=(_VENT_CHOICE,),
        derived=(
            Derived("vent", "avg_m3_per_min", "10^4 Nm3", "avg_m3_per_min × days × 1440 / 10000"),
        ),
    ),
    Formula("COD_CH4", waste_water, _write_waste_water),
)
