"""Submissions that are copies of one another: equal values, or the same shape at another scale.

Candidates come from a k-d tree of shapes (Bentley, 1975) and from sorting equal values, so that the
work grows with n log n, not with the pairs. How near is too near is learnt from the peers
themselves: volumes grow with the power of the intrinsic dimension (Facco et al., 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.spatial import cKDTree

from services.algorithms.forensics import (
    LEAST_CHANCE,
    LEAST_PEERS,
    MAD_TO_SD,
    Floats,
    Integers,
    Monthly,
    bounded,
    grids_of,
    levels_of,
    of_peers,
    rows_of_groups,
)

MONTHS = 12
LEAST_MONTHS = 10
# Copies may come in fives; the eleventh nearest is a stranger.
NEIGHBOURS = 11
# What exceeds so many robust deviations is an outage, and would stand for the whole shape.
CLIPPED_AT = 3.0
# A shape is one only where it is well above what rounding makes.
SHAPE_OVER_ROUNDING = 5.0
# Measured by the twentieth of the peers whose two years are most alike.
CLOSE_QUANTILE = 0.05
# A value of fewer steps is common among strangers; so is one that many have.
LEAST_STEPS, MOST_SHARING = 1_000, 10
LEAST_EQUAL = 3


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each series the chance that its nearest peer is so near, which one, and the ratio."""

    chance: Floats
    partner: Integers
    ratio: Floats


@dataclass(frozen=True, slots=True)
class EqualPairs:
    """Pairs of owners that share values: how many, and the chance; `row` is one that both have."""

    one: Integers
    other: Integers
    count: Integers
    chance: Floats


def shapes_of(series: Monthly) -> Floats:
    """Return the course over the year of each series, without level and what peers have in common.

    Of unit length; NaN where there are fewer than ten months, or nothing but rounding.
    """
    shown = series.shown
    logs = np.log(shown)
    courses = logs - levels_of(logs)[:, None]
    for rows in rows_of_groups(series.group):
        if len(rows) >= LEAST_PEERS:
            courses[rows] -= levels_of(courses[rows].T)[None, :]
    scatter = levels_of(np.abs(courses)) * MAD_TO_SD
    rounding = grids_of(series) / levels_of(shown) / np.sqrt(MONTHS)
    clipped = np.clip(courses, -CLIPPED_AT * scatter[:, None], CLIPPED_AT * scatter[:, None])
    # A month without a figure is nowhere: neither high nor low.
    whole = np.nan_to_num(clipped)
    whole = whole - whole.mean(axis=1, keepdims=True)
    length = np.linalg.norm(whole, axis=1)
    fit = (np.isfinite(shown).sum(axis=1) >= LEAST_MONTHS) & (
        scatter > SHAPE_OVER_ROUNDING * np.nan_to_num(rounding, nan=np.inf)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(fit[:, None], whole / length[:, None], np.nan)


def nearest(series: Monthly) -> Nearest:
    """Return how unlikely near the nearest peer's shape is to each series of another owner."""
    shapes, levels = shapes_of(series), levels_of(series.shown)
    chance = np.full(len(series), np.nan)
    partner = np.full(len(series), -1, dtype=np.int64)
    for rows in rows_of_groups(series.group):
        fit = rows[np.isfinite(shapes[rows, 0])]
        if len(fit) >= max(LEAST_PEERS, NEIGHBOURS + 1):
            distance, index = cKDTree(shapes[fit]).query(shapes[fit], k=NEIGHBOURS + 1)
            chance[fit] = _nearness(*_others(distance, index))
            partner[fit] = fit[_others(distance, index)[1]]
    # Two rows of one owner are no two submissions.
    chance[series.owner == series.owner[partner]] = np.nan
    return Nearest(bounded(chance), partner, levels / levels[partner])


def _others(distance: Floats, index: Integers) -> tuple[Floats, Integers]:
    """Return the distances to others, and the nearest of them: among equals one may not be first.

    The tree counts everybody as nearest to themselves.
    """
    own = np.arange(len(index))
    nearest_one = np.where(index[:, 0] == own, index[:, 1], index[:, 0])
    return distance[:, 1:], nearest_one


def _nearness(distance: Floats, _partner: Integers) -> Floats:
    """Return the larger of two chances: against all nearest peers, and against one's own area."""
    first, second, last = distance[:, 0], distance[:, 1], distance[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Of an honest pair P(second/first > m) = m^-d; the median is deaf to a few copies.
        dimension = np.log(2) / np.log(np.nanmedian(second / np.maximum(first, 1e-12)))
        anywhere = -np.expm1(-np.log(2) * (first / np.median(first)) ** dimension)
        here = 1 - (1 - (first / last) ** dimension) ** (NEIGHBOURS - 1)
    both: Floats = np.maximum(anywhere, here)
    return both


def same_as_before(series: Monthly, before: Floats) -> tuple[Floats, Floats]:
    """Return the chance that a year follows the year before so closely, and at which scale.

    Against what the closest twentieth of the peers differs by between the two years, rounding
    added: chi-square of the variance of the logarithms of the ratios of equal months.
    """
    then = np.where(np.nan_to_num(before) > 0, before, np.nan)
    difference = np.log(series.shown) - np.log(then)
    count = np.isfinite(difference).sum(axis=1)
    scale = np.nansum(difference, axis=1) / np.maximum(count, 1)
    variance = np.nansum((difference - scale[:, None]) ** 2, axis=1) / np.maximum(count - 1, 1)
    floor = 2 * (grids_of(series) / levels_of(series.shown)) ** 2 / MONTHS
    logs = np.log(series.shown)
    own = levels_of(np.abs(logs - levels_of(logs)[:, None])) * MAD_TO_SD
    fit = (count >= LEAST_MONTHS) & (own > SHAPE_OVER_ROUNDING * np.sqrt(floor))
    spread = np.where(fit, np.sqrt(variance), np.nan)
    close = of_peers(spread, series.group, CLOSE_QUANTILE) ** 2 + floor
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = stats.chi2.cdf((count - 1) * variance / close, count - 1)
    return bounded(np.where(fit & np.isfinite(close), chance, np.nan)), np.exp(scale)


def equal_values(series: Monthly, level_spread: Floats, owners: int) -> EqualPairs:
    """Return the pairs of owners that have the same values in the same places, with the chance.

    A place is a month of a group. `level_spread` is the standard deviation of the logarithm of
    the level among peers. A value that stands in several months counts once.
    """
    shown, grids = series.shown, grids_of(series)
    row, month = np.nonzero(np.nan_to_num(shown / grids[:, None]) >= LEAST_STEPS)
    value = shown[row, month]
    order = np.lexsort((value, month, series.group[row]))
    row, month, value = row[order], month[order], value[order]
    same = (np.diff(value) == 0) & (np.diff(month) == 0) & (np.diff(series.group[row]) == 0)
    runs = np.split(np.arange(len(row)), np.flatnonzero(~same) + 1)
    found: dict[tuple[int, int], set[tuple[int, float]]] = {}
    for run in runs:
        if 1 < len(run) <= MOST_SHARING:
            _pair_up(found, series.owner[row[run]], (int(series.group[row[run[0]]]), value[run[0]]))
    enough = {pair: shared for pair, shared in found.items() if len(shared) >= LEAST_EQUAL}
    with np.errstate(invalid="ignore"):
        alike = grids / (2 * np.sqrt(np.pi) * levels_of(shown) * level_spread)
    by_owner = np.bincount(
        series.owner, np.nan_to_num(alike, nan=1.0) * np.isfinite(shown).sum(axis=1), owners
    )
    one, other = np.array(list(enough), dtype=np.int64).reshape(-1, 2).T
    count = np.array([len(shared) for shared in enough.values()], dtype=np.int64)
    expected = np.maximum(by_owner[one], by_owner[other])
    # Each of the two had everybody else to be equal to.
    chance = np.clip(stats.poisson.sf(count - 1, expected) * max(owners - 1, 1), LEAST_CHANCE, 1)
    return EqualPairs(one, other, count, chance)


def _pair_up(
    found: dict[tuple[int, int], set[tuple[int, float]]],
    sharing: Integers,
    what: tuple[int, float],
) -> None:
    owners = sorted({int(owner) for owner in sharing})
    for place, one in enumerate(owners):
        for other in owners[place + 1 :]:
            found.setdefault((one, other), set()).add(what)
