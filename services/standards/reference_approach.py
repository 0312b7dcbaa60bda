"""The reference approach: fossil CO2 of a region from its apparent consumption of fuels (5.1.1 b).

It stands beside the sectoral approach as a check and is part of no total.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

from services.errors import PlatformError
from services.standards.catalog import Catalog
from services.standards.formulas.base import CARBON_MASS_NUMBER, CO2_MASS
from services.standards.formulas.combustion import GJ_PER_TJ
from services.standards.model import AsOf, Factor, Method, Source
from services.standards.problems import (
    FactorNotInForceError,
    MissingQuantityError,
    NegativeError,
    NotFiniteError,
    ShareTooLargeError,
    UnknownItemError,
)
from services.standards.tables import StandardDataError

FUEL = "fuel"
GAP = "REFERENCE_GAP"
# The factors of the product, and the fields of a balance that may give them.
FIELDS: Mapping[str, str] = MappingProxyType({"NCV": "ncv", "CC": "carbon", "OF": "oxidation"})
# What is made of other fuels is a negative input of transformation.
SIGNED = ("stock_change", "transformation", "difference")


@dataclass(frozen=True, slots=True)
class FuelBalance:
    """One fuel of an energy balance, in t, 10^4 Nm3 or TJ as the fuel is counted.

    A stock change is positive when stocks grow. `fixed` is the share of the carbon of non-energy
    use that stays in products. Factors that are None follow the method. The side of use, None
    where it is not stated, is no part of the reference approach: net input of transformation,
    losses, final use (non-energy use within), and what the statistics leave unexplained.
    """

    item: str
    production: float = 0.0
    imports: float = 0.0
    exports: float = 0.0
    bunkers: float = 0.0
    stock_change: float = 0.0
    non_energy: float = 0.0
    fixed: float = 0.0
    ncv: float | None = None
    carbon: float | None = None
    oxidation: float | None = None
    transformation: float | None = None
    losses: float | None = None
    final_use: float | None = None
    difference: float | None = None

    @property
    def apparent(self) -> float:
        """Return the apparent consumption; negative where more leaves than comes."""
        arrives = (self.production, self.imports)
        return math.fsum((*arrives, -self.exports, -self.bunkers, -self.stock_change))


@dataclass(frozen=True, slots=True)
class FuelReference:
    """What a fuel adds: apparent consumption less carbon that stays in products."""

    balance: FuelBalance
    ncv: float
    carbon: float
    oxidation: float
    co2_t: float


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """Fossil CO2 by the reference approach, and how far it lies from the sectoral one."""

    fuels: tuple[FuelReference, ...]
    co2_t: float
    sectoral_t: float
    expected: Factor

    @property
    def difference(self) -> float | None:
        """Return how far the reference lies from the sectoral approach, as a share of that."""
        return (self.co2_t - self.sectoral_t) / self.sectoral_t if self.sectoral_t else None

    @property
    def is_expected(self) -> bool | None:
        """Return whether the difference lies within what the guideline expects."""
        return None if self.difference is None else abs(self.difference) <= self.expected.value


@dataclass(frozen=True, slots=True)
class ReferenceOrder:
    """Whose reference approach: the regional method, the dates, and the sectoral result."""

    method: str
    as_of: AsOf
    balances: Sequence[FuelBalance]
    sectoral_t: float


def reference_approach(catalog: Catalog, order: ReferenceOrder) -> ReferenceResult:
    """Return fossil CO2 of apparent consumption × NCV × CC × OF × 44/12, beside the sectoral one.

    Raises PlatformError naming the fuel and the field of what is missing or impossible.
    """
    method = catalog.method(order.method)
    fuels = tuple(
        _fuel(method.sources[FUEL], balance, order.as_of, f"balances[{number}]")
        for number, balance in enumerate(order.balances)
    )
    return ReferenceResult(
        fuels=fuels,
        co2_t=math.fsum(fuel.co2_t for fuel in fuels),
        sectoral_t=order.sectoral_t,
        expected=_expected(catalog, method, order.as_of),
    )


def _fuel(source: Source, balance: FuelBalance, as_of: AsOf, where: str) -> FuelReference:
    index = source.item_index.get(balance.item.lower())
    if index is None:
        known = ", ".join(source.item_index)
        raise UnknownItemError(f"{where}.item", value=balance.item, source=source.code, known=known)
    _check(balance, where)
    given = {symbol: getattr(balance, name) for symbol, name in FIELDS.items()}
    if source.items[index].is_by_heat:
        given["NCV"] = GJ_PER_TJ
    ncv, carbon, oxidation = (
        _factor(source, symbol, index, (given[symbol], as_of, where)) for symbol in FIELDS
    )
    amount = balance.apparent - balance.non_energy * balance.fixed
    co2_t = amount * ncv * carbon * oxidation * CO2_MASS / CARBON_MASS_NUMBER
    return FuelReference(balance, ncv, carbon, oxidation, co2_t)


def _check(balance: FuelBalance, where: str) -> None:
    for field in fields(balance):
        value = getattr(balance, field.name)
        if isinstance(value, float | int) and not math.isfinite(value):
            raise NotFiniteError(f"{where}.{field.name}", value=value)
        if isinstance(value, float | int) and value < 0 and field.name not in SIGNED:
            raise NegativeError(f"{where}.{field.name}", value=value)
    for name in ("fixed", "oxidation"):
        if (getattr(balance, name) or 0) > 1:
            raise ShareTooLargeError(f"{where}.{name}", value=getattr(balance, name), unit="")


def _factor(
    source: Source, symbol: str, index: int, asked: tuple[float | None, AsOf, str]
) -> float:
    """Return a factor of a fuel: as given, else the method's default."""
    given, as_of, where = asked
    if given is not None:
        return given
    factor = source.default_of(symbol, source.slot(index))
    entry = source.inputs[symbol]
    if factor is None:
        unit = entry.unit_for(source.items[index].activity_unit)
        names = {"name_zh": entry.names["zh-CN"], "name_en": entry.names["en"]}
        place = {"symbol": symbol, "unit": unit, "alternatives": symbol}
        raise MissingQuantityError(f"{where}.{FIELDS[symbol]}", **place, **names)
    if not factor.in_force(as_of):
        raise _not_in_force(factor, symbol, as_of, f"{where}.{FIELDS[symbol]}")
    return factor.value


def _not_in_force(factor: Factor, symbol: str, as_of: AsOf, where: str) -> PlatformError:
    return FactorNotInForceError(
        where,
        symbol=symbol,
        code=factor.code,
        last_day=as_of.last_day,
        known_on=as_of.known_on,
        known_from=max(factor.applies_from, factor.known_from),
    )


def _expected(catalog: Catalog, method: Method, as_of: AsOf) -> Factor:
    """Return the difference the guideline expects at most, of the newest edition that has one."""
    editions = method.sources[FUEL].editions
    found = [catalog.factors.get(f"{edition}.{GAP}") for edition in editions]
    factor = next((f for f in found if f and f.in_force(as_of)), None)
    if factor is None:
        raise StandardDataError("factors.csv", f"no {GAP} of {method.designation}")
    return factor
