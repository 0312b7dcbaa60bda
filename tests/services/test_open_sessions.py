"""The security administrator sees who is signed in and ends it, and a manager with his people."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.clock import today
from services.data import audit, people
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.data.session_lists import people_within
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError
from services.open_sessions import end_session_of, end_sessions_of, open_sessions
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.security.session import session_of
from services.security.sign_in import sign_in
from tests.doors import come_in, settle
from tests.places import add_firm, add_login, add_person

pytestmark = pytest.mark.postgres
ROOT = 100_000


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


def names(security, door):
    return [one.login for one in open_sessions(security, door)]


def test_sessions_of_others_are_listed_with_their_roles_and_ones_own_is_not(database, door):
    made = add_login(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))
    settle(database, made)
    person, _ = settle(database, add_login(database, "li.na", (Role.BUREAU_VIEWER, ROOT)))
    actor = actor_of_login(database, "security")
    [one] = open_sessions(actor, door)
    assert (one.login, one.roles, one.is_open) == ("li.na", (Role.BUREAU_VIEWER,), True)
    sign_in(door, person.login, person.password)
    assert [found.is_open for found in open_sessions(actor, door)] == [False, True]


def test_one_session_is_ended_and_the_other_stays(database, door, security, person):
    first, second = come_in(door, person), come_in(door, person)
    newest = open_sessions(security, door)[0]
    assert end_session_of(security, door, newest.session_id) == person.login
    assert session_of(door, first)
    assert session_of(door, second) is None
    with database.work(SYSTEM_SCOPE) as work:
        [told] = audit.search(work, AuditQuery(action="end_session_of"), 9)
    assert (told.login, told.event.resource) == ("security", person.login)


def test_all_of_a_person_end_and_those_of_others_stay(database, door, security, person):
    other, _ = settle(database, add_login(database, "other", (Role.VERIFIER, ROOT)))
    kept, tokens = come_in(door, other), [come_in(door, person), come_in(door, person)]
    end_sessions_of(security, door, person.login)
    assert [session_of(door, token) for token in tokens] == [None, None]
    assert session_of(door, kept)
    assert person.login not in names(security, door)


def test_what_is_idle_or_over_is_not_listed(door, security, person, later):
    come_in(door, person)
    assert person.login in names(security, door)
    later(minutes=31)
    assert person.login not in names(security, door)


def test_nobody_who_is_not_there_and_not_oneself(door, security):
    with pytest.raises(NotFoundError):
        end_session_of(security, door, uuid4())
    for login in ("nobody", "security", ""):
        with pytest.raises(NotFoundError):
            end_sessions_of(security, door, login)


class Firm:
    """Two firms with people of their own, one who works for both, and others who are there."""

    def __init__(self, database):
        self.database = database
        self.own, self.other = add_firm(database, "T1"), add_firm(database, "T2")
        key, elsewhere = self.own.organization_id, self.other.organization_id
        self.manager = add_person(database, "manager", (Role.MANAGER, key))
        self.held = {
            "own": ((Role.REPORTER, key),),
            "both": ((Role.REPORTER, key), (Role.APPROVER, elsewhere)),
            "peer": ((Role.MANAGER, key),),
            "verifier": ((Role.VERIFIER, key),),
            "foreign": ((Role.REPORTER, elsewhere),),
            "bureau": ((Role.BUREAU_OFFICER, 320000),),
        }
        made = {name: add_login(database, name, *held) for name, held in self.held.items()}
        self.tokens = {name: settle(database, login)[1] for name, login in made.items()}


def test_a_manager_sees_and_ends_the_sessions_of_his_own_people_alone(database, door):
    firm = Firm(database)
    [seen] = open_sessions(firm.manager, door)
    assert (seen.login, seen.roles) == ("own", (Role.REPORTER,))
    for login in firm.held.keys() - {"own"}:
        with pytest.raises(NotFoundError):
            end_sessions_of(firm.manager, door, login)
    assert end_session_of(firm.manager, door, seen.session_id) == "own"
    still = {name for name, token in firm.tokens.items() if session_of(door, token)}
    assert still == firm.held.keys() - {"own"}
    with database.work(SYSTEM_SCOPE) as work:
        [told] = audit.search(work, AuditQuery(action="end_session_of"), 9)
    assert (told.login, told.event.resource) == ("manager", "own")
    assert told.event.access_path == firm.own.access_path


def test_a_manager_of_a_park_has_the_people_of_its_firms(database, door):
    firm = Firm(database)
    park = add_person(database, "park", (Role.MANAGER, 320100))
    assert {one.login for one in open_sessions(park, door)} == {"own", "both", "foreign"}
    end_sessions_of(park, door, "both")
    assert session_of(door, firm.tokens["both"]) is None


def test_the_database_itself_says_who_is_within_a_scope(database, door):
    firm = Firm(database)
    roles = ["reporter", "approver"]
    for scope, expected in (
        (Scope(), set()),
        (Scope((firm.own.access_path,)), {"own"}),
        (Scope((firm.own.access_path, firm.other.access_path)), {"own", "both", "foreign"}),
    ):
        with database.work(scope) as work:
            found = people_within(work, today(), roles)
            assert {people.get(work, each).login for each in found} == expected


SEEING = (Role.SECURITY_ADMINISTRATOR, Role.MANAGER)


@pytest.mark.parametrize("role", [r for r in Role if r not in SEEING])
def test_nobody_else_sees_or_ends_them(database, door, person, role):
    actor = add_person(database, "another", (role, ROOT))
    for act in (
        lambda: open_sessions(actor, door),
        lambda: end_session_of(actor, door, uuid4()),
        lambda: end_sessions_of(actor, door, person.login),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_the_database_itself_shows_a_session_to_its_person_and_whom_they_are_below(database, door):
    firm, other = add_firm(database, "T1"), add_firm(database, "T2")
    mine = add_login(database, "li.na", (Role.REPORTER, firm.organization_id))
    person, _ = settle(database, mine)
    come_in(door, person)
    with database.work(SYSTEM_SCOPE) as work:
        person_id = people.by_login(work, "li.na").person_id

    def seen(**scope):
        query = text("SELECT DISTINCT person_id FROM base.session")
        with database.work(Scope(**scope)) as work:
            return list(work.connection.scalars(query))

    def ended(**scope):
        query = text("UPDATE base.session SET ended_why = 'x' WHERE person_id = :person")
        with database.work(Scope(**scope)) as work:
            return work.connection.execute(query, {"person": person_id}).rowcount > 0

    for look in (seen, ended):
        assert look(person_id=person_id)
        assert look(access_paths=("cn",))
        assert look(access_paths=(firm.access_path,))
        assert not look(access_paths=(other.access_path,), person_id=person_id + 1)
        assert not look()


def test_a_session_is_written_for_nobody_else(database, door, person):
    come_in(door, person)
    moved = text("UPDATE base.session SET person_id = person_id + 1000")
    with database.work(SYSTEM_SCOPE) as work:
        mine = people.by_login(work, person.login).person_id
    with database.work(Scope(person_id=mine)) as work, pytest.raises(DBAPIError, match="policy"):
        work.connection.execute(moved)
