"""What only shows when whole columns are looked at: states of steam, shares, derived values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from services.standards import steam
from services.standards.evaluation import Columns, Evaluation, Origin
from services.standards.finding import (
    Bools,
    Check,
    Finding,
    below_zero,
    given,
    part_above_whole,
)
from services.standards.formulas.base import CARBON_MASS_NUMBER, CO2_MASS, Floats
from services.standards.formulas.combustion import CARBON_ATOMS
from services.standards.inventory_findings import INVENTORY_CHECKS
from services.standards.model import Source
from services.standards.problems import (
    AshCarbonError,
    EmptyCompositionError,
    HalfAbatementError,
    LiquidSteamError,
    NearSaturationError,
    NegativeBalanceError,
    NonfossilError,
    NotPositiveError,
    OxideShareError,
    ResultTooLargeError,
    ShareSumError,
    SteamOutsideError,
    SuspectSteamError,
    WaterTemperatureError,
    ZeroFactorError,
)


def findings(source: Source, columns: Columns, result: Evaluation) -> Iterator[Finding]:
    """Return every problem of the rows of a source that a single cell does not show."""
    seen = np.zeros(columns.records, dtype=bool)
    for finding in _CHECKS.get(source.kind, _nothing)(columns, result):
        seen |= finding.rows & finding.is_error
        yield finding
    for tonnes in result.gas_t.values():
        yield Finding(~np.isfinite(tonnes) & ~seen, "inputs", ResultTooLargeError)


def _nothing(_columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    return iter(())


def _fuel(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    if "G_slag" not in columns.given:
        return
    has_ash = ~np.isnan(columns.given["G_slag"])
    is_zero = has_ash & (given(columns, "eta") == 0)
    yield Finding(is_zero, "eta", NotPositiveError, words={"symbol": "eta"})
    oxidation = result.derived["OF"]
    impossible = has_ash & ~is_zero & ~((oxidation >= 0) & (oxidation <= 1))
    yield Finding(impossible, "G_slag", AshCarbonError, {"value": oxidation})


def _oxides(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    for part, whole in (("FR10", "FR1"), ("FR20", "FR2")):
        value, limit = given(columns, part), given(columns, whole)
        names = {"symbol": part, "whole": whole}
        yield Finding(value > limit, part, OxideShareError, {"value": value, "limit": limit}, names)
    total = given(columns, "FR1") + given(columns, "FR2")
    yield Finding(total > 1, "FR2", ShareSumError, {"value": total}, {"symbols": "FR1 + FR2"})


def _electricity(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    is_zero = given(columns, "EF") == 0
    yield Finding(is_zero, "EF", ZeroFactorError, is_error=False)
    yield from part_above_whole(columns, "MWh_nonfossil", "MWh")
    stated = given(columns, "MWh_nonfossil")
    yield Finding(stated > 0, "MWh_nonfossil", NonfossilError, {"value": stated}, is_error=False)


def _losses(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    yield from below_zero(result, "(in_grid + import − export − sold) × EF", "export, sold")
    is_zero = given(columns, "EF") == 0
    yield Finding(is_zero, "EF", ZeroFactorError, is_error=False)


def _equipment(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    yield from part_above_whole(columns, "recovered_kg", "capacity_kg")


def _volume(_columns: Columns, result: Evaluation) -> Iterator[Finding]:
    yield from below_zero(result, "(vent + drain − flare − use) × rho", "flare, use")


def _waste_water(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    yield from part_above_whole(columns, "COD_out", "COD_in")
    formula = "(W × (COD_in − COD_out) − S) × Bo × MCF − R"
    over = given(columns, "COD_out") > given(columns, "COD_in")
    for finding in below_zero(result, formula, "S, R"):
        yield replace(finding, rows=finding.rows & ~over)


def _carbonates(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    total = given(columns, "share_CaCO3") + np.nan_to_num(given(columns, "share_MgCO3"))
    words = {"symbols": "share_CaCO3 + share_MgCO3"}
    yield Finding(total > 1, "share_MgCO3", ShareSumError, {"value": total}, words)


def _flare(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    shares = [given(columns, gas) for gas in (*CARBON_ATOMS, "CO2")]
    total = np.add.reduce([np.nan_to_num(share) for share in shares])
    words = {"symbols": " + ".join((*CARBON_ATOMS, "CO2"))}
    yield Finding(total > 1, "CO2", ShareSumError, {"value": total}, words)
    has_none = np.isnan(shares[:-1]).all(axis=0) & np.isnan(given(columns, "CC"))
    yield Finding(has_none, "CC", EmptyCompositionError)


def _anode(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    total = np.nan_to_num(given(columns, "S")) + np.nan_to_num(given(columns, "A"))
    yield Finding(total > 1, "A", ShareSumError, {"value": total}, {"symbols": "S + A"})


def _abatement(columns: Columns, result: Evaluation) -> Iterator[Finding]:
    """Return the rows where one of efficiency and use is given and the other left at zero."""
    for stated, other in (("eta", "mu"), ("mu", "eta")):
        if other not in result.origins:
            continue
        value = given(columns, stated)
        half = (value > 0) & (result.origins[other] == Origin.CONSTANT)
        values = {stated: value, other: np.zeros(len(columns))}
        yield Finding(half, other, HalfAbatementError, values, is_error=False)


def _balance(_columns: Columns, result: Evaluation) -> Iterator[Finding]:
    carbon = result.gas_t["CO2"] * CARBON_MASS_NUMBER / CO2_MASS
    yield Finding(carbon < 0, "inputs", NegativeBalanceError, {"value": carbon})


def _heat(columns: Columns, _result: Evaluation) -> Iterator[Finding]:
    if "t" not in columns.given:
        return
    pressure, temperature = given(columns, "P"), given(columns, "T")
    has_stream = ~np.isnan(columns.given["t"])
    is_water = has_stream & np.isnan(pressure)
    cold = temperature < steam.REFERENCE_TEMPERATURE_C
    hot = temperature > steam.CRITICAL_TEMPERATURE_C
    yield Finding(is_water & (cold | hot), "T", WaterTemperatureError, {"value": temperature})
    yield from _steam(has_stream & ~is_water, pressure, temperature)


def _steam(rows: Bools, pressure: Floats, temperature: Floats) -> Iterator[Finding]:
    state = steam.enthalpy_of(pressure, temperature)
    named = {"pressure": pressure, "temperature": temperature}
    boiling = {"boiling": steam.steam_table().boiling(pressure)}
    near = rows & state.is_near_saturation
    yield Finding(near, "T", NearSaturationError, named | boiling)
    outside = rows & ~near & np.isnan(state.kj_per_kg)
    yield Finding(outside & np.isnan(temperature), "P", SteamOutsideError, named)
    yield Finding(outside & ~np.isnan(temperature), "T", SteamOutsideError, named)
    inside = rows & ~near & ~outside
    too_cold = inside & (state.kj_per_kg < steam.REFERENCE_ENTHALPY_KJ_PER_KG)
    yield Finding(too_cold, "T", WaterTemperatureError, {"value": temperature})
    inside &= ~too_cold
    yield Finding(inside & state.is_suspect, "P", SuspectSteamError, is_error=False)
    yield Finding(inside & state.is_liquid, "T", LiquidSteamError, named, is_error=False)


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        **INVENTORY_CHECKS,
        "FUEL": _fuel,
        "OXIDE_BALANCE": _oxides,
        "ELECTRICITY": _electricity,
        "HEAT": _heat,
        "TD_LOSS": _losses,
        "GAS_LOSS": _equipment,
        "GAS_VOLUME": _volume,
        "COD_CH4": _waste_water,
        "CARBONATE_MIX": _carbonates,
        "FLARE": _flare,
        "ANODE": _anode,
        "PRODUCT_GAS": _abatement,
        "CARBON_BALANCE": _balance,
    }
)
