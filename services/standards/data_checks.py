"""What must hold of the standards' data before anything is computed from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from services.standards.balance_forms import BalanceForm
from services.standards.balance_loading import FORMS
from services.standards.descriptions import LAND_USE, SECTORS
from services.standards.heat_power import METHODS, HeatPowerRule
from services.standards.model import Factor, Item, Kind, Method, Source
from services.standards.tables import StandardDataError
from services.units import are_alike, is_unit, unit

STATUSES = frozenset({"verified", "secondary", "recalled"})
SCOPES = frozenset({"direct", "indirect", "deduct", "memo", LAND_USE})
REGION = "region"


def check_methods(
    methods: Mapping[str, Method], kinds: Mapping[str, Kind], policies: Collection[str]
) -> None:
    """Raise at the first contradiction: dates, units, ranges, names."""
    for method in methods.values():
        _check_dates(method)
        for source in method.sources.values():
            _check_source(source)
            _check_sector(source, method.subject)
            if any(i.policy for i in source.inputs.values()) and source.policy not in policies:
                place = f"{source.method} {source.code}"
                raise StandardDataError(place, f"no policy {source.policy}")
            for index, item in enumerate(source.items):
                _check_item(source, index, item, kinds)


def check_forms(
    forms: Iterable[BalanceForm], symbols: Collection[str], methods: Mapping[str, Method]
) -> None:
    """Raise unless the forms of balances name what exists, and every source gives them a result."""
    for form in forms:
        unknown = {*form.symbols} - {*symbols} | form.methods - {*methods}
        if unknown or form.status not in STATUSES:
            raise StandardDataError(FORMS, f"{form.code}: unknown {sorted(unknown)} or status")
    for method in methods.values():
        for source in method.sources.values():
            for form in source.balances:
                if not any(symbol in source.inputs for symbol in form.symbols):
                    place = f"{method.designation} {source.code}"
                    raise StandardDataError(place, f"no amount for {form.code}")


def check_heat_power(rule: HeatPowerRule, methods: Mapping[str, Method]) -> None:
    """Raise unless what is split, and by which methods, is known."""
    unknown = {*rule.references} - {*methods} | {s for _, s in rule.references.values()} - STATUSES
    if unknown or not all(is_unit(name) for name in rule.units.values()):
        raise StandardDataError(METHODS, f"unknown {sorted(unknown)} or unit")


def check_factor(factor: Factor) -> None:
    """Raise unless status, unit and value of a factor make sense."""
    if factor.status not in STATUSES:
        raise StandardDataError(factor.code, f"unknown status {factor.status}")
    if not is_unit(factor.unit):
        raise StandardDataError(factor.code, f"unknown unit {factor.unit}")
    if not factor.value >= 0 or (factor.unit == "0..1" and factor.value > 1):
        raise StandardDataError(factor.code, f"impossible value {factor.value}")


def _check_dates(method: Method) -> None:
    first, last = method.valid_from, method.valid_to
    # A guide of emissions trading may be issued in the year after the first it holds for.
    latest = date(first.year + 1, 12, 31)
    if (last and last < first) or (method.published and method.published > latest):
        raise StandardDataError(method.designation, "dates do not ascend")


def _check_source(source: Source) -> None:
    place = f"{source.method} {source.code}"
    if source.emission_scope not in SCOPES or source.status not in STATUSES:
        raise StandardDataError(place, "unknown scope or status")
    for entry in source.inputs.values():
        if not all(is_unit(name) for name in entry.unit.split(" or ")):
            raise StandardDataError(place, f"unknown unit {entry.unit}")
    for symbol, factors in source.defaults.items():
        _check_default_units(source, symbol, factors)


def _check_sector(source: Source, subject: str) -> None:
    """Raise unless a source of a region has a sector, and only land use is of that scope."""
    place = f"{source.method} {source.code}"
    if source.sector not in (SECTORS if subject == REGION else ("",)):
        raise StandardDataError(place, f"unknown sector {source.sector}")
    if (source.sector == LAND_USE) != (source.emission_scope == LAND_USE):
        raise StandardDataError(place, "land use outside its sector")


def _check_default_units(source: Source, symbol: str, factors: Iterable[Factor | None]) -> None:
    units = source.inputs[symbol].unit.split(" or ")
    for factor in factors:
        if factor is None:
            continue
        check_factor(factor)
        if not any(_are_equal(factor.unit, name) for name in units):
            raise StandardDataError(factor.code, f"{factor.unit} is none of {units}")


def _are_equal(left: str, right: str) -> bool:
    """Return whether a number means the same in two units, as 1 g/kg and 1 kg/t do."""
    return are_alike(left, right) and unit(left).scale == unit(right).scale


def _check_item(source: Source, index: int, item: Item, kinds: Mapping[str, Kind]) -> None:
    if item.kind not in kinds:
        raise StandardDataError("kinds.csv", f"unknown kind {item.kind} of {item.code}")
    for symbol, (low, high) in kinds[item.kind].ranges.items():
        factor = None if source.is_balance else source.default_of(symbol, source.slot(index))
        if factor is None or factor.is_doubtful:
            continue
        if not low <= factor.value <= high:
            raise StandardDataError(factor.code, f"{factor.value} outside {low} to {high}")
