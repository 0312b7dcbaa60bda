"""Uncertainty of totals by simulation, approach 2 (IPCC 2006 Guidelines, volume 1, chapter 3).

Every quantity is drawn once in each draw, however many lines and years use it. A draw is relative:
1 is the value itself. Same seed, same draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
# Relative draws of each quantity, by draw, to the amounts of each group, by draw.
Model = Callable[[Floats], Floats]

# The 97.5 % point of the standard normal distribution.
NORMAL_POINT = 1.959963984540054
# Half of the base of a symmetric triangle whose middle 95 % is 1: (1 - 1/a)² = 0.05.
TRIANGLE_BASE = 1 / (1 - 0.05**0.5)
# Above this a normal distribution would reach below zero, and the guidelines take a lognormal one.
LARGEST_NORMAL = 0.30
# Draws computed together: some hundred lines of them fit the processor's cache.
BLOCK_DRAWS = 256
PERCENTILES = (2.5, 97.5)


class Shape(IntEnum):
    """The distribution of a quantity."""

    NORMAL = 0
    LOGNORMAL = 1
    TRIANGULAR = 2


@dataclass(frozen=True, slots=True)
class Quantities:
    """What is drawn: relative 95 % half-widths, shapes, and the largest draw that is possible."""

    half_width: Floats
    shape: Codes
    largest: Floats

    def __len__(self) -> int:
        """Return how many quantities there are."""
        return len(self.half_width)


def usual_shapes(half_width: Floats) -> Codes:
    """Return normal up to a half-width of 30 %, lognormal above."""
    is_wide = half_width > LARGEST_NORMAL
    return np.where(is_wide, Shape.LOGNORMAL, Shape.NORMAL).astype(np.int8)


def draw(random: np.random.Generator, quantities: Quantities, count: int) -> Floats:
    """Return relative draws, one row for each quantity; none is negative or above its largest."""
    drawn = random.standard_normal((len(quantities), count))
    width = quantities.half_width[:, None]
    is_lognormal = quantities.shape == Shape.LOGNORMAL
    is_triangular = quantities.shape == Shape.TRIANGULAR
    lognormal = _lognormal(drawn[is_lognormal], width[is_lognormal])
    drawn *= width / NORMAL_POINT
    drawn += 1
    drawn[is_lognormal] = lognormal
    drawn[is_triangular] = _triangular(random, width[is_triangular], count)
    _draw_below_zero_again(random, drawn, width)
    return np.minimum(drawn, quantities.largest[:, None], out=drawn)


@dataclass(frozen=True, slots=True)
class Plan:
    """How often is drawn, from which seed."""

    draws: int = 10_000
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Simulated:
    """The amounts of each group in every draw, and what each quantity explains of the first."""

    amounts: Floats
    shares: Floats

    def means(self) -> Floats:
        """Return the mean of each group."""
        return np.asarray(self.amounts.mean(axis=1))

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the 2.5 and the 97.5 percentile of each group."""
        low, high = np.percentile(self.amounts, PERCENTILES, axis=1)
        return low, high


def simulate(model: Model, quantities: Quantities, groups: int, plan: Plan) -> Simulated:
    """Return what the groups amount to in every draw.

    The share of a quantity is its squared correlation with the first group, less what chance
    alone gives (1 / draws): the part of the variance that it explains.
    """
    random = np.random.default_rng(plan.seed)
    amounts = np.empty((groups, plan.draws))
    products, squares = np.zeros(len(quantities)), np.zeros(len(quantities))
    sums = np.zeros(len(quantities))
    centre: float | None = None
    for start in range(0, plan.draws, BLOCK_DRAWS):
        count = min(BLOCK_DRAWS, plan.draws - start)
        drawn = draw(random, quantities, count)
        amounts[:, start : start + count] = found = model(drawn)
        # Centred on the first block, so that no digits are lost in the difference of large sums.
        centre = float(found[0].mean()) if centre is None else centre
        drawn -= 1
        products += drawn @ (found[0] - centre)
        squares += np.einsum("qd,qd->q", drawn, drawn)
        sums += drawn.sum(axis=1)
    return Simulated(amounts, _shares(amounts[0] - (centre or 0), (products, squares, sums)))


def _shares(first: Floats, found: tuple[Floats, Floats, Floats]) -> Floats:
    products, squares, sums = found
    count = len(first)
    covariance = products / count - sums / count * first.mean()
    variance = squares / count - np.square(sums / count)
    whole = variance * first.var()
    with np.errstate(all="ignore"):
        squared = np.where(whole > 0, np.square(covariance) / whole, 0.0)
    return np.maximum(squared - 1 / count, 0.0)


def _lognormal(normal: Floats, width: Floats) -> Floats:
    """Return draws of mean 1 whose standard deviation is that of the half-width."""
    variance = np.log1p(np.square(width / NORMAL_POINT))
    return np.asarray(np.exp(np.sqrt(variance) * normal - variance / 2))


def _triangular(random: np.random.Generator, width: Floats, count: int) -> Floats:
    """Return draws between the edges that leave 2.5 % outside the half-width on each side."""
    sides = random.random((len(width), count)) - random.random((len(width), count))
    # The difference of two uniform draws is triangular between -1 and 1.
    return np.maximum(1 + sides * width * TRIANGLE_BASE, 0.0)


def _draw_below_zero_again(random: np.random.Generator, drawn: Floats, width: Floats) -> None:
    """Draw anew what fell below zero, which only a wide normal distribution lets happen."""
    deviation = np.broadcast_to(width / NORMAL_POINT, drawn.shape)
    while drawn.size and drawn.min() < 0:
        below = drawn < 0
        drawn[below] = 1 + random.standard_normal(int(below.sum())) * deviation[below]
