"""Heat and CO2 of the rows of an entry, as the method computes them while they are checked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.algorithms.outliers import Floats
from services.standards.checks import Assessment, SourceRows
from services.standards.context import Context
from services.standards.records import ERROR

FUEL, DIRECT, CO2 = "FUEL", "direct", "CO2"


@dataclass(frozen=True, slots=True)
class Heat:
    """What the method makes of the rows: by row of the grid, heat of fuels in GJ and their CO2.

    That of biomass is among it, for it is burnt too. `direct_t` is the CO2 of all direct sources;
    None where a row could not be computed.
    """

    energy_gj: Mapping[int, float]
    co2_t: Mapping[int, float]
    direct_t: float | None


NO_HEAT = Heat({}, {}, None)


def heat_of(context: Context, assessment: Assessment, positions: Sequence[int]) -> Heat:
    """Return the heat of the fuels and the CO2 of what could be computed.

    `positions` says which row of the grid a record is. A fuel without a calorific value, such as
    one by measured carbon alone, tells neither its heat nor its CO2 here.
    """
    energy: dict[int, float] = {}
    burnt: dict[int, float] = {}
    for part in assessment.sources:
        heat = _heat(context, part)
        if heat is None:
            continue
        biomass = part.result.biomass_co2_t
        carbon = part.result.gas_t[CO2] + (0.0 if biomass is None else biomass)
        for row, gj, tonnes in zip(part.rows, heat, carbon, strict=True):
            if math.isfinite(gj) and math.isfinite(tonnes):
                energy[positions[row.record]] = float(gj)
                burnt[positions[row.record]] = float(tonnes)
    is_whole = not any(problem.severity == ERROR for problem in assessment.problems)
    return Heat(energy, burnt, _direct(assessment) if is_whole else None)


def _heat(context: Context, part: SourceRows) -> Floats | None:
    """Return amount times calorific value of the rows of a fuel source, nan where unknown."""
    given = part.columns.given
    if part.source.kind != FUEL or "FC" not in given or CO2 not in part.result.gas_t:
        return None
    value = given.get("NCV", np.full(len(part.columns), np.nan))
    fill = context.fills_of(part.source).get("NCV")
    if fill is not None:
        value = np.where(np.isnan(value), fill.table[part.columns.slots], value)
    return np.asarray(given["FC"] * value, dtype=np.float64)


def _direct(assessment: Assessment) -> float:
    return math.fsum(
        float(tonnes) * part.source.sign
        for part in assessment.sources
        if part.source.emission_scope == DIRECT and CO2 in part.result.gas_t
        for tonnes in part.result.gas_t[CO2]
    )
