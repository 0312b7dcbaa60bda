"""Shifts of level, robust lines and seasons, against published data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.datasets import co2, nile
from statsmodels.tsa.seasonal import STL

from services.algorithms.level_shift import level_shift
from services.algorithms.robust_line import robust_line
from services.algorithms.seasonal import seasonal_z

# Calls from Belgium in tens of millions, 1950 to 1973; six years counted minutes
# (Rousseeuw and Leroy 1987). Venables and Ripley, Modern Applied Statistics, 6.5, print for
# Huber's estimate -102.62 and 2.04, scale 9.03.
YEARS = np.arange(50.0, 74.0)
CALLS = np.array(
    [
        *(4.4, 4.7, 4.7, 5.9, 6.6, 7.3, 8.1, 8.8, 10.6, 12.0, 13.5, 14.9, 16.1, 21.2),
        *(119.0, 124.0, 142.0, 159.0, 182.0, 212.0, 43.0, 24.0, 27.0, 29.0),
    ]
)


def test_the_nile_fell_after_1898():
    # Cobb (1978); Zeileis and others (2003) date the break at 1898: a new level begins in 1899.
    flow = nile.load_pandas().data
    found = level_shift(flow["volume"].to_numpy())
    assert flow["year"][found.at] == 1899
    assert (found.before, found.after) == pytest.approx((1097.75, 849.97), abs=0.01)
    assert found.p_value < 0.001


def test_a_level_that_stays_has_no_shift():
    drawn = np.random.default_rng(20260101).normal(100, 5, (200, 36))
    shifts = sum(level_shift(series, 0.01) is not None for series in drawn)
    # One in a hundred by chance; the estimate of sigma from few steps lets some more pass.
    assert shifts <= 14


def test_the_telephone_calls_lie_on_the_printed_line():
    line = robust_line(YEARS, CALLS)
    assert (line.intercept, line.slope) == pytest.approx((-102.62, 2.04), rel=2e-3)
    assert line.sigma == pytest.approx(9.03, rel=5e-3)
    assert YEARS[line.z > 3.5].tolist() == [64.0, 65.0, 66.0, 67.0, 68.0, 69.0]


@given(st.integers(-9, 9), st.integers(-900, 900), st.integers(3, 20), st.sampled_from([-9e4, 9e4]))
def test_a_line_is_found_whatever_one_month_in_the_middle_says(slope, intercept, wrong, by):
    # At the end of the range a point has leverage, against which Huber's weights do not help.
    x = np.arange(24.0)
    y = slope * x + intercept
    y[wrong] += by
    line = robust_line(x, y)
    kept = np.delete(x, wrong)
    assert line.slope * kept + line.intercept == pytest.approx(slope * kept + intercept, abs=1e-3)


@given(st.sampled_from([1e-3, 1e3]), st.sampled_from([1e-3, 1e3]))
def test_other_units_give_the_same_z(of_x, of_y):
    line, other = robust_line(YEARS, CALLS), robust_line(YEARS * of_x, CALLS * of_y)
    assert other.z == pytest.approx(line.z, abs=1e-6)
    assert other.slope == pytest.approx(line.slope * of_y / of_x)


def test_no_line_goes_through_one_x_or_two_points():
    assert robust_line(np.ones(5), np.arange(5.0)) is None
    assert robust_line(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None


def test_a_wrong_month_stands_out_of_the_season_of_mauna_loa():
    weekly = co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    values = weekly["1970":"1975"].to_numpy().copy()
    values[40] += 8
    z = seasonal_z(values)
    assert int(np.argmax(np.abs(z))) == 40
    assert z[40] > 3.5
    left = STL(values, period=12, robust=True, seasonal=13, seasonal_deg=0).fit().resid
    assert np.argsort(np.abs(z)).tolist() == np.argsort(np.abs(left - np.median(left))).tolist()


def test_a_season_needs_two_whole_years_without_a_gap():
    assert seasonal_z(np.arange(23.0)) is None
    gap = np.arange(36.0)
    gap[5] = np.nan
    assert seasonal_z(gap) is None
    assert seasonal_z(np.tile(np.arange(12.0), 3)).tolist() == [0.0] * 36
