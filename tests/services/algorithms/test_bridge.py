"""The parts of a bridge add up to the difference exactly, whatever the totals are."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.algorithms.bridge import bridge, exact_text, exact_value

totals = st.floats(min_value=-1e15, max_value=1e15)


@given(base=totals, others=st.lists(totals, min_size=1, max_size=6))
def test_the_steps_add_up_exactly(base, others):
    steps = bridge(base, [(str(n), total) for n, total in enumerate(others)])
    assert sum(step.change for step in steps) == Fraction(others[-1]) - Fraction(base)
    assert [step.cause for step in steps] == [str(n) for n in range(len(others))]


@given(base=totals, other=totals)
def test_a_part_is_written_and_read_without_loss(base, other):
    (step,) = bridge(base, [("activity", other)])
    assert exact_value(exact_text(step.change)) == step.change


def test_floats_that_do_not_add_up_still_do_here():
    # 0.1 + 0.2 is not 0.3 in floats; the parts say so instead of hiding it.
    steps = bridge(0.0, [("a", 0.1), ("b", 0.3)])
    assert exact_text(sum(step.change for step in steps)) == exact_text(Fraction(0.3))


def test_no_change_is_zero():
    assert exact_text(bridge(5.0, [("factor", 5.0)])[0].change) == "0"
