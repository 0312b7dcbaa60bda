"""Numbers written in another unit than the one asked for, seen by their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.algorithms.outliers import Floats, Local, neighbours

# Corrected it has to be nearer by so much, in the logarithm: else it is only a month apart.
NEARER = 0.5


@dataclass(frozen=True, slots=True)
class Slips:
    """By which factor each value is probably too large, and what was then meant; else nan.

    `local` is what the values were held to.
    """

    factor: Floats
    meant: Floats
    local: Local


def unit_slips(
    values: Floats, half_window: int, factors: Sequence[float], limit: float = 3.0
) -> Slips:
    """Return which values fit their neighbours only after division by one of the factors.

    A value v is a slip of f where v/f lies within so many robust sigmas of the median of its
    neighbours (without v) and v does not; of several factors the one counts that comes nearest
    in the logarithm. Where all neighbours are equal sigma is 0, and only v/f itself fits.

    Two conditions more keep a month that is only unusual from being called a slip: neighbours that
    vary by more than their median have no size to be held to, and corrected a value has to be
    much nearer in the logarithm than it was. Without them most of what was told of the sample's
    months was false (bench unit_slips).

    >>> unit_slips(np.array([10.2, 10.4, 1030.0, 10.1, 10.5]), 4, [10, 100, 1000]).factor.tolist()
    [nan, nan, 100.0, nan, nan]
    """
    values = np.asarray(values, dtype=np.float64)
    local = neighbours(values, half_window)
    away = limit * local.sigma
    sized = (values > 0) & (local.median > away) & (np.abs(values - local.median) > away)
    asked = np.asarray(factors, dtype=np.float64)
    tried = values[:, None] / asked
    tolerance = np.maximum(away, 1e-12 * np.abs(local.median))
    fits = sized[:, None] & (np.abs(tried - local.median[:, None]) <= tolerance[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        after = np.abs(np.log10(tried / local.median[:, None]))
        before = np.abs(np.log10(values / local.median))[:, None]
    fits &= after < before * NEARER
    distance = np.where(fits, after, np.inf)
    best, at = distance.argmin(axis=1), np.arange(len(values))
    found = np.isfinite(distance[at, best])
    factor = np.where(found, asked[best], np.nan)
    return Slips(factor, np.where(found, tried[at, best], np.nan), local)
