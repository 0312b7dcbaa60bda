"""People: added by who may, with a password shown once; settings that stay."""

import pytest

from services.clock import today
from services.data import audit, organizations
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.security.actors import actor_of_login, actor_of_person
from services.security.lost_access import reset_password
from services.security.passwords import one_time_password
from services.security.people import (
    LoginError,
    NewPerson,
    add_person,
    bootstrap_administrators,
    change_settings,
)
from services.security.permissions import Action, Role
from services.security.rights import Grant, grant
from services.security.scopes import scope_for
from services.security.session import session_of
from services.security.sign_in import SignInError, sign_in
from tests.places import add_firm, add_staff
from tests.places import add_person as make_person

pytestmark = pytest.mark.postgres


@pytest.fixture
def administrator(database):
    bootstrap_administrators(database)
    return actor_of_login(database, "admin")


@pytest.fixture
def security(database, administrator):
    return actor_of_login(database, "security")


def test_the_first_start_makes_three_administrators_and_no_more(door, database):
    first = bootstrap_administrators(database)
    assert [person.login for person in first] == ["admin", "security", "audit"]
    assert len({person.password for person in first}) == 3
    assert all(sign_in(door, person.login, person.password) for person in first)
    assert bootstrap_administrators(database) == ()


def test_one_administrator_adds_a_person_and_another_gives_the_role(
    door, database, administrator, security
):
    firm = add_firm(database)
    role = (Role.REPORTER, firm.organization_id)
    with pytest.raises(NotAllowedError):
        add_person(administrator, database, NewPerson("Li.Na", "李娜", [role]))
    made = add_person(administrator, database, NewPerson("Li.Na", "李娜", []))
    grant(security, database, Grant("li.na", *role, today()))
    assert session_of(door, sign_in(door, "li.na", made.password)).must_change
    assert actor_of_login(database, "li.na").memberships[0].access_path == firm.access_path


def test_an_administrator_of_the_system_sees_no_business_data(database, administrator):
    firm = add_firm(database)
    scope = scope_for(administrator, Action.VIEW_RESULT, Action.EDIT_ACTIVITY)
    assert scope == Scope((), administrator.person_id, scope.readable)
    with database.work(scope) as work, pytest.raises(NotFoundError):
        organizations.get(work, firm.organization_id)


def test_nobody_else_adds_people(database):
    reporter, _ = add_staff(database, add_firm(database))
    with pytest.raises(NotAllowedError):
        add_person(reporter, database, NewPerson("x1", "x", []))
    with pytest.raises(NotAllowedError):
        reset_password(reporter, database, reporter.name, "why")


def test_a_name_is_given_once(database, administrator):
    add_person(administrator, database, NewPerson("li.na", "李娜", []))
    with pytest.raises(ConflictError, match=r"li\.na"):
        add_person(administrator, database, NewPerson("LI.NA", "李娜", []))


@pytest.mark.parametrize("login", ["", "a", "李娜", "a b", "-a", "a'b", "x" * 64])
def test_a_name_with_other_signs_is_refused(database, administrator, login):
    with pytest.raises(LoginError):
        add_person(administrator, database, NewPerson(login, "x", []))


def test_a_reset_password_ends_every_session_and_the_old_password(door, database, administrator):
    made = add_person(administrator, database, NewPerson("li.na", "李娜", []))
    token = sign_in(door, "li.na", made.password)
    again = reset_password(administrator, database, "li.na", "forgot it")
    assert session_of(door, token) is None
    with pytest.raises(SignInError):
        sign_in(door, "li.na", made.password)
    assert session_of(door, sign_in(door, "li.na", again.password)).must_change


def test_language_and_theme_stay_with_the_person(door, database):
    actor = make_person(database, "li.na", (Role.BUREAU_OFFICER, 320000))
    change_settings(actor, database, "en", "dark")
    administrator = make_person(database, "boss", (Role.SYSTEM_ADMINISTRATOR, 100000))
    token = sign_in(
        door, "li.na", reset_password(administrator, database, "li.na", "forgot it").password
    )
    found = session_of(door, token)
    assert (found.language, found.theme) == ("en", "dark")


@pytest.mark.parametrize(("language", "theme"), [("fr", "dark"), ("en", "pink")])
def test_an_unknown_language_or_theme_is_refused(database, language, theme):
    actor = make_person(database, "li.na", (Role.BUREAU_OFFICER, 320000))
    with pytest.raises(NotFoundError):
        change_settings(actor, database, language, theme)


def test_an_unknown_person_is_no_actor(database):
    with pytest.raises(NotFoundError):
        actor_of_person(database, 4711)
    with pytest.raises(NotFoundError):
        actor_of_login(database, "nobody")


def test_adding_a_person_is_in_the_audit_trail_without_the_password(database, administrator):
    made = add_person(administrator, database, NewPerson("li.na", "李娜", []))
    with database.work(SYSTEM_SCOPE) as work:
        newest = audit.of_organization(work, 100_000)[0]
    assert (newest.action, newest.resource) == ("add_person", "li.na")
    assert newest.person_id == administrator.person_id
    assert made.password not in str(newest)


def test_one_time_passwords_differ():
    assert len({one_time_password() for _ in range(100)}) == 100
