"""What institutions, their staff and roles may not do together, and how that is told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services import organization_keeping
from services.clock import today
from services.data import institutions as rows
from services.data import organizations
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.data.institutions import Term
from services.errors import ConflictError, NotAllowedError
from services.i18n.texts import use_language
from services.institution_keeping import (
    InstitutionError,
    NewInstitution,
    NewTie,
    add,
    employ,
    end,
    insight,
    institutions,
    tie,
)
from services.organization_keeping import NewPlace
from services.security.actors import actor_of_login
from services.security.conflicts import (
    InstitutionConflictError,
    InterestError,
    NotAppointedError,
    SameReportError,
    StaffTradingError,
)
from services.security.own_data import end_all
from services.security.permissions import PERMISSIONS, Action, Role
from services.security.rights import Grant, OwnRightsError, grant, roles_below
from tests.places import SUZHOU, add_firm, add_person

pytestmark = pytest.mark.postgres

ROOT, GUANGZHOU = 100_000, 440100
DAY = timedelta(days=1)
COMPILING = ("reporter", "checker", "approver", "manager")


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


@pytest.fixture
def firms(database):
    """Two firms of one province and one of another, told by code."""
    add_person(database, "li.na")
    return {
        code: add_firm(database, code, city)
        for code, city in (("T1", 320100), ("T2", SUZHOU), ("T3", GUANGZHOU))
    }


@pytest.fixture
def service(database, security, firms):
    new = NewInstitution("technical_service", "JG01", "绿核公司", "Green Review")
    return add(security, database, new)


def give(security, database, role, firm, term=None):
    term = term or Term(today())
    order = Grant("li.na", Role(role), firm.organization_id, term.first, term.last)
    return grant(security, database, order)


def test_the_institution_that_compiles_in_a_province_does_not_verify_there_meanwhile(
    database, security, service
):
    until = today() + 30 * DAY
    tie(security, database, NewTie(service, "T1", "compiles", Term(today(), until), (2024, 2024)))
    last_day = NewTie(service, "T2", "verifies", Term(until), (2024, 2024))
    with pytest.raises(InstitutionConflictError, match="T1"):
        tie(security, database, last_day)
    # In another province, and on the day after.
    tie(security, database, NewTie(service, "T3", "verifies", Term(today()), (2024, 2024)))
    tie(security, database, NewTie(service, "T2", "verifies", Term(until + DAY), (2024, 2024)))


def test_nobody_verifies_the_report_it_compiled_however_much_later(database, security, service):
    early, late = Term(today(), today() + DAY), Term(today() + 400 * DAY)
    tie(security, database, NewTie(service, "T1", "compiles", early, (2023, 2024)))
    with pytest.raises(SameReportError, match="2024"):
        tie(security, database, NewTie(service, "T1", "verifies", late, (2024, 2025)))
    assert tie(security, database, NewTie(service, "T1", "verifies", late, (2025, 2025)))


def test_an_interest_keeps_from_verifying_and_so_does_being_the_same(database, security, service):
    term = Term(today(), today() + 9 * DAY)
    tie(security, database, NewTie(service, "T1", "has_interest", term))
    with pytest.raises(InterestError, match="T1"):
        tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))
    itself = add(security, database, NewInstitution("technical_service", "T2", "本单位"))
    with pytest.raises(InterestError, match="T2"):
        tie(security, database, NewTie(itself, "T2", "verifies", Term(today()), (2024, 2024)))
    assert tie(security, database, NewTie(itself, "T2", "compiles", Term(today()), (2024, 2024)))


def test_no_organization_takes_the_code_of_an_institution_that_verifies_above_it(
    database, security, service, firms
):
    tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))
    manager = add_person(database, "boss", (Role.MANAGER, firms["T1"].organization_id))
    site = NewPlace(firms["T1"].organization_id, "site", "JG01", "厂区")
    with pytest.raises(InterestError, match="T1"):
        organization_keeping.add(manager, database, site)
    assert organization_keeping.add(manager, database, replace(site, code="JG09"))


def test_what_has_come_to_conflict_can_still_be_ended(
    database, owner_url, security, service, firms
):
    until = today() + 30 * DAY
    tied = tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))
    employ(security, database, service, "li.na", Term(today()))
    give(security, database, "verifier", firms["T1"])
    switch = "ALTER TABLE base.organization {} TRIGGER institution_conflict"
    with owner_work(owner_url) as work:
        work.connection.execute(text(switch.format("DISABLE")))
        named = "UPDATE base.organization SET code = 'JG01' WHERE code = 'T1'"
        work.connection.execute(text(named))
        work.connection.execute(text(switch.format("ENABLE")))
        work.commit()
    end(security, database, service, tied, until)
    assert [each.term.last for each in insight(security, database, service).ties] == [until]
    with database.work(SYSTEM_SCOPE) as work:
        end_all(work, actor_of_login(database, "li.na").person_id)
        work.commit()


@pytest.mark.parametrize("kind", ["technical_service", "regulator", "registry", "exchange"])
def test_who_works_for_an_institution_does_not_trade_meanwhile(database, security, firms, kind):
    made = add(security, database, NewInstitution(kind, "JG02", "机构"))
    until = today() + 5 * DAY
    employ(security, database, made, "li.na", Term(today(), until))
    with pytest.raises(StaffTradingError, match=r"li\.na"):
        give(security, database, "trader", firms["T1"], Term(until))
    give(security, database, "trader", firms["T1"], Term(until + DAY))
    with pytest.raises(StaffTradingError):
        employ(security, database, made, "li.na", Term(until + 3 * DAY))


def test_what_staff_do_is_what_their_institution_does(database, security, service, firms):
    tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))
    give(security, database, "reporter", firms["T2"])
    with pytest.raises(InstitutionConflictError, match=r"li\.na"):
        employ(security, database, service, "li.na", Term(today()))


def test_a_verifier_belongs_to_an_institution_that_verifies_there(
    database, security, service, firms
):
    until = today() + 9 * DAY
    term = Term(today(), until)
    with pytest.raises(NotAppointedError):
        give(security, database, "verifier", firms["T1"], term)
    employ(security, database, service, "li.na", Term(today()))
    tie(security, database, NewTie(service, "T1", "verifies", term, (2024, 2024)))
    for firm, days in (("T1", Term(today())), ("T1", Term(today(), until + DAY)), ("T2", term)):
        with pytest.raises(NotAppointedError):
            give(security, database, "verifier", firms[firm], days)
    assert give(security, database, "verifier", firms["T1"], term)


@pytest.mark.parametrize("which", ["staff", "ties"])
def test_a_verifiers_role_ends_with_what_it_rests_on(database, security, service, firms, which):
    employ(security, database, service, "li.na", Term(today()))
    tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))
    give(security, database, "verifier", firms["T1"])
    found = insight(security, database, service)
    row = found.staff[0].staff_id if which == "staff" else found.ties[0].tie_id
    end(security, database, service, row, today() + DAY)
    assert roles_below(security, database, "li.na") == ()
    with pytest.raises(NotAppointedError):
        give(security, database, "verifier", firms["T1"])


def test_what_was_entered_by_mistake_is_withdrawn(database, security, service):
    wrong = NewTie(service, "T1", "compiles", Term(today()), (2024, 2024))
    made = tie(security, database, wrong)
    end(security, database, service, made, today() - DAY)
    assert insight(security, database, service).ties == ()
    assert tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))


def test_who_leaves_works_for_nobody_any_more(database, security, service):
    employ(security, database, service, "li.na", Term(today() - DAY))
    person = actor_of_login(database, "li.na").person_id
    with database.work(SYSTEM_SCOPE) as work:
        end_all(work, person)
        assert rows.staff_of(work, service)[0].term.last == today()


def test_a_refusal_names_institution_role_days_and_reason_in_both_languages(
    database, security, service, firms
):
    employ(security, database, service, "li.na", Term(today(), today() + DAY))
    for code, words in (
        ("zh-CN", ("绿核公司", "交易员", "第7条")),
        ("en", ("Green Review", "trade")),
    ):
        with use_language(code), pytest.raises(StaffTradingError) as refused:
            give(security, database, "trader", firms["T1"])
        told = refused.value.explain()
        for word in (*words, "li.na", "T1", "2026"):
            assert word in told.what + told.why
        assert told.do


def test_a_manager_is_not_told_of_firms_that_he_does_not_see(database, security, service, firms):
    tie(security, database, NewTie(service, "T1", "verifies", Term(today()), (2024, 2024)))
    employ(security, database, service, "li.na", Term(today()))
    manager = add_person(database, "manager", (Role.MANAGER, firms["T2"].organization_id))
    with pytest.raises(InstitutionConflictError, match="T2") as refused:
        give(manager, database, "reporter", firms["T2"])
    assert "江苏" in str(refused.value)
    assert "T1" not in str(refused.value)


def test_only_the_security_administrator_keeps_institutions(database, security, service):
    for role in Role:
        if Action.MANAGE_INSTITUTIONS in PERMISSIONS[role]:
            continue
        actor = add_person(database, f"as-{role.value}", (role, ROOT))
        with pytest.raises(NotAllowedError):
            institutions(actor, database)
        with pytest.raises(NotAllowedError):
            employ(actor, database, service, "li.na", Term(today()))
    with pytest.raises(OwnRightsError):
        employ(security, database, service, "security", Term(today()))


def test_what_cannot_be_is_refused(database, security, service, firms):
    with pytest.raises(ConflictError):
        add(security, database, NewInstitution("registry", "JG01", "另一家"))
    for new in (("bank", "JG9", "x"), ("registry", "不行", "x"), ("registry", "JG9", " ")):
        with pytest.raises(InstitutionError):
            add(security, database, NewInstitution(*new))
    term = Term(today())
    for code, relation, years in (
        ("T1", "compiles", None), ("T1", "has_interest", (2024, 2024)), ("T1", "owns", None),
        ("T1", "verifies", (2025, 2024)), ("320000", "verifies", (2024, 2024)),
    ):  # fmt: skip
        with pytest.raises(InstitutionError):
            tie(security, database, NewTie(service, code, relation, term, years))


def test_two_that_conflict_and_are_entered_at_once_never_both_hold(
    database, security, service, firms
):
    for number in range(8):
        login, made = f"both{number}", add(
            security, database, NewInstitution("exchange", f"JY{number}", "交易所")
        )  # fmt: skip
        add_person(database, login)
        key = firms["T1"].organization_id

        def employ_one(login=login, made=made):
            return employ(security, database, made, login, Term(today()))

        def trade(login=login, key=key):
            return grant(security, database, Grant(login, Role.TRADER, key, today()))

        def tried(act):
            try:
                return act()
            except StaffTradingError:
                return None

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(tried, (employ_one, trade)))
        assert sum(each is not None for each in done) == 1


@pytest.mark.parametrize("rule", ["same_province", "same_report"])
def test_the_tables_hold_it_alone_when_the_trigger_is_gone(
    owner_url, database, security, service, rule
):
    first, second = Term(today(), today()), Term(today() + DAY)
    with owner_work(owner_url, SYSTEM_SCOPE) as work:
        work.connection.execute(text("ALTER TABLE base.institution_tie DISABLE TRIGGER USER"))
        work.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        place = organizations.by_code(work, "T1")
        rows.tie(work, service, place, "compiles", (2024, 2024), first, security.person_id)
        later, years = (first, (2025, 2025)) if rule == "same_province" else (second, (2024, 2024))
        with pytest.raises(IntegrityError, match=rule):
            rows.tie(work, service, place, "verifies", years, later, security.person_id)
