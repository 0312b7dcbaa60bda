"""Labels and clearances: the database shows what a lattice of four levels says, and no more."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.accounting.reading import result_of
from services.clock import now, today
from services.data import audit, labels, organizations
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.data.labels import NewClearance, NewLabel
from services.data.work import Scope
from services.errors import NotAllowedError
from services.labels import Clearance, DataSet, Label
from services.reports.explaining import explain_run
from services.security.actors import actor_of_login
from services.security.labelling import LabelOrder, LabelOrderError, set_clearance, set_label
from services.security.permissions import Action, Actor, ClearanceError, Membership, Role, require
from services.security.readings import note_table
from services.security.rights import OwnRightsError
from services.security.scopes import scope_for, scope_to_add_up
from services.standards.catalog import load_catalog
from tests.places import SUZHOU, add_firm, add_person

ROOT = 100_000
# Tables with organization data that bear no label, each with its reason.
UNLABELLED = {
    "business.alert": "what is wrong where and since when; names and figures are evidence",
    "business.alert_event": "what became of an alert, and what was said of it",
    "business.alert_mail": "who was told of which alert",
    "business.webhook": "where a place's other systems are told of events, none of its data",
    "business.webhook_delivery": "what was done, by number, and never a figure",
    "business.campaign": "what a bureau or a group asks for, none of what is answered",
    "business.campaign_call": "whom a campaign calls",
    "business.campaign_reminder": "which reminders went out",
    "business.check_limit": "by which limits a place is checked, none of its data",
    "business.draft_check": "that somebody checked a draft, none of what it says",
    "business.message": "what people are told to do, none of the data it is about",
    "business.message_reading": "who has read a message",
    "business.verification": "who verifies whom and how far it is, none of what is found",
    "business.verification_member": "who is of a team",
    "business.verification_answer": "answers to a checklist, without a figure",
    "business.import_layout": "how a firm heads the columns of its files, none of their content",
    "business.connector": "where an organization's own systems are; secrets are sealed",
    "business.connector_fetch": "how many rows came and why not; the rows lie in labelled tables",
    "business.job": "what was ordered and how far it is; results lie in labelled tables",
}
LEVELS = st.sampled_from(Label)


def test_what_nobody_labelled_is_important():
    assert Clearance().label("line", "cn") == Label.IMPORTANT
    with pytest.raises(ClearanceError):
        require(Actor(1, "x", (Membership(Role.REPORTER, 1, "cn"),)), Action.VIEW_RESULT, "cn")


def test_the_lowest_of_several_roles_counts_and_a_level_of_ones_own_before_all():
    roles = (("approver", 3), ("wall", 2))
    assert Clearance(None, roles).level(["approver", "wall"]) == 2
    assert Clearance(None, roles).level(["approver", "nobody"]) == 0
    assert Clearance(4, roles).level(["wall"]) == 4


PATHS = ("cn", "cn.p1", "cn.p1.a", "cn.p1.ab", "cn.p2")
known = st.dictionaries(st.tuples(st.sampled_from(("line", "run")), st.sampled_from(PATHS)), LEVELS)


@given(known, LEVELS, st.sampled_from(("line", "run")), st.sampled_from(PATHS))
def test_what_is_readable_agrees_with_the_label_of_every_place(given_out, level, name, path):
    clearance = Clearance(level, (), tuple((*key, label) for key, label in given_out.items()))
    found = clearance.readable(level)
    shut = any(f"{path}.".startswith(f"{p}.") for p in dict(found.closed).get(name, ()))
    # Where the whole bears no label, nothing of it is open, whatever its places bear.
    whole = (name, "cn") in given_out
    readable = whole and clearance.label(name, path) <= level
    assert (name in found.data_sets and not shut) == readable


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


DRAFT = text("""
    INSERT INTO business.draft (organization_id, year, access_path, method, rows, revision,
        edited_by, edited_at) VALUES (:id, 2023, CAST(:path AS ltree), '', '[]', 1, 1, now())
""")
BALANCE = text("""
    INSERT INTO collected.energy_balance (organization_id, access_path, year, rows, note, document,
        recorded_by, recorded_at)
    VALUES (:id, CAST(:path AS ltree), 2023, '[]', '', '', 1, now())
""")
FILE = text("""
    INSERT INTO collected.attachment (organization_id, access_path, year, sha256, name, kind, size,
        content, added_by, added_at)
    VALUES (:id, CAST(:path AS ltree), 2023, encode(sha256('x'), 'hex'), 'x', 'pdf', 1, 'x', 1,
        now())
""")
ROWS = {
    DataSet.ACTIVITY: ("business.draft", DRAFT),
    DataSet.REGION: ("collected.energy_balance", BALANCE),
    DataSet.EVIDENCE: ("collected.attachment", FILE),
}
WHO = ("reporter", "officer", "verifier")


class Lattice:
    """Two firms with a row of three data sets each, three people, and a second way to answer."""

    def __init__(self, database):
        self.database = database
        self.firms = (add_firm(database, "T1"), add_firm(database, "T2", SUZHOU))
        places = {"reporter": self.firms[0].organization_id, "officer": 320000}
        places["verifier"] = self.firms[1].organization_id
        roles = {"reporter": Role.REPORTER, "officer": Role.BUREAU_OFFICER}
        roles["verifier"] = Role.VERIFIER
        self.people = {w: add_person(database, w, (roles[w], places[w])) for w in WHO}
        with database.work(SYSTEM_SCOPE) as work:
            for firm in self.firms:
                for _, insert in ROWS.values():
                    values = {"id": firm.organization_id, "path": firm.access_path}
                    work.connection.execute(insert, values)
            self.places = [organizations.by_code(work, c) for c in ("100000", "320000")]
            work.commit()
        self.places += self.firms

    def write(self, own, given_out):
        """Give a level to each person and a label to each data set at each place."""
        with self.database.work(SYSTEM_SCOPE) as work:
            for (data_set, place), label in given_out.items():
                here = self.places[place]
                labels.add(
                    work,
                    NewLabel(data_set, here.organization_id, here.access_path, label, today(),
                             "test", 1, now()),
                )  # fmt: skip
            for login, level in own.items():
                number = self.people[login].person_id
                labels.add_clearance(work, NewClearance(number, level, "test", 1, now()))
            work.commit()

    def answered(self, login):
        """What the database shows to somebody: pairs of data set and firm."""
        actor = actor_of_login(self.database, login)
        found = set()
        with self.database.work(scope_for(actor, Action.VIEW_ORGANIZATION)) as work:
            for data_set, (table, _) in ROWS.items():
                rows = work.connection.execute(text(f"SELECT organization_id FROM {table}"))
                found |= {(data_set, row.organization_id) for row in rows}
        return found

    def expected(self, login, own, given_out):
        """The same by hand: in one's place, and the highest label above it within one's level."""
        level = own[login] or 3  # each of the three roles reads up to sensitive
        mine = self.people[login].access_paths[0].split(".")
        found = set()
        for data_set in ROWS:
            for place in (2, 3):
                steps = self.places[place].access_path.split(".")
                above = [
                    given_out[data_set, p]
                    for p, other in enumerate(self.places)
                    if steps[: len(other.access_path.split("."))] == other.access_path.split(".")
                ]
                if steps[: len(mine)] == mine and max(above) <= level:
                    found.add((data_set, self.places[place].organization_id))
        return found


@pytest.fixture
def lattice(database):
    return Lattice(database)


@pytest.mark.postgres
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.fixed_dictionaries({login: st.none() | LEVELS for login in WHO}),
    st.fixed_dictionaries({(name, place): LEVELS for name in ROWS for place in range(4)}),
)
def test_the_database_answers_as_the_lattice_does(lattice, own, given_out):
    lattice.write(own, given_out)
    for login in WHO:
        assert lattice.answered(login) == lattice.expected(login, own, given_out), login


@pytest.mark.postgres
def test_what_is_labelled_is_shut_while_nothing_is_said_to_be_readable(database, lattice):
    count = text("SELECT count(*) FROM business.draft")
    with database.work(Scope(("cn",))) as work:
        assert work.connection.scalar(count) == 0
    with database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalar(count) == 2
        work.commit()
        # On the same connection, where the setting is '' now.
        assert work.connection.scalar(count) == 0


@pytest.mark.postgres
def test_every_table_with_organization_data_bears_a_label_or_a_reason(database):
    tables = text("""
        SELECT c.oid::regclass::text AS name, EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'by_label'
              AND NOT p.polpermissive AND c.relforcerowsecurity) AS labelled
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND n.nspname IN ('collected', 'business', 'statistics')
          AND EXISTS (SELECT FROM pg_attribute a
                      WHERE a.attrelid = c.oid AND a.attname = 'access_path')
    """)
    with database.work(Scope()) as work:
        found = {row.name: row.labelled for row in work.connection.execute(tables)}
    assert len(found) > 20
    assert {name for name, labelled in found.items() if not labelled} == set(UNLABELLED)


def order(data_set=DataSet.LINE, code="100000", label=Label.IMPORTANT, first=None, reason="因"):
    return LabelOrder(data_set, code, label, first or today(), reason)


@pytest.mark.postgres
def test_only_the_security_administrator_labels_and_clears(database, security):
    firm = add_firm(database)
    reporter = add_person(database, "reporter", (Role.REPORTER, firm.organization_id))
    for actor in (reporter, add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))):
        with pytest.raises(NotAllowedError):
            set_label(actor, database, order())
        with pytest.raises(NotAllowedError):
            set_clearance(actor, database, "security", Label.IMPORTANT, "因")
    with pytest.raises(OwnRightsError):
        set_clearance(security, database, "security", Label.IMPORTANT, "因")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "wrong",
    [
        order(reason=" "),
        order(first=today() - timedelta(days=1)),
        # The lines of the whole country are sensitive.
        order(code="320000", label=Label.INTERNAL),
    ],
)
def test_no_label_without_a_reason_for_a_day_gone_by_or_below_the_whole(database, security, wrong):
    with pytest.raises(LabelOrderError):
        set_label(security, database, wrong)


@pytest.mark.postgres
def test_a_label_counts_from_its_day_on_and_is_written_down(database, security):
    firm = add_firm(database)
    add_person(database, "reporter", (Role.REPORTER, firm.organization_id))
    set_label(security, database, order(code="T1", first=today() + timedelta(days=1)))
    reporter = actor_of_login(database, "reporter")
    assert reporter.clearance.label("line", firm.access_path) == Label.SENSITIVE
    with database.work(SYSTEM_SCOPE) as work:
        later = labels.clearance_of(work, 1, today() + timedelta(days=1))
        (event,) = audit.search(work, AuditQuery(action="set_label"), 9)
    assert later.label("line", firm.access_path) == Label.IMPORTANT
    assert event.event.before == {"label": "sensitive"}
    assert event.event.after["label"] == "important"
    assert event.event.organization_id == firm.organization_id


@pytest.mark.postgres
def test_above_ones_clearance_nothing_is_read_and_when_cleared_each_view_is_written_down(
    sample_database,
):
    database = sample_database
    reporter = actor_of_login(database, "cement.reporter")
    security = actor_of_login(database, "security")
    place = reporter.memberships[0]
    for _ in range(3):  # within ten minutes that is one reading
        run = result_of(reporter, database, place.organization_id, 2023).summary
    set_label(security, database, order(code=run.subject.code))
    reporter = actor_of_login(database, "cement.reporter")
    with pytest.raises(ClearanceError):
        result_of(reporter, database, place.organization_id, 2023)
    with pytest.raises(ClearanceError):
        explain_run(reporter, database, load_catalog(), run.run_id)
    with database.work(scope_for(reporter, Action.VIEW_RESULT)) as work:
        lines = text("SELECT count(*) FROM statistics.emission_line")
        assert work.connection.scalar(lines) == 0
    set_clearance(security, database, "cement.reporter", Label.IMPORTANT, "因")
    reporter = actor_of_login(database, "cement.reporter")
    seen = result_of(reporter, database, place.organization_id, 2023)
    assert (seen.label, len(seen.lines) > 0) == (Label.IMPORTANT, True)
    with database.work(SYSTEM_SCOPE) as work:
        events = [each.event for each in audit.search(work, AuditQuery(action="view_result"), 9)]
    assert [each.after for each in events] == [{"label": "important"}, {"label": "sensitive"}]
    assert {each.person_id for each in events} == {reporter.person_id}


@pytest.mark.postgres
def test_a_wall_sees_totals_of_a_region_and_no_line_of_a_firm(sample_database):
    wall = add_person(sample_database, "wall1", (Role.WALL, 990000))
    lines = text("SELECT count(*) FROM statistics.emission_line")
    with sample_database.work(scope_for(wall, Action.VIEW_REGION)) as work:
        assert work.connection.scalar(lines) == 0
    with sample_database.work(scope_to_add_up(wall, Action.VIEW_REGION)) as work:
        assert work.connection.scalar(lines) > 0
    security = actor_of_login(sample_database, "security")
    set_label(security, sample_database, order(DataSet.AGGREGATE, label=Label.SENSITIVE))
    wall = actor_of_login(sample_database, "wall1")
    with pytest.raises(ClearanceError):
        require(wall, Action.VIEW_REGION, "cn.p990000")
    with sample_database.work(scope_to_add_up(wall, Action.VIEW_REGION)) as work:
        assert work.connection.scalar(lines) == 0


@pytest.mark.postgres
def test_a_table_taken_from_a_page_bears_the_highest_label_the_page_may_hold(sample_database):
    reporter = actor_of_login(sample_database, "cement.reporter")
    for action, label in (
        (Action.VIEW_RESULT, Label.SENSITIVE),
        (Action.VIEW_STANDARDS, Label.PUBLIC),
    ):
        assert note_table(sample_database, reporter, action, action.value) == label
    with sample_database.work(SYSTEM_SCOPE) as work:
        found = audit.search(work, AuditQuery(action="export_table"), 9)
    told = {each.event.resource: each.event.after["label"] for each in found}
    assert told == {"view_result": "sensitive", "view_standards": "public"}
