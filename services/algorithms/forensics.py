"""What tests of unlikely figures share: series by month, what peers vary by, chances, many tests.

Every test returns a chance for each series or submission: how likely an honest one is to look so.
NaN says that the test cannot judge. Nothing here knows what a firm is, or calls anything forged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

# So many others are needed before anybody is measured by them.
LEAST_PEERS = 20
# A chance below this says nothing more, and would be written with more zeros than anybody reads.
LEAST_CHANCE = 1e-12
# The median absolute deviation of a normal variable times this is its standard deviation.
MAD_TO_SD = 1.4826
# Fewer distinct values do not tell by how much a series varies, nor its common divisor.
LEAST_DISTINCT = 5
# Nobody reads a meter in millions of its last digit.
MOST_TENS = 6


@dataclass(frozen=True, slots=True)
class Monthly:
    """One row a series: twelve months of one quantity, NaN where a month says nothing.

    `owner` numbers submissions from 0, `group` what is compared with one another, `step` is the
    finest digit that was typed, in the unit of the values.
    """

    owner: Integers
    group: Integers
    values: Floats
    step: Floats

    def __len__(self) -> int:
        """Return how many series there are."""
        return len(self.owner)

    @property
    def used(self) -> Bools:
        """Return the months in which something was used: an outage is no figure to judge."""
        return np.nan_to_num(self.values) > 0

    @property
    def shown(self) -> Floats:
        """Return the values, NaN where nothing was used."""
        return np.where(self.used, self.values, np.nan)


def distinct_of(shown: Floats) -> Integers:
    """Return how many different values stand in each row."""
    ordered = np.sort(shown, axis=1)
    new = np.diff(ordered, axis=1) > 0
    found: Integers = new.sum(axis=1) + np.isfinite(ordered[:, 0])
    return found


def grids_of(series: Monthly) -> Floats:
    """Return the step by which each series moves: a meter's multiple, else a power of ten.

    Behind a transformer of 40:1 every honest figure is a multiple of 40. With few distinct values
    their greatest common divisor says nothing; then 40 and 50 are read as tens.
    """
    shown = series.shown
    counts = np.rint(np.nan_to_num(shown) / series.step[:, None]).astype(np.int64)
    divisor = np.gcd.reduce(counts, axis=1)
    tens = np.ones(len(series), dtype=np.int64)
    for _ in range(MOST_TENS):
        tens = np.where((divisor > 0) & (divisor % (tens * 10) == 0), tens * 10, tens)
    tells = distinct_of(shown) >= LEAST_DISTINCT
    return series.step * np.where(tells, np.maximum(divisor, 1), tens)


def spreads_of(shown: Floats) -> Floats:
    """Return by how much each series varies from month to month, as a standard deviation.

    The smaller of the spread about the median and that of neighbouring months over √2, so that a
    season does not pass for scatter; robust against an outage. Equal neighbours are left out: they
    are what is asked about. NaN with fewer than five distinct values.
    """
    steps = np.diff(shown, axis=1)
    steps[steps == 0] = np.nan
    about = np.abs(shown - _median(shown)[:, None])
    local = _median(np.abs(steps)) * MAD_TO_SD / np.sqrt(2)
    found = np.fmin(_median(about) * MAD_TO_SD, local)
    return np.where(distinct_of(shown) >= LEAST_DISTINCT, found, np.nan)


def levels_of(shown: Floats) -> Floats:
    """Return the median of each row, NaN where there is none."""
    return _median(shown)


def of_peers(values: Floats, group: Integers, quantile: float, least: int = LEAST_PEERS) -> Floats:
    """Return for each row the quantile of its group, NaN in a group that is too small."""
    found = np.full(len(values), np.nan)
    for rows in rows_of_groups(group):
        known = values[rows][np.isfinite(values[rows])]
        if len(known) >= least:
            found[rows] = np.quantile(known, quantile)
    return found


def scatter_of_peers(values: Floats, group: Integers) -> Floats:
    """Return for each row the robust standard deviation of its group, NaN in a small one."""
    middle = of_peers(values, group, 0.5)
    return of_peers(np.abs(values - middle), group, 0.5) * MAD_TO_SD


def rows_of_groups(group: Integers) -> list[Integers]:
    """Return the rows of each group, in the order of groups."""
    if not len(group):
        return []
    order = np.argsort(group, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(group[order])) + 1))


def least_by_owner(chance: Floats, owner: Integers, owners: int) -> tuple[Floats, Integers]:
    """Return each owner's smallest chance, times how many it had, and where it stands.

    Bonferroni: who has more rows has more chances to be unlucky. NaN and -1 without any.
    """
    least, place = np.full(owners, np.nan), np.full(owners, -1, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(chance))
    count = np.bincount(owner[known], minlength=owners)
    # The last one written stays: the smallest.
    for row in known[np.argsort(-chance[known], kind="stable")]:
        least[owner[row]], place[owner[row]] = chance[row], row
    return np.clip(least * np.maximum(count, 1), LEAST_CHANCE, 1), place


def combined(chances: Floats) -> Floats:
    """Return one chance for each row of several tests: the smallest times how many could judge.

    Holds however the tests hang together (Bonferroni); NaN where none could judge.
    """
    judged = np.isfinite(chances).sum(axis=1)
    least = np.fmin.reduce(np.column_stack([chances, np.full(len(chances), np.nan)]), axis=1)
    return np.where(judged > 0, np.clip(least * judged, LEAST_CHANCE, 1), np.nan)


def false_discovery_rates(chances: Floats) -> Floats:
    """Return Benjamini-Hochberg's adjusted chances (1995); NaN stays NaN and counts for nothing.

    Of those at or below 5 % at most 5 % are expected to be honest.

    >>> false_discovery_rates(np.array([0.01, 0.02, 0.5])).round(3).tolist()
    [0.03, 0.03, 0.5]
    """
    found = np.full(len(chances), np.nan)
    known = np.flatnonzero(np.isfinite(chances))
    order = known[np.argsort(chances[known], kind="stable")]
    scaled = chances[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return found


def bounded(chance: Floats) -> Floats:
    """Return chances between the least one told and 1; NaN stays."""
    return np.clip(chance, LEAST_CHANCE, 1)


def _median(values: Floats) -> Floats:
    """Return the median of each row that has any, without a warning for the others."""
    ordered = np.sort(values, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(values))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, values.shape[1] - 1)
    return np.where(count > 0, (ordered[rows, low] + ordered[rows, high]) / 2, np.nan)
