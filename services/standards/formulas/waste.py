"""Formulas of waste: landfills by mass balance, treated water, nitrogen in sewage."""

from __future__ import annotations

from services.standards.descriptions import Choice
from services.standards.formulas.base import (
    CARBON_MASS_NUMBER,
    KG_PER_T,
    Column,
    Derived,
    Formula,
    Outcome,
    Values,
    Written,
    given_or,
)
from services.standards.formulas.land import CH4_MASS, n2o_from_nitrogen

# What waste is sorted into: each part has a share W and a degradable carbon content DOC.
PARTS = ("paper", "textile", "food", "wood", "garden")
COMPOSITION = tuple(f"{symbol}_{part}" for symbol in ("W", "DOC") for part in PARTS)


def landfill(v: Values) -> Outcome:
    """(MSW_T × MSW_F × L0 − R) × (1 − OX), L0 = MCF × DOC × DOCf × F × 16/12."""
    content, derived = _degradable(v)
    potential = v["MCF"] * content * v["DOCf"] * v["F"] * CH4_MASS / CARBON_MASS_NUMBER
    left = v["MSW_T"] * v["MSW_F"] * potential - v["R"]
    return Outcome({"CH4": left * (1.0 - v["OX"])}, {**derived, "L0": potential})


def _degradable(v: Values) -> tuple[Column, dict[str, Column]]:
    """Return the degradable carbon content: as given, or from what the waste is made of."""
    if not any(v.gives(f"W_{part}") for part in PARTS):
        return v["DOC"], {}
    content: Column = 0.0
    for part in PARTS:
        content = content + v[f"W_{part}"] * v[f"DOC_{part}"]
    if v.gives("DOC"):
        content = given_or(v["DOC"], content)
    return content, {"DOC": content}


def treated_water(v: Values) -> Outcome:
    """(TOW − S) × Bo × MCF − R; TOW follows from COD × BOD_COD where it is not given."""
    organic: Column = v["TOW"] if v.gives("TOW") else float("nan")
    derived: dict[str, Column] = {}
    if v.gives("COD"):
        organic = derived["TOW"] = given_or(organic, v["COD"] * v["BOD_COD"])
    if "S" in v.symbols:
        organic = organic - v["S"]
    return Outcome({"CH4": organic * v["Bo"] * v["MCF"] - v["R"]}, derived)


def sewage_nitrogen(v: Values) -> Outcome:
    """(population × Pr × F_NPR × F_NON_CON × F_IND_COM − N_S) × EF_E × 44/28 / 1000."""
    protein = v["population"] * v["Pr"]
    nitrogen = protein * v["F_NPR"] * v["F_NON_CON"] * v["F_IND_COM"] - v["N_S"]
    return Outcome({"N2O": n2o_from_nitrogen(nitrogen * v["EF_E"]) / KG_PER_T})


def _write_landfill(_w: Written) -> str:
    return "(MSW_T × MSW_F × L0 − R) × (1 − OX)"


def _write_water(w: Written) -> str:
    organic = "COD × BOD_COD" if "COD" in w.used else "TOW"
    organic = f"({organic} − S)" if "S" in w.symbols else organic
    return f"{organic} × Bo × MCF − R"


def _write_nitrogen(_w: Written) -> str:
    return "(population × Pr × F_NPR × F_NON_CON × F_IND_COM − N_S) × EF_E × 44/28 / 1000"


FORMULAS = (
    Formula(
        "LANDFILL",
        landfill,
        _write_landfill,
        choices=(Choice("organic", (("DOC",), COMPOSITION)),),
        derived=(
            Derived("DOC", "W_paper", "0..1", " + ".join(f"W_{p} × DOC_{p}" for p in PARTS)),
            Derived("L0", "MSW_T", "t/t", "MCF × DOC × DOCf × F × 16/12"),
        ),
    ),
    Formula(
        "TREATED_WATER",
        treated_water,
        _write_water,
        choices=(Choice("organic", (("TOW",), ("COD", "BOD_COD"))),),
        derived=(Derived("TOW", "COD", "t", "COD × BOD_COD"),),
    ),
    Formula("SEWAGE_N2O", sewage_nitrogen, _write_nitrogen),
)
