"""Sampling by risk: published figures, exact inclusion probabilities, and the same again by seed.

Oracle of the sizes: Whittington and Pany, Principles of Auditing, chapter on audit sampling (from
memory): receivables of 6,250,000, tolerable 364,000, expected 50,000, risk 5 %, expansion 1.6: 66
items, an interval of about 95,000. Reliability factors: AICPA guide, table of Poisson factors.
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from services.algorithms.sampling import (
    Item,
    RiskFacts,
    TooMuchExpectedError,
    Weights,
    draw,
    reliability_factor,
    sample_size,
    sampling_interval,
    start_of,
    weight_of,
)

sizes = st.lists(st.integers(0, 40), min_size=1, max_size=25)
INTERVAL = 20
facts = st.builds(
    RiskFacts,
    key=st.text("ab", min_size=1, max_size=3),
    co2e_t=st.none() | st.floats(-1e6, 1e6),
    half_width=st.floats(0, 5),
    estimated=st.booleans(),
    default=st.booleans(),
    doubted=st.booleans(),
    new=st.booleans(),
    changed=st.booleans(),
)


def items_of(sizes):
    return [Item(f"{n:03d}", float(size)) for n, size in enumerate(sizes)]


def test_the_textbook_case_takes_66_items_with_an_interval_of_about_95_000():
    interval = sampling_interval(364_000, 0.95, 50_000, 1.6)
    assert round(interval, -3) == 95_000
    assert sample_size(6_250_000, interval) == 66


@pytest.mark.parametrize(
    ("confidence", "table"), [(0.99, 4.61), (0.95, 3.00), (0.90, 2.31), (0.80, 1.61), (0.50, 0.70)]
)
def test_factors_are_those_of_the_published_table(confidence, table):
    assert reliability_factor(confidence) == pytest.approx(table, abs=0.011)
    # The time until the first event of a Poisson process, by another library.
    assert reliability_factor(confidence) == pytest.approx(gamma.ppf(confidence, 1), rel=1e-12)


def test_an_error_of_the_tolerable_size_is_missed_by_no_more_than_the_risk():
    # It is spread over so many tonnes, each drawn with 1 / interval.
    interval = sampling_interval(300.0, 0.95)
    assert (1 - 1 / interval) ** 300 <= 0.05


def test_what_is_expected_must_leave_something_of_what_is_tolerable():
    with pytest.raises(TooMuchExpectedError):
        sampling_interval(100, 0.95, 70, 1.6)


@given(sizes)
def test_each_record_is_drawn_with_a_probability_in_proportion_to_its_size(sizes):
    items = items_of(sizes)
    hits = dict.fromkeys((item.key for item in items), 0)
    # Sizes are whole, so that twenty starts between whole numbers stand for all there are.
    for whole in range(INTERVAL):
        for key in draw(items, INTERVAL, Fraction(2 * whole + 1, 2)).keys:
            hits[key] += 1
    for item in items:
        assert hits[item.key] == min(INTERVAL, item.size)


@given(sizes, st.text(max_size=8))
def test_all_that_is_as_large_as_the_interval_is_taken_and_nothing_of_no_size(sizes, seed):
    items = items_of(sizes)
    found = draw(items, INTERVAL, start_of(seed, INTERVAL))
    large = [item.key for item in items if item.size >= INTERVAL]
    assert list(found.certain) == large
    assert not {item.key for item in items if item.size == 0} & set(found.keys)
    assert len(set(found.keys)) == len(found.keys)
    rest = sum(item.size for item in items if item.size < INTERVAL)
    assert abs(len(found.drawn) - rest / INTERVAL) < 1


@given(
    st.lists(
        st.builds(Item, st.text("ab", min_size=1, max_size=3), st.none() | st.floats(0, 1e7)),
        max_size=12,
        unique_by=lambda each: each.key,
    ),
    st.randoms(),
    st.text(),
)
def test_the_same_seed_draws_the_same_in_whatever_order_records_come(items, chance, seed):
    first = draw(items, 7.5, start_of(seed, 7.5))
    chance.shuffle(items)
    assert draw(items, 7.5, start_of(seed, 7.5)) == first


def test_different_seeds_start_elsewhere_within_the_interval():
    starts = {start_of(str(n), 3.0) for n in range(50)}
    assert len(starts) == 50
    assert all(0 <= start < 3 for start in starts)


@given(facts)
def test_risk_makes_no_record_less_likely_and_each_reason_makes_it_more(found):
    weight = weight_of(found, Weights())
    assert weight >= 1
    bare = RiskFacts(found.key, found.co2e_t, found.half_width)
    assert (weight > weight_of(bare, Weights())) == bool(found.reasons)


def test_a_record_without_a_number_is_certain():
    assert draw([Item("x", None), Item("y", 1.0)], 100.0, Fraction(99)).keys == ("x",)
