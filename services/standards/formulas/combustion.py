"""Formulas of carbon that burns: fuels, carbon in raw material, anodes, flares."""

from __future__ import annotations

from services.standards.descriptions import Choice
from services.standards.formulas.base import (
    Column,
    Derived,
    Formula,
    Outcome,
    Values,
    Written,
    co2_from_carbon,
    given_or,
    nothing_given,
    product_of,
)

GJ_PER_TJ = 1000.0
# Carbon atoms of each gas of a flare.
CARBON_ATOMS = {"CH4": 1, "C2H6": 2, "C3H8": 3, "C4H10": 4, "C5H12": 5, "C2H4": 2, "C3H6": 3}
CARBON_ATOMS["CO"] = 1
CARBON_MASS = 12.0
# tC per 10^4 Nm3 of a gas with one carbon atom: 12 × 10 / 22.4, the molar volume as printed.
NM3_PER_KMOL, KMOL_KG_TO_T = 22.4, 10.0
MEASURED_CARBON = ("C", "C_ar")


def fuel(v: Values) -> Outcome:
    """FC × NCV × CC × OF × (1 − BF) × 44/12; a measured carbon content in place of NCV × CC."""
    derived: dict[str, Column] = {}
    carbon = _fuel_carbon(v, derived)
    oxidation = v["OF"]
    if v.gives("G_slag"):
        oxidation = derived["OF"] = _oxidation_from_ash(v, carbon)
    co2 = co2_from_carbon(carbon * oxidation)
    if not v.gives("BF"):
        return Outcome({"CO2": co2}, derived)
    return Outcome({"CO2": co2 * (1.0 - v["BF"])}, derived, co2 * v["BF"])


def _fuel_carbon(v: Values, derived: dict[str, Column]) -> Column:
    if not v.gives("FC"):
        return v["AD"] * GJ_PER_TJ * v["CC"]
    content = v["NCV"] * v["CC"]
    if v.gives("C_ad"):
        derived["C_ar"] = v["C_ad"] * (1.0 - v["M_ar"]) / (1.0 - v["M_ad"])
        content = given_or(derived["C_ar"], content)
    for symbol in MEASURED_CARBON:
        if v.gives(symbol):
            content = given_or(v[symbol], content)
    carbon = v["FC"] * content
    if v.gives("AD"):
        by_heat = v["AD"] * GJ_PER_TJ * v["CC"]
        carbon = given_or(by_heat, carbon)
    return carbon


def _oxidation_from_ash(v: Values, carbon: Column) -> Column:
    """Return OF = 1 − (G_slag × C_slag + G_ash × C_ash / eta) / carbon where ash is given."""
    unburnt = v["G_slag"] * v["C_slag"] + v["G_ash"] * v["C_ash"] / v["eta"]
    return given_or(1.0 - unburnt / carbon, v["OF"])


def carbon_mass(v: Values) -> Outcome:
    """Return carbon × 44/12: Q × C …, or the carbon of raw meal, whose mass may follow clinker."""
    if "FR0" not in v.symbols:
        return Outcome({"CO2": co2_from_carbon(product_of(v, v.symbols))})
    mass = v["Q_raw"] if v.gives("Q_raw") else nothing_given()
    if v.gives("Q_clinker"):
        mass = given_or(mass, v["Q_clinker"] * v["raw_ratio"])
    return Outcome({"CO2": co2_from_carbon(mass * v["FR0"])})


def anode(v: Values) -> Outcome:
    """(P × NC or Q_anode_gross × (1 − butt)) × (1 − S − A) × 44/12."""
    net = v["P"] * v["NC"]
    if v.gives("Q_anode_gross"):
        net = given_or(v["Q_anode_gross"] * (1.0 - v["butt"]), net)
    return Outcome({"CO2": co2_from_carbon(net * (1.0 - v["S"] - v["A"]))})


def flare(v: Values) -> Outcome:
    """V × (CC × OF × 44/12 + CO2 × rho_CO2); CC follows from the composition if not given."""
    atoms: Column = 0.0
    for gas, number in CARBON_ATOMS.items():
        atoms = atoms + CARBON_MASS * number * v[gas]
    content: Column = atoms * KMOL_KG_TO_T / NM3_PER_KMOL
    derived = {"CC": content}
    if v.gives("CC"):
        content = given_or(v["CC"], content)
    burnt = co2_from_carbon(content * v["OF"])
    return Outcome({"CO2": v["V"] * (burnt + v["CO2"] * v["rho_CO2"])}, derived)


def stream_carbon(v: Values) -> Outcome:
    """Return the carbon of each stream, Q × CC; the streams of a record are added with signs."""
    return Outcome({"CO2": v["Q"] * v["CC"]})


def _write_fuel(w: Written) -> str:
    measured = [symbol for symbol in ("C", "C_ar", "C_ad") if symbol in w.used]
    amount = f"FC × {'C_ar' if 'C_ad' in measured else measured[0]}" if measured else ""
    amount = amount or "FC × NCV × CC"
    if "AD" in w.used:
        amount = f"AD × {GJ_PER_TJ:.0f} × CC"
    share = " × (1 − BF)" if "BF" in w.symbols else ""
    return f"{amount} × OF{share} × 44/12"


def _write_carbon_mass(w: Written) -> str:
    if "FR0" not in w.symbols:
        return f"{' × '.join(w.symbols)} × 44/12"
    mass = "Q_raw" if "Q_raw" in w.used else "Q_clinker × raw_ratio"
    return f"{mass} × FR0 × 44/12"


def _write_anode(w: Written) -> str:
    net = "Q_anode_gross × (1 − butt)" if "Q_anode_gross" in w.used else "P × NC"
    return f"{net} × (1 − S − A) × 44/12"


def _write_flare(_w: Written) -> str:
    return "V × (CC × OF × 44/12 + CO2 × rho_CO2)"


def _write_balance(_w: Written) -> str:
    return "(Σ in Q × CC − Σ out Q × CC) × 44/12"


def _oxidation_with_measured_carbon(used: frozenset[str]) -> str:
    measured = [symbol for symbol in ("C", "C_ar", "C_ad") if symbol in used]
    return f"{_ASH} / (FC × {measured[0].replace('C_ad', 'C_ar')})" if measured else ""


_ASH = "1 − (G_slag × C_slag + G_ash × C_ash / eta)"
_COMPOSITION = tuple(CARBON_ATOMS)
FORMULAS = (
    Formula(
        "FUEL",
        fuel,
        _write_fuel,
        choices=(
            Choice(
                "carbon",
                (
                    ("FC", "NCV", "CC"),
                    ("FC", "C"),
                    ("FC", "C_ar"),
                    ("FC", "C_ad", "M_ar", "M_ad"),
                    ("AD", "CC"),
                ),
                is_strict=True,
            ),
            Choice("oxidation", (("OF",), ("G_slag", "C_slag", "G_ash", "C_ash", "eta"))),
        ),
        derived=(
            Derived("C_ar", "C_ad", "tC/t", "C_ad × (1 − M_ar) / (1 − M_ad)"),
            Derived(
                "OF", "G_slag", "0..1", f"{_ASH} / (FC × NCV × CC)", _oxidation_with_measured_carbon
            ),
        ),
        hiding=frozenset({*MEASURED_CARBON, "C_ad", "AD", "G_slag"}),
    ),
    Formula(
        "CARBON_MASS",
        carbon_mass,
        _write_carbon_mass,
        choices=(Choice("mass", (("Q_raw",), ("Q_clinker", "raw_ratio"))),),
    ),
    Formula(
        "ANODE",
        anode,
        _write_anode,
        choices=(Choice("anode", (("P", "NC"), ("Q_anode_gross", "butt"))),),
    ),
    Formula(
        "FLARE",
        flare,
        _write_flare,
        choices=(Choice("composition", (("CC",), _COMPOSITION)),),
        derived=(
            Derived(
                "CC",
                "CH4",
                "tC/10^4 Nm3",
                "12 × (CH4 + 2 × C2H6 + 3 × C3H8 + 4 × C4H10 + 5 × C5H12 + 2 × C2H4 + 3 × C3H6"
                " + CO) × 10 / 22.4",
            ),
        ),
    ),
    Formula("CARBON_BALANCE", stream_carbon, _write_balance, of_sum=co2_from_carbon),
)
