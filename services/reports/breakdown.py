"""Sums of a run's lines by source and by gas: the tables behind figures and files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.standards.descriptions import LAND_USE
from services.standards.results import EmissionLine

# Stated beside the total: memo items, and the land use of a region.
BESIDE = ("memo", LAND_USE)


@dataclass(frozen=True, slots=True)
class SourceTotal:
    """What one source adds to the total; negative when it is taken off."""

    source: str
    emission_scope: str
    co2e_t: float


@dataclass(frozen=True, slots=True)
class GasTotal:
    """What one gas adds, by the way it counts; deducted is a positive amount taken off."""

    gas: str
    gwp: float
    direct_t: float
    deducted_t: float
    indirect_t: float

    @property
    def total_t(self) -> float:
        """Return the gas's part of the total."""
        return math.fsum((self.direct_t, -self.deducted_t, self.indirect_t))


def signed_co2e_t(line: EmissionLine) -> float:
    """Return what a line adds to the total."""
    return line.sign * line.co2e_t


def counted(lines: Iterable[EmissionLine]) -> tuple[EmissionLine, ...]:
    """Return the lines that are part of the total; memo items and land use stand outside."""
    return tuple(line for line in lines if line.emission_scope not in BESIDE)


def by_source(lines: Iterable[EmissionLine]) -> tuple[SourceTotal, ...]:
    """Return one total for each source and emission scope, in the order of the lines."""
    found = counted(lines)
    keys = dict.fromkeys((line.source, line.emission_scope) for line in found)
    return tuple(
        SourceTotal(source, scope, _sum(found, source=source, emission_scope=scope))
        for source, scope in keys
    )


def by_gas(lines: Iterable[EmissionLine]) -> tuple[GasTotal, ...]:
    """Return one total for each gas and GWP, in the order of the lines."""
    found = counted(lines)
    keys = dict.fromkeys((line.gas, line.gwp) for line in found)
    return tuple(_gas_total(found, gas, gwp) for gas, gwp in keys)


def _gas_total(lines: tuple[EmissionLine, ...], gas: str, gwp: float) -> GasTotal:
    own = tuple(line for line in lines if line.gas == gas and line.gwp == gwp)
    return GasTotal(
        gas,
        gwp,
        direct_t=_total(own, _is_direct),
        deducted_t=0.0 - _total(own, _is_deducted),
        indirect_t=_sum(own, emission_scope="indirect"),
    )


def _is_deducted(line: EmissionLine) -> bool:
    # What is taken off is either of the scope deduct or a direct line with a minus sign.
    return line.emission_scope == "deduct" or (line.emission_scope == "direct" and line.sign < 0)


def _is_direct(line: EmissionLine) -> bool:
    return line.emission_scope == "direct" and line.sign > 0


def _total(lines: Iterable[EmissionLine], admits: Callable[[EmissionLine], bool]) -> float:
    return math.fsum(signed_co2e_t(line) for line in lines if admits(line))


def _sum(lines: Iterable[EmissionLine], **values: object) -> float:
    return _total(lines, lambda line: all(getattr(line, k) == v for k, v in values.items()))
