"""Institutions, staff and roles tried at random against somebody with a calendar."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.clock import today
from services.data import institutions as rows
from services.data import memberships, organizations
from services.data.engine import SYSTEM_SCOPE
from services.data.institutions import Term
from services.data.memberships import NewMembership
from services.data.organizations import NewOrganization
from services.institution_keeping import NewInstitution, add
from services.security.permissions import Role
from tests.places import SUZHOU, add_firm, add_person

pytestmark = pytest.mark.postgres

ROOT, GUANGZHOU = 100_000, 440100
DAY = timedelta(days=1)
COMPILING = ("reporter", "checker", "approver", "manager")


class Act(NamedTuple):
    """One try: a tie, an employment or a role, its place in the small world, first and last day."""

    kind: str
    who: int
    where: int
    what: str
    first: int
    length: int
    year: int


ACTS = st.lists(
    st.one_of(
        st.builds(
            Act, st.just("tie"), st.integers(0, 1), st.integers(0, 2),
            st.sampled_from(["compiles", "verifies", "verifies", "has_interest"]),
            st.integers(0, 6), st.integers(0, 4), st.integers(2023, 2025),
        ),
        st.builds(
            Act, st.just("staff"), st.integers(0, 1), st.integers(0, 1), st.just(""),
            st.integers(0, 6), st.integers(0, 6), st.just(0),
        ),
        st.builds(
            Act, st.just("role"), st.integers(0, 1), st.integers(0, 3),
            st.sampled_from(["reporter", "approver", "trader", "verifier", "bureau_viewer"]),
            st.integers(0, 6), st.integers(0, 4), st.just(0),
        ),
    ),
    min_size=2, max_size=9,
)  # fmt: skip
# Two firms of a province, one of another, and a site of the first; and whose code the first
# institution bears.
PATHS = ("p.a", "p.b", "q.c", "p.a.s")
SAME = (1, None)


def lies_with(one, other):
    return (one + ".").startswith(other + ".") or (other + ".").startswith(one + ".")


def may_meet(roles):
    """Whether one person may hold the roles on one day, by the older rules."""
    if "trader" in roles and roles & {"bureau_viewer", "verifier"}:
        return False
    return not ("verifier" in roles and roles & set(COMPILING))


def is_lawful(acts):
    """Look at each institution and person on each day, as somebody with a calendar would."""
    for one in acts:
        for two in acts:
            if (
                one[:3] == two[:3] and one.kind == "tie"
                and (one.what, two.what) == ("compiles", "verifies") and one.year == two.year
            ):  # fmt: skip
                return False
    return all(is_lawful_on([a for a in acts if a.first <= day <= a.first + a.length])
               for day in range(20))  # fmt: skip


def is_lawful_on(acts):
    held = {
        who: [(a.what, PATHS[a.where]) for a in acts if a.kind == "role" and a.who == who]
        for who in (0, 1)
    }
    if not all(may_meet({role for role, _ in roles}) for roles in held.values()):
        return False
    return all(acts_lawfully(institution, acts, held) for institution in (0, 1))


def acts_lawfully(institution, acts, held):
    ties = [(a.what, PATHS[a.where]) for a in acts if a[:2] == ("tie", institution)]
    employed = [a.where for a in acts if a[:2] == ("staff", institution)]
    roles = [each for who in employed for each in held[who]]
    compiled = [path for what, path in (*ties, *roles) if what in ("compiles", *COMPILING)]
    verified = [path for what, path in (*ties, *roles) if what in ("verifies", "verifier")]
    interests = [path for what, path in ties if what == "has_interest"]
    interests += [PATHS[SAME[institution]]] if SAME[institution] is not None else []
    return not (
        any(what == "trader" for what, _ in roles)
        or any(one[0] == two[0] for one in compiled for two in verified)
        or any(lies_with(one, two) for one in interests for two in verified)
    )


@pytest.fixture
def world(database):
    """The institutions, people and places that the tries are about."""
    security = add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))
    cities = {"T1": 320100, "T2": SUZHOU, "T3": GUANGZHOU}
    firms = {code: add_firm(database, code, city) for code, city in cities.items()}
    names = {"zh-CN": "场地", "en": "Site"}
    with database.work(SYSTEM_SCOPE) as work:
        below = NewOrganization("site", "S1", firms["T1"].organization_id, names, "320000")
        site = organizations.add(work, below)
        work.commit()
    wanted = [add_person(database, login).person_id for login in ("one", "two")]
    made = [add(security, database, NewInstitution("technical_service", code, "机构"))
            for code in ("T2", "JG02")]  # fmt: skip
    return made, wanted, [*firms.values(), site]


def carried_out(work, world, act):
    """Try one act in a savepoint; return whether the database let it be."""
    made, wanted, places = world
    term = Term(today() + act.first * DAY, today() + (act.first + act.length) * DAY)
    try:
        with work.connection.begin_nested():
            if act.kind == "tie":
                years = None if act.what == "has_interest" else (act.year, act.year)
                rows.tie(work, made[act.who], places[act.where], act.what, years, term, wanted[0])
            elif act.kind == "staff":
                rows.employ(work, made[act.who], wanted[act.where], term, wanted[0])
            else:
                key = places[act.where].organization_id
                new = NewMembership(wanted[act.who], act.what, key, term.first, term.last)
                memberships.add(work, new)
    except IntegrityError:
        return False
    return True


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS)
def test_the_database_refuses_exactly_what_the_calendar_says(database, world, acts):
    done = []
    with database.work(SYSTEM_SCOPE) as work:
        for act in acts:
            twice = any(a[:5] == act[:5] for a in done) and act.kind == "role"
            expected = is_lawful([*done, act]) and not twice
            assert carried_out(work, world, act) == expected, (done, act)
            done += [act] if expected else []
        work.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
