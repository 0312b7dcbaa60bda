"""What the lines of a year add up to: totals by scope, and what is stated beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.standards.descriptions import LAND_USE

DIRECT, INDIRECT, DEDUCT, MEMO = "direct", "indirect", "deduct", "memo"
# Where the parts by month say what is of the whole year; it stands after the last of them.
WHOLE_YEAR, _LAST = "year", 13
# What several roundings of a double may leave; more than that is a difference.
LAST_DIGITS = 1e-12
# Named apart because only their difference says whether a region imports.
NET_IMPORT = ("el_import", "el_export")


class Counted(Protocol):
    """What of a line decides how it counts."""

    @property
    def source(self) -> str:
        """Return the code of the source."""

    @property
    def emission_scope(self) -> str:
        """Return direct, indirect, deduct, memo or land_use."""

    @property
    def sign(self) -> int:
        """Return 1, or -1 for what counts against."""

    @property
    def co2e_t(self) -> float:
        """Return tonnes of CO2 equivalent, never negative."""


class Dated(Counted, Protocol):
    """A line that may be of one month."""

    @property
    def month(self) -> int | None:
        """Return the month from 1 to 12, None for the whole year."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals in tonnes of CO2 equivalent; `memo` is outside of them."""

    total_t: float
    direct_t: float
    indirect_t: float
    deducted_t: float
    memo: Mapping[str, float]


def totals_of(lines: Sequence[Counted], biomass_co2_t: Sequence[float]) -> Totals:
    """Return what lines add up to; fsum rounds once, so that no order changes a total."""
    direct, deducted = _sum(_in_scope(lines, DIRECT)), _sum(_in_scope(lines, DEDUCT))
    indirect = _signed(_in_scope(lines, INDIRECT))
    total = math.fsum((direct, -deducted, indirect))
    memo = {"quota_t": direct - deducted, **_memo(_in_scope(lines, MEMO), biomass_co2_t)}
    memo |= _land_use(_in_scope(lines, LAND_USE), total)
    return Totals(total, direct, indirect, deducted, memo)


def parts_by_month(lines: Sequence[Dated], total_t: float) -> dict[str, float]:
    """Return what the total consists of by month; records of the whole year stand under "year".

    A month without lines is not there: nothing entered is not nothing emitted. Where no line names
    a month there are no parts. The last digits that rounding leaves stand in one of the larger
    parts, so that fsum of all parts is the total.
    """
    if all(line.month is None for line in lines):
        return {}
    found: dict[int, list[float]] = {}
    for line in lines:
        added = _added(line)
        if added is not None:
            found.setdefault(line.month or _LAST, []).append(added)
    parts = {
        WHOLE_YEAR if month == _LAST else str(month): math.fsum(found[month])
        for month in sorted(found)
    }
    return _settled(parts, total_t)


def _added(line: Counted) -> float | None:
    """Return what a line adds to the total; None for what stands beside it."""
    counting = {DIRECT: 1, DEDUCT: -1, INDIRECT: line.sign}
    factor = counting.get(line.emission_scope)
    return None if factor is None else factor * line.co2e_t


def _settled(parts: dict[str, float], total_t: float) -> dict[str, float]:
    rest = math.fsum((total_t, *(-part for part in parts.values())))
    if not rest or abs(rest) > LAST_DIGITS * max(map(abs, parts.values()), default=0.0):
        return parts
    for name in sorted(parts, key=lambda name: -abs(parts[name])):
        moved = parts | {name: parts[name] + rest}
        if math.fsum(moved.values()) == total_t:
            return moved
    return parts


def _memo(beside: Sequence[Counted], biomass_co2_t: Sequence[float]) -> dict[str, float]:
    """Return what is stated beside the total: biomass, and what a region trades."""
    memo = {}
    if any(biomass_co2_t):
        memo["biomass_co2_t"] = math.fsum(biomass_co2_t)
    for source in dict.fromkeys(line.source for line in beside):
        memo[f"{source}_t"] = _sum(line for line in beside if line.source == source)
    traded = [line for line in beside if line.source in NET_IMPORT]
    if traded:
        memo["el_net_import_t"] = _signed(traded)
    return memo


def _land_use(lines: Sequence[Counted], total_t: float) -> dict[str, float]:
    """Return the land use of a region (removals negative) and the total with it, if it has any."""
    if not lines:
        return {}
    land_use = [line.sign * line.co2e_t for line in lines]
    return {
        "land_use_t": math.fsum(land_use),
        "total_with_land_use_t": math.fsum((total_t, *land_use)),
    }


def _in_scope(lines: Sequence[Counted], scope: str) -> list[Counted]:
    return [line for line in lines if line.emission_scope == scope]


def _sum(lines: Iterable[Counted]) -> float:
    return math.fsum(line.co2e_t for line in lines)


def _signed(lines: Iterable[Counted]) -> float:
    return math.fsum(line.sign * line.co2e_t for line in lines)
