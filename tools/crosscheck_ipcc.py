"""Writes cases/ipcc.toml: IPCC equations as the package bonsai-ipcc computes them, beside ours.

Run once, in a virtual environment of its own outside the project, with bonsai-ipcc 0.5.3, pandas,
scipy and uncertainties; what it prints is tests/services/standards/cases/ipcc.toml. Only the
modules of equations are loaded; the package's own start asks for more packages.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from types import ModuleType
from typing import Any

PACKAGE = "bonsai_ipcc"
# Warming potentials of the edition of 2011 (SAR), to compare totals.
GWP = {"CO2": 1, "CH4": 21, "N2O": 310, "HFC-23": 11700, "CF4": 6500, "C2F6": 9200, "SF6": 23900}
KG, GG = 1e-3, 1e3
# Its packages, whose own start is left out; a point alone is the group itself.
PARTS = {
    "": ".",
    ".waste": ". .swd .biological .waste_generation .incineration .wastewater",
    ".agriculture": ". .soils .generic .livestock_manure",
    ".industry": ". .chemical .metal .mineral",
}

# Source, equations, tonnes by gas, inputs of the record.
Case = tuple[str, str, dict[str, float], dict[str, Any]]


def equations(module: str) -> Any:
    """Return a module of equations without running the start of the package."""
    if PACKAGE not in sys.modules:
        spec = find_spec(PACKAGE)
        if spec is None or spec.submodule_search_locations is None:
            raise SystemExit("bonsai-ipcc is not installed")
        for group, leaves in PARTS.items():
            for leaf in leaves.split():
                _stub(f"{PACKAGE}{group}{leaf}".rstrip("."), spec.submodule_search_locations[0])
    return import_module(f"{PACKAGE}.{module}.elementary")


def _stub(name: str, root: str) -> None:
    package = ModuleType(name)
    package.__path__ = ["/".join([root, *name.split(".")[1:]])]
    sys.modules.setdefault(name, package)


def waste() -> Iterator[Case]:
    """Yield landfills, incineration, waste water and nitrogen of sewage."""
    swd, burn = equations("waste.swd"), equations("waste.incineration")
    made = swd.ch4_generated(swd.ddoc_from_wd_data(250, 0.14, 0.5, 0.8), 0.5)
    inputs = {"MSW_T": 250_000, "MSW_F": 1, "MCF": 0.8, "DOC": 0.14, "DOCf": 0.5, "F": 0.5}
    inputs |= {"OX": 0.1, "R": made * 0.25 * GG}
    left = swd.ch4_emissions(made, 0.1, 0.25) * GG
    yield "landfill", "equations 3.2, 3.6, 3.1", {"CH4": left}, inputs
    burnt = burn.co2_emissions(40, 0.6, 0.4, 0.35, 0.98) * GG
    inputs = {"IW": 40_000, "CCW": 0.24, "FCF": 0.35, "burnout": 0.98}
    yield "incineration", "equations 5.1, 5.2", {"CO2": burnt}, inputs


def water() -> Iterator[Case]:
    """Yield sewage, industrial waste water and nitrogen of sewage."""
    treated = equations("waste.wastewater")
    factor = treated.ef_ch4_treat(0.6, 0.3)
    tonnes = treated.ch4_emissions_treatment(9e6, 0, factor, 2e4) * KG
    inputs = {"TOW": 9000, "Bo": 0.6, "MCF": 0.3, "R": 20}
    yield "sewage_ch4", "equations 6.1, 6.2", {"CH4": tonnes}, inputs
    factor = treated.ef_ch4_ind(0.25, 0.8)
    tonnes = treated.ch4_emissions_system_ind(7e6, 1e6, factor, 5e4) * KG
    inputs = {"TOW": 7000, "S": 1000, "Bo": 0.25, "MCF": 0.8, "R": 50}
    yield "industrial_water_ch4", "equations 6.4, 6.5", {"CH4": tonnes}, inputs
    nitrogen = treated.tn_domestic(2e6, 32, 0.16, 1, 1.4, 1.25)
    # The package leaves 44/28 to another equation.
    found = equations("agriculture.generic").n2o(treated.n2o_effluent(nitrogen - 1e6, 0.005)) * KG
    inputs = {"population": 2e6, "Pr": 32, "F_NPR": 0.16, "F_NON_CON": 1.4, "F_IND_COM": 1.25}
    inputs |= {"N_S": 1e6, "EF_E": 0.005}
    yield "sewage_n2o", "equations 6.10, 6.7, 11.x", {"N2O": found}, inputs


def agriculture() -> Iterator[Case]:
    """Yield nitrogen put on soil and what is lost of it, enteric methane."""
    soils, generic = equations("agriculture.soils"), equations("agriculture.generic")
    animals = equations("agriculture.livestock_manure")
    tonnes = generic.n2o(soils.n2o_n_inputs(4e5, 2e5, 1e5, 0, 0.0125)) * KG
    inputs = {"N_fert": 400, "N_manure": 200, "N_straw": 100, "EF": 0.0125}
    yield "farmland", "equation 11.1", {"N2O": tonnes}, inputs
    # A thousand heads that excrete 700 kg each: the form is N × share × factor.
    tonnes = animals.n2o_l(animals.n_leaching(1000, 700, 1, 0.3), 0.0075) * KG
    inputs = {"N_input": 700, "leached": 0.3, "EF": 0.0075}
    yield "leaching", "equations 10.27, 10.29", {"N2O": tonnes}, inputs
    lost = animals.n_volatilization(1000, 50, 1, 0.2) + animals.n_volatilization(1, 3e4, 1, 0.1)
    inputs = {"N_excreted": 50, "volatil_manure": 0.2, "N_fert": 30, "volatil_fert": 0.1}
    tonnes = animals.n2o_g(lost, 0.01) * KG
    yield "deposition", "equations 10.26, 10.28", {"N2O": tonnes}, inputs | {"EF": 0.01}
    inputs = {"heads": 40_000, "EF": 61}
    yield "enteric", "equation 10.19", {"CH4": animals.e(61, 4e4) * GG}, inputs


def industry() -> Iterator[Case]:
    """Yield cement, HCFC-22, aluminium and magnesium."""
    mineral, chemical = equations("industry.mineral"), equations("industry.chemical")
    metal = equations("industry.metal")
    tonnes = mineral.co2_emissions_tier1_(1e6, 0.75, 0, 0, 0.52)
    yield "cement", "equation 2.1", {"CO2": tonnes}, {"Q_clinker": 750_000, "EF": 0.52}
    tonnes = chemical.tier1_e_hfc_23(0.04, 5e6) * KG
    yield "hcfc22", "equation 3.30", {"HFC-23": tonnes}, {"P": 5000, "EF": 40}
    gases = {"CF4": metal.e_cf4_tier1_(0.4, 1e5) * KG, "C2F6": metal.e_c2f6_tier1_(0.04, 1e5) * KG}
    inputs = {"P": 100_000, "EF_CF4": 0.4, "EF_C2F6": 0.04}
    yield "aluminium", "equation 4.25", gases, inputs
    # The package names gigagrams, but its numbers are tonnes: t × kg/t × 0.001.
    sulphur = {"SF6": metal.e_sf6_magnesium(3000, 1)}
    yield "magnesium", "equation 4.30", sulphur, {"P": 3000, "EF": 1}


def written(case: Case) -> str:
    """Return a case as TOML."""
    source, where, gases, record = case
    inputs = ", ".join(f"{symbol} = {json.dumps(value)}" for symbol, value in record.items())
    made = " + ".join(f"{tonnes!r} t {gas} x {GWP[gas]}" for gas, tonnes in gases.items())
    total = math.fsum(tonnes * GWP[gas] for gas, tonnes in gases.items())
    return (
        f'[[case]]\nid = "{source}, IPCC {where}"\n'
        f'origin = "{made} by bonsai-ipcc {version("bonsai-ipcc")}"\n'
        f"total_t = {total!r}\n"
        f'records = [{{ source = "{source}", inputs = {{ {inputs} }} }}]\n'
    )


def main() -> None:
    """Print all cases."""
    groups = (waste, water, agriculture, industry)
    print("# Frozen output of tools/crosscheck_ipcc.py; edition 2011 (SAR).\n")
    print("\n".join(written(case) for group in groups for case in group()), end="")


if __name__ == "__main__":
    main()
