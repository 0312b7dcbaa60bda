"""Simulation: distributions as asked, one draw for one quantity, and what arithmetic expects."""

import math

import numpy as np
import pytest

from services.algorithms.simulation import (
    Plan,
    Quantities,
    Shape,
    draw,
    simulate,
    usual_shapes,
)

PLAN = Plan(draws=20_000, seed=7)
UNBOUNDED = np.inf


def quantities(*half_widths, shape=None, largest=UNBOUNDED):
    width = np.array(half_widths)
    shapes = usual_shapes(width) if shape is None else np.full(len(width), shape, dtype=np.int8)
    return Quantities(width, shapes, np.full(len(width), largest))


def drawn(half_width, shape, **others):
    random = np.random.default_rng(3)
    return draw(random, quantities(half_width, shape=shape, **others), 200_000)[0]


@pytest.mark.parametrize("shape", [Shape.NORMAL, Shape.TRIANGULAR])
def test_half_widths_hold_95_percent(shape):
    low, high = np.percentile(drawn(0.2, shape), [2.5, 97.5])
    assert (low, high) == (pytest.approx(0.8, abs=0.003), pytest.approx(1.2, abs=0.003))


def test_a_lognormal_draw_has_mean_one_and_the_deviation_of_its_half_width():
    found = drawn(0.6, Shape.LOGNORMAL)
    assert found.mean() == pytest.approx(1.0, abs=0.004)
    assert found.std() == pytest.approx(0.6 / 1.96, abs=0.004)
    assert found.min() > 0


def test_wide_half_widths_are_lognormal():
    assert list(usual_shapes(np.array([0.05, 0.30, 0.31, 2.0]))) == [0, 0, 1, 1]


def test_no_draw_is_negative_however_wide():
    assert drawn(3.0, Shape.NORMAL).min() >= 0
    assert drawn(3.0, Shape.TRIANGULAR).min() >= 0


def test_no_draw_is_above_the_largest():
    assert drawn(0.2, Shape.NORMAL, largest=1.05).max() == 1.05


def test_same_seed_same_draws():
    first, again, other = (
        simulate(lambda x: 10 * x, quantities(0.1), 1, Plan(1000, seed)).amounts
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_independent_parts_average_out():
    # Four parts of 25 t ± 12 % give 100 t ± 6 %.
    found = simulate(lambda x: 25 * x.sum(axis=0, keepdims=True), quantities(*[0.12] * 4), 1, PLAN)
    low, high = found.bounds()
    assert (high - low) / 2 / 100 == pytest.approx([0.06], rel=0.03)
    assert found.means() == pytest.approx([100.0], rel=0.001)


def test_one_factor_drawn_once_does_not_average_out():
    # Four lines of 25 t by one factor of ± 12 %: 100 t ± 12 %.
    found = simulate(lambda x: 4 * 25 * x, quantities(0.12), 1, PLAN)
    low, high = found.bounds()
    assert (high - low) / 2 / 100 == pytest.approx([0.12], rel=0.03)


def test_a_product_is_as_uncertain_as_equation_3_1_says():
    found = simulate(lambda x: x[:1] * x[1:], quantities(0.06, 0.08), 1, PLAN)
    low, high = found.bounds()
    assert (high - low) / 2 == pytest.approx([math.hypot(0.06, 0.08)], rel=0.03)


def test_a_factor_shared_by_two_years_leaves_their_ratio_exact():
    found = simulate(lambda x: np.vstack([120 * x[0], 100 * x[0]]), quantities(0.3), 2, PLAN)
    assert found.amounts[0] / found.amounts[1] == pytest.approx(1.2)


def test_shares_are_those_of_the_variance():
    # 3 and 4 t: 9/25 and 16/25 of the variance; the third quantity is not used.
    weights = np.array([[30.0, 40.0, 0.0]])
    found = simulate(lambda x: weights @ x, quantities(0.1, 0.1, 0.1), 1, PLAN)
    assert found.shares == pytest.approx([0.36, 0.64, 0.0], abs=0.02)


def test_exact_quantities_explain_nothing():
    found = simulate(lambda x: 5 * x, quantities(0.0), 1, Plan(100))
    assert found.shares == pytest.approx([0.0])
    assert found.bounds()[0] == pytest.approx([5.0])
