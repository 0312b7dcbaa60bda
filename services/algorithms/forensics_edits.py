"""Changes after the first version that all lower the emission, and by more than others'."""

from __future__ import annotations

import numpy as np
from scipy import stats

from services.algorithms.forensics import LEAST_PEERS, Floats, Integers, bounded

# With fewer changed rows a direction says nothing: four coins fall alike once in sixteen.
LEAST_CHANGES = 5


def one_sided(changed: Integers, lowered: Integers, shift: Floats) -> Floats:
    """Return the chance that corrections lower so many rows and the total by so much.

    `shift` is the logarithm of the last total over the first. An honest correction goes either
    way: the sign of the rows by the exact binomial; the size of the shift by its rank among all
    that were corrected. Under that symmetry both are independent, so that they combine by Fisher.
    NaN with fewer than five changed rows, 1 where the total did not fall.
    """
    sign = stats.binom.sf(lowered - 1, changed, 0.5)
    size = _rank_of_size(shift, changed >= 1)
    with np.errstate(divide="ignore"):
        both = stats.chi2.sf(-2 * (np.log(sign) + np.log(size)), 4)
    chance = np.where(shift < 0, np.where(np.isfinite(size), both, sign), 1.0)
    return bounded(np.where(changed >= LEAST_CHANGES, chance, np.nan))


def _rank_of_size(shift: Floats, corrected: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """Return the share of the corrected whose shift is as large; NaN among too few."""
    sizes = np.sort(np.abs(shift[corrected]))
    if len(sizes) < LEAST_PEERS:
        return np.full(len(shift), np.nan)
    larger = len(sizes) - np.searchsorted(sizes, np.abs(shift), side="left")
    share: Floats = np.maximum(larger, 1) / len(sizes)
    return share
