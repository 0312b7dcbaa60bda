"""The split of a power plant that supplies heat too, shown beside the total (4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.errors import PlatformError
from services.i18n.words import Words
from services.standards.descriptions import Names
from services.standards.formulas.heat_power import heat_power_figures
from services.standards.problems import (
    MissingQuantityError,
    UnknownFieldError,
    WrongTypeError,
    shown,
)
from services.standards.quantities import read_quantity, read_unit
from services.standards.tables import StandardDataError, names_of, read_rows, unique

METHODS, QUANTITIES = "heat_power.csv", "heat_power_quantities.csv"
FIELD = "heat_power"
SUPPLIED, GENERATED, POWER = "heat_supplied", "heat_generated", "power_supplied"
FIGURES = ("supply_ratio", "heat_t", "power_t", "heat_t_per_gj", "power_t_per_mwh")


class NoHeatPowerError(PlatformError):
    """The method is not one of power plants, so that nothing is split."""

    text_key = "no_heat_power"


class HeatSuppliedError(PlatformError):
    """More heat is supplied than the boilers generate, or they generate none."""

    text_key = "heat_supplied"


@dataclass(frozen=True, slots=True)
class HeatPowerRule:
    """How the methods of power plants split: quantities with unit and names, and who says so."""

    units: Mapping[str, str]
    names: Mapping[str, Names]
    references: Mapping[str, tuple[Words, str]]


@dataclass(frozen=True, slots=True)
class HeatPower:
    """The split: shares of the total, and emissions of a unit of heat and power.

    A rate is None where nothing was supplied.
    """

    quantities: Mapping[str, float]
    supply_ratio: float
    heat_t: float
    power_t: float
    heat_t_per_gj: float | None
    power_t_per_mwh: float | None
    reference: Words
    status: str

    def as_json(self) -> dict[str, object]:
        """Return the split as `shuangtan calculate` prints it."""
        return {
            **self.quantities,
            **{name: getattr(self, name) for name in FIGURES},
            "reference": str(self.reference),
            "status": self.status,
        }


def load_heat_power(folder: Path) -> HeatPowerRule:
    """Return the rule of the data."""
    methods = unique(read_rows(METHODS, folder), ("method",), METHODS)
    quantities = unique(read_rows(QUANTITIES, folder), ("quantity",), QUANTITIES)
    rule = HeatPowerRule(
        units={row["quantity"]: row["unit"] for row in quantities},
        names={row["quantity"]: names_of(row) for row in quantities},
        references={
            row["method"]: (Words(row["reference_zh"], row["reference_en"]), row["status"])
            for row in methods
        },
    )
    if set(rule.units) != {SUPPLIED, GENERATED, POWER}:
        raise StandardDataError(QUANTITIES, f"{sorted(rule.units)} are not what is split by")
    return rule


def read_heat_power(rule: HeatPowerRule, method: str, raw: object) -> dict[str, float]:
    """Return heat supplied and generated and power supplied, or raise naming the cell."""
    if method not in rule.references:
        known = ", ".join(rule.references)
        raise NoHeatPowerError(FIELD, value=method, known=known)
    if not isinstance(raw, Mapping):
        expected = {"expected_zh": "对象", "expected_en": "an object"}
        raise WrongTypeError(FIELD, value=shown(raw), **expected)
    for name in raw:
        if name not in rule.units:
            where, known = f"{FIELD}.{shown(name)}", ", ".join(rule.units)
            raise UnknownFieldError(where, value=shown(name), known=known)
    found = {name: _quantity(rule, name, raw.get(name)) for name in rule.units}
    if found[SUPPLIED] > found[GENERATED] or not found[GENERATED]:
        values = {"value": found[SUPPLIED], "generated": found[GENERATED]}
        raise HeatSuppliedError(f"{FIELD}.{SUPPLIED}", **values)
    return found


def split(
    rule: HeatPowerRule, method: str, quantities: Mapping[str, float], total_t: float
) -> HeatPower:
    """Return what of a total belongs to heat, by the share of the heat generated, and to power.

    Heat has the ratio of what is supplied to what is generated; power has the rest.
    """
    supplied, generated, power = (quantities[name] for name in (SUPPLIED, GENERATED, POWER))
    figures: dict[str, Any] = {**heat_power_figures(supplied, generated, power, total_t)}
    reference, status = rule.references[method]
    return HeatPower(quantities=quantities, **figures, reference=reference, status=status)


def _quantity(rule: HeatPowerRule, name: str, raw: object) -> float:
    where, unit = f"{FIELD}.{name}", rule.units[name]
    if raw is None:
        names = {"name_zh": rule.names[name]["zh-CN"], "name_en": rule.names[name]["en"]}
        raise MissingQuantityError(where, symbol=name, unit=unit, alternatives=name, **names)
    read_unit(raw, unit, where)
    return read_quantity(raw, unit, where).value
