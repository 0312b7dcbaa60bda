"""What only shows in whole columns of a regional inventory: recovery, shares, areas, biomass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from services.standards.evaluation import Columns, Evaluation
from services.standards.finding import Check, Finding, below_zero, given, part_above_whole
from services.standards.formulas.waste import PARTS
from services.standards.problems import ShareSumError, UnknownBiomassError


def _coal_seam(_columns: Columns, result: Evaluation) -> Iterator[Finding]:
    return below_zero(result, "(P × EF − R) × rho", "R")


def _clinker(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    return part_above_whole(columns, "Q_slag_clinker", "Q_clinker")


def _steel(_columns: Columns, result: Evaluation) -> Iterator[Finding]:
    formula = "fluxes + (Q_pig_iron × C_pig_iron − Q_steel × C_steel) × 44/12"
    return below_zero(result, formula, "Q_steel")


def _byproduct(_columns: Columns, result: Evaluation) -> Iterator[Finding]:
    return below_zero(result, "P × EF / 1000 − destroyed", "destroyed")


def _biomass(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    amounts = result.biomass_co2_t
    if amounts is not None:
        is_unknown = np.isnan(amounts) & ~np.isnan(given(columns, "Q"))
        yield Finding(is_unknown, "C", UnknownBiomassError, is_error=False)


def _conversion(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    return part_above_whole(columns, "B_after", "B_before")


def _landfill(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    symbols = [f"W_{part}" for part in PARTS]
    total = np.add.reduce([np.nan_to_num(given(columns, symbol)) for symbol in symbols])
    words = {"symbols": " + ".join(symbols)}
    yield Finding(total > 1, symbols[-1], ShareSumError, {"value": total}, words)
    yield from below_zero(result, "MSW_T × MSW_F × L0 − R", "R")


def _water(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    yield from part_above_whole(columns, "S", "TOW")
    yield from below_zero(result, "TOW × Bo × MCF − R", "R")


def _nitrogen(_columns: Columns, result: Evaluation) -> Iterator[Finding]:
    return below_zero(result, "population × Pr × F_NPR × F_NON_CON × F_IND_COM − N_S", "N_S")


INVENTORY_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "BIOMASS": _biomass,
        "COAL_SEAM": _coal_seam,
        "CLINKER_EF": _clinker,
        "STEEL_BALANCE": _steel,
        "BYPRODUCT_GAS": _byproduct,
        "FOREST_CONVERSION": _conversion,
        "LANDFILL": _landfill,
        "TREATED_WATER": _water,
        "SEWAGE_N2O": _nitrogen,
    }
)
