"""Where the level of a series shifts: the cumulative sum of what is left after its mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from services.algorithms.outliers import SIGMA_OF_MAD, Floats

# Iglewicz and Hoaglin's limit.
FAR = 3.5


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of level: the first place of the new level, both levels, and how likely by chance."""

    at: int
    before: float
    after: float
    p_value: float


def level_shift(values: Floats, alpha: float = 0.01) -> Shift | None:
    """Return the most likely single shift of level; None where there is none by that chance.

    The largest |cumulative sum of x - mean| / (sigma sqrt n) follows Kolmogorov's distribution for
    independent values (Ploberger and Krämer 1992). Sigma is estimated from the steps between
    neighbours, of which the shift itself is only one, so that it does not hide itself. What is
    far from the median counts as far as 3.5 robust sigmas, so that one wrong month is no shift.

    >>> level_shift(np.array([1.0, 1.2, 0.9, 1.1] * 3 + [5.0, 5.1, 4.8, 5.2] * 3)).at
    12
    """
    known = np.flatnonzero(~np.isnan(values))
    found = values[known]
    if len(found) < 2:
        return None
    held = _held(found)
    sums = np.cumsum(held - held.mean())
    steps = np.abs(np.diff(found))
    sigma = SIGMA_OF_MAD * float(np.median(steps)) / np.sqrt(2)
    if not sigma > 0:
        return None
    at = int(np.abs(sums[:-1]).argmax()) + 1
    chance = float(stats.kstwobign.sf(abs(sums[at - 1]) / (sigma * np.sqrt(len(found)))))
    if chance >= alpha:
        return None
    return Shift(int(known[at]), float(found[:at].mean()), float(found[at:].mean()), chance)


def _held(values: Floats) -> Floats:
    """Return the values, those far from the median as far as the limit of robust z."""
    middle = float(np.median(values))
    reach = FAR * SIGMA_OF_MAD * float(np.median(np.abs(values - middle)))
    return np.clip(values, middle - reach, middle + reach) if reach > 0 else values
