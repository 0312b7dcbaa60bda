"""Streaming checks: equal to plain arithmetic over the same readings, whatever comes when."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services import clock
from services.alert_facts import OPEN, AlertFilter
from services.alerts.settling import settle
from services.collection import limiting, registering, telemetry
from services.collection.intake import Intake
from services.collection.watching import check_new, scan_silent
from services.data import alert_lists, point_watch, watch_progress
from services.data.engine import SYSTEM_SCOPE
from services.registry import PointLimit
from tests.meters import add_meter
from tests.places import add_firm

pytestmark = pytest.mark.postgres

# What meters send lies a little in the past, so that the clock takes it for live.
START = clock.now().replace(microsecond=0) - timedelta(hours=20)
INTERVAL_S = 10


@dataclass
class Plant:
    """One meter with limits, what it sends, and the alerts that come of it."""

    database: object
    meter: object
    count: int = 0
    told: dict = field(default_factory=dict)

    def point(self, code="P"):
        asked = (self.meter.reporter, self.database, self.meter.firm.organization_id, clock.now())
        return next(p.point_id for p in registering.registry_of(*asked).points if p.code == code)

    def limit(self, code="P", at=START, **limits):
        limit = PointLimit(self.point(code), **{"reason": "按铭牌"} | limits)
        organization_id = self.meter.firm.organization_id
        limiting.set_limit(self.meter.reporter, self.database, organization_id, limit, at)

    def send(self, *readings, code="P", **more):
        """Send readings as (second, value), each in a message of its own."""
        arrivals = []
        for second, value in readings:
            self.count += 1
            at = START + timedelta(seconds=second)
            told = {"taken_at": at, "vals": {code: float(value)}} | more
            arrivals.append(self.meter.arrival(self.count, **told))
        Intake(self.database).store(arrivals)

    def check(self, second=0):
        return check_new(self.database, START + timedelta(seconds=second))

    def alerts(self, state="active"):
        with self.database.work(SYSTEM_SCOPE) as work:
            return alert_lists.page(work, AlertFilter(state=state), None, 100)

    def evidence(self):
        (found,) = self.alerts("")
        with self.database.work(SYSTEM_SCOPE) as work:
            return alert_lists.evidence_of(work, found)

    def rules(self, state="active"):
        return sorted(found.rule for found in self.alerts(state))


@pytest.fixture
def plant(database):
    made = Plant(database, add_meter(database))
    # The first look begins with what comes from now on.
    check_new(database, START)
    return made


def test_without_a_limit_nothing_is_checked(plant):
    plant.send((0, 9e9), (10, -9e9))
    assert plant.check().points == 0
    assert plant.alerts() == ()


def test_what_came_before_the_first_look_is_nothing_new(database):
    plant = Plant(database, add_meter(database))
    plant.limit(high=100.0)
    plant.send((0, 900.0))
    plant.check()
    assert plant.check().points == 0


def test_a_reading_out_of_range_opens_an_alert_with_its_figures(plant):
    plant.limit(low=0.0, high=100.0, severity="error")
    plant.send((0, 50.0), (10, 120.5))
    plant.check()
    (found,) = plant.alerts()
    assert (found.rule, found.severity, found.state) == ("point.range", "error", OPEN)
    assert found.is_standing
    told = plant.evidence().last_seen
    assert (told["value"], told["low"], told["high"], told["unit"]) == (120.5, 0.0, 100.0, "kW")
    assert found.subject["en"] == "Test meter · Active power"


def test_each_look_reads_only_what_came_since(plant):
    plant.limit(high=100.0)
    plant.send((0, 120.0))
    assert plant.check().points == 1
    assert plant.check().points == 0
    (found,) = plant.alerts()
    assert found.occurrences == 1


def test_a_peak_between_two_looks_is_seen_and_over_already(plant):
    plant.limit(high=100.0)
    plant.send((0, 50.0), (10, 120.0), (20, 60.0))
    plant.check()
    (found,) = plant.alerts()
    assert not found.is_standing


def test_it_is_back_within_only_by_the_margin(plant):
    plant.limit(high=100.0, margin=5.0)
    plant.send((0, 120.0))
    plant.check()
    plant.send((10, 97.0))
    plant.check(10)
    assert plant.alerts()[0].is_standing
    plant.send((20, 95.0))
    plant.check(20)
    assert not plant.alerts()[0].is_standing


def test_a_value_that_swings_about_its_limit_is_one_alert_told_of_once(plant):
    plant.limit(high=100.0)
    for step in range(30):
        plant.send((10 * step, 101.0 if step % 2 else 99.0))
        plant.check(10 * step)
        settle(plant.database, START + timedelta(seconds=10 * step))
    (found,) = plant.alerts("")
    assert found.occurrences == 15
    query = text("SELECT count(*) FROM business.message WHERE kind = 'alert_opened'")
    with plant.database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalar(query) == 1


def test_a_change_is_known_over_the_end_of_a_look(plant):
    plant.limit(change_per_minute=60.0)
    plant.send((0, 10.0))
    plant.check()
    # 11 in ten seconds are 66 a minute.
    plant.send((10, 21.0))
    plant.check()
    assert plant.rules() == ["point.rate"]
    assert plant.evidence().last_seen["value"] == pytest.approx(66.0)


def test_a_change_as_fast_as_allowed_is_none_too_fast(plant):
    plant.limit(change_per_minute=60.0)
    plant.send((0, 10.0), (10, 20.0), (20, 10.0))
    plant.check()
    assert plant.rules() == []


def test_equal_readings_are_counted_over_the_ends_of_looks(plant):
    plant.limit(same_readings=4)
    plant.send((0, 7.0), (10, 7.0))
    plant.check()
    plant.send((20, 7.0))
    plant.check()
    assert plant.rules() == []
    plant.send((30, 7.0))
    plant.check()
    assert plant.rules() == ["point.stuck"]
    assert plant.evidence().last_seen["count"] == 4
    plant.send((40, 8.0))
    plant.check()
    assert not plant.alerts()[0].is_standing


def test_a_reading_that_was_long_under_way_is_late_unless_it_was_sent_as_back_fill(plant):
    plant.limit(late_s=60)
    taken_at = START
    received = taken_at + timedelta(seconds=61)
    plant.send((0, 5.0), received_at=received, hist=True)
    plant.check()
    assert plant.rules() == []
    plant.send((1, 5.0), received_at=received + timedelta(seconds=1))
    plant.check()
    assert plant.rules() == ["point.late"]
    assert plant.evidence().last_seen["value"] == 61.0


def test_a_reading_that_comes_out_of_order_neither_jumps_nor_ends_a_run(plant):
    plant.limit(change_per_minute=60.0, same_readings=3)
    plant.send((0, 10.0), (20, 10.0))
    plant.check()
    plant.send((10, 5000.0))
    plant.check()
    assert plant.rules() == []
    plant.send((30, 10.0))
    plant.check()
    assert plant.rules() == ["point.stuck"]


def test_a_reading_out_of_range_that_comes_late_does_not_calm_what_stands(plant):
    plant.limit(high=100.0)
    plant.send((20, 120.0))
    plant.check()
    plant.send((10, 130.0))
    plant.check()
    assert plant.alerts()[0].is_standing


def test_bad_readings_are_not_held_against_limits(plant):
    plant.limit(high=100.0)
    plant.send((0, 900.0), q=2)
    plant.check()
    assert plant.rules() == []


def test_one_point_that_is_silent_is_noticed_though_its_device_speaks(plant):
    plant.limit("P", silent_reports=3)
    plant.limit("E", silent_reports=3)
    plant.send((0, 1.0))
    plant.send((0, 1.0), code="E")
    plant.send((30, 2.0), code="E")
    assert scan_silent(plant.database, START + timedelta(seconds=30)).opened == 0
    assert scan_silent(plant.database, START + timedelta(seconds=31)).opened == 1
    (found,) = plant.alerts()
    assert (found.rule, found.key) == ("point.silent", f"point.silent/point:{plant.point('P')}")
    plant.send((40, 3.0))
    scan_silent(plant.database, START + timedelta(seconds=41))
    assert not plant.alerts()[0].is_standing
    settle(plant.database, START + timedelta(seconds=161))
    assert plant.alerts() == ()


def test_a_point_that_never_spoke_is_silent_from_when_it_had_to(plant):
    now = clock.now()
    plant.limit(at=now, silent_reports=2)
    assert scan_silent(plant.database, now + timedelta(seconds=20)).opened == 0
    assert scan_silent(plant.database, now + timedelta(seconds=21)).opened == 1


def test_a_check_that_is_switched_off_calms_its_alert(plant):
    plant.limit(high=100.0, silent_reports=2)
    plant.send((0, 120.0))
    plant.check()
    scan_silent(plant.database, START + timedelta(seconds=60))
    assert plant.rules() == ["point.range", "point.silent"]
    plant.limit(at=START + timedelta(seconds=70), high=100.0)
    scan_silent(plant.database, START + timedelta(seconds=80))
    assert {found.rule: found.is_standing for found in plant.alerts()} == {
        "point.range": True,
        "point.silent": False,
    }


def test_nobody_is_waited_for_that_was_retired(plant):
    plant.limit(silent_reports=2, high=100.0)
    plant.send((0, 120.0))
    plant.check()
    firm, reporter = plant.meter.firm, plant.meter.reporter
    device = registering.registry_of(reporter, plant.database, firm.organization_id, START)
    number = device.points[0].device_id
    telemetry.retire_device(reporter, plant.database, firm.organization_id, number, START)
    assert scan_silent(plant.database, START + timedelta(hours=1)).opened == 0
    assert not plant.alerts()[0].is_standing


LATE_MESSAGE = text("""
    INSERT INTO collected.message (organization_id, access_path, device_id, boot, sequence, stream,
      digest, historical, received_at)
    SELECT organization_id, access_path, device_id, 'late', 1, 'main', decode('00', 'hex'), false,
      now() FROM collected.device
""")
LATE_READING = text("""
    INSERT INTO collected.reading (organization_id, access_path, device_id, point_id, taken_at,
      value, quality, time_quality, message_id)
    SELECT m.organization_id, m.access_path, m.device_id, p.point_id, :at, 500, 0, 2, m.message_id
    FROM collected.message m JOIN collected.point p USING (organization_id, device_id)
    WHERE m.boot = 'late' AND p.code = 'P'
""")


def test_what_was_not_to_be_seen_at_a_look_is_seen_at_the_next(plant):
    # A message with a lower number is committed after one with a higher. The first makes the table
    # of its month, for which everybody who writes readings would be waited.
    plant.send((0, 1.0), code="E")
    plant.limit(high=100.0)
    with plant.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(LATE_MESSAGE)
        work.connection.execute(LATE_READING, {"at": START})
        plant.send((0, 1.0), code="E")
        plant.check()
        assert plant.rules() == []
        work.commit()
    plant.check()
    assert plant.rules() == ["point.range"]


def test_what_is_seen_late_counts_though_it_is_older_than_what_was_checked_of_its_point(plant):
    plant.send((0, 1.0), code="E")
    plant.limit(high=100.0)
    with plant.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(LATE_MESSAGE)
        work.connection.execute(LATE_READING, {"at": START + timedelta(seconds=10)})
        plant.send((20, 50.0))
        plant.check()
        assert plant.rules() == []
        work.commit()
    plant.check()
    assert plant.rules() == ["point.range"]
    assert plant.evidence().last_seen["value"] == 500.0


def test_one_late_message_lets_nothing_else_be_looked_at_again(plant):
    plant.send((0, 1.0), code="E")
    with plant.database.work(SYSTEM_SCOPE) as slow:
        late = slow.connection.scalar(text(f"{LATE_MESSAGE.text} RETURNING message_id"))
        plant.send((20, 50.0))
        plant.check()
        slow.commit()
    with plant.database.work(SYSTEM_SCOPE) as work:
        reach = watch_progress.advance(work, START)
        assert (reach.known, reach.late) == (reach.newest, (late,))
        assert late < reach.known
        assert watch_progress.advance(work, START) is None


def test_a_limit_that_nothing_could_keep_is_refused(plant):
    wrong = (
        {"low": 10.0, "high": 10.0},
        {"low": 0.0, "high": 10.0, "margin": 5.0},
        {"high": float("nan")},
        {"margin": -1.0},
        {"change_per_minute": 0.0},
        {"same_readings": 1},
        {"silent_reports": 1},
        {"late_s": 0},
        {"severity": "fatal"},
        {"reason": ""},
    )
    for limits in wrong:
        with pytest.raises(limiting.PointLimitError):
            plant.limit(**limits)


def test_limits_are_added_to_and_the_newest_counts(plant):
    plant.limit(high=100.0, reason="按铭牌")
    plant.limit(at=START + timedelta(seconds=1), high=200.0, reason="扩容")
    asked = (plant.meter.reporter, plant.database, plant.meter.firm.organization_id)
    found = limiting.limits_of(*asked, plant.point())
    assert [(each.limit.high, each.limit.reason) for each in found] == [
        (200.0, "扩容"),
        (100.0, "按铭牌"),
    ]
    plant.send((0, 150.0))
    plant.check()
    assert plant.rules() == []


LOW, HIGH, FAST, SAME = 20.0, 60.0, 90.0, 3
VALUES = st.sampled_from([10.0, 20.0, 25.0, 30.0, 60.0, 61.0])
NUMBERS = count()
SENT = st.lists(
    st.tuples(st.integers(0, 60), VALUES, st.booleans()),
    min_size=1,
    max_size=25,
    unique_by=lambda each: each[0],
)


def expected(looks):
    """Return of each look what broke, by plain arithmetic over lists."""
    last, found = None, []
    for look in looks:
        onward = sorted(r for r in look if last is None or r[0] > last[0])
        broken = {"range": any(not LOW <= value <= HIGH for _, value in look)}
        line, run, rate, same = last and last[:2], last[2] if last else 0, False, False
        for at, value in onward:
            if line is not None:
                rate = rate or abs(value - line[1]) / ((at - line[0]) * 10 / 60) > FAST
            run = run + 1 if line is not None and value == line[1] else 1
            same = same or run >= SAME
            line = (at, value)
        last = (*line, run) if onward else last
        broken |= {"rate": rate, "stuck": same}
        found.append(broken)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(SENT)
def test_what_is_found_is_what_plain_arithmetic_finds(database, sent):
    check_new(database, START)
    plant = Plant(database, add_meter(database, firm=add_firm(database, f"H{next(NUMBERS)}")))
    plant.limit(low=LOW, high=HIGH, change_per_minute=FAST, same_readings=SAME)
    looks = [[]]
    for at, value, ends in sent:
        looks[-1].append((at, value))
        looks += [[]] if ends else []
    looks = [look for look in looks if look]
    firm = plant.meter.firm.organization_id
    for look, wanted in zip(looks, expected(looks), strict=True):
        plant.send(*((at * 10, value) for at, value in look))
        with database.work(SYSTEM_SCOPE) as work:
            reach = watch_progress.advance(work, clock.now())
            (seen,) = [s for s in point_watch.check(work, reach) if s.organization_id == firm]
            work.commit()
        broken = {
            "range": seen.range_broken,
            "rate": bool(seen.rate_broken),
            "stuck": bool(seen.stuck_broken),
        }
        assert broken == wanted
