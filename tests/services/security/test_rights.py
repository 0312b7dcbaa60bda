"""Who may be given which role, by whom, for how long, and beside which others."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services import institution_keeping as institutions
from services.clock import today
from services.data import institutions as rows
from services.data import memberships, organizations, people
from services.data.engine import SYSTEM_SCOPE
from services.data.institutions import Term
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.institution_keeping import NewInstitution
from services.security.actors import actor_of_login
from services.security.conflicts import InstitutionConflictError
from services.security.permissions import PERMISSIONS, Action, Actor, Membership, Role, may_grant
from services.security.rights import (
    Delegation,
    Grant,
    OwnRightsError,
    RoleConflictError,
    TermError,
    delegate,
    grant,
    leave,
    withdraw,
)
from services.security.session import session_of
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
def test_leaving_ends_roles_sessions_and_sign_in_in_one_act(door, database, firm):
    system = add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    made = add_login(database, "li.na", (Role.REPORTER, firm.organization_id))
    person, token = settle(database, made)
    assert session_of(door, token)
    leave(system, database, "li.na")
    assert session_of(door, token) is None
    with pytest.raises(PlatformError):
        come_in(door, person)
    with pytest.raises(NotFoundError):
        actor_of_login(database, "li.na")
