"""Uncertainty of totals by propagation, approach 1 (IPCC 2006 Guidelines, volume 1, chapter 3).

A half-width is half of the interval that holds the value with 95 % probability. Where an inventory
uses one factor on several lines, its error is the same on all of them: such parts are added with
their signs before they are squared (the guidelines' step "aggregate what is correlated first").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.integer]
Bools = NDArray[np.bool_]


def of_product(half_widths: ArrayLike) -> float:
    """Return the relative half-width of a product of independent quantities (equation 3.1).

    >>> of_product([3.0, 4.0])
    5.0
    """
    return float(np.sqrt(np.sum(np.square(np.asarray(half_widths, dtype=np.float64)))))


def of_sum(values: ArrayLike, half_widths: ArrayLike) -> float:
    """Return the relative half-width of a sum of independent quantities (equation 3.2).

    Removals are negative values; the divisor is the size of the net sum, which must not be zero.

    >>> of_sum([30.0, 10.0], [4.0, 16.0])
    5.0
    """
    amounts = np.asarray(values, dtype=np.float64)
    absolute = of_product(np.asarray(half_widths, dtype=np.float64) * amounts)
    return absolute / abs(math.fsum(amounts))


@dataclass(frozen=True, slots=True)
class Effects:
    """What the half-width of a quantity moves on a line, in tonnes with the sign of the line.

    One entry for each pair that belongs together; `quantities` says how many there are in all.
    """

    line: Integers
    quantity: Integers
    tonnes: Floats
    quantities: int

    def of_lines(self, lines: Bools) -> Effects:
        """Return the effects on some of the lines."""
        kept = lines[self.line]
        return Effects(self.line[kept], self.quantity[kept], self.tonnes[kept], self.quantities)

    def moved(self) -> Floats:
        """Return what each quantity moves on all lines together: its uses are fully correlated."""
        return np.bincount(self.quantity, self.tonnes, self.quantities).astype(np.float64)

    def half_width_t(self) -> float:
        """Return the half-width of the sum of the lines, in tonnes."""
        return of_product(self.moved())

    def shares(self) -> Floats:
        """Return which share of the variance of the sum each quantity makes; zeros when exact."""
        variance = np.square(self.moved())
        whole = math.fsum(variance)
        return variance / whole if whole > 0 else variance


@dataclass(frozen=True, slots=True)
class Categories:
    """Columns C to F of table 3.2: emissions in tonnes, removals negative, half-widths in %.

    Unless said otherwise the error of a factor is the same in both years, that of activity not.
    """

    base_t: Floats
    current_t: Floats
    activity_percent: Floats
    factor_percent: Floats
    activity_is_correlated: Bools | None = None
    factor_is_correlated: Bools | None = None


@dataclass(frozen=True, slots=True)
class TrendTable:
    """Columns G to M of table 3.2; the trend counts in percentage points of the base total."""

    combined_percent: Floats
    level_share: Floats
    type_a: Floats
    type_b: Floats
    factor_trend: Floats
    activity_trend: Floats
    trend_variance: Floats
    trend_percent: float

    @property
    def level_percent(self) -> float:
        """Return the half-width of the current total, in per cent of it."""
        return math.sqrt(math.fsum(self.level_share)) * 100

    @property
    def trend_half_width(self) -> float:
        """Return the half-width of the trend, in percentage points."""
        return math.sqrt(math.fsum(self.trend_variance))


def trend_table(categories: Categories) -> TrendTable:
    """Return table 3.2 for two years; both totals must differ from zero.

    Type A sensitivity: the change of the trend, in percentage points, when base and current year
    both rise by 1 %. Type B: the same when only the current year does.
    """
    base, current = categories.base_t, categories.current_t
    base_total, current_total = math.fsum(base), math.fsum(current)
    combined = np.hypot(categories.activity_percent, categories.factor_percent)
    trend = (current_total - base_total) / base_total * 100
    type_a = np.abs(_raised_trend(base, current, (base_total, current_total)) - trend)
    type_b = np.abs(current / base_total)
    factor = _trend_part(
        (type_a, type_b), categories.factor_percent, categories.factor_is_correlated, True
    )
    activity = _trend_part(
        (type_a, type_b), categories.activity_percent, categories.activity_is_correlated, False
    )
    return TrendTable(
        combined_percent=combined,
        level_share=np.square(combined / 100 * current / current_total),
        type_a=type_a,
        type_b=type_b,
        factor_trend=factor,
        activity_trend=activity,
        trend_variance=np.square(factor) + np.square(activity),
        trend_percent=trend,
    )


def _raised_trend(base: Floats, current: Floats, totals: tuple[float, float]) -> Floats:
    """Return the trend in per cent when one category after the other rises by 1 % in both years."""
    before = 0.01 * base + totals[0]
    after = 0.01 * current + totals[1]
    return np.asarray((after - before) / before * 100)


def _trend_part(
    sensitivity: tuple[Floats, Floats], percent: Floats, given: Bools | None, usual: bool
) -> Floats:
    """Return column K or L: type A where both years share the error, type B times √2 elsewhere."""
    type_a, type_b = sensitivity
    is_correlated = np.full(len(percent), usual) if given is None else given
    return np.where(is_correlated, type_a * percent, type_b * percent * math.sqrt(2))
