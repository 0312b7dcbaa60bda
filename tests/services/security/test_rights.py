"""Who may be given which role, by whom, for how long, and beside which others."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services import clock
from services import institution_keeping as institutions
from services.clock import today
from services.data import factors, memberships, organizations, people
from services.data import institutions as rows
from services.data.engine import SYSTEM_SCOPE
from services.data.institutions import Term
from services.data.memberships import LastAdministratorError
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.i18n.texts import use_language
from services.institution_keeping import NewInstitution
from services.security.actors import actor_of_login
from services.security.api_tokens import TokenOrder, actor_of_token, make_token
from services.security.conflicts import InstitutionConflictError
from services.security.known_devices import device_of, with_device
from services.security.permissions import (
    PERMISSIONS,
    Action,
    Actor,
    Membership,
    Role,
    may_be_delegated,
    may_grant,
)
from services.security.rights import (
    Delegation,
    Grant,
    NotDelegableError,
    OwnRightsError,
    RoleConflictError,
    TermError,
    delegate,
    grant,
    leave,
    withdraw,
)
from services.security.session import Origin, session_of
from services.walls import InvitationError, WallOrder, add_wall, invite_again, walls_of
from services.walls import enrol as enrol_wall
from tests.doors import come_in, settle
from tests.places import add_firm, add_login, add_person

MATRIX = Path(__file__).with_name("role_matrix.csv")
ROOT = 100_000
COMPILING = ("reporter", "checker", "approver", "manager")
REGULATING = ("park_officer", "bureau_viewer", "bureau_officer")
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")


def may_meet(one, other):
    """Whether the law lets two roles meet, said a second time and independently of the tables."""
    if {one, other} & set(ADMINISTRATORS):
        return one == other
    if "trader" in (one, other):
        return not {one, other} & {*REGULATING, "verifier"}
    return "verifier" not in (one, other) or not {one, other} & set(COMPILING)


def test_every_cell_of_the_matrix_is_what_the_roles_permit():
    with MATRIX.open(encoding="utf-8") as file:
        rows = {row.pop("action"): row for row in csv.DictReader(file)}
    assert set(rows) == {action.value for action in Action}
    for action, role in product(Action, Role):
        expected = rows[action.value][role.value] == "x"
        assert (action in PERMISSIONS[role]) == expected, (action, role)


PATHS = ("cn", "cn.p1", "cn.p1.c1", "cn.p1.c1.x1", "cn.p1.c10", "cn.p2")
held = st.lists(
    st.builds(Membership, st.sampled_from(Role), st.just(1), st.sampled_from(PATHS)), max_size=4
)


@settings(max_examples=400)
@given(held, st.sampled_from(Action), st.sampled_from(PATHS))
def test_what_an_actor_may_do_follows_from_the_matrix_and_the_tree(roles, action, path):
    actor = Actor(1, "x", tuple(roles))
    with MATRIX.open(encoding="utf-8") as file:
        cells = next(row for row in csv.DictReader(file) if row["action"] == action.value)
    parts = path.split(".")
    expected = any(
        cells[m.role.value] == "x" and parts[: len(m.access_path.split("."))]
        == m.access_path.split(".")
        for m in roles
    )  # fmt: skip
    assert actor.may(action, path) == expected


def test_a_manager_gives_roles_of_a_firm_at_his_own_place_only():
    manager = Actor(1, "m", (Membership(Role.MANAGER, 1, "cn.p1.c1"),))
    given_out = {role for role in Role if may_grant(manager, role, "cn.p1.c1.x1")}
    assert given_out == {Role.REPORTER, Role.CHECKER, Role.APPROVER, Role.TRADER}
    assert not any(may_grant(manager, role, "cn.p1.c10") for role in Role)


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


@pytest.fixture
def firm(database):
    return add_firm(database)


def give(security, database, login, role, place, first=None, last=None):  # noqa: PLR0913
    if role == "verifier":
        appoint(security, database, login, place, Term(first or today(), last))
    return grant(security, database, Grant(login, Role(role), place, first or today(), last))


def appoint(security, database, login, place, term):
    """Let the person work for an institution of their own that verifies at the place."""
    new = NewInstitution("technical_service", f"JG-{login}", "机构")
    with database.work(SYSTEM_SCOPE) as work:
        known = {each.code: each.institution_id for each in rows.every(work)}
        code = organizations.get(work, place).code
    made = known.get(new.code)
    if made is None:
        made = institutions.add(security, database, new)
        tie = institutions.NewTie(made, code, "verifies", Term(date(2020, 1, 1)), (2024, 2024))
        institutions.tie(security, database, tie)
    institutions.employ(security, database, made, login, term)


@pytest.mark.postgres
def test_each_two_roles_meet_exactly_where_the_law_lets_them(database, security, firm):
    for number, (one, other) in enumerate(combinations(Role, 2)):
        login = f"person{number}"
        add_person(database, login)
        place = {True: ROOT, False: firm.organization_id}
        give(security, database, login, one, place[one.value in ADMINISTRATORS])
        try:
            give(security, database, login, other, place[other.value in ADMINISTRATORS])
            met = True
        except (RoleConflictError, InstitutionConflictError):
            met = False
        assert met == may_meet(one.value, other.value), (one, other)


@pytest.mark.postgres
def test_two_conflicting_roles_given_at_once_never_both_hold(database, security, firm):
    for number in range(10):
        login = f"both{number}"
        add_person(database, login)

        def try_to(role, login=login):
            try:
                return give(security, database, login, role, firm.organization_id)
            except (RoleConflictError, InstitutionConflictError):
                return None

        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(try_to, ("trader", "verifier")))
        assert sum(each is not None for each in made) == 1


@pytest.mark.postgres
def test_roles_one_after_the_other_do_not_meet(database, security, firm):
    add_person(database, "li.na")
    place, last = firm.organization_id, today() + timedelta(days=10)
    give(security, database, "li.na", "trader", place, last=last)
    with pytest.raises(InstitutionConflictError):
        give(security, database, "li.na", "verifier", place, first=last)
    assert give(security, database, "li.na", "verifier", place, first=last + timedelta(days=1))


@pytest.mark.postgres
def test_a_role_counts_from_its_first_day_to_its_last(database, security, firm):
    add_person(database, "li.na")
    first, last = today() + timedelta(days=2), today() + timedelta(days=4)
    give(security, database, "li.na", "reporter", firm.organization_id, first, last)
    person = actor_of_login(database, "li.na").person_id

    def holds(day):
        with database.work(SYSTEM_SCOPE) as work:
            return bool(people.memberships(work, person, day))

    days = [today() + timedelta(days=n) for n in range(7)]
    assert [holds(day) for day in days] == [False, False, True, True, True, False, False]


@pytest.mark.postgres
def test_an_administrator_who_gives_himself_a_right_is_refused(database, security, firm):
    with pytest.raises(OwnRightsError, match="security"):
        give(security, database, "security", "reporter", firm.organization_id)
    with database.work(SYSTEM_SCOPE) as work:
        [own] = memberships.of_person(work, security.person_id)
    with pytest.raises(OwnRightsError):
        withdraw(security, database, own.membership_id)


@pytest.mark.postgres
def test_nobody_else_gives_roles(database, firm):
    add_person(database, "li.na")
    others = [role for role in Role if Action.GRANT_ROLE not in PERMISSIONS[role]]
    for role in others:
        actor = add_person(database, f"as-{role.value}", (role, ROOT))
        with pytest.raises((NotAllowedError, NotFoundError)):
            give(actor, database, "li.na", "reporter", firm.organization_id)


@pytest.mark.postgres
def test_days_that_cannot_be_are_refused(database, security, firm):
    add_person(database, "li.na")
    for first, last in ((today(), date(2020, 1, 1)), (today() + timedelta(2), today())):
        with pytest.raises(TermError):
            give(security, database, "li.na", "reporter", firm.organization_id, first, last)


@pytest.mark.postgres
def test_a_delegation_gives_one_role_for_some_days_and_ends_with_it(database, security, firm):
    approver = add_person(database, "approver", (Role.APPROVER, firm.organization_id))
    deputy = add_person(database, "deputy")
    with database.work(SYSTEM_SCOPE) as work:
        [own] = memberships.of_person(work, approver.person_id)
    order = Delegation(own.membership_id, "deputy", today(), today() + timedelta(days=7))
    made = delegate(approver, database, order)
    deputy = actor_of_login(database, "deputy")
    assert deputy.may(Action.APPROVE_ACTIVITY, firm.access_path)
    again = Delegation(made, "approver", today(), today() + timedelta(days=1))
    with pytest.raises(NotAllowedError):
        delegate(deputy, database, again)
    with pytest.raises(TermError):
        delegate(approver, database, Delegation(own.membership_id, "deputy", today(),
                                                today() + timedelta(days=91)))  # fmt: skip
    withdraw(security, database, own.membership_id)
    assert not actor_of_login(database, "deputy").may(Action.APPROVE_ACTIVITY, firm.access_path)


@pytest.mark.postgres
def test_what_gives_rights_to_others_is_not_delegated(database, firm):
    """An approver may delegate, but not the manager's role that he holds beside."""
    place = firm.organization_id
    both = add_person(database, "both", (Role.APPROVER, place), (Role.MANAGER, place))
    add_person(database, "friend")
    with database.work(SYSTEM_SCOPE) as work:
        held = {each.role: each for each in memberships.of_person(work, both.person_id)}
    last = today() + timedelta(days=5)
    with pytest.raises(NotDelegableError):
        delegate(both, database, Delegation(held["manager"].membership_id, "friend", today(), last))
    assert not actor_of_login(database, "friend").memberships
    assert delegate(
        both, database, Delegation(held["approver"].membership_id, "friend", today(), last)
    )


def test_only_roles_that_entitle_nobody_may_be_delegated():
    given_on = {role.value for role in Role if may_be_delegated(role)}
    assert given_on == {"checker", "approver", "bureau_officer"}


@pytest.mark.postgres
def test_the_last_administrator_of_a_kind_is_not_removed_by_another(database, security):
    system = add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    watcher = add_person(database, "audit", (Role.AUDIT_ADMINISTRATOR, ROOT))
    with database.work(SYSTEM_SCOPE) as work:
        [watching] = memberships.of_person(work, watcher.person_id)
    for login in ("audit", "security"):
        with pytest.raises(LastAdministratorError):
            leave(system, database, login)
    with pytest.raises(LastAdministratorError) as refused:
        withdraw(security, database, watching.membership_id)
    with use_language("en"):
        told = refused.value.explain()
    assert "last audit administrator" in told.what.lower()
    add_person(database, "audit2", (Role.AUDIT_ADMINISTRATOR, ROOT))
    leave(system, database, "audit")
    with pytest.raises(LastAdministratorError):
        leave(system, database, "audit2")


@pytest.mark.postgres
def test_of_two_administrators_who_remove_each_other_at_once_one_stays(database):
    pairs = [("one", "two"), ("two", "one")]
    actors = {n: add_person(database, n, (Role.SYSTEM_ADMINISTRATOR, ROOT)) for n in ("one", "two")}

    def remove(pair):
        try:
            leave(actors[pair[0]], database, pair[1])
        except LastAdministratorError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, pairs)) == [False, True]


@pytest.mark.postgres
def test_an_account_that_is_switched_off_is_no_administrator_any_more(database):
    add_person(database, "only", (Role.AUDIT_ADMINISTRATOR, ROOT))
    off = text("UPDATE base.person SET is_active = false WHERE login = 'only'")
    with database.work(SYSTEM_SCOPE) as work, pytest.raises(IntegrityError, match="nobody would"):
        work.connection.execute(off)


@pytest.mark.postgres
def test_leaving_ends_all_with_which_somebody_came_in_or_let_others_in(door, database, firm):
    system = add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    place = firm.organization_id
    person, token = settle(database, add_login(database, "li.na", (Role.APPROVER, place)))
    number = actor_of_login(database, "li.na").person_id
    program = make_token(door, token, TokenOrder("x", frozenset({Action.VIEW_RESULT}), 30))
    words = with_device(door, number, "")
    add_person(database, "deputy")
    with database.work(SYSTEM_SCOPE) as work:
        [own] = memberships.of_person(work, number)
    last = today() + timedelta(days=7)
    delegate(actor_of_login(database, "li.na"), database,
             Delegation(own.membership_id, "deputy", today(), last))  # fmt: skip
    assert session_of(door, token)
    assert actor_of_token(door, program)
    leave(system, database, "li.na")
    assert session_of(door, token) is None
    assert actor_of_token(door, program) is None
    assert actor_of_login(database, "deputy").memberships == ()
    with database.work(Scope((), number)) as work:
        assert factors.of_person(work, number) == []
        assert factors.codes_left(work, number) == 0
        assert device_of(door, people.get(work, number), words, clock.now()) == ""
    with pytest.raises(PlatformError):
        come_in(door, person)
    with pytest.raises(NotFoundError):
        actor_of_login(database, "li.na")


@pytest.mark.postgres
@pytest.mark.parametrize("renewed", [False, True])
def test_no_wall_is_enrolled_by_what_somebody_handed_out_who_left(door, database, renewed):
    system = add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    role = (Role.SECURITY_ADMINISTRATOR, ROOT)
    leaver, other = (add_person(database, login, role) for login in ("leaver", "other"))
    maker = other if renewed else leaver
    kept = add_wall(other, door, WallOrder("kept", "hall", "320100", 30))
    invitation = add_wall(maker, door, WallOrder("w", "hall", "320100", 30))
    if renewed:
        wall = next(each for each in walls_of(other, door) if each.name == "w")
        invitation = invite_again(leaver, door, wall.wall_id)
    leave(system, database, "leaver")
    with pytest.raises(InvitationError):
        enrol_wall(door, invitation, Origin("web", "10.0.0.1", "x"))
    assert enrol_wall(door, kept, Origin("web", "10.0.0.1", "x"))
