"""Values that repeat, stand still, are too smooth, or follow another row too closely."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy import stats

from services.algorithms.forensics import (
    Floats,
    Integers,
    Monthly,
    bounded,
    distinct_of,
    grids_of,
    levels_of,
    of_peers,
    rows_of_groups,
    spreads_of,
)

LEAST_MONTHS = 6
# A run of so many equal months is the shortest that is worth a word.
SHORTEST_RUN = 3
# Where one in twenty peers has such a run it is the custom of that row: an annual average of a
# laboratory, a fixed quantity of a contract.
CUSTOMARY_SHARE = 0.05
# Measured by the steadiest twentieth of the peers, so that a steady plant is no finding.
STEADY_QUANTILE = 0.05
# Differences of neighbours share values, which leaves two thirds of their degrees of freedom
# (von Neumann, 1941).
NEIGHBOURS_EFFICIENCY = 2 / 3
# Of very many rows the largest are paired with one another.
MOST_PAIRED = 10
LEAST_PAIRED_SPREAD = 0.01


def chance_of_equal(series: Monthly) -> Floats:
    """Return how likely two months of a series are equal by chance, given its grid and spread.

    Two normal values on a grid g fall together with g / (2√π σ). The spread is the series' own;
    where it has too few distinct values, that of the steadier quarter of its peers at its level.
    """
    shown = series.shown
    level = levels_of(shown)
    own = spreads_of(shown)
    peers = of_peers(own / level, series.group, 0.25) * level
    spread = np.where(np.isfinite(own), own, peers)
    with np.errstate(divide="ignore"):
        found: Floats = np.minimum(grids_of(series) / (2 * np.sqrt(np.pi) * spread), 1)
    return found


def repeated(series: Monthly) -> tuple[Floats, Integers]:
    """Return the chance of so many months with a value that stood before, and their number.

    Poisson over all pairs of months; a value that stands three times counts two.
    """
    shown = series.shown
    months = np.isfinite(shown).sum(axis=1)
    again = months - distinct_of(shown)
    expected = months * (months - 1) / 2 * chance_of_equal(series)
    chance = np.where(months >= LEAST_MONTHS, stats.poisson.sf(again - 1, expected), np.nan)
    return bounded(np.where(np.isfinite(expected), chance, np.nan)), again


def flat(series: Monthly) -> tuple[Floats, Integers]:
    """Return the chance of the longest run of equal months, and its length.

    At most (n - L + 1) q^(L-1). Where such runs are the custom among peers the chance is 1.
    """
    shown = series.shown
    months, longest = np.isfinite(shown).sum(axis=1), longest_run(shown)
    chance = (months - longest + 1) * chance_of_equal(series) ** (longest - 1)
    chance = np.where(longest < SHORTEST_RUN, 1, chance)
    for rows in rows_of_groups(series.group):
        share = _share_of_longer(longest[rows])
        chance[rows] = np.where(share >= CUSTOMARY_SHARE, 1, chance[rows])
    return bounded(np.where(months >= LEAST_MONTHS, chance, np.nan)), longest


def longest_run(shown: Floats) -> Integers:
    """Return the length of the longest run of equal neighbours in each row."""
    run = np.isfinite(shown[:, 0]).astype(np.int64)
    longest = run.copy()
    for month in range(1, shown.shape[1]):
        same = shown[:, month] == shown[:, month - 1]
        run = np.where(same, run + 1, np.isfinite(shown[:, month]))
        longest = np.maximum(longest, run)
    return longest


def smooth(series: Monthly) -> tuple[Floats, Floats]:
    """Return the chance to vary so little from month to month, and the spread of the logarithms.

    Against what the steadiest twentieth of the peers varies by, rounding added: chi-square of the
    variance of neighbouring differences. Standing still is told by runs, and left out here.
    """
    shown = series.shown
    steps = np.diff(np.log(shown), axis=1)
    count = np.isfinite(steps).sum(axis=1)
    variance = _mean_square(steps, count)
    spread = np.sqrt(variance)
    floor = 2 * (grids_of(series) / levels_of(shown)) ** 2 / 12
    steady = of_peers(spread, series.group, STEADY_QUANTILE) ** 2 + floor
    freedom = count * NEIGHBOURS_EFFICIENCY
    judged = (count >= LEAST_MONTHS) & (distinct_of(shown) >= LEAST_MONTHS) & np.isfinite(steady)
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = stats.chi2.cdf(freedom * variance / steady, freedom)
    return bounded(np.where(judged, chance, np.nan)), spread


def pairs_within(series: Monthly) -> tuple[Integers, Integers]:
    """Return the pairs of series of each owner that lie in different groups."""
    levels = levels_of(series.shown)
    first: list[int] = []
    second: list[int] = []
    for rows in rows_of_groups(series.owner):
        largest = rows[np.argsort(-np.nan_to_num(levels[rows]), kind="stable")][:MOST_PAIRED]
        for one, other in combinations(sorted(largest, key=lambda row: series.group[row]), 2):
            if series.group[one] != series.group[other]:
                first.append(one)
                second.append(other)
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def locked(series: Monthly, first: Integers, second: Integers) -> tuple[Floats, Floats]:
    """Return the chance that two rows keep so constant a ratio, and the spread of its logarithm.

    Coal that is clinker times a constant has no scales of its own. Against the tightest twentieth
    of the same pairs of peers, rounding added. Only where both rows move.
    """
    shown, grids = series.shown, grids_of(series)
    logs, levels = np.log(shown), levels_of(shown)
    ratio = logs[first] - logs[second]
    count = np.isfinite(ratio).sum(axis=1)
    mean = np.nansum(ratio, axis=1) / np.maximum(count, 1)
    variance = _mean_square(ratio - mean[:, None], count - 1)
    spread = np.sqrt(variance)
    floor = ((grids[first] / levels[first]) ** 2 + (grids[second] / levels[second]) ** 2) / 12
    kinds = np.unique(np.column_stack([series.group[first], series.group[second]]), axis=0,
                      return_inverse=True)[1].reshape(-1).astype(np.int64)  # fmt: skip
    tight = of_peers(spread, kinds, STEADY_QUANTILE) ** 2 + floor
    moves = np.minimum(_spread(logs)[first], _spread(logs)[second]) > np.maximum(
        LEAST_PAIRED_SPREAD, 3 * np.sqrt(floor)
    )
    judged = (count >= LEAST_MONTHS) & np.isfinite(tight) & moves
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = stats.chi2.cdf((count - 1) * variance / tight, count - 1)
    return bounded(np.where(judged, chance, np.nan)), spread


def _share_of_longer(longest: Integers) -> Floats:
    """Return the share of the other peers whose longest run is as long."""
    others = max(len(longest) - 1, 1)
    as_long = len(longest) - np.searchsorted(np.sort(longest), longest, side="left") - 1
    share: Floats = as_long / others
    return share


def _mean_square(values: Floats, freedom: Integers) -> Floats:
    found: Floats = np.nansum(values**2, axis=1) / np.maximum(freedom, 1)
    return found


def _spread(logs: Floats) -> Floats:
    count = np.isfinite(logs).sum(axis=1)
    mean = np.nansum(logs, axis=1) / np.maximum(count, 1)
    return np.sqrt(_mean_square(logs - mean[:, None], count - 1))
