"""Findings tied to rows and files: answered by the firm, closed by the team; then the opinion."""

import pytest

from services.accounting.corrections import open_correction
from services.data import messages
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.i18n.texts import use_language
from services.inbox import unread_of
from services.verification import engagements, findings, opinions
from services.verification.access import FindingKeptError, NotAtWorkError, NotOfTeamError
from services.verification.checklists import NOT_LOOKED_AT
from services.verification.findings import Answered, ChecklistError, FindingError, FindingOrder
from services.verification.opinions import OpinionError, OpinionMissingError, OpinionOrder
from services.verification.plans import PlanOrder
from tests.services.collection.campaigning import METHOD
from tests.services.verification.verifying import COAL, DIESEL, YEAR, Stage

pytestmark = pytest.mark.postgres
MAJOR = FindingOrder("major", "柴油消耗量与发票不符", (1,), effect_t=-3.1)
OPINION = OpinionOrder("reasonable", "unqualified", "未发现重大错报")
COKE = {"source": "fuel", "item": "coke", "FC": "3", "NCV": "28.435"}


@pytest.fixture
def stage(database):
    return Stage(database)


@pytest.fixture
def made(stage):
    return stage.begin()


def raise_one(stage, made, order=MAJOR):
    return findings.raise_finding(stage.lead, stage.database, made, order)


def answer(stage, made, words="已按发票更正", actor=None, number=1):
    who = actor or stage.firm.reporter
    findings.answer_finding(who, stage.database, made, number, words)


def close(stage, made, actor=None, number=1, words="已核对更正后的发票"):
    findings.close_finding(actor or stage.lead, stage.database, made, number, words)


def lacking(stage, made, order=OPINION):
    return opinions.missing(stage.room(made), order)


def correct(stage, *rows):
    """Open the year, change its rows and have it accepted again."""
    open_correction(stage.firm.reporter, stage.database, stage.key, YEAR, "按核查发现更正")
    stage.firm.accept(stage.firm.submit(*rows))


def test_a_finding_is_out_of_the_firms_sight_until_it_is_published(stage, made):
    raise_one(stage, made)
    assert stage.room(made, stage.firm.reporter).findings == ()
    with pytest.raises(NotAtWorkError):
        answer(stage, made)
    before = len(unread_of(stage.firm.reporter, stage.database))
    engagements.publish(stage.lead, stage.database, made)
    (found,) = stage.room(made, stage.firm.reporter).findings
    assert (found.finding.grade, found.finding.effect_t) == ("major", -3.1)
    newest, *_ = unread_of(stage.firm.reporter, stage.database)
    assert newest.kind == "verification_findings"
    # What is found later is told at once.
    raise_one(stage, made, FindingOrder("minor", "缺检定证书"))
    assert len(unread_of(stage.firm.reporter, stage.database)) == before + 2
    assert len(stage.room(made, stage.firm.reporter).findings) == 2


def test_a_finding_goes_with_its_row_and_shows_what_was_changed_since(stage, made):
    raise_one(stage, made)
    engagements.publish(stage.lead, stage.database, made)
    correct(stage, COKE, {**DIESEL, "FC": "1.5"}, COAL)
    answer(stage, made)
    (found,) = stage.room(made).findings
    (change,) = found.rows
    assert (change.before.cells["FC"], change.after.cells["FC"]) == ("1", "1.5")
    correct(stage, COKE, COAL)
    assert stage.room(made).findings[0].rows[0].after is None


def test_a_finding_is_closed_by_the_team_and_never_by_the_firm_or_a_stranger(stage, made):
    raise_one(stage, made)
    engagements.publish(stage.lead, stage.database, made)
    answer(stage, made)
    for actor in (
        stage.firm.reporter,
        stage.firm.approver,
        stage.firm.checker,
        stage.bureau,
        stage.second,
    ):
        with pytest.raises((NotAllowedError, NotFoundError, NotOfTeamError)):
            close(stage, made, actor)
    for actor in (stage.lead, stage.bureau, stage.firm.approver):
        with pytest.raises((NotAllowedError, NotFoundError)):
            answer(stage, made, actor=actor)
    engagements.add_member(stage.lead, stage.database, made, stage.second.person_id)
    with pytest.raises(FindingError):
        close(stage, made, stage.second, words=" ")
    close(stage, made, stage.second)
    for again in (lambda: close(stage, made), lambda: answer(stage, made)):
        with pytest.raises(FindingKeptError):
            again()
    (found,) = stage.room(made).findings
    assert found.finding.closed_by == stage.second.person_id


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (FindingOrder("huge", "x"), FindingError),
        (FindingOrder("major", " "), FindingError),
        (FindingOrder("major", "x", effect_t=float("inf")), FindingError),
        (FindingOrder("major", "x", tuple(range(1, 60))), FindingError),
        (FindingOrder("major", "x", (3,)), NotFoundError),
        (FindingOrder("major", "x", (1,), ("0" * 64,)), NotFoundError),
    ],
)
def test_a_finding_names_what_is_there(stage, made, order, error):
    with pytest.raises(error):
        raise_one(stage, made, order)
    assert stage.room(made).findings == ()


def test_an_item_without_an_answer_is_not_done_and_a_wrong_one_needs_words(stage, made):
    first, second, *_ = stage.room(made).items
    assert stage.room(made).progress.items_done == 0
    put = findings.answer_items
    put(stage.lead, stage.database, made, [Answered(first.code, "conform")])
    put(stage.lead, stage.database, made, [Answered(second.code, NOT_LOOKED_AT)])
    assert stage.room(made).progress.items_done == 1
    for wrong in (
        Answered(second.code, "not_conform"),
        Answered(second.code, "not_applicable", "  "),
        Answered(second.code, "fine"),
        Answered("unknown", "conform"),
    ):
        with pytest.raises(ChecklistError):
            put(stage.lead, stage.database, made, [wrong])
    # What is said again changes nothing; what is said otherwise is another version.
    assert put(stage.lead, stage.database, made, [Answered(first.code, "conform")]) == 0
    changed = Answered(first.code, "not_conform", "边界漏了锅炉")
    assert put(stage.lead, stage.database, made, [changed]) == 1
    assert stage.room(made).answers[first.code].version == 2
    with pytest.raises((NotAllowedError, NotFoundError)):
        put(stage.firm.reporter, stage.database, made, [changed])


def test_a_row_that_changed_since_it_was_looked_at_is_to_be_looked_at_again(stage, made):
    stage.look_at_all(made)
    assert "rows" not in lacking(stage, made)
    raise_one(stage, made)
    engagements.publish(stage.lead, stage.database, made)
    correct(stage, {**DIESEL, "FC": "1.5"}, COAL, COKE)
    room = stage.room(made)
    still = [row.key for row in room.rows if not row.is_done]
    assert still == ['["fuel", "diesel", "", ""]', '["fuel", "coke", "", ""]']
    assert "rows" in lacking(stage, made)
    stage.look_at_all(made)
    assert "rows" not in lacking(stage, made)


def test_there_is_no_opinion_while_something_is_missing_and_it_says_what(stage):
    made = stage.assign()
    assert set(lacking(stage, made)) >= {"plan", "work", "items"}
    stage.draw(made)
    engagements.start(stage.lead, stage.database, made)
    assert lacking(stage, made) == ["rows", "items"]
    raise_one(stage, made)
    assert "unpublished" in lacking(stage, made)
    engagements.publish(stage.lead, stage.database, made)
    stage.look_at_all(made)
    stage.answer_all(made)
    assert lacking(stage, made) == ["major", "open"]
    with use_language("en"), pytest.raises(OpinionMissingError, match="a major finding is open"):
        opinions.issue(stage.lead, stage.database, made, OPINION)
    answer(stage, made)
    close(stage, made)
    assert lacking(stage, made) == []
    open_correction(stage.firm.reporter, stage.database, stage.key, YEAR, "再更正")
    assert lacking(stage, made) == ["version"]


def test_an_open_minor_finding_leaves_room_for_a_qualified_opinion_alone(stage, made):
    raise_one(stage, made, FindingOrder("minor", "缺检定证书"))
    engagements.publish(stage.lead, stage.database, made)
    stage.look_at_all(made)
    stage.answer_all(made)
    with pytest.raises(OpinionMissingError):
        opinions.issue(stage.lead, stage.database, made, OPINION)
    opinions.issue(
        stage.lead, stage.database, made, OpinionOrder("conformity", "qualified", "一项一般不符合")
    )


@pytest.mark.parametrize("late", ["finding", "plan"])
def test_an_opinion_is_judged_by_what_is_there_once_the_verification_is_held(
    stage, made, monkeypatch, late
):
    """What a teammate commits before the lead holds the verification counts, however late."""
    raise_one(stage, made, FindingOrder("minor", "缺检定证书"))
    engagements.publish(stage.lead, stage.database, made)
    answer(stage, made)
    close(stage, made)
    stage.look_at_all(made)
    stage.answer_all(made)
    assert lacking(stage, made) == []
    hold = opinions.held

    def held_late(*asked, **more):
        if late == "finding":
            raise_one(stage, made, FindingOrder("minor", "台账缺页"))
        else:
            stage.draw(made, PlanOrder(0.05, 0.80))
        return hold(*asked, **more)

    monkeypatch.setattr(opinions, "held", held_late)
    with pytest.raises(OpinionMissingError):
        opinions.issue(stage.lead, stage.database, made, OPINION)
    assert stage.room(made).opinion is None


def test_reasonable_assurance_asks_for_the_confidence_of_the_rules(stage, made):
    stage.draw(made, PlanOrder(0.05, 0.80))
    stage.look_at_all(made)
    stage.answer_all(made)
    assert lacking(stage, made) == ["confidence"]
    limited = OpinionOrder("limited", "unqualified", "未注意到重大错报")
    assert lacking(stage, made, limited) == []


def test_an_opinion_says_which_version_it_is_about_and_closes_all(stage, made):
    stage.look_at_all(made)
    stage.answer_all(made)
    for wrong in (
        OpinionOrder("absolute", "unqualified", "x"),
        OpinionOrder("limited", "fine", "x"),
        OpinionOrder("limited", "unqualified", " "),
    ):
        with pytest.raises(OpinionError):
            opinions.issue(stage.lead, stage.database, made, wrong)
    engagements.add_member(stage.lead, stage.database, made, stage.second.person_id)
    with pytest.raises(NotOfTeamError):
        opinions.issue(stage.second, stage.database, made, OPINION)
    opinions.issue(stage.lead, stage.database, made, OPINION)
    room = stage.room(made, stage.firm.reporter)
    submission = room.version.submission
    assert room.opinion.rows_hash == submission.rows_hash
    assert room.opinion.version == submission.version == 1
    assert room.opinion.total_t == room.version.run.total_t
    assert room.version.submission.method == METHOD
    # What it rests on is then open to the firm.
    assert room.plan is not None
    for late in (
        lambda: raise_one(stage, made),
        lambda: stage.answer_all(made, NOT_LOOKED_AT),
        lambda: findings.look_at(stage.lead, stage.database, made, 1, ""),
        lambda: opinions.issue(stage.lead, stage.database, made, OPINION),
    ):
        with pytest.raises((NotAtWorkError, OpinionMissingError)):
            late()
    with stage.database.work(SYSTEM_SCOPE) as work:
        told = messages.unread(work, stage.firm.reporter.person_id, 9)
    assert "verification_opinion" in [each.kind for each in told]
