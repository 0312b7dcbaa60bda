"""Values that stand apart from the others: robust z, Hampel's filter, the generalised ESD test.

All take one series in its order and return a value for each of its places. A missing value is nan
and is never flagged, nor does it count among its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
# Of a normal distribution the median absolute deviation is 0.6745 sigma, the mean absolute one
# 1 / 1.2533 sigma.
SIGMA_OF_MAD, SIGMA_OF_MEAN_DEVIATION = 1.4826, 1.2533
Z_OF_MAD = 0.6745


@dataclass(frozen=True, slots=True)
class Local:
    """Median and robust sigma of the neighbours of each place, and how many there are."""

    median: Floats
    sigma: Floats
    count: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Rosner:
    """The generalised ESD test: its statistics, critical values, and the places of the outliers.

    `outliers` are in the order in which they were taken out.
    """

    statistics: Floats
    critical: Floats
    outliers: tuple[int, ...]


def robust_z(values: Floats) -> Floats:
    """Return 0.6745 (x - median) / MAD; nan where nothing deviates or nothing is given.

    Iglewicz and Hoaglin (1993), which flags |z| > 3.5. Where more than half of the values are
    equal, MAD is 0 and the mean absolute deviation times 1.2533 stands for sigma.

    >>> robust_z(np.array([1.0, 2.0, 3.0, 4.0, 50.0])).round(2).tolist()
    [-1.35, -0.67, 0.0, 0.67, 31.7]
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return np.full(values.shape, np.nan)
    median = np.median(known)
    deviations = np.abs(known - median)
    spread = np.median(deviations) / Z_OF_MAD
    if spread == 0:
        spread = SIGMA_OF_MEAN_DEVIATION * deviations.mean()
    return (values - median) / spread if spread > 0 else np.full(values.shape, np.nan)


def neighbours(values: Floats, half_window: int, *, with_itself: bool = False) -> Local:
    """Return median and 1.4826 MAD of the values at most so many places away.

    At the edges the window shrinks; the median is nan where nobody is near.
    """
    places = _places(len(values), half_window, with_itself)
    windows = np.append(np.asarray(values, dtype=np.float64), np.nan)[places]
    median = _medians(windows)
    sigma = SIGMA_OF_MAD * _medians(np.abs(windows - median[:, None]))
    return Local(median, sigma, (~np.isnan(windows)).sum(axis=1))


@lru_cache(maxsize=256)
def _places(length: int, half_window: int, with_itself: bool) -> NDArray[np.intp]:
    """Return for each place those of its window; one behind the last stands for nothing there."""
    steps = np.arange(-half_window, half_window + 1)
    places = np.arange(length)[:, None] + (steps if with_itself else steps[steps != 0])
    places[(places < 0) | (places >= length)] = length
    places.flags.writeable = False
    return places


def hampel(values: Floats, half_window: int, limit: float = 3.0) -> Bools:
    """Return which values are farther than so many robust sigmas from the median around them.

    The window holds the value itself; at the edges it shrinks (Pearson 2002). Where more than half
    of a window is equal, every other value in it is flagged.

    >>> hampel(np.array([1.0, 1.1, 0.9, 9.0, 1.0, 1.05]), 3).tolist()
    [False, False, False, True, False, False]
    """
    local = neighbours(values, half_window, with_itself=True)
    return np.asarray(np.abs(values - local.median) > limit * local.sigma, dtype=np.bool_)


def generalized_esd(values: Floats, most: int, alpha: float = 0.05) -> Rosner:
    """Return how many values up to `most` are outliers of a normal batch, and which.

    Rosner (1983), as in NIST/SEMATECH handbook 1.3.5.17.3; meant for 25 values or more. Where
    the rest does not vary at all there is nothing more to take out.
    """
    places = np.flatnonzero(~np.isnan(values))
    most = min(most, len(places) - 2)
    statistics, critical, taken = [], [], []
    for step in range(1, most + 1):
        rest = values[places]
        sigma = rest.std(ddof=1)
        if not sigma > 0:
            break
        away = np.abs(rest - rest.mean())
        farthest = int(away.argmax())
        statistics.append(away[farthest] / sigma)
        critical.append(_critical(len(places) + step - 1, step, alpha))
        taken.append(int(places[farthest]))
        places = np.delete(places, farthest)
    found, limits = np.array(statistics), np.array(critical)
    above = np.flatnonzero(found > limits)
    count = int(above[-1]) + 1 if above.size else 0
    return Rosner(found, limits, tuple(taken[:count]))


def _critical(count: int, step: int, alpha: float) -> float:
    left = count - step + 1
    point = stats.t.ppf(1 - alpha / (2 * left), left - 2)
    return float((left - 1) * point / np.sqrt((left - 2 + point**2) * left))


def _medians(rows: Floats) -> Floats:
    """Return the median of each row without its nans; nan of a row that holds nothing else."""
    ordered = np.sort(rows, axis=1)  # nan is last
    counts = (~np.isnan(rows)).sum(axis=1)
    at = np.arange(len(rows))
    low, high = np.maximum(counts - 1, 0) // 2, counts // 2
    # Halves first: the sum of two very large numbers is infinite.
    middle = ordered[at, low] / 2 + ordered[at, np.minimum(high, rows.shape[1] - 1)] / 2
    return np.where(counts > 0, middle, np.nan)
