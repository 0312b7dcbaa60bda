"""Chances of unlikely figures against oracles of their own: counting, simulation, scipy's tests."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.algorithms import forensics_digits as digits
from services.algorithms import forensics_edits as edits
from services.algorithms import forensics_ratios as ratios
from services.algorithms import forensics_series as alone
from services.algorithms import forensics_twins as twins
from services.algorithms.forensics import (
    Monthly,
    combined,
    distinct_of,
    false_discovery_rates,
    grids_of,
    least_by_owner,
    spreads_of,
)

NAN = float("nan")
rows_of_few = st.lists(
    st.lists(st.sampled_from([NAN, 1.0, 2.0, 3.0]), min_size=12, max_size=12),
    min_size=1, max_size=5,
)  # fmt: skip


def monthly(values, step=1.0, owner=None, group=None):
    values = np.array(values, dtype=float)
    rows = len(values)
    return Monthly(
        np.arange(rows) if owner is None else np.array(owner),
        np.zeros(rows, dtype=np.int64) if group is None else np.array(group),
        values,
        np.full(rows, step),
    )


def honest(rows, seed=1, level=10_000.0, spread=800.0, step=1.0):
    rng = np.random.default_rng(seed)
    return np.rint(rng.normal(level, spread, (rows, 12)) / step) * step


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
def test_rates_of_false_discoveries_are_those_of_scipy(chances):
    expected = stats.false_discovery_control(np.array(chances))
    assert false_discovery_rates(np.array(chances)) == pytest.approx(expected)


def test_what_cannot_be_judged_counts_for_nothing_among_many_tests():
    found = false_discovery_rates(np.array([0.01, NAN, 0.02]))
    assert found[[0, 2]].tolist() == [0.02, 0.02]
    assert np.isnan(found[1])


def test_several_tests_together_are_the_least_times_their_number():
    found = combined(np.array([[0.01, 0.5, NAN], [NAN, NAN, NAN], [0.9, 0.9, 0.9]]))
    assert found[0] == pytest.approx(0.02)
    assert np.isnan(found[1])
    assert found[2] == 1


def test_who_has_more_rows_has_more_chances_to_be_unlucky():
    chance, row = least_by_owner(np.array([0.5, 0.01, NAN, 0.2]), np.array([0, 0, 0, 2]), 3)
    assert chance[[0, 2]].tolist() == pytest.approx([0.02, 0.2])
    assert np.isnan(chance[1])
    assert row.tolist() == [1, -1, 3]


@given(rows_of_few)
def test_different_values_and_runs_are_those_one_would_count(rows):
    found = monthly(rows)
    for row, different, longest in zip(
        rows, distinct_of(found.shown), alone.longest_run(found.shown), strict=True
    ):
        shown = [value for value in row if value == value]
        assert different == len(set(shown))
        runs = [len(list(part)) for value, part in groupby(row, key=str) if value != "nan"]
        assert longest == max(runs, default=0)


def test_a_meter_behind_a_transformer_moves_in_its_multiples_and_few_values_in_tens():
    many = [40.0 * n for n in (31, 33, 38, 29, 35, 36, 30, 41, 37, 34, 32, 39)]
    few = [40.0, 50.0] * 6
    typed = [1234.0] * 12
    assert grids_of(monthly([many, few, typed])).tolist() == [40.0, 10.0, 1.0]


def test_an_outage_is_no_scatter_and_equal_neighbours_do_not_hide_it():
    values = honest(500, spread=500.0)
    whole = np.median(spreads_of(values))
    assert 300 < whole < 500
    values[:, 4] = 10.0
    values[:, 7:9] = values[:, 6:7]
    assert np.median(spreads_of(values)) == pytest.approx(whole, rel=0.25)


def test_the_chance_of_equal_months_is_what_a_simulation_counts():
    pairs = np.rint(np.random.default_rng(3).normal(0, 20, (400_000, 2)))
    counted = float((pairs[:, 0] == pairs[:, 1]).mean())
    found = alone.chance_of_equal(monthly(honest(2_000, spread=20.0)))
    # A median of twelve months is a rough measure of spread, and leans to the small side.
    assert np.median(found) == pytest.approx(counted, rel=0.35)


@pytest.mark.parametrize("test", [alone.repeated, alone.flat])
def test_honest_months_seldom_look_repeated(test):
    chance, _ = test(monthly(honest(3_000, spread=60.0)))
    assert np.isfinite(chance).all()
    assert (chance < 0.01).mean() < 0.02
    assert (chance < 0.001).mean() < 0.004


def test_values_that_stood_before_are_counted_and_unlikely():
    values = honest(30)
    values[0, 5], values[0, 9], values[0, 11] = values[0, 0], values[0, 0], values[0, 3]
    chance, again = alone.repeated(monthly(values))
    assert again[0] == 3
    assert chance[0] < 1e-4
    assert np.median(chance[1:]) == 1


def test_a_coarse_scale_makes_repeats_no_finding():
    values = honest(30, spread=25.0, step=10.0)
    chance, again = alone.repeated(monthly(values, step=10.0))
    assert np.median(again) >= 3
    assert chance.min() > 0.01


def test_a_year_that_stands_still_is_measured_by_its_peers():
    values = honest(40)
    values[0] = 10_123.0
    chance, longest = alone.flat(monthly(values))
    assert longest[0] == 12
    assert chance[0] < 1e-9
    lonely, _ = alone.flat(monthly(values[:5]))
    assert np.isnan(lonely[0])


def test_what_one_in_ten_peers_does_is_custom_and_no_finding():
    values = honest(40)
    values[:4] = values[:4, :1]
    assert alone.flat(monthly(values))[0][:4].tolist() == [1, 1, 1, 1]


def test_too_smooth_is_told_and_the_steadiest_honest_one_is_not():
    values = honest(200)
    values[0] = np.rint(10_000 + np.random.default_rng(5).normal(0, 30, 12))
    chance, _ = alone.smooth(monthly(values))
    assert chance[0] < 1e-6
    assert chance[1:].min() > 1e-4


def test_two_rows_in_a_constant_ratio_are_told():
    output = honest(60)
    coal = np.rint(output * 0.15 * np.random.default_rng(2).normal(1, 0.03, output.shape))
    coal[0] = np.rint(output[0] * 0.15)
    whole = monthly(
        np.vstack([output, coal]), owner=[*range(60), *range(60)], group=[0] * 60 + [1] * 60
    )
    first, second = alone.pairs_within(whole)
    assert len(first) == 60
    chance, spread = alone.locked(whole, first, second)
    of_first = whole.owner[first] == 0
    assert chance[of_first][0] < 1e-6
    assert spread[of_first][0] < 0.001
    assert chance[~of_first].min() > 1e-4


def test_last_digits_are_counted_on_the_own_grid_once_each():
    values = [[40.0 * n for n in (31, 33, 58, 29, 45, 76, 50, 81, 67, 94, 22, 22)]]
    counts = digits.last_digits(monthly(values), owners=2)
    assert counts[0].tolist() == [1, 2, 1, 1, 1, 1, 1, 1, 1, 1]
    assert counts[1].sum() == 0


@given(st.lists(st.integers(5, 30), min_size=10, max_size=10))
def test_uneven_digits_have_twice_the_smaller_of_two_known_chances(counts):
    total = sum(counts)
    whole = stats.chisquare(counts).pvalue
    heaped = stats.binomtest(counts[0] + counts[5], total, 0.2, alternative="greater").pvalue
    found, share = digits.preferred(np.array([counts]))
    assert found[0] == pytest.approx(max(1e-12, min(1, 2 * min(whole, heaped))))
    assert share[0] == pytest.approx((counts[0] + counts[5]) / total)


def test_few_digits_cannot_be_judged():
    assert np.isnan(digits.preferred(np.array([[1] * 10]))[0][0])


def fibonacci(count):
    numbers = [1.0, 2.0]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return np.array(numbers)


def test_fibonacci_numbers_follow_benford_and_evenly_drawn_ones_do_not():
    assert digits.benford(fibonacci(300)) > 0.9
    even = np.concatenate([np.arange(1, 10) * 10.0**power for power in range(14)])
    assert digits.benford(even) < 1e-6


def test_first_digits_are_not_asked_about_few_values_or_a_narrow_range():
    assert np.isnan(digits.benford(fibonacci(50)))
    assert np.isnan(digits.benford(np.linspace(100, 900, 500)))


def courses(rows, seed=7):
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(9, 0.5, (rows, 1)) + rng.normal(0, 0.08, (rows, 12)))


def test_the_nearest_is_the_one_a_search_over_all_pairs_finds():
    found = monthly(np.rint(courses(60)))
    shapes = twins.shapes_of(found)
    apart = np.linalg.norm(shapes[:, None] - shapes[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert twins.nearest(found).partner.tolist() == apart.argmin(axis=1).tolist()


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.01])
def test_a_scaled_copy_is_found_with_its_scale_through_noise(noise):
    values = courses(300)
    copied = np.random.default_rng(1).normal(1, noise, 12) if noise else np.ones(12)
    values[5] = values[9] * 1.7 * copied
    found = twins.nearest(monthly(np.rint(values)))
    assert (found.partner[5], found.partner[9]) == (9, 5)
    assert found.ratio[5] == pytest.approx(1.7, rel=0.02)
    assert found.chance[5] < 1e-4
    others = np.delete(found.chance, [5, 9])
    assert (others < 0.01).mean() < 0.03


def test_many_that_move_alike_are_no_copies_of_one_another():
    values = courses(300)
    rng = np.random.default_rng(9)
    # A park whose firms follow one plan: near one another, but none nearer than the rest.
    values[:20] = values[0] * rng.lognormal(0, 0.5, (20, 1)) * rng.normal(1, 0.02, (20, 12))
    chance = twins.nearest(monthly(np.rint(values))).chance[:20]
    assert chance.min() > 1e-3
    # Among strangers that nearness alone would be unlikely.
    values[2:20] = courses(18, seed=10)
    assert twins.nearest(monthly(np.rint(values))).chance[:2].max() < 5e-3


def test_two_rows_of_one_owner_are_no_two_submissions():
    values = courses(40)
    values[1] = values[0] * 2
    owner = [0, 0, *range(1, 39)]
    assert np.isnan(twins.nearest(monthly(np.rint(values), owner=owner)).chance[:2]).all()


def test_the_year_before_at_another_scale_is_told():
    then, now = courses(60, seed=1), courses(60, seed=2)
    now[3] = then[3] * 1.03
    chance, scale = twins.same_as_before(monthly(np.rint(now)), np.rint(then))
    assert chance[3] < 1e-9
    assert scale[3] == pytest.approx(1.03, rel=0.001)
    assert np.delete(chance, 3).min() > 1e-4


def test_equal_values_in_equal_places_are_those_a_search_over_all_pairs_finds():
    values = np.rint(courses(80))
    values[4, :5] = values[60, :5]
    # The same value in all months is one coincidence, not twelve.
    values[7] = values[8, 0]
    values[8] = values[8, 0]
    found = twins.equal_values(monthly(values), np.full(80, 0.5), 80)
    pairs = {
        (one, other): n for one, other, n in zip(found.one, found.other, found.count, strict=True)
    }
    counted = {
        (one, other): len(set(values[one][values[one] == values[other]]))
        for one in range(80)
        for other in range(one + 1, 80)
    }
    assert pairs == {pair: n for pair, n in counted.items() if n >= twins.LEAST_EQUAL}
    assert found.chance[list(pairs).index((4, 60))] < 1e-6


def test_corrections_that_all_lower_by_much_are_unlikely_and_others_not():
    rng = np.random.default_rng(4)
    changed = np.full(60, 12)
    lowered = rng.binomial(12, 0.5, 60)
    shift = rng.normal(0, 0.01, 60)
    lowered[0], shift[0] = 12, -0.1
    lowered[1], shift[1] = 12, 0.1
    changed[2] = lowered[2] = 4
    chance = edits.one_sided(changed, lowered, shift)
    assert chance[0] < 1e-3
    assert chance[1] == 1
    assert np.isnan(chance[2])
    assert np.nanmin(chance[3:]) > 1e-3


def test_alone_a_correction_is_judged_by_its_direction():
    found = edits.one_sided(np.array([10]), np.array([10]), np.array([-0.1]))
    assert found[0] == pytest.approx(2**-10)


def test_a_ratio_outside_its_band_says_by_which_factor():
    found = ratios.outside(np.array([1.0, 2.0, 8.0, NAN]), np.full(4, 2.0), np.full(4, 4.0))
    assert found[:3].tolist() == [2.0, 1.0, 2.0]
    assert np.isnan(found[3])


def test_a_ratio_far_from_peers_needs_more_than_a_normal_law_would():
    rng = np.random.default_rng(6)
    ratio = np.exp(rng.normal(0, 0.1, 200))
    ratio[0], ratio[1] = np.exp(0.45), np.exp(1.5)
    chance, middle = ratios.far_from_peers(ratio, np.zeros(200, dtype=np.int64))
    assert middle[0] == pytest.approx(1, rel=0.05)
    assert chance[0] > 1e-3
    assert chance[1] < 1e-4


def measured(values, default, step=0.001, owner=None):
    values = np.array(values)
    return ratios.Measurements(
        np.arange(len(values)) if owner is None else np.array(owner),
        np.zeros(len(values), dtype=np.int64),
        values,
        np.full(len(values), step),
        values == default,
    )


def test_a_measurement_that_is_the_default_to_the_digit_is_as_unlikely_as_its_density():
    values = [20.304, *np.random.default_rng(8).normal(21, 1.5, 60).round(3)]
    found = measured(values, 20.304)
    each = ratios.chance_of_default(found)
    # The height of a normal density times a step of 0.001.
    assert each[0] == pytest.approx(0.001 / (np.sqrt(2 * np.pi) * 1.5), rel=0.3)
    chance, count = ratios.filled_by_experience(each, found.is_default, found.owner, 61)
    assert count[0] == 1
    assert chance[0] == pytest.approx(each[0], rel=0.01)
    assert chance[1:].min() == 1


def test_without_peers_a_default_cannot_be_judged():
    assert np.isnan(ratios.chance_of_default(measured([20.304, 21.0, 22.0], 20.304))).all()


@pytest.mark.parametrize(
    "test",
    [
        alone.repeated,
        alone.flat,
        alone.smooth,
        lambda empty: (twins.nearest(empty).chance, 0),
        lambda empty: twins.same_as_before(empty, empty.values),
        lambda empty: (twins.equal_values(empty, np.empty(0), 0).chance, 0),
    ],
)
def test_nothing_at_all_is_judged_as_nothing(test):
    empty = Monthly(
        np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((0, 12)), np.empty(0)
    )
    assert len(test(empty)[0]) == 0
