"""Comparing where some quantities are unknown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.algorithms.comparison import known_sum, ranks, relative_difference

AMOUNTS = st.floats(min_value=0, max_value=1e12, allow_nan=False)
MAYBE = st.one_of(st.none(), AMOUNTS)


def test_one_unknown_part_makes_the_sum_unknown():
    assert known_sum([1.0, None, 2.0]) is None


def test_nothing_to_add_is_unknown_and_not_zero():
    assert known_sum([]) is None


def test_known_parts_are_added_without_losing_small_ones():
    assert known_sum([1e16, 1.0, -1e16]) == 1.0


def test_a_higher_value_differs_positively():
    assert relative_difference(110.0, 100.0) == pytest.approx(0.1)
    assert relative_difference(90.0, 100.0) == pytest.approx(-0.1)


@pytest.mark.parametrize(("value", "reference"), [(None, 1.0), (1.0, None), (1.0, 0.0)])
def test_a_difference_needs_both_sides_and_a_reference_above_zero(value, reference):
    assert relative_difference(value, reference) is None


def test_equal_values_share_a_rank_and_the_next_rank_is_left_out():
    assert ranks({"a": 5.0, "b": 5.0, "c": 9.0, "d": 1.0, "e": None}) == {
        "a": 2,
        "b": 2,
        "c": 1,
        "d": 4,
        "e": None,
    }


@given(st.dictionaries(st.text(max_size=3), MAYBE, max_size=12))
def test_a_higher_value_never_ranks_below_a_lower_one(values):
    placed = ranks(values)
    known = [name for name, value in values.items() if value is not None]
    assert {name for name, rank in placed.items() if rank is None} == set(values) - set(known)
    for one in known:
        for other in known:
            assert (values[one] > values[other]) == (placed[one] < placed[other])


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_the_order_of_the_parts_does_not_change_the_sum(parts):
    assert known_sum(parts) == known_sum(sorted(parts)) == math.fsum(parts)
