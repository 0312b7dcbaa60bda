"""A line through points of which some are wrong: y = a + b x by Huber's weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.algorithms.outliers import SIGMA_OF_MAD, Floats

# At a weight that begins here 95 % of the efficiency of least squares is kept (Huber 1981).
HUBER_K = 1.345
MOST_STEPS, SETTLED = 200, 1e-10


@dataclass(frozen=True, slots=True)
class RobustLine:
    """What stands where x is 0, by how much y grows with x, the robust sigma, and each z."""

    intercept: float
    slope: float
    sigma: float
    z: Floats


def robust_line(x: Floats, y: Floats) -> RobustLine | None:
    """Return the line by iterated weights, sigma by the MAD of what is left; None where x is alike.

    Points whose x or y is nan take no part, and their z is nan. Where most points lie on the line
    exactly, sigma is 0 and no z can be told.

    >>> line = robust_line(np.arange(9.0), np.array([1, 3, 5, 7, 90, 11, 13, 15, 17.0]))
    >>> round(line.intercept, 6), round(line.slope, 6)
    (1.0, 2.0)
    """
    known = ~(np.isnan(x) | np.isnan(y))
    if np.count_nonzero(known) < 3 or np.ptp(x[known]) == 0:
        return None
    # Centred and scaled, so that tonnes and megatonnes give the same line.
    middle, width = float(np.mean(x[known])), float(np.ptp(x[known]))
    design = np.column_stack([np.ones(np.count_nonzero(known)), (x[known] - middle) / width])
    fitted, sigma = _weighted(design, y[known])
    slope = float(fitted[1]) / width
    intercept = float(fitted[0]) - slope * middle
    z = np.full(x.shape, np.nan)
    if sigma > 0:
        z[known] = (y[known] - design @ fitted) / sigma
    return RobustLine(intercept, slope, sigma, z)


def _weighted(design: Floats, y: Floats) -> tuple[Floats, float]:
    fitted: Floats = np.asarray(np.linalg.lstsq(design, y, rcond=None)[0], dtype=np.float64)
    size, sigma = float(np.max(np.abs(y))), 0.0
    for _ in range(MOST_STEPS):
        left = y - design @ fitted
        sigma = SIGMA_OF_MAD * float(np.median(np.abs(left)))
        if sigma <= 1e-9 * size:
            # The rest is rounding.
            return fitted, 0.0
        weights = np.sqrt(np.minimum(1.0, HUBER_K * sigma / np.maximum(np.abs(left), 1e-300)))
        again: Floats = np.asarray(
            np.linalg.lstsq(design * weights[:, None], y * weights, rcond=None)[0], dtype=np.float64
        )
        moved = float(np.max(np.abs(again - fitted)))
        fitted = again
        if moved <= SETTLED * sigma:
            break
    return fitted, sigma
