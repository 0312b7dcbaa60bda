"""Numbers written in another unit, against the worked case, and what changes nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.algorithms.outliers import hampel
from services.algorithms.unit_slip import unit_slips

TENS = (1000.0, 100.0, 10.0, 0.1, 0.01, 0.001)
# Monthly coal in 10^4 t: ten times too much, a tenth, and a month that is only unusual.
COAL = np.array(
    [
        *(10.2, 10.4, 10.1, 10.3, 10.5, 10.4, 104.0, 10.6, 10.2, 10.3, 10.1, 10.4),
        *(1.03, 10.2, 10.5, 10.3, 10.4, 10.6, 10.2, 10.3, 13.9, 10.4, 10.5, 10.2),
    ]
)
STEADY = st.lists(st.integers(900, 1100), min_size=9, max_size=36)


def test_of_three_outliers_two_are_slips_and_say_what_was_meant():
    assert np.flatnonzero(hampel(COAL, 4)).tolist() == [6, 12, 20]
    found = unit_slips(COAL, 4, TENS)
    assert np.flatnonzero(~np.isnan(found.factor)).tolist() == [6, 12]
    assert found.factor[[6, 12]].tolist() == [10.0, 0.1]
    assert found.meant[[6, 12]].round(9).tolist() == [10.4, 10.3]


def test_of_two_factors_that_fit_the_nearer_one_counts():
    wide = np.array([8.0, 13.0, 9.0, 12.0, 40.0, 8.0, 13.0, 9.0, 12.0])
    found = unit_slips(wide, 4, (3.6, 4.1868))
    # 40 / 3.6 is 11.1 and 40 / 4.1868 is 9.55; their median is 10.5.
    assert found.factor[4] == 3.6


@given(STEADY, st.sampled_from([0.001, 7.0, 1e6]), st.data())
def test_a_planted_slip_is_found_in_whatever_unit_the_series_is(numbers, scale, data):
    values = np.array(numbers, dtype=float)
    at = data.draw(st.integers(0, len(values) - 1))
    factor = data.draw(st.sampled_from(TENS))
    # A month that does not stand out with its own value would not fit corrected either.
    meant = np.median(np.delete(values, at))
    values[at] = meant * factor
    found = unit_slips(values * scale, 6, TENS)
    local = unit_slips(values, 6, TENS)
    assert np.array_equal(found.factor, local.factor, equal_nan=True)
    near = np.delete(values[max(at - 6, 0) : at + 7], min(at, 6))
    sigma = 1.4826 * np.median(np.abs(near - np.median(near)))
    if abs(meant - np.median(near)) <= 3 * sigma and abs(values[at] - np.median(near)) > 3 * sigma:
        assert local.factor[at] == factor


@given(STEADY)
def test_a_series_that_stays_within_a_tenth_has_no_slip(numbers):
    assert np.isnan(unit_slips(np.array(numbers, dtype=float), 6, TENS).factor).all()


def test_a_month_that_is_only_unusual_is_no_slip():
    # Diesel of a power plant: more in the months of overhaul, by 1.8 times and not by 3.6.
    diesel = np.array([38.2, 35.6, 44.9, 61.3, 72.4, 41.7, 33.8, 35.1, 58.6, 69.7, 42.3, 38.2])
    assert np.isnan(unit_slips(diesel, 6, (*TENS, 3.6, 4.1868)).factor).all()
    diesel[6] *= 1000
    assert np.flatnonzero(unit_slips(diesel, 6, (*TENS, 3.6)).factor == 1000).tolist() == [6]


def test_what_varies_by_more_than_its_median_has_no_size():
    bought = np.array([10, 900, 20, 700, 5, 600, 30, 800.0])
    assert np.isnan(unit_slips(bought * 1.0, 6, TENS).factor).all()


def test_without_neighbours_or_with_zeros_nothing_is_said():
    assert np.isnan(unit_slips(np.array([5.0]), 6, TENS).factor).all()
    idle = np.array([0.0, 0.0, 180.0, 0.0, 0.0, 0.0])
    assert np.isnan(unit_slips(idle, 6, TENS).factor).all()
