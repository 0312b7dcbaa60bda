"""Who is assigned to verify what, who sees it and how long, and which step follows which."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services import institution_keeping
from services.accounting.corrections import VerifiedError, open_correction
from services.clock import today
from services.data import audit, verifications
from services.data.engine import SYSTEM_SCOPE
from services.data.work import EVERY_ENGAGEMENT, Scope
from services.errors import NotAllowedError, NotFoundError
from services.labels import EVERYTHING
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.security.rights import Grant, grant
from services.verification import engagements, findings, opinions
from services.verification.access import (
    NotOfTeamError,
    NoVerifierError,
    StepError,
    UnderwayError,
    VerifierMadeError,
)
from services.verification.engagements import NotAcceptedError, ReasonError
from services.verification.findings import FindingOrder
from services.verification.opinions import OpinionOrder
from services.verification.rooms import entries
from tests.places import SUZHOU, add_person
from tests.services.collection.campaigning import Firm
from tests.services.verification.verifying import DIESEL, YEAR, Stage

pytestmark = pytest.mark.postgres
OPINION = OpinionOrder("reasonable", "unqualified", "未发现重大错报")
TABLES = ("verification", "verification_member", "verification_plan", "verification_look",
          "verification_answer", "verification_finding", "verification_opinion")  # fmt: skip


@pytest.fixture
def stage(database):
    return Stage(database)


def close(stage, made):
    """Take a verification to its opinion."""
    stage.look_at_all(made)
    stage.answer_all(made)
    opinions.issue(stage.lead, stage.database, made, OPINION)


def seen(actor, stage):
    return [each.verification.verification_id for each in entries(actor, stage.database).entries]


def test_a_bureau_assigns_an_accepted_year_to_who_is_appointed_there(stage):
    choice = engagements.choice_of(stage.bureau, stage.database, "F1", YEAR)
    assert [c.login for c in choice.candidates] == ["lead", "second"]
    made = stage.assign()
    assert stage.room(made).verification.state == "planned"
    with pytest.raises(UnderwayError):
        stage.assign()
    with pytest.raises(NotAcceptedError):
        stage.assign(year=YEAR - 1)


def test_only_an_institution_that_verifies_there_and_its_own_people_are_assigned(stage):
    elsewhere = Firm(stage.database, "F2")
    other = stage.add_institution("JG02", ["F2"])
    stranger = stage.add_verifier("stranger", other, elsewhere.key)
    with pytest.raises(NoVerifierError):
        stage.assign(institution_id=other, lead=stranger.person_id)
    with pytest.raises(NoVerifierError):
        stage.assign(lead=stranger.person_id)
    with pytest.raises(NoVerifierError):
        stage.assign(lead=stage.firm.checker.person_id)


@pytest.mark.parametrize("role", ["reporter", "approver"])
def test_whoever_made_the_report_verifies_none_of_its_versions(stage, role):
    maker = getattr(stage.firm, role)
    with stage.database.work(SYSTEM_SCOPE) as work:
        ended = text("UPDATE base.membership SET ended_at = now() WHERE person_id = :who")
        work.connection.execute(ended, {"who": maker.person_id})
        work.commit()
    # From the firm to the institution.
    login, term = f"{role}.f1", institution_keeping.Term(today())
    institution_keeping.employ(stage.security, stage.database, stage.institution, login, term)
    order = Grant(login, Role.VERIFIER, stage.key, today(), today() + timedelta(days=9))
    grant(stage.security, stage.database, order)
    with pytest.raises(VerifierMadeError):
        stage.assign(lead=maker.person_id)


def test_a_firm_orders_what_is_voluntary_and_never_what_the_law_asks(stage):
    manager = add_person(stage.database, "manager", (Role.MANAGER, stage.key))
    for actor in (stage.firm.reporter, stage.lead, stage.firm.approver):
        with pytest.raises((NotAllowedError, NotFoundError)):
            stage.assign(actor)
    made = stage.assign(manager)
    engagements.withdraw(manager, stage.database, made, "改由主管部门委派")
    with stage.database.work(SYSTEM_SCOPE) as work:
        found = verifications.get(work, made)
    assert (found.state, found.purpose) == ("withdrawn", "voluntary")
    for_market = replace(found, purpose="ets")
    assert engagements.may_assign(manager, found)
    assert not engagements.may_assign(manager, for_market)
    assert engagements.may_assign(stage.bureau, for_market)


def test_an_institution_sees_what_it_is_assigned_to_and_only_while_it_is(stage):
    made = stage.begin()
    other = stage.add_institution("JG02")
    stranger = stage.add_verifier("stranger", other)
    elsewhere = add_person(stage.database, "suzhou", (Role.BUREAU_OFFICER, SUZHOU))
    for actor in (stage.lead, stage.bureau, stage.firm.reporter):
        assert seen(actor, stage) == [made]
    # Appointed at the same firm, but not of the team.
    for actor in (stage.second, stranger, elsewhere):
        assert seen(actor, stage) == []
        with pytest.raises(NotFoundError):
            stage.room(made, actor)
    engagements.add_member(stage.lead, stage.database, made, stage.second.person_id)
    assert seen(stage.second, stage) == [made]
    engagements.remove_member(stage.lead, stage.database, made, stage.second.person_id)
    assert seen(stage.second, stage) == []
    with pytest.raises(NoVerifierError):
        engagements.add_member(stage.lead, stage.database, made, stranger.person_id)
    ties = institution_keeping.insight(stage.security, stage.database, stage.institution).ties
    yesterday = today() - timedelta(days=1)
    institution_keeping.end(
        stage.security, stage.database, stage.institution, ties[0].tie_id, yesterday
    )
    assert seen(actor_of_login(stage.database, "lead"), stage) == []


def test_without_the_verification_in_its_scope_a_transaction_sees_no_row_of_it(stage):
    made = stage.begin()
    stage.look_at_all(made)
    stage.answer_all(made)
    findings.raise_finding(
        stage.lead, stage.database, made, FindingOrder("minor", "缺化验单", (1,))
    )
    engagements.publish(stage.lead, stage.database, made)
    lead, place = stage.lead.person_id, stage.firm.subject.access_path
    opinions.issue(
        stage.lead, stage.database, made, OpinionOrder("limited", "qualified", "有一项一般不符合")
    )
    for engaged, whole in (((), 0), ((str(made),), 1), (EVERY_ENGAGEMENT, 1)):
        scope = Scope((place,), lead, EVERYTHING, engaged)
        with stage.database.work(scope) as work:
            for table in TABLES:
                found = work.connection.scalar(text(f"SELECT count(*) FROM business.{table}"))
                # That somebody is of a team is the one thing known before.
                assert bool(found) == bool(whole or table == "verification_member"), table
    nobody = Scope((place,), stage.second.person_id, EVERYTHING)
    with stage.database.work(nobody) as work:
        count = text("SELECT count(*) FROM business.verification_member")
        assert work.connection.scalar(count) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE business.verification SET state = 'closed'",
        "UPDATE business.verification SET state = 'locked'",
        "UPDATE business.verification SET year = 2020",
        "UPDATE business.verification_finding SET grade = 'minor'",
        "UPDATE business.verification_finding SET closed_by = :maker, closed_at = now(),"
        " verdict = 'x'",
        "UPDATE business.verification_finding SET closed_by = :approver, closed_at = now(),"
        " verdict = 'x'",
        "INSERT INTO business.verification_member (organization_id, verification_id, access_path,"
        " person_id, is_lead, added_by, joined_at) SELECT organization_id, verification_id,"
        " access_path, CAST(:maker AS bigint), false, 1, now() FROM business.verification",
    ],
)
def test_the_database_itself_refuses_what_no_use_case_asks(stage, statement):
    made = stage.begin()
    findings.raise_finding(stage.lead, stage.database, made, FindingOrder("major", "漏报", (1,)))
    people = {"maker": stage.firm.reporter.person_id, "approver": stage.firm.approver.person_id}
    named = {name: who for name, who in people.items() if f":{name}" in statement}
    with stage.database.work(SYSTEM_SCOPE) as work, pytest.raises(IntegrityError):
        work.connection.execute(text(statement), named)


def test_steps_follow_one_another_and_are_written_down(stage):
    made = stage.assign()
    with pytest.raises(StepError):
        engagements.start(stage.lead, stage.database, made)
    stage.draw(made)
    engagements.start(stage.lead, stage.database, made)
    for refused in (
        lambda: engagements.start(stage.lead, stage.database, made),
        lambda: engagements.publish(stage.lead, stage.database, made),
        lambda: engagements.lock(stage.bureau, stage.database, made),
    ):
        with pytest.raises(StepError):
            refused()
    engagements.add_member(stage.lead, stage.database, made, stage.second.person_id)
    with pytest.raises(NotOfTeamError):
        engagements.publish(stage.second, stage.database, made)
    close(stage, made)
    engagements.lock(stage.bureau, stage.database, made)
    with stage.database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, stage.key)
    told = [e.action for e in sorted(events, key=lambda e: e.at) if e.resource == str(made)]
    steps = ["assign_verification", "draw_sample", "start_verification", "join_verification"]
    assert [name for name in told if name in steps] == steps
    assert told[-2:] == ["issue_opinion", "lock_verification"]


def test_an_opinion_locks_the_year_until_the_verification_is_withdrawn_with_a_reason(stage):
    made = stage.begin()
    close(stage, made)
    asked = (stage.firm.reporter, stage.database, stage.key, YEAR, "磅单录错")
    with pytest.raises(VerifiedError):
        open_correction(*asked)
    with stage.database.work(SYSTEM_SCOPE) as work, pytest.raises(IntegrityError, match="verified"):
        work.connection.execute(
            text(
                "INSERT INTO business.correction (organization_id, submission_id, access_path,"
                " year, reason, opened_by, opened_at) SELECT organization_id, submission_id,"
                " access_path, year, 'x', 1, now() FROM collected.submission"
            )
        )
    with pytest.raises(ReasonError):
        engagements.withdraw(stage.bureau, stage.database, made, " ")
    with pytest.raises((NotAllowedError, NotFoundError)):
        engagements.withdraw(stage.lead, stage.database, made, "x")
    engagements.withdraw(stage.bureau, stage.database, made, "企业补充了漏报的排放源")
    open_correction(*asked)
    stage.firm.accept(stage.firm.submit(DIESEL))
    again = stage.assign()
    assert again != made
    assert seen(stage.lead, stage) == [again, made]
    listed = entries(stage.bureau, stage.database, "withdrawn")
    assert ([e.verification.verification_id for e in listed.entries], listed.found) == ([made], 1)
    beyond = entries(stage.bureau, stage.database, "", 1)
    assert ([e.verification.verification_id for e in beyond.entries], beyond.found) == ([made], 2)
