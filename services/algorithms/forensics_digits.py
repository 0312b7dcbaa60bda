"""Last digits and first digits: which ones stand too often where chance decides.

Judged only where the resolution supports it: a last digit is even among ten where the values vary
by ten steps of their grid or more; first digits follow Benford only over three orders of magnitude.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from services.algorithms.forensics import (
    Floats,
    Integers,
    Monthly,
    bounded,
    grids_of,
    spreads_of,
)

DIGITS = 10
# Below this the spread of a series itself shapes its last digits.
STEPS_NEEDED = 10
# Five expected of each digit (Cochran, 1954) for chi-square; heaping is told exactly with fewer.
LEAST_FOR_CHI_SQUARE, LEAST_FOR_HEAPING = 50, 20
HEAPED_SHARE = 0.2
# Benford's law needs many independent values over three orders of magnitude.
LEAST_FOR_BENFORD, LEAST_RANGE = 100, 1_000.0


def last_digits(series: Monthly, owners: int) -> Integers:
    """Return how often each owner's values end in each digit of their own grid, 0 to 9.

    A value that repeats within its series counts once: repeating is told elsewhere.
    """
    shown, grids = series.shown, grids_of(series)
    fit = spreads_of(shown) >= STEPS_NEEDED * grids
    ordered = np.sort(shown[fit], axis=1)
    first = np.concatenate([np.ones((len(ordered), 1)), np.diff(ordered, axis=1)], axis=1) > 0
    kept = first & np.isfinite(ordered)
    steps = np.rint(np.nan_to_num(ordered) / grids[fit][:, None]).astype(np.int64)
    owner = np.broadcast_to(series.owner[fit][:, None], ordered.shape)
    cell = owner[kept] * DIGITS + steps[kept] % DIGITS
    return np.bincount(cell, minlength=owners * DIGITS).reshape(owners, DIGITS)


def preferred(counts: Integers) -> tuple[Floats, Floats]:
    """Return the chance that last digits are so uneven, and the share of 0 and 5.

    Twice the smaller of two: all ten by chi-square, and 0 and 5 together by the exact binomial.
    """
    total = counts.sum(axis=1)
    heaped = counts[:, 0] + counts[:, 5]
    exact = np.where(
        total >= LEAST_FOR_HEAPING, stats.binom.sf(heaped - 1, total, HEAPED_SHARE), np.nan
    )
    expected = np.maximum(total, 1)[:, None] / DIGITS
    distance = ((counts - expected) ** 2 / expected).sum(axis=1)
    whole = np.where(total >= LEAST_FOR_CHI_SQUARE, stats.chi2.sf(distance, DIGITS - 1), np.nan)
    tests = np.isfinite(exact).astype(np.int64) + np.isfinite(whole)
    return bounded(np.fmin(exact, whole) * tests), heaped / np.maximum(total, 1)


def benford_applies(values: Floats) -> bool:
    """Return whether first digits may be asked about: many values over three orders."""
    return bool(len(values) >= LEAST_FOR_BENFORD and _range(values) >= LEAST_RANGE)


def benford(values: Floats) -> float:
    """Return the chance of such first digits under Benford's law; NaN where it does not apply.

    `values` are positive and independent: one of each row, never the twelve months of one.
    """
    if not benford_applies(values):
        return float("nan")
    exponent = np.floor(np.log10(values))
    # 3 / 10^0 is 3, but 0.3 / 10^-1 is 2.9999999999999996.
    first = np.floor(values / 10**exponent + 1e-9).astype(np.int64)
    counts = np.bincount(np.clip(first, 1, 9), minlength=DIGITS)[1:]
    law = np.log10(1 + 1 / np.arange(1, DIGITS))
    expected = law * len(values)
    return float(stats.chi2.sf(((counts - expected) ** 2 / expected).sum(), DIGITS - 2))


def _range(values: Floats) -> float:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(high / low)
