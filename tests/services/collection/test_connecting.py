"""Connectors of an organization: who may do what, what a run brings, and what it leaves alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from services import clock, jobs
from services.alert_facts import AlertFilter
from services.bootstrap import Platform
from services.collection import attachments, connecting, manual, sent_rows
from services.collection.attachments import EntryYear
from services.collection.connecting import (
    ConnectorOrder,
    UnknownKindError,
    next_after,
    order_due,
    order_look,
    view_of,
    years_of,
)
from services.collection.connectors.kinds import ConnectorFieldError
from services.collection.connectors.known import built_in
from services.connectors import Schedule
from services.data import alert_lists, connectors, people
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.outbound import Outbound, networks_in
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.fixtures.web import web_settings
from tests.other_system import other_system, send
from tests.places import add_firm, add_person, add_staff
from tests.services.reports.filed import Queue
from workers.jobs import run_on

pytestmark = pytest.mark.postgres
METHOD = "GB/T 32150-2015"
KINDS = built_in(Outbound(networks_in("127.0.0.0/8")))
SECRET = "sehr-geheim-7"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
DIESEL = {"source": "fuel", "item": "diesel", "FC": 5, "NCV": 43.33}
PETROL = {"source": "fuel", "item": "gasoline", "FC": 7, "NCV": 44.8}


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


class Case:
    """A firm with its people, another system, and a connector between them."""

    def __init__(self, database, catalog, system, folder):
        self.database, self.catalog, self.system = database, catalog, system
        self.firm, self.year = add_firm(database), clock.today().year
        self.key = self.firm.organization_id
        self.reporter = add_staff(database, self.firm)[0]
        self.manager = add_person(database, "leiter", (Role.MANAGER, self.key))
        given = {"url": system.url("/rows/{year}"), "sign_in": "bearer", "secret": SECRET}
        self.order = ConnectorOrder("能源系统", "rest", given, Schedule())
        self.held = self.key, self.make(self.order)
        self.settings = replace(web_settings(folder), file_mb=1, files_mb=10)

    def make(self, order):
        return connecting.make(self.manager, self.database, KINDS, self.key, order)

    def start(self):
        connecting.start(self.reporter, self.database, self.held, clock.now())

    def work_off(self, *job_ids):
        """Run jobs that were handed out, as a worker does."""
        platform = Platform(self.database, self.catalog, self.settings, None, KINDS)
        for job_id in job_ids:
            run_on(platform, job_id)

    def run_due(self):
        """Let everything run that is due some day; return how much."""
        queue = Queue()
        count = order_due(self.database, queue, LATER)
        self.work_off(*queue.ids)
        return count

    def run_again(self):
        """Let the time of the connector come once more; return how it stands after that."""
        with self.database.work(SYSTEM_SCOPE) as work:
            found = connectors.get(work, *self.held)
            connectors.write(work, found, next_at=clock.now())
            work.commit()
        self.run_due()
        (found,) = self.seen().connectors
        return found.state, found.failures

    def look(self):
        return order_look(self.reporter, self.database, Queue(), self.held, self.year)

    def seen(self):
        return view_of(self.reporter, self.database, self.key)

    def rows(self):
        return manual.read_entry(self.reporter, self.database, self.key, self.year).rows

    def looked(self, sha256):
        """Return a fetched file as the import page shows it."""
        place = EntryYear(self.key, self.year)
        return sent_rows.look(self.reporter, self.database, self.catalog, place, sha256)


@pytest.fixture
def system():
    """Another system whose rows a test may change: `rows`, or `status` for a refusal."""

    def answer(request, system):
        send(request, json.dumps(system.rows).encode(), system.status)

    with other_system(answer) as found:
        found.rows, found.status = [DIESEL], 200
        yield found


@pytest.fixture
def case(database, catalog, system, tmp_path):
    return Case(database, catalog, system, tmp_path)


@pytest.fixture
def started(case):
    case.start()
    return case


def amounts(rows):
    return [(row["item"], row["FC"]) for row in rows]


def test_a_secret_is_sealed_and_shown_nowhere(case):
    with case.database.work(SYSTEM_SCOPE) as work:
        kept = work.connection.execute(text("SELECT * FROM business.connector")).mappings().one()
        trail = work.connection.execute(text("SELECT * FROM business.audit_event")).all()
        found = connectors.get(work, *case.held)
        assert connectors.secrets_of(work, found) == {"secret": SECRET}
    assert SECRET.encode() not in bytes(kept["secrets"])
    assert SECRET not in f"{kept} {trail} {view_of(case.manager, case.database, case.key)}"


def test_a_secret_that_was_moved_to_another_connector_does_not_open(case):
    other = case.make(replace(case.order, name="b"))
    moved = text(
        "UPDATE business.connector SET secrets = (SELECT secrets FROM business.connector"
        " WHERE connector_id = :one) WHERE connector_id = :other"
    )
    with case.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(moved, {"one": case.held[1], "other": other})
        with pytest.raises(connectors.ConnectorSecretError):
            connectors.secrets_of(work, connectors.get(work, case.key, other))


def test_who_manages_makes_it_and_who_fills_in_the_year_lets_it_run(case):
    now = clock.now()
    for refused in (
        lambda: connecting.make(case.reporter, case.database, KINDS, case.key, case.order),
        lambda: connecting.change(case.reporter, case.database, KINDS, case.held, case.order),
        lambda: connecting.remove(case.reporter, case.database, case.held),
        lambda: connecting.start(case.manager, case.database, case.held, now),
        lambda: order_look(case.manager, case.database, Queue(), case.held, now.year),
    ):
        with pytest.raises((NotAllowedError, NotFoundError)):
            refused()
    connecting.start(case.reporter, case.database, case.held, now)
    connecting.pause(case.manager, case.database, case.held)


def test_nobody_of_another_firm_learns_of_it(case):
    other = add_firm(case.database, "T2")
    stranger = add_person(
        case.database,
        "fremd",
        (Role.MANAGER, other.organization_id),
        (Role.REPORTER, other.organization_id),
    )
    for refused in (
        lambda: view_of(stranger, case.database, case.key),
        lambda: connecting.start(stranger, case.database, case.held, clock.now()),
        lambda: connecting.pause(stranger, case.database, case.held),
        lambda: connecting.remove(stranger, case.database, case.held),
        lambda: connecting.change(stranger, case.database, KINDS, case.held, case.order),
        lambda: order_look(stranger, case.database, Queue(), case.held, 2025),
    ):
        with pytest.raises(NotFoundError):
            refused()
    assert view_of(stranger, case.database, other.organization_id).connectors == ()


def test_good_rows_come_in_with_their_origin_and_a_second_run_changes_nothing(started):
    case = started
    assert case.run_due() == 1
    assert amounts(case.rows()) == [("diesel", "5")]
    fetch = case.seen().fetches[0]
    assert (fetch.state, fetch.rows, fetch.new_rows, fetch.waiting) == ("imported", 1, 1, 0)
    assert case.system.asked[0][1] == f"/rows/{case.year}"
    assert case.system.asked[0][2]["Authorization"] == f"Bearer {SECRET}"
    with case.database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT after, person_id FROM business.audit_event WHERE action='save_draft'")
        (after, person_id) = work.connection.execute(query).one()
        kept = attachments.attachments.of_year(work, case.key, case.year)
    assert (after["connector"], after["sha256"]) == (str(case.held[1]), fetch.sha256)
    assert person_id == case.reporter.person_id
    assert kept[fetch.sha256].name.startswith(f"能源系统 {case.year} ")
    assert case.run_again() == ("active", 0)
    assert amounts(case.rows()) == [("diesel", "5")]
    assert case.seen().fetches[0].state == "unchanged"


def test_what_a_person_typed_is_never_overwritten_and_waits_to_be_looked_at(started):
    case = started
    version = DraftVersion(case.key, case.year, 0)
    typed = {**DIESEL, "FC": "4", "NCV": "43.33"}
    manual.save_draft(case.reporter, case.database, version, [typed])
    case.system.rows = [
        DIESEL,
        PETROL,
        {"source": "fuel", "item": "diesel", "FC": "bad", "month": 2},
    ]
    case.run_due()
    assert amounts(case.rows()) == [("diesel", "4"), ("gasoline", "7")]
    fetch = case.seen().fetches[0]
    assert (fetch.state, fetch.rows, fetch.new_rows, fetch.waiting) == ("waiting", 3, 1, 2)
    # Its file is that of the import page, where a person decides.
    looked = case.looked(fetch.sha256)
    (part,) = looked.found.parts
    assert part.merge.differing[0].cells["FC"] == ("4", "5")
    sent_rows.put_in(case.reporter, case.database, looked, looked.revisions, True)
    assert amounts(case.rows()) == [("diesel", "5"), ("gasoline", "7")]


def test_a_look_writes_nothing_and_keeps_the_file_for_the_import_page(case):
    case.work_off(case.look())
    (fetch,) = case.seen().fetches
    assert (fetch.state, fetch.rows, fetch.new_rows) == ("looked", 1, 0)
    assert case.rows() == ()
    looked = case.looked(fetch.sha256)
    assert looked.found.parts[0].merge.new == (0,)


def test_three_failures_in_a_row_let_it_rest_and_a_good_one_counts_anew(started):
    case = started
    case.system.status = 500
    assert [case.run_again(), case.run_again()] == [("active", 1), ("active", 2)]
    case.system.status = 200
    assert case.run_again() == ("active", 0)
    case.system.status = 500
    assert [case.run_again(), case.run_again(), case.run_again()][-1] == ("paused", 3)
    assert "HTTP 500" in case.seen().fetches[0].error["zh-CN"]
    assert "HTTP 500" in case.seen().fetches[0].error["en"]
    assert case.run_due() == 0
    assert [each.is_standing for each in warned(case)] == [True]
    connecting.start(case.reporter, case.database, case.held, clock.now())
    assert case.seen().connectors[0].failures == 0
    assert [each.is_standing for each in warned(case)] == [False]


def warned(case):
    """Return the alerts of the firm's connectors."""
    wanted = AlertFilter(case.key, rule="connector.paused")
    with case.database.work(SYSTEM_SCOPE) as work:
        return alert_lists.page(work, wanted, None, 10)


def test_who_lost_the_role_brings_no_more_rows(started):
    case = started
    with case.database.work(SYSTEM_SCOPE) as work:
        people.deactivate(work, case.reporter.person_id, clock.now())
        work.commit()
    assert case.run_due() == 0
    with case.database.work(SYSTEM_SCOPE) as work:
        assert connectors.get(work, *case.held).failures == 1
        assert connectors.fetches(work, case.key, 5)[0].state == "failed"


def test_a_year_that_was_submitted_is_left_alone_and_is_no_failure(started):
    case = started
    draft = manual.save_draft(
        case.reporter,
        case.database,
        DraftVersion(case.key, case.year, 0),
        [DIESEL],
    )
    manual.submit_draft(case.reporter, case.database, case.catalog, draft.version)
    case.run_due()
    assert (case.seen().fetches[0].state, case.seen().connectors[0].failures) == ("closed", 0)
    assert case.system.asked == []


def test_foreign_headings_are_told_by_a_person_first(started):
    case = started
    case.system.rows = [{"燃料": "柴油", "吨": 5}]
    case.run_due()
    fetch = case.seen().fetches[0]
    assert fetch.state == "failed"
    assert "排放源" in fetch.error["zh-CN"]


def test_a_change_of_its_settings_pauses_it_and_its_old_secret_is_gone(started):
    case = started
    given = {**case.order.given, "url": case.order.given["url"] + "?x=1", "secret": ""}
    connecting.change(
        case.manager, case.database, KINDS, case.held, replace(case.order, given=given)
    )
    (found,) = case.seen().connectors
    assert (found.state, found.next_at, found.started_by) == ("paused", None, None)
    assert found.settings["url"].endswith("?x=1")
    with case.database.work(SYSTEM_SCOPE) as work:
        assert connectors.secrets_of(work, found) == {}


def test_a_removed_one_is_gone_with_its_secret_and_what_it_brought_stays(started):
    case = started
    case.run_due()
    connecting.remove(case.manager, case.database, case.held)
    assert case.seen().connectors == ()
    assert amounts(case.rows()) == [("diesel", "5")]
    with case.database.work(SYSTEM_SCOPE) as work:
        kept = work.connection.execute(text("SELECT secrets FROM business.connector")).scalar_one()
    assert kept is None


def test_a_kind_whose_extension_is_gone_is_told(case):
    with case.database.work(SYSTEM_SCOPE) as work:
        connectors.write(work, connectors.get(work, *case.held), kind="gone")
        work.commit()
    case.work_off(case.look())
    assert "gone" in case.seen().fetches[0].error["en"]


WRONG = [
    ("name", {"name": " "}),
    ("name", {"name": "x" * 61}),
    ("every", {"schedule": Schedule("week")}),
    ("hour", {"schedule": Schedule(hour=24)}),
    ("years", {"schedule": Schedule(years="all")}),
    ("url", {"given": {"url": ""}}),
    ("x", {"given": {"url": "https://a.cn/", "x": "y" * 2_001}}),
]


def test_what_was_typed_wrongly_is_named(case):
    for name, change in WRONG:
        with pytest.raises(ConnectorFieldError) as raised:
            case.make(replace(case.order, **change))
        assert raised.value.where == name


def test_an_unknown_kind_is_refused(case):
    with pytest.raises(UnknownKindError):
        case.make(replace(case.order, kind="ftp"))


def test_the_next_time_is_by_the_clock_of_china():
    # 01:30 in China is 17:30 UTC of the day before.
    now = datetime(2025, 12, 31, 17, 30, tzinfo=UTC)
    assert next_after(Schedule("hour"), now) == datetime(2025, 12, 31, 18, tzinfo=UTC)
    assert next_after(Schedule("day", 2), now) == datetime(2025, 12, 31, 18, tzinfo=UTC)
    assert next_after(Schedule("day", 1), now) == datetime(2026, 1, 1, 17, tzinfo=UTC)
    assert years_of(Schedule(years="both"), now) == (2025, 2026)
    assert years_of(Schedule(years="last"), now) == (2025,)


def test_a_fetch_that_another_worker_holds_is_not_made_twice(case):
    job_id = case.look()
    with case.database.work(SYSTEM_SCOPE) as work:
        taken = jobs.take(work, job_id)
        work.commit()
    assert taken is not None
    case.work_off(job_id)
    assert case.seen().fetches == ()
