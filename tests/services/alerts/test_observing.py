"""Alerts in the database: one for each condition, whoever looks and however often."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from services.alert_facts import ACKNOWLEDGED, ERROR, OPEN, RESOLVED, AlertFilter
from services.alerts import handling
from services.alerts.lifecycle import Condition
from services.alerts.observing import Observation, observe
from services.alerts.rules import UnknownRuleError
from services.alerts.settling import settle
from services.data import alert_lists
from services.data.engine import SYSTEM_SCOPE
from services.inbox import unread_of
from services.security.permissions import Role
from services.security.trail import Place
from tests.places import add_firm, add_person

pytestmark = pytest.mark.postgres

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
STANDS, PASSED, OVER = Condition.STANDS, Condition.PASSED, Condition.CLEAR
ALL = AlertFilter(state="")


def at(seconds):
    return START + timedelta(seconds=seconds)


def seen(firm, found, about="point:1", rule="point.range", **more):
    names = {"zh-CN": "窑头 · 温度", "en": "Kiln · temperature"}
    place = Place(firm.organization_id, firm.access_path)
    return Observation(place, rule, about, found, names, "/collection/devices", **more)


def look(database, *looks, now):
    with database.work(SYSTEM_SCOPE) as work:
        opened = observe(work, looks, now)
        work.commit()
    return opened


def alerts(database, wanted=ALL):
    with database.work(SYSTEM_SCOPE) as work:
        return alert_lists.page(work, wanted, None, 100)


def told(database, action):
    query = text("SELECT count(*) FROM business.audit_event WHERE action = :action")
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.scalar(query, {"action": action})


def sent(database, kind):
    query = text("SELECT person_id FROM business.message WHERE kind = :kind ORDER BY 1")
    with database.work(SYSTEM_SCOPE) as work:
        return list(work.connection.scalars(query, {"kind": kind}))


@pytest.fixture
def firm(database):
    return add_firm(database)


def member(database, firm, role, login="someone"):
    return add_person(database, login, (role, firm.organization_id))


def test_a_condition_has_one_alert_that_counts_how_often_it_came(database, firm):
    assert look(database, seen(firm, STANDS), now=at(0)) == 1
    assert look(database, seen(firm, STANDS), now=at(60)) == 0
    look(database, seen(firm, OVER), now=at(120))
    look(database, seen(firm, STANDS), now=at(180))
    (found,) = alerts(database)
    assert (found.state, found.occurrences, found.opened_at) == (OPEN, 2, at(0))
    assert (found.seen_at, found.clear_since) == (at(180), None)


def test_the_same_subject_at_two_firms_is_two_conditions(database, firm):
    other = add_firm(database, "T2")
    assert look(database, seen(firm, STANDS), seen(other, STANDS), now=at(0)) == 2


def test_it_ends_by_itself_when_it_was_over_for_the_time_of_its_rule(database, firm):
    look(database, seen(firm, STANDS), now=at(0))
    look(database, seen(firm, OVER), now=at(100))
    assert settle(database, at(399)).ended == 0
    assert settle(database, at(400)).ended == 1
    assert settle(database, at(900)).ended == 0
    assert alerts(database)[0].state == RESOLVED
    assert told(database, "end_alert") == 1


def test_what_comes_back_soon_after_goes_on_as_the_same_alert_and_is_not_told_again(database, firm):
    look(database, seen(firm, PASSED), now=at(0))
    settle(database, at(300))
    look(database, seen(firm, STANDS), now=at(500))
    (found,) = alerts(database)
    assert (found.state, found.occurrences, found.resolved_at) == (OPEN, 2, None)
    assert sent(database, "alert_opened") == [None]


def test_what_comes_back_much_later_is_another_alert(database, firm):
    look(database, seen(firm, PASSED), now=at(0))
    settle(database, at(300))
    assert look(database, seen(firm, STANDS), now=at(601)) == 1
    assert [found.state for found in alerts(database)] == [OPEN, RESOLVED]


def test_two_who_look_at_once_open_one(database, firm):
    ready = threading.Barrier(4)

    def one():
        ready.wait(10)
        look(database, seen(firm, STANDS), now=at(0))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(alerts(database)) == 1
    assert told(database, "open_alert") == 1


def test_a_rule_that_there_is_not_opens_nothing(database, firm):
    with pytest.raises(UnknownRuleError):
        look(database, seen(firm, STANDS, rule="point.unheard"), now=at(0))


def test_figures_and_names_are_shown_to_whom_readings_are_open_and_to_nobody_else(database, firm):
    look(database, seen(firm, STANDS, evidence={"value": 1450.0}), now=at(0))
    look(database, seen(firm, STANDS, evidence={"value": 1470.0}), now=at(60))
    which = (firm.organization_id, alerts(database)[0].alert_id)
    inside = handling.alert_of(member(database, firm, Role.REPORTER), database, which)
    assert inside.evidence.first_seen == {"value": 1450.0}
    assert inside.evidence.last_seen == {"value": 1470.0}
    wall = member(database, firm, Role.WALL, "wall-1")
    outside = handling.alert_of(wall, database, which)
    assert (outside.evidence, outside.alert.subject, outside.may_handle) == (None, {}, False)


def test_a_wall_names_nobody(database, firm):
    look(database, seen(firm, STANDS), now=at(0))
    which = (firm.organization_id, alerts(database)[0].alert_id)
    reporter = member(database, firm, Role.REPORTER)
    handling.acknowledge(reporter, database, which, at(60))
    wall = member(database, firm, Role.WALL, "wall-1")
    (shown,) = handling.alerts_of(wall, database, AlertFilter(), None, 10).alerts
    assert (shown.state, shown.owner) == (ACKNOWLEDGED, "")
    view = handling.alert_of(wall, database, which)
    assert (view.alert.owner, view.events) == ("", ())
    assert handling.alert_of(reporter, database, which).alert.owner == "someone"


def test_who_takes_notice_takes_care_and_what_was_said_stays(database, firm):
    look(database, seen(firm, STANDS), now=at(0))
    reporter = member(database, firm, Role.REPORTER)
    which = (firm.organization_id, alerts(database)[0].alert_id)
    handling.acknowledge(reporter, database, which, at(60))
    handling.comment(reporter, database, which, "热电偶松动", at(90))
    view = handling.alert_of(reporter, database, which)
    assert (view.alert.state, view.alert.owner_id) == (ACKNOWLEDGED, reporter.person_id)
    assert [(event.kind, event.body) for event in view.events] == [
        ("commented", "热电偶松动"),
        ("acknowledged", ""),
        ("opened", ""),
    ]


def test_what_still_stands_cannot_be_closed(database, firm):
    look(database, seen(firm, STANDS), now=at(0))
    reporter = member(database, firm, Role.REPORTER)
    which = (firm.organization_id, alerts(database)[0].alert_id)
    with pytest.raises(handling.AlertStandsError):
        handling.resolve(reporter, database, which, "已更换", at(60))
    look(database, seen(firm, OVER), now=at(90))
    handling.resolve(reporter, database, which, "已更换", at(100))
    found = alerts(database)[0]
    assert (found.state, found.resolved_by) == (RESOLVED, reporter.person_id)
    with pytest.raises(handling.AlertResolvedError):
        handling.acknowledge(reporter, database, which, at(110))


def test_nobody_closes_an_alert_without_a_word(database, firm):
    look(database, seen(firm, PASSED), now=at(0))
    reporter = member(database, firm, Role.REPORTER)
    which = (firm.organization_id, alerts(database)[0].alert_id)
    with pytest.raises(handling.AlertWordsError):
        handling.resolve(reporter, database, which, "  ", at(60))


def test_what_nobody_takes_notice_of_is_told_once_to_those_who_answer(database, firm):
    manager = member(database, firm, Role.MANAGER, "answers")
    member(database, firm, Role.REPORTER, "works")
    look(database, seen(firm, STANDS, severity=ERROR), now=at(0))
    look(database, seen(firm, STANDS, "point:2"), now=at(0))
    assert settle(database, at(1799)).escalated == 0
    assert settle(database, at(1800)).escalated == 1
    assert settle(database, at(4000)).escalated == 0
    assert sent(database, "alert_escalated") == [manager.person_id]
    kinds = sorted(message.kind for message in unread_of(manager, database))
    assert kinds == ["alert_escalated", "alert_opened", "alert_opened"]


def test_what_somebody_took_notice_of_is_told_to_nobody_else(database, firm):
    look(database, seen(firm, STANDS, severity=ERROR), now=at(0))
    reporter = member(database, firm, Role.REPORTER)
    which = (firm.organization_id, alerts(database)[0].alert_id)
    handling.acknowledge(reporter, database, which, at(60))
    assert settle(database, at(4000)).escalated == 0


class Looking(RuleBasedStateMachine):
    """Three conditions, looked at, closed, and left alone in any order."""

    database = None

    @initialize()
    def begin(self):
        number = f"S{Looking.count}"
        Looking.count += 1
        self.firm = add_firm(self.database, number)
        self.now = 0

    count = 0

    @rule(
        pause=st.integers(1, 500),
        found=st.sampled_from(list(Condition)),
        about=st.sampled_from(["point:1", "point:2"]),
    )
    def looked(self, pause, found, about):
        self.now += pause
        look(self.database, seen(self.firm, found, about), now=at(self.now))

    @rule(pause=st.integers(1, 500))
    def left_alone(self, pause):
        self.now += pause
        settle(self.database, at(self.now))

    @invariant()
    def no_condition_has_two(self):
        mine = alerts(self.database, AlertFilter(self.firm.organization_id, state=""))
        living = [found.key for found in mine if found.state != RESOLVED]
        assert len(living) == len(set(living))
        for about in ("point.range/point:1", "point.range/point:2"):
            times = sorted(found.opened_at for found in mine if found.key == about)
            assert len(times) <= 1 + self.now / 600


def test_whatever_is_looked_at_no_condition_ever_has_two_alerts(database):
    Looking.database = database
    test = Looking.TestCase()
    test.settings = settings(
        max_examples=15,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    test.runTest()
