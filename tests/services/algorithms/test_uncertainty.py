"""Propagation gives the published rules, and what follows from them by arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.algorithms.uncertainty import (
    Categories,
    Effects,
    of_product,
    of_sum,
    trend_table,
)

widths = st.lists(st.floats(0.001, 100), min_size=1, max_size=8)


# Case O7.5 of the reference: IPCC 2006, volume 1, chapter 3, equations 3.1 and 3.2.
def test_a_product_of_5_and_10_percent():
    assert of_product([5, 10]) == pytest.approx(11.180339887498949)  # √125


def test_a_sum_of_three_parts():
    # √(10² · 100² + 20² · 50² + 30² · 10²) / 160 = √2 090 000 / 160
    assert of_sum([100, 50, 10], [10, 20, 30]) == pytest.approx(9.0355201842506)


def test_a_sink_adds_to_the_uncertainty_and_takes_from_the_total():
    # √(10² · 100² + 20² · 40²) / 60
    assert of_sum([100, -40], [10, 20]) == pytest.approx(21.343747458109494)


@pytest.mark.parametrize("count", [1, 4, 9])
def test_equal_independent_parts_are_known_better_by_the_root_of_their_number(count):
    assert of_sum([7.0] * count, [12.0] * count) == pytest.approx(12 / math.sqrt(count))


@given(half_widths=widths)
def test_a_product_is_at_least_as_uncertain_as_its_worst_part(half_widths):
    assert max(half_widths) <= of_product(half_widths) * (1 + 1e-12)


def effects(*entries, quantities):
    line, quantity, tonnes = zip(*entries, strict=True)
    return Effects(np.array(line), np.array(quantity), np.array(tonnes), quantities)


def test_one_factor_on_all_lines_keeps_its_half_width_in_the_sum():
    # Lines of 100, 50 and 10 t, all by one factor of ±20 %: 32 t of 160 t are 20 %.
    shared = effects((0, 0, 20.0), (1, 0, 10.0), (2, 0, 2.0), quantities=1)
    assert shared.half_width_t() == pytest.approx(0.20 * 160)


def test_a_factor_on_a_source_and_on_a_deduction_of_the_same_size_cancels():
    assert effects((0, 0, 20.0), (1, 0, -20.0), quantities=1).half_width_t() == 0


def test_shares_are_those_of_the_variance():
    # 3 t and 4 t: 9/25 and 16/25.
    found = effects((0, 0, 3.0), (0, 1, 4.0), quantities=2)
    assert found.shares() == pytest.approx([0.36, 0.64])
    assert found.half_width_t() == pytest.approx(5.0)


def test_some_lines_have_the_effects_on_these_lines():
    found = effects((0, 0, 3.0), (1, 0, 4.0), quantities=1)
    assert found.of_lines(np.array([False, True])).half_width_t() == pytest.approx(4.0)


def test_exact_quantities_have_no_shares():
    assert effects((0, 0, 0.0), quantities=1).shares() == pytest.approx([0.0])


def test_table_3_2_of_two_categories():
    # Base 60 + 40 = 100, current 90 + 30 = 120: the trend is +20 %.
    table = trend_table(
        Categories(
            base_t=np.array([60.0, 40.0]),
            current_t=np.array([90.0, 30.0]),
            activity_percent=np.array([3.0, 6.0]),
            factor_percent=np.array([4.0, 8.0]),
        )
    )
    assert table.trend_percent == pytest.approx(20.0)
    # G = √(3² + 4²) = 5 and √(6² + 8²) = 10; H = (5 · 90 / 120)² and (10 · 30 / 120)², in %².
    assert table.combined_percent == pytest.approx([5.0, 10.0])
    assert table.level_share * 1e4 == pytest.approx([3.75**2, 2.5**2])
    assert table.level_percent == pytest.approx(math.hypot(3.75, 2.5))
    # I: (120.9 − 100.6) / 100.6 − 0.2 and (120.3 − 100.4) / 100.4 − 0.2, in percentage points.
    expected = [abs(20.3 / 100.6 - 0.2) * 100, abs(19.9 / 100.4 - 0.2) * 100]
    assert table.type_a == pytest.approx(expected)
    # J: 90 / 100 and 30 / 100.
    assert table.type_b == pytest.approx([0.9, 0.3])
    # K = I · F where the factor is shared by both years, L = J · E · √2 where activity is not.
    assert table.factor_trend == pytest.approx([expected[0] * 4, expected[1] * 8])
    assert table.activity_trend == pytest.approx([0.9 * 3 * 2**0.5, 0.3 * 6 * 2**0.5])
    parts = [*table.factor_trend, *table.activity_trend]
    assert table.trend_half_width == pytest.approx(math.sqrt(sum(part**2 for part in parts)))


def test_a_category_that_grows_like_the_whole_has_no_trend_by_its_factor():
    # Everything doubles: a wrong factor changes both years alike, and the trend stays +100 %.
    column = np.array([30.0, 70.0])
    percent = np.array([5.0, 5.0])
    table = trend_table(Categories(column, 2 * column, 0 * percent, percent))
    assert table.trend_half_width == pytest.approx(0.0, abs=1e-9)


def test_correlation_between_the_years_can_be_turned_round():
    percent, one = np.array([4.0, 4.0]), np.array([True, True])
    columns = (np.array([60.0, 40.0]), np.array([90.0, 30.0]))
    usual = trend_table(Categories(*columns, 0 * percent, percent))
    turned = trend_table(Categories(*columns, 0 * percent, percent, one, ~one))
    assert turned.factor_trend == pytest.approx(usual.type_b * 4 * math.sqrt(2))
