"""What CO2 meters measured in a year: flows held, counters counted, and the time they cover."""

from datetime import timedelta

import pytest

from services import clock
from services.collection.co2_measurement import measured, refresh, roll_up, span_of
from services.collection.intake import Intake
from services.collection.telemetry import points_of_kind, register_device
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.labels import EVERYTHING
from services.metering import NewDevice
from tests.meters import Meter, reporter_of
from tests.places import NANJING, SUZHOU, add_firm

pytestmark = pytest.mark.postgres

YEAR = 2024
START, END = span_of(YEAR)
HOUR = timedelta(hours=1)
WHOLE_S = 366 * 86_400


class Stack:
    """A firm's stack with a meter that reports every hour."""

    def __init__(self, database, kind="co2", code="T1", parent=NANJING):
        self.database, self.count = database, 0
        firm = add_firm(database, code, parent)
        reporter = reporter_of(firm)
        names = {"zh-CN": "烟气", "en": "Stack"}
        new = NewDevice("CEMS-1", "GW-1", names, 3600, points_of_kind(kind))
        device = register_device(reporter, database, firm.organization_id, new, clock.now())
        self.meter = Meter(firm, reporter, device)

    def send(self, *readings):
        """Send (hours since the year began, values, quality) as back-fill."""
        sent = []
        for hours, values, *quality in readings:
            at = START + hours * HOUR
            q = quality[0] if quality else 0
            sent.append(self.meter.arrival(self.count, taken_at=at, vals=values, q=q, hist=True))
            self.count += 1
        Intake(self.database).store(sent)

    def year(self, year=YEAR):
        with self.database.work(SYSTEM_SCOPE) as work:
            roll_up(work, year, clock.now())
            found = measured(work, self.meter.firm.access_path, year)
            work.commit()
        return found


@pytest.fixture
def stack(database):
    return Stack(database)


def test_a_flow_holds_until_the_next_reading(stack):
    stack.send((0, {"M": 100.0}), (1, {"M": 200.0}), (3, {"M": 50.0}))
    found = stack.year()
    # 1 h × 100 + 2 h × 200 + the last for its interval of 1 h × 50
    assert found.tonnes == pytest.approx(550)
    assert found.completeness == pytest.approx(4 * 3600 / WHOLE_S)


def test_reports_that_did_not_come_are_not_filled(stack):
    stack.send((0, {"M": 100.0}), (10, {"M": 100.0}))
    found = stack.year()
    # Ten hours are more than three reports: each reading holds for one interval.
    assert found.tonnes == pytest.approx(200)
    assert found.completeness == pytest.approx(2 * 3600 / WHOLE_S)


def test_bad_and_negative_readings_are_left_out(stack):
    stack.send((0, {"M": 100.0}), (1, {"M": 900.0}, 2), (2, {"M": -5.0}), (3, {"M": 10.0}))
    # Held over the two that count for nothing: 3 h × 100 + 1 h × 10
    assert stack.year().tonnes == pytest.approx(310)


def test_kilograms_an_hour_are_tonnes(database):
    small = Stack(database, "co2_small")
    small.send((0, {"M": 2500.0}), (2, {"M": 2500.0}))
    assert small.year().tonnes == pytest.approx(7.5)


def test_a_counter_counts_once_beside_its_flow_and_is_not_set_back(stack):
    hours = [(0, 1000.0), (1, 1100.0), (2, 1300.0), (3, 20.0), (4, 70.0)]
    stack.send(*((hour, {"M": 1.0, "C": counted}) for hour, counted in hours))
    # 100 + 200, then a new counter, then 50; the flow of 1 t/h is not added.
    assert stack.year().tonnes == pytest.approx(350)


def test_a_flow_that_covers_clearly_more_goes_before_a_counter(stack):
    day = 24
    stack.send(*((h, {"M": 1.0}) for h in range(5 * day)))
    stack.send((0, {"C": 10.0}), (1, {"C": 20.0}))
    assert stack.year().tonnes == pytest.approx(5 * day)


def test_the_year_is_cut_at_midnight_in_shanghai(stack):
    hours = (END - START) / HOUR
    stack.send((hours - 0.5, {"M": 100.0}), (hours + 0.5, {"M": 100.0}))
    assert stack.year().tonnes == pytest.approx(50)
    assert stack.year(YEAR + 1).tonnes == pytest.approx(100)


def test_meters_of_a_place_add_up_and_one_without_readings_lowers_the_share(database):
    one, two = Stack(database, code="T1"), Stack(database, code="T2")
    elsewhere = Stack(database, code="T3", parent=SUZHOU)
    for stack in (one, elsewhere):
        stack.send((0, {"M": 100.0}))
    one.year()
    with database.work(SYSTEM_SCOPE) as work:
        city = one.meter.firm.access_path.rpartition(".")[0]
        found = measured(work, city, YEAR)
        assert measured(work, f"{city}.nobody", YEAR) is None
    assert (found.tonnes, found.meters, found.organizations) == (pytest.approx(100), 2, 2)
    assert found.completeness == pytest.approx(3600 / WHOLE_S / 2)
    assert two.meter.firm.access_path.startswith(city)


def test_another_place_sees_nothing_of_it(database, stack):
    stack.send((0, {"M": 100.0}))
    stack.year()
    elsewhere = add_firm(database, "T9", SUZHOU).access_path
    with database.work(Scope((elsewhere,), readable=EVERYTHING)) as work:
        assert measured(work, stack.meter.firm.access_path, YEAR) is None


def test_what_came_is_rolled_up_once_and_again_when_more_comes(database, stack):
    stack.send((0, {"M": 100.0}))
    assert YEAR in refresh(database, clock.now())
    with database.work(SYSTEM_SCOPE) as work:
        assert measured(work, stack.meter.firm.access_path, YEAR).tonnes == pytest.approx(100)

    stack.send((5, {"M": 10.0}))
    refresh(database, clock.now())
    with database.work(SYSTEM_SCOPE) as work:
        assert measured(work, stack.meter.firm.access_path, YEAR).tonnes == pytest.approx(110)


def test_without_meters_nothing_is_rolled_up(database):
    assert refresh(database, clock.now()) == ()
