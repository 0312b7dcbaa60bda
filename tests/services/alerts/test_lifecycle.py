"""What becomes of an alert: properties over any sequence of looks, and single steps."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alert_facts import ACKNOWLEDGED, OPEN, OPENED, REOPENED, RESOLVED
from services.alerts.lifecycle import Condition, Standing, after_look

START = datetime(2026, 3, 1, tzinfo=UTC)
CLEAR = timedelta(seconds=300)
STANDS, PASSED, OVER = Condition.STANDS, Condition.PASSED, Condition.CLEAR


def at(seconds):
    return START + timedelta(seconds=seconds)


def held(state=OPEN, clear_since=None, resolved_at=None, occurrences=1):
    return Standing(state, clear_since, resolved_at, occurrences)


def test_a_condition_without_an_alert_opens_one():
    change = after_look(None, STANDS, at(0), CLEAR)
    assert (change.state, change.event, change.clear_since) == (OPEN, OPENED, None)


def test_what_came_and_went_between_two_looks_opens_one_that_is_over_already():
    assert after_look(None, PASSED, at(0), CLEAR).clear_since == at(0)


def test_what_is_well_and_was_well_changes_nothing():
    assert after_look(None, OVER, at(0), CLEAR) is None
    assert after_look(held(clear_since=at(0)), OVER, at(60), CLEAR) is None


def test_since_when_it_is_over_is_the_first_look_that_found_it_so():
    change = after_look(held(), OVER, at(60), CLEAR)
    assert (change.clear_since, change.state, change.occurrences) == (at(60), OPEN, 1)


def test_what_comes_back_before_it_was_over_long_enough_is_the_same_alert_once_more():
    change = after_look(held(ACKNOWLEDGED, at(0)), STANDS, at(60), CLEAR)
    assert (change.state, change.clear_since, change.occurrences) == (ACKNOWLEDGED, None, 2)
    assert change.event == ""


@pytest.mark.parametrize(("seconds", "event"), [(300, REOPENED), (301, OPENED)])
def test_what_comes_back_soon_after_it_was_resolved_goes_on_as_the_same_alert(seconds, event):
    before = held(RESOLVED, at(-300), at(0), 4)
    change = after_look(before, STANDS, at(seconds), CLEAR)
    assert change.event == event
    assert change.occurrences == (5 if event == REOPENED else 1)


LOOKS = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from([*Condition, "time alone", "acknowledge"])),
    max_size=80,
)


@given(LOOKS)
def test_however_it_comes_and_goes_it_is_told_of_no_more_often_than_the_time_allows(looks):
    now, standing, opened = 0, None, []
    for pause, found in looks:
        now += pause
        is_open = standing is not None and standing.state != RESOLVED
        # As the database ends them (test_observing): over for the time of the rule.
        if is_open and standing.clear_since and at(now) - standing.clear_since >= CLEAR:
            standing = held(RESOLVED, standing.clear_since, at(now), standing.occurrences)
        if found == "acknowledge" and standing and standing.state == OPEN:
            standing = held(ACKNOWLEDGED, standing.clear_since, None, standing.occurrences)
        if isinstance(found, Condition):
            change = after_look(standing, found, at(now), CLEAR)
            if change is not None:
                # Never a second one beside one that is not resolved.
                fresh = standing is None or standing.state == RESOLVED
                assert fresh or change.event not in (OPENED, REOPENED)
                opened += [now] if change.event == OPENED else []
                standing = held(change.state, change.clear_since, None, change.occurrences)
    # From one message to the next: over for 300 s, resolved, and more than 300 s of rest.
    assert all(later - sooner > 600 for sooner, later in pairwise(opened))
