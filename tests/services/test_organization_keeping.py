"""The tree is kept by who may: added to, renamed, closed; nothing is moved, nobody sees more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from components.panels.organizations import branch_cards
from services import organization_keeping as keeping
from services.clock import today
from services.collection import manual
from services.collection.years import YearError
from services.data import audit, organizations
from services.data.audit import AuditQuery
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.organization_keeping import (
    CodeTakenError,
    NewPlace,
    OrganizationError,
    StillOpenError,
)
from services.security.permissions import Action, Role
from services.security.rights import Grant, TermError, grant
from services.standards.catalog import load_catalog
from tests.places import NANJING, SUZHOU, add_firm, add_person, add_staff

pytestmark = pytest.mark.postgres
ROOT, JIANGSU = 100_000, 320_000


@pytest.fixture
def system(database):
    return add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def manager(database, firm):
    return add_person(database, "manager", (Role.MANAGER, firm.organization_id))


def place(parent, kind, code="X1", name="新单位", english=""):
    return NewPlace(parent, kind, code, name, english)


@pytest.mark.parametrize(
    ("parent", "kind", "code"),
    [
        (NANJING, "county", "320115"),
        (JIANGSU, "park", "PARK-1"),
        (ROOT, "group", "91320000MA1X"),
        (NANJING, "enterprise", "91320100MA1X"),
    ],
)
def test_the_system_administrator_adds_below_a_region(system, database, parent, kind, code):
    added = keeping.add(system, database, place(parent, kind, code))
    assert (added.kind, added.code, added.parent_id) == (kind, code, parent)
    assert added.names == {"zh-CN": "新单位", "en": "新单位"}
    found = keeping.branch(system, database, parent)
    assert added.organization_id in [child.organization_id for child in found.children]
    with database.work(SYSTEM_SCOPE) as work:
        above = organizations.get(work, parent)
    assert added.access_path.startswith(above.access_path + ".")
    assert added.factor_region == above.factor_region


def test_a_county_keeps_its_code_as_its_number(system, database):
    added = keeping.add(system, database, place(NANJING, "county", "320115"))
    assert added.organization_id == 320_115


@pytest.mark.parametrize(
    "new",
    [
        place(ROOT, "province", "990000"),
        place(JIANGSU, "city", "329900"),
        place(JIANGSU, "county", "320115"),
        place(NANJING, "site"),
        place(NANJING, "county", "S1"),
        place(NANJING, "enterprise", ""),
        place(NANJING, "enterprise", "a b"),
        place(NANJING, "enterprise", "x" * 33),
        place(NANJING, "enterprise", name=" "),
        place(NANJING, "enterprise", name="x" * 121),
        place(NANJING, "palace"),
    ],
)
def test_what_cannot_be_is_not_added(system, database, new):
    with pytest.raises(OrganizationError):
        keeping.add(system, database, new)


def test_a_code_is_given_once_also_where_its_holder_is_out_of_sight(database, firm, manager):
    add_firm(database, "TAKEN", SUZHOU)
    with pytest.raises(CodeTakenError):
        keeping.add(manager, database, place(firm.organization_id, "site", "TAKEN"))


def test_a_manager_keeps_the_sites_of_his_own_firm_and_nothing_else(database, firm, manager):
    here = firm.organization_id
    other = add_firm(database, "OTHER", SUZHOU).organization_id
    site = keeping.add(manager, database, place(here, "site", "S1")).organization_id
    keeping.rename(manager, database, site, ("一号场地", "Site one"))
    assert keeping.branch(manager, database, None).here.organization_id == here
    with pytest.raises(OrganizationError):
        keeping.rename(manager, database, here, ("x", "x"))
    with pytest.raises(OrganizationError):
        keeping.close(manager, database, here, today())
    for act in (
        lambda: keeping.branch(manager, database, other),
        lambda: keeping.add(manager, database, place(other, "site", "S2")),
        lambda: keeping.rename(manager, database, other, ("x", "x")),
        lambda: keeping.close(manager, database, other, today()),
        lambda: keeping.add(manager, database, place(NANJING, "enterprise", "E9")),
    ):
        with pytest.raises((NotFoundError, NotAllowedError)):
            act()


def test_the_way_shown_begins_at_ones_own_place(database, firm, manager, system):
    here = firm.organization_id
    assert [o.organization_id for o in keeping.branch(manager, database, here).way] == [here]
    way = keeping.branch(system, database, here).way
    assert [o.organization_id for o in way] == [ROOT, JIANGSU, NANJING, here]


def test_sites_and_groups_have_people_like_others(database, system, manager, firm):
    security = add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))
    group = keeping.add(system, database, place(JIANGSU, "group", "G1")).organization_id
    site = keeping.add(manager, database, place(firm.organization_id, "site")).organization_id
    add_person(database, "li.na")
    grant(security, database, Grant("li.na", Role.MANAGER, group, today()))
    grant(manager, database, Grant("li.na", Role.REPORTER, site, today()))
    for organization_id, role in ((group, "manager"), (site, "reporter")):
        [held] = keeping.branch(system, database, organization_id).people
        assert (held.login, held.role) == ("li.na", role)


def test_a_firm_is_closed_after_its_sites_and_is_then_left_as_it_is(
    database, system, manager, firm
):
    here, day = firm.organization_id, date(2025, 12, 31)
    site = keeping.add(manager, database, place(here, "site", "S1")).organization_id
    with pytest.raises(StillOpenError):
        keeping.close(system, database, here, day)
    keeping.close(manager, database, site, day + timedelta(days=1))
    with pytest.raises(StillOpenError):
        keeping.close(system, database, here, day)
    keeping.close(system, database, here, day + timedelta(days=1))
    found = keeping.branch(system, database, here)
    assert found.here.closed_on == date(2026, 1, 1)
    assert (found.may_add, found.may_change) == ((), False)
    for act in (
        lambda: keeping.rename(system, database, here, ("x", "x")),
        lambda: keeping.close(system, database, here, day),
        lambda: keeping.add(system, database, place(here, "site", "S2")),
    ):
        with pytest.raises(OrganizationError):
            act()


def test_nobody_is_given_a_role_at_a_place_after_its_last_day(database, system, firm):
    security = add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))
    add_person(database, "li.na")
    keeping.close(system, database, firm.organization_id, date(2025, 12, 31))
    with pytest.raises(TermError):
        grant(security, database, Grant("li.na", Role.REPORTER, firm.organization_id, today()))


def test_a_closed_firm_enters_its_last_year_and_none_after_it(database, system, firm):
    reporter, _ = add_staff(database, firm)
    keeping.close(system, database, firm.organization_id, date(2024, 6, 30))
    rows = [{"source": "fuel", "item": "diesel", "FC": "1"}]
    last = DraftVersion(firm.organization_id, 2024, 0)
    assert manual.save_draft(reporter, database, last, rows).version.revision == 1
    with pytest.raises(YearError, match="2024"):
        manual.save_draft(reporter, database, DraftVersion(firm.organization_id, 2025, 0), rows)


def test_a_draft_begun_before_the_closing_is_not_submitted_after_it(database, system, firm):
    reporter, _ = add_staff(database, firm)
    rows = [{"source": "fuel", "item": "diesel", "FC": "1"}]
    begun = DraftVersion(firm.organization_id, 2025, 0)
    draft = manual.save_draft(reporter, database, begun, rows)
    keeping.close(system, database, firm.organization_id, date(2024, 6, 30))
    with pytest.raises(YearError):
        manual.submit_draft(reporter, database, load_catalog(), draft.version)


def test_every_act_is_in_the_trail_with_what_was_before(database, system, firm):
    here = firm.organization_id
    keeping.rename(system, database, here, ("新名", "New name"))
    keeping.close(system, database, here, date(2025, 12, 31))
    with database.work(SYSTEM_SCOPE) as work:
        closed, renamed = audit.search(work, AuditQuery(organization_id=here), 2)
    assert (closed.event.action, closed.event.after) == (
        "close_organization",
        {"closed_on": "2025-12-31"},
    )
    assert renamed.event.before == {"name": "测试企业T1", "name_en": "Test firm T1"}
    assert renamed.event.after == {"name": "新名", "name_en": "New name"}


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in (Role.SYSTEM_ADMINISTRATOR, Role.MANAGER)]
)
def test_nobody_else_keeps_the_tree(database, role):
    actor = add_person(database, "another", (role, ROOT))
    assert not actor.may(Action.MANAGE_ORGANIZATIONS)
    for act in (
        lambda: keeping.branch(actor, database, ROOT),
        lambda: keeping.add(actor, database, place(NANJING, "enterprise")),
        lambda: keeping.rename(actor, database, NANJING, ("x", "x")),
        lambda: keeping.close(actor, database, NANJING, today()),
    ):
        with pytest.raises(NotAllowedError):
            act()


# As many firms below one city as a city of a manufacturing province has; ids beyond any other.
CROWD = """
    INSERT INTO base.organization (organization_id, kind, code, parent_id, access_path, name_zh,
        name_en, sort_order, industry_code, factor_region, method, is_sample)
    SELECT 900000000 + n, 'enterprise', 'CROWD' || to_char(n, 'FM0000'), :parent,
        CAST('cn.p320000.c320100.o' || 900000000 + n AS ltree), '企业' || n, 'Firm ' || n, 0, '',
        '320000', '', false
    FROM generate_series(1, 5000) AS n
"""


@pytest.fixture
def crowd(database):
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(text(CROWD), {"parent": NANJING})
        work.commit()


def test_of_thousands_a_page_is_shown_and_the_rest_is_found(system, database, crowd):
    def shown(*part):
        return keeping.branch(system, database, NANJING, keeping.Slice(*part))

    first, last = shown(), shown("", 4_950)
    assert (len(first.children), first.count) == (keeping.PAGE, 5_000)
    assert first.children[0].code == "CROWD0001"
    assert [len(last.children), last.children[-1].code] == [50, "CROWD5000"]
    # CROWD0499, and 4990 to 4999, hold these three digits one after another.
    assert [c.code for c in shown("499").children] == [
        "CROWD0499", "CROWD1499", "CROWD2499", "CROWD3499", "CROWD4499",
        *(f"CROWD{n}" for n in range(4990, 5000)),
    ]  # fmt: skip
    assert shown("100%").children == ()
    pages = str(branch_cards(first)), str(branch_cards(last))
    assert ["5,000" in page for page in pages] == [True, True]
    assert ["from=100" in page for page in pages] == [True, False]
