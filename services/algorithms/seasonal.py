"""What is left of a seasonal series after its trend and its season, and which of it stands out."""

from __future__ import annotations

import numpy as np

from services.algorithms.outliers import Floats, robust_z

LEAST_PERIODS = 2
# A season that is a mean over 13 periods, which of a few years is all: with the usual 7 and a slope
# the season follows a wrong month, and a quarter of clean months is told (48 months, 20 draws).
SMOOTH = {"seasonal": 13, "seasonal_deg": 0}


def seasonal_z(values: Floats, period: int = 12) -> Floats | None:
    """Return the robust z of what a robust STL leaves; None of less than two whole periods.

    Cleveland and others (1990). Nothing may be missing in between: then it returns None as well.
    Neighbours of a wrong value are often flagged with it.
    """
    values = np.asarray(values, dtype=np.float64)
    if len(values) < LEAST_PERIODS * period or np.isnan(values).any():
        return None
    # It loads much of scipy and pandas, and only long series need it.
    from statsmodels.tsa.seasonal import STL

    left = STL(values, period=period, robust=True, **SMOOTH).fit().resid
    # What is left of a series that repeats itself exactly is rounding, and says nothing.
    if np.max(np.abs(left)) <= 1e-9 * max(float(np.max(np.abs(values))), 1e-300):
        return np.zeros(values.shape)
    return robust_z(np.asarray(left, dtype=np.float64))
