"""Roll-ups: by what came since equal to all made anew, and both equal to plain arithmetic."""

import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services import clock
from services.clock import SHANGHAI
from services.collection import registering
from services.collection.admission import Registry, admit_all, read_all
from services.collection.intake import ROOT, Intake, write_messages, write_readings
from services.collection.rolling import rebuild, roll_up
from services.data import telemetry
from services.data.engine import SYSTEM_SCOPE
from services.data.roll_up_sums import QUARTER, Window
from services.data.telemetry import Place
from services.registry import CounterMark
from tests.meters import add_meter
from tests.places import add_firm

pytestmark = pytest.mark.postgres

LEVELS = ("quarter", "hour", "day", "month")
# The last hour of a month and the first of the next, as the clocks of China show it.
START = datetime(2026, 1, 31, 23, tzinfo=SHANGHAI)
INTERVAL_S, MISSED = 10, 3
TOLD = (
    "begins_at, readings, suspect, total, low, high, last_value, last_at, amount, amount_s,"
    " covered_s, steps_back, leap, leap_to"
)


@dataclass
class Sent:
    """One meter with what it sent, kept as plain numbers too."""

    database: object
    meter: object
    count: int = 0
    readings: dict = field(default_factory=dict)

    def arrival(self, second, value, quality=0, code="E"):
        """Return a message of back-fill with one reading, so many seconds after the start."""
        at = START + timedelta(seconds=second)
        more = {"taken_at": at, "vals": {code: value}, "q": quality, "hist": True}
        self.count += 1
        if quality != 2:
            self.readings.setdefault(code, []).append((at, float(value)))
        return self.meter.arrival(self.count, **more)

    def send(self, *readings, code="E"):
        sent = [self.arrival(*each, code=code) for each in readings]
        Intake(self.database).store(sent)

    def mark(self, second, end, start, factor=1.0, kind="replaced"):
        at = START + timedelta(seconds=second)
        place = (self.meter.reporter, self.database, self.meter.firm.organization_id)
        mark = CounterMark(self.number("E"), at, kind, end, start, factor, "")
        registering.mark_counter(*place, mark, clock.now())

    def number(self, code):
        asked = (self.meter.reporter, self.database, self.meter.firm.organization_id, clock.now())
        return next(p.point_id for p in registering.registry_of(*asked).points if p.code == code)

    def rows(self, level, code="E"):
        query = text(
            f"SELECT {TOLD} FROM statistics.reading_{level}"
            " WHERE organization_id = :organization AND point_id = :point ORDER BY begins_at"
        )
        asked = {"organization": self.meter.firm.organization_id, "point": self.number(code)}
        with self.database.work(SYSTEM_SCOPE) as work:
            return work.connection.execute(query, asked).all()

    def rolled(self, level, code="E"):
        roll_up(self.database, clock.now())
        return self.rows(level, code)


@pytest.fixture
def sent(database):
    return Sent(database, add_meter(database))


def test_a_counter_adds_its_steps_and_a_rate_holds_until_the_next_reading(sent):
    sent.send((0, 100.0), (10, 103.0), (20, 104.0))
    sent.send((0, 60.0), (10, 120.0), (20, 0.0), code="P")
    (row,) = sent.rolled("quarter")
    assert (row.readings, row.amount, row.amount_s, row.covered_s) == (3, 4.0, 20.0, 20.0)
    assert (row.low, row.high, row.total, row.last_value) == (100.0, 104.0, 307.0, 104.0)
    # 60 kW and 120 kW for ten seconds each are half a kilowatt-hour.
    assert sent.rows("quarter", "P")[0].amount == pytest.approx(0.5)


def test_a_step_over_the_end_of_a_span_belongs_to_where_it_began(sent):
    sent.send((895, 100.0), (905, 107.0), (915, 108.0))
    assert [row.amount for row in sent.rolled("quarter")] == [7.0, 1.0]
    assert [row.amount for row in sent.rows("hour")] == [8.0]


def test_what_came_bad_is_counted_and_used_for_nothing(sent):
    sent.send((0, 100.0), (10, 9e9, 2), (20, 104.0, 1))
    (row,) = sent.rolled("quarter")
    assert (row.readings, row.suspect, row.amount, row.high) == (2, 2, 4.0, 104.0)


def test_a_gap_stays_a_gap_and_what_the_counter_tells_later_belongs_to_the_span_of_both_ends(sent):
    sent.send((0, 100.0), (10, 101.0), (2000, 150.0), (2010, 151.0))
    first, second = sent.rolled("quarter")
    # The reading before the gap stands for one report; nobody knows when the 49 were counted.
    assert (first.amount, first.covered_s, first.leap) == (1.0, 20.0, 49.0)
    assert (second.amount, second.leap) == (1.0, 0.0)
    (hour,) = sent.rows("hour")
    assert (hour.amount, hour.amount_s, hour.covered_s, hour.leap) == (51.0, 2010.0, 30.0, 0.0)


def test_a_leap_over_the_end_of_a_month_is_of_neither(sent):
    sent.send((3000, 100.0), (3010, 101.0), (4000, 150.0), (4010, 151.0))
    january, february = sent.rolled("month")
    assert (january.amount, january.leap) == (1.0, 49.0)
    assert (february.amount, february.leap) == (1.0, 0.0)
    assert january.begins_at.astimezone(SHANGHAI).day == 1


def test_a_counter_that_goes_back_unexplained_is_told_and_its_step_is_not_known(sent):
    sent.send((0, 90.0), (10, 99.0), (20, 2.0), (30, 5.0))
    (row,) = sent.rolled("month")
    assert (row.amount, row.amount_s, row.steps_back) == (12.0, 20.0, 1)


def test_a_counter_that_rolled_over_loses_nothing_once_that_is_recorded(sent):
    sent.send((0, 90.0), (10, 99.0), (20, 2.0), (30, 5.0))
    assert sent.rolled("month")[0].amount == 12.0
    sent.mark(15, 100.0, 0.0, kind="rolled_over")
    (row,) = sent.rolled("month")
    # 9 to 99, 1 to the end, 2 from the beginning, 3 more.
    assert (row.amount, row.steps_back) == (15.0, 0)
    assert [q.amount for q in sent.rows("quarter")] == [15.0]


def test_a_changed_meter_counts_by_its_factor_from_then_on_over_all_later_spans(sent):
    sent.send((0, 100.0), (890, 110.0), (910, 7.0), (1000, 9.0))
    sent.rolled("month")
    sent.mark(900, 111.0, 5.0, factor=10.0)
    # 10 and 1 of the old one; then 2 and 2 of the new one, ten times.
    assert sent.rolled("month")[0].amount == 10 + 1 + 10 * (2 + 2)
    sent.mark(900, None, None, kind="withdrawn")
    (row,) = sent.rolled("month")
    assert (row.amount, row.steps_back) == (12.0, 1)


def test_a_mark_where_nothing_was_read_leaves_nothing_when_it_is_taken_back(sent):
    sent.send((0, 100.0))
    sent.mark(7200, 111.0, 5.0)
    assert len(sent.rolled("hour")) == 2
    sent.mark(7200, None, None, kind="withdrawn")
    assert len(sent.rolled("hour")) == 1
    assert [len(sent.rows(level)) for level in LEVELS] == [1, 1, 1, 1]


def test_readings_that_come_late_change_the_quarters_they_fall_into_and_those_before(sent):
    def computed():
        query = text("SELECT begins_at, computed_at FROM statistics.reading_quarter")
        with sent.database.work(SYSTEM_SCOPE) as work:
            return dict(work.connection.execute(query).all())

    sent.send((0, 1.0), (1800, 5.0), (3500, 9.0))
    roll_up(sent.database, clock.now())
    before = computed()
    sent.send((1810, 6.0))
    roll_up(sent.database, clock.now())
    after = computed()
    changed = {(at - START).total_seconds() for at in after if after[at] != before.get(at)}
    assert changed == {0.0, 1800.0}


def test_a_month_that_had_ended_is_told_to_be_open_again(sent):
    reopened = text("SELECT reopened_at FROM statistics.reading_month ORDER BY begins_at")
    sent.send((0, 1.0), (10, 2.0))
    roll_up(sent.database, clock.now())
    with sent.database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalar(reopened) is None
    now = clock.now()
    sent.send((20, 4.0))
    roll_up(sent.database, now)
    with sent.database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalar(reopened) == now


@contextmanager
def under_way(sent, arrival):
    """Write a message in a transaction that has its number and is not at its end; yield that."""
    well_formed, _ = read_all([arrival])
    with sent.database.work(SYSTEM_SCOPE) as slow:
        place = {sent.meter.firm.public_id: Place(sent.meter.firm.organization_id, "cn")}
        known = telemetry.devices(slow, [(sent.meter.firm.organization_id, "METER-1")])
        accepted, _ = admit_all(well_formed, Registry(ROOT, place, known))
        fresh, _, _ = write_messages(slow, accepted)
        write_readings(slow, fresh)
        yield slow


def test_a_message_that_is_seen_after_one_with_a_higher_number_is_not_missed(sent):
    # The month is there, for making one waits for whoever writes.
    sent.send((1800, 0.0))
    early, late = sent.arrival(0, 1.0, code="P"), sent.arrival(10, 3.0)
    with under_way(sent, early) as slow:
        Intake(sent.database).store([late])
        for _ in range(2):
            assert [row.readings for row in sent.rolled("quarter")] == [1, 1]
        slow.commit()
    assert [row.readings for row in sent.rolled("quarter", "P")] == [1]


def test_a_message_that_is_seen_late_makes_nothing_anew_but_its_own_quarter(sent):
    sent.send((0, 0.0), (1800, 1.0), (3600, 2.0))
    with under_way(sent, sent.arrival(5400, 1.0, code="P")) as slow:
        sent.send((7200, 3.0))
        assert len(sent.rolled("quarter")) == 4
        slow.commit()
    quarter = START + timedelta(seconds=5400)
    assert roll_up(sent.database, clock.now()) == (Window(quarter, quarter + QUARTER),)
    assert [row.readings for row in sent.rows("quarter", "P")] == [1]
    assert roll_up(sent.database, clock.now()) == ()


def test_numbers_that_were_given_for_nothing_are_waited_for_no_longer_than_an_hour(sent):
    missing = text("SELECT missing::text FROM statistics.roll_up_progress")
    again = sent.arrival(0, 1.0)
    now = clock.now()
    # A message that comes again takes a number and gives it up.
    for _ in range(3):
        Intake(sent.database).store([again])
    sent.send((10, 2.0))
    found = []
    for hours in range(3):
        roll_up(sent.database, now + timedelta(hours=hours, minutes=hours))
        with sent.database.work(SYSTEM_SCOPE) as work:
            found.append(work.connection.scalar(missing))
    assert found[0] != "{}"
    assert found[-1] == "{}"


def test_what_is_long_past_is_settled_and_nothing_is_made_twice(sent):
    query = text("SELECT settled, newest FROM statistics.roll_up_progress")
    sent.send((0, 1.0), (10, 2.0))
    now = clock.now()
    assert len(roll_up(sent.database, now)) == 1
    assert roll_up(sent.database, now) == ()
    for hours in (1, 2):
        roll_up(sent.database, now + timedelta(hours=hours, minutes=1))
    with sent.database.work(SYSTEM_SCOPE) as work:
        settled, newest = work.connection.execute(query).one()
    assert settled == newest > 0


SECONDS = st.integers(0, 7200)
VALUES = st.integers(0, 1000).map(float)
READINGS = st.lists(
    st.tuples(SECONDS, VALUES, st.sampled_from([0, 0, 0, 1, 2])), min_size=1, max_size=40
)


def expected(readings, width_s):
    """Return what a counter counted in each span, by plain arithmetic over sorted readings."""
    found = {}
    for (at, value), (then, later) in pairwise(sorted(readings)):
        start = int((at - START).total_seconds()) // width_s
        gap, end = (then - at).total_seconds(), START + timedelta(seconds=(start + 1) * width_s)
        if later >= value and (gap <= MISSED * INTERVAL_S or then <= end):
            found[start] = found.get(start, 0.0) + later - value
    return found


@given(READINGS, st.randoms(use_true_random=False), st.integers(1, 4))
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_late_shuffled_and_doubled_arrival_equals_a_fresh_rebuild(database, readings, order, cuts):
    code = f"F{clock.now():%H%M%S%f}"
    sent = Sent(database, add_meter(database, f"M{code}", add_firm(database, code)))
    arrivals = [sent.arrival(*each) for each in readings]
    doubled = arrivals + order.sample(arrivals, len(arrivals) // 2)
    order.shuffle(doubled)
    size = math.ceil(len(doubled) / cuts)
    for first in range(0, len(doubled), size):
        Intake(database).store(doubled[first : first + size])
        roll_up(database, clock.now())
    found = {level: sent.rows(level) for level in LEVELS}
    rebuild(database, clock.now())
    assert found == {level: sent.rows(level) for level in LEVELS}
    kept = sent.readings.get("E", [])
    for level, width_s in (("quarter", 900), ("hour", 3600)):
        amounts = {
            int((row.begins_at - START).total_seconds()) // width_s: row.amount
            for row in found[level]
            if row.amount
        }
        wanted = {at: amount for at, amount in expected(kept, width_s).items() if amount}
        assert amounts == pytest.approx(wanted)
    assert sum(row.readings for row in found["month"]) == len(kept)
