"""Both sides of an energy balance: what is supplied of a fuel is what is used of it (5.1.1 a)."""

from __future__ import annotations

import math
from decimal import Decimal

from services.errors import PlatformError
from services.standards.reference_approach import FuelBalance

USES = ("transformation", "losses", "final_use")
DIFFERENCE = "difference"
SUPPLIES = ("production", "imports", "exports", "bunkers", "stock_change")
FINAL, NON_ENERGY = "final_use", "non_energy"


class SupplyUseError(PlatformError):
    """What is supplied of a fuel and what is used of it differ by more than rounding."""

    text_key = "supply_use"


class NonEnergyError(PlatformError):
    """More is put to non-energy use than is used at all."""

    text_key = "non_energy_use"


def check_sides(balance: FuelBalance, where: str) -> None:
    """Raise unless supply equals use and the statistical difference, within rounding.

    A balance that states no use is the supply side alone, and nothing can be compared.
    """
    stated = [getattr(balance, name) for name in USES]
    if all(value is None for value in stated):
        return
    if balance.final_use is not None and balance.non_energy > balance.final_use:
        values = {"value": balance.non_energy, "limit": balance.final_use}
        raise NonEnergyError(f"{where}.{NON_ENERGY}", **values)
    used = math.fsum(value or 0.0 for value in (*stated, balance.difference))
    gap, limit = balance.apparent - used, rounding(balance)
    if abs(gap) > limit:
        told = {"value": used, "supply": balance.apparent, "gap": gap, "limit": limit}
        raise SupplyUseError(f"{where}.{FINAL}", **told)


def rounding(balance: FuelBalance) -> float:
    """Return by how much the sides may differ: half a last digit for each number stated.

    >>> rounding(FuelBalance("lpg", production=10.5, imports=3.0, final_use=13.5))
    0.6
    """
    names = (*SUPPLIES, *USES, DIFFERENCE)
    given = [value for name in names if (value := getattr(balance, name))]
    return float(sum((_half_digit(value) for value in given), Decimal(0)))


def _half_digit(value: float) -> Decimal:
    exponent = Decimal(repr(value).removesuffix(".0")).as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return Decimal(5).scaleb(-digits - 1)
