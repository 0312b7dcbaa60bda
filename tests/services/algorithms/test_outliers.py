"""Values that stand apart, against published data, and what a change of unit does not change."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.algorithms.outliers import generalized_esd, hampel, neighbours, robust_z

ROSNER = json.loads((Path(__file__).parent / "rosner_1983.json").read_text(encoding="utf-8"))
# Whole numbers, so that a shift loses no digits.
SERIES = st.lists(st.integers(-1000, 1000), min_size=7, max_size=60)
SCALES, SHIFTS = st.sampled_from([0.25, 2.0, 1024.0]), st.integers(-10_000, 10_000)


def test_rosners_54_values_have_three_outliers_as_in_the_handbook_of_nist():
    values = np.array(ROSNER["values"])
    found = generalized_esd(values, 10, 0.05)
    assert found.statistics == pytest.approx(ROSNER["R"], abs=0.002)
    assert found.critical == pytest.approx(ROSNER["lambda"], abs=0.002)
    assert [values[at] for at in found.outliers] == [6.01, 5.42, 5.34]


def test_the_robust_z_of_the_same_values_flags_the_same_three():
    values = np.array(ROSNER["values"])
    z = robust_z(values)
    assert sorted(values[np.abs(z) > 3.5]) == [5.34, 5.42, 6.01]
    assert z.max() == pytest.approx(4.845261467889908)


def test_where_most_values_are_equal_the_mean_deviation_stands_for_sigma():
    z = robust_z(np.array([5.0] * 9 + [6.0]))
    # The mean absolute deviation is 0.1.
    assert z[-1] == pytest.approx(1 / (1.2533 * 0.1))
    assert np.isnan(robust_z(np.array([5.0] * 9))).all()


def test_a_missing_value_is_neither_flagged_nor_counted():
    assert np.isnan(robust_z(np.array([1.0, np.nan, 2.0, 3.0]))[1])
    local = neighbours(np.array([1.0, np.nan, 3.0]), 1)
    assert (local.median[1], local.count.tolist()) == (2.0, [0, 2, 0])
    assert np.isnan(local.median[0])


def test_at_the_edges_the_window_shrinks():
    local = neighbours(np.array([1.0, 2.0, 4.0, 8.0, 16.0]), 2, with_itself=True)
    assert local.median.tolist() == [2.0, 3.0, 4.0, 6.0, 8.0]


def test_nothing_is_taken_out_of_what_does_not_vary():
    assert generalized_esd(np.full(30, 7.0), 5).outliers == ()
    assert generalized_esd(np.array([]), 5).outliers == ()


@given(SERIES, SCALES, SHIFTS)
def test_what_is_flagged_does_not_hang_on_unit_and_zero(numbers, scale, shift):
    values = np.array(numbers, dtype=float)
    moved = values * scale + shift
    assert np.allclose(robust_z(values), robust_z(moved), equal_nan=True)
    assert (hampel(values, 3) == hampel(moved, 3)).all()
    assert generalized_esd(values, 5).outliers == generalized_esd(moved, 5).outliers


@given(SERIES)
def test_a_series_read_backwards_flags_the_same(numbers):
    values = np.array(numbers, dtype=float)
    assert (hampel(values, 4) == hampel(values[::-1], 4)[::-1]).all()


@given(SERIES, st.integers(1, 4))
def test_local_medians_are_those_of_numpy(numbers, half):
    values = np.array(numbers, dtype=float)
    local = neighbours(values, half)
    for at in range(len(values)):
        around = np.delete(values[max(at - half, 0) : at + half + 1], min(at, half))
        assert local.median[at] == np.median(around)
        away = np.median(np.abs(around - np.median(around)))
        assert local.sigma[at] == pytest.approx(1.4826 * away)
