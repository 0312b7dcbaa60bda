"""Heat in steam and hot water, by linear interpolation in the printed steam tables.

The table headed superheated holds liquid water below saturation: both states are kept apart at
the saturation temperature, and nothing is interpolated from one into the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.standards.tables import DATA_FOLDER, Row, read_rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REFERENCE_TEMPERATURE_C = 20.0
REFERENCE_ENTHALPY_KJ_PER_KG = 83.74
WATER_KJ_PER_KG_K = 4.1868
KJ_PER_KG_TO_GJ_PER_T = 1000.0
CRITICAL_TEMPERATURE_C = 373.946
# So close below saturation a reading may mean either state; they differ by 2000 kJ/kg.
AMBIGUOUS_C = 1.0
ROUNDING_C = 0.05


@dataclass(frozen=True, slots=True)
class Enthalpy:
    """Enthalpy in kJ/kg, nan outside the tables, and what is to be said about it."""

    kj_per_kg: Floats
    is_suspect: Bools
    is_liquid: Bools
    is_near_saturation: Bools


def between(x: Floats, axis: Floats, values: Floats) -> Floats:
    """Return the values linearly interpolated at x, those at the ends beyond them.

    Written out, because np.interp may fuse multiplication and addition where a processor can,
    and then differs in the last digit from one machine to another.
    """
    upper = np.clip(np.searchsorted(axis, x, side="right"), 1, len(axis) - 1)
    lower = upper - 1
    slope = (values[upper] - values[lower]) / (axis[upper] - axis[lower])
    inside = slope * (x - axis[lower]) + values[lower]
    return np.where(x <= axis[0], values[0], np.where(x >= axis[-1], values[-1], inside))


@dataclass(frozen=True, slots=True)
class _Isobar:
    """One pressure of the superheated table on one side of saturation."""

    temperature: Floats
    enthalpy: Floats
    suspect: Floats

    def at(self, temperature: Floats) -> tuple[Floats, Floats]:
        if not len(self.temperature):
            return np.full_like(temperature, np.nan), np.zeros_like(temperature)
        inside = (temperature >= self.temperature[0]) & (temperature <= self.temperature[-1])
        enthalpy = between(temperature, self.temperature, self.enthalpy)
        suspect = between(temperature, self.temperature, self.suspect)
        return np.where(inside, enthalpy, np.nan), suspect


@dataclass(frozen=True, slots=True)
class SteamTable:
    """Both printed tables, split at saturation."""

    saturation_pressure: Floats
    saturation_temperature: Floats
    saturation_enthalpy: Floats
    saturation_suspect: Floats
    pressures: Floats
    vapour: tuple[_Isobar, ...]
    liquid: tuple[_Isobar, ...]

    def saturated(self, pressure: Floats) -> tuple[Floats, Bools]:
        """Return the enthalpy of saturated steam, and whether a suspect row took part."""
        axis = self.saturation_pressure
        inside = (pressure >= axis[0]) & (pressure <= axis[-1])
        enthalpy = between(pressure, axis, self.saturation_enthalpy)
        suspect = between(pressure, axis, self.saturation_suspect) > 0
        return np.where(inside, enthalpy, np.nan), suspect & inside

    def boiling(self, pressure: Floats) -> Floats:
        """Return the saturation temperature; above the critical point the critical one."""
        axis = self.saturation_pressure
        boiling = between(pressure, axis, self.saturation_temperature)
        return np.where(pressure > axis[-1], CRITICAL_TEMPERATURE_C, boiling)

    def steam(self, pressure: Floats, temperature: Floats) -> Enthalpy:
        """Return the enthalpy of steam, or of liquid water below saturation."""
        boiling = self.boiling(pressure)
        is_liquid = temperature < boiling - ROUNDING_C
        near = is_liquid & (temperature >= boiling - AMBIGUOUS_C)
        above = np.maximum(temperature, boiling)
        vapour, vapour_suspect = self._vapour(pressure, np.where(is_liquid, np.nan, above))
        liquid, liquid_suspect = self._between(
            self.liquid, pressure, np.where(is_liquid, temperature, np.nan)
        )
        return Enthalpy(
            np.where(is_liquid, liquid, vapour),
            np.where(is_liquid, liquid_suspect, vapour_suspect),
            is_liquid,
            near,
        )

    def _vapour(self, pressure: Floats, temperature: Floats) -> tuple[Floats, Bools]:
        """Interpolate between isobars; where the upper one is liquid, up to saturation."""
        lower, upper, weight = self._bracket(pressure)
        low_h, low_flag = self._pick(self.vapour, lower, temperature)
        high_h, high_flag = self._pick(self.vapour, upper, temperature)
        is_inside = ~np.isnan(weight)
        condensed = np.isnan(high_h) & (temperature < CRITICAL_TEMPERATURE_C) & is_inside
        dew_pressure = between(temperature, self.saturation_temperature, self.saturation_pressure)
        dew_h, dew_flag = self.saturated(dew_pressure)
        span = np.where(dew_pressure > self.pressures[lower], dew_pressure, np.inf)
        to_dew = (pressure - self.pressures[lower]) / (span - self.pressures[lower])
        weight = np.where(condensed, np.minimum(to_dew, 1.0), weight)
        high_h = np.where(condensed, dew_h, high_h)
        high_flag = np.where(condensed, dew_flag, high_flag)
        return _mixed(weight, (low_h, low_flag), (high_h, high_flag))

    def _between(
        self, isobars: tuple[_Isobar, ...], pressure: Floats, temperature: Floats
    ) -> tuple[Floats, Bools]:
        lower, upper, weight = self._bracket(pressure)
        low = self._pick(isobars, lower, temperature)
        return _mixed(weight, low, self._pick(isobars, upper, temperature))

    def _bracket(self, pressure: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
        axis = self.pressures
        lower = np.clip(np.searchsorted(axis, pressure, side="right") - 1, 0, len(axis) - 2)
        weight = (pressure - axis[lower]) / (axis[lower + 1] - axis[lower])
        inside = (pressure >= axis[0]) & (pressure <= axis[-1])
        return lower, lower + 1, np.where(inside, weight, np.nan)

    def _pick(
        self, isobars: tuple[_Isobar, ...], index: NDArray[np.intp], temperature: Floats
    ) -> tuple[Floats, Floats]:
        enthalpy = np.full_like(temperature, np.nan)
        suspect = np.zeros_like(temperature)
        for number in np.unique(index):
            rows = index == number
            enthalpy[rows], suspect[rows] = isobars[number].at(temperature[rows])
        return enthalpy, suspect


def _mixed(
    weight: Floats, low: tuple[Floats, Floats], high: tuple[Floats, Floats]
) -> tuple[Floats, Bools]:
    # A neighbour without weight counts nothing, not even as nan.
    enthalpy = np.where(weight == 0, low[0], (1 - weight) * low[0] + weight * high[0])
    enthalpy = np.where(weight == 1, high[0], enthalpy)
    suspect = ((weight < 1) & (low[1] > 0)) | ((weight > 0) & (high[1] > 0))
    return enthalpy, suspect & ~np.isnan(enthalpy)


def enthalpy_of(pressure: Floats, temperature: Floats) -> Enthalpy:
    """Return the enthalpy of each row: steam, saturated steam without T, water without P."""
    pressure, temperature = np.broadcast_arrays(np.atleast_1d(pressure), np.atleast_1d(temperature))
    table = steam_table()
    steam = table.steam(pressure, temperature)
    saturated, saturated_suspect = table.saturated(pressure)
    is_water, is_saturated = np.isnan(pressure), np.isnan(temperature)
    is_steam = ~is_water & ~is_saturated
    # Heat of hot water counts from 20 °C with a constant specific heat, as the guides print it.
    water = (
        REFERENCE_ENTHALPY_KJ_PER_KG + (temperature - REFERENCE_TEMPERATURE_C) * WATER_KJ_PER_KG_K
    )
    enthalpy = np.where(is_water, water, np.where(is_saturated, saturated, steam.kj_per_kg))
    return Enthalpy(
        enthalpy,
        np.where(is_saturated, saturated_suspect, steam.is_suspect & is_steam),
        steam.is_liquid & is_steam,
        steam.is_near_saturation & is_steam,
    )


def heat_above_reference(pressure: Floats | float, temperature: Floats | float) -> Floats:
    """Return kJ/kg above the reference water, by which purchased heat is counted."""
    p, t = np.asarray(pressure, dtype=np.float64), np.asarray(temperature, dtype=np.float64)
    water = (t - REFERENCE_TEMPERATURE_C) * WATER_KJ_PER_KG_K
    above = enthalpy_of(p, t).kj_per_kg - REFERENCE_ENTHALPY_KJ_PER_KG
    return np.where(np.isnan(p), water, above)


@cache
def steam_table() -> SteamTable:
    """Return the printed tables of the data folder."""
    return read_steam_table(DATA_FOLDER)


def read_steam_table(folder: Path) -> SteamTable:
    """Read both tables and split the superheated one at saturation."""
    rows = read_rows("steam_saturated.csv", folder)
    pressure, temperature, enthalpy, suspect = (
        np.array([float(row[name] or 0) for row in rows])
        for name in ("pressure_mpa", "temperature_c", "enthalpy_kj_per_kg", "suspect")
    )
    cells = read_rows("steam_superheated.csv", folder)
    names = list(cells[0])[1:]
    printed = [_printed(cells, name) for name in names]
    saturation = (temperature, enthalpy, suspect)
    edges = [_edge(float(name), pressure, saturation) for name in names]
    return SteamTable(
        saturation_pressure=pressure,
        saturation_temperature=temperature,
        saturation_enthalpy=enthalpy,
        saturation_suspect=suspect,
        pressures=np.array([float(name) for name in names]),
        vapour=tuple(_vapour_side(i, edge) for i, edge in zip(printed, edges, strict=True)),
        liquid=tuple(_liquid_side(i, edge) for i, edge in zip(printed, edges, strict=True)),
    )


def _edge(isobar: float, axis: Floats, saturation: tuple[Floats, ...]) -> tuple[float, ...]:
    """Return temperature, enthalpy and flag of saturated steam; nothing above the table."""
    if isobar > axis[-1]:
        return ()
    at = np.array([isobar])
    return tuple(float(between(at, axis, column)[0]) for column in saturation)


def _printed(cells: list[Row], name: str) -> _Isobar:
    # A question mark stands behind values that disagree with IAPWS-97.
    return _Isobar(
        np.array([float(row["temperature_c"]) for row in cells]),
        np.array([float(row[name].rstrip("?")) for row in cells]),
        np.array([float(row[name].endswith("?")) for row in cells]),
    )


def _vapour_side(isobar: _Isobar, edge: tuple[float, ...]) -> _Isobar:
    """Return saturated steam and everything hotter."""
    hotter = isobar.temperature > (edge[0] if edge else CRITICAL_TEMPERATURE_C)
    return _Isobar(
        np.concatenate([edge[0:1], isobar.temperature[hotter]]),
        np.concatenate([edge[1:2], isobar.enthalpy[hotter]]),
        np.concatenate([edge[2:3], isobar.suspect[hotter]]),
    )


def _liquid_side(isobar: _Isobar, edge: tuple[float, ...]) -> _Isobar:
    """Return the printed rows below saturation."""
    colder = isobar.temperature <= (edge[0] if edge else CRITICAL_TEMPERATURE_C)
    return _Isobar(isobar.temperature[colder], isobar.enthalpy[colder], isobar.suspect[colder])
