"""Plans are kept with their seed and drawn again by anybody; rules and lists are dated data."""

from dataclasses import replace
from datetime import date

import pytest

from services.errors import NotAllowedError, NotFoundError
from services.i18n.texts import LANGUAGES
from services.verification import checklists, plans, sampling_rules
from services.verification.access import NotOfTeamError, StepError
from services.verification.checklists import checklist
from services.verification.plans import PlanError, PlanOrder, is_drawn_again
from services.verification.versions import bare, changes, keyed
from tests.services.verification.verifying import COAL, DIESEL, Stage

DAY = date(2026, 1, 1)
# Of which one is most of the year, and each of the others less than the interval.
# Twelve amounts alike are asked about, unless the row says why.
EVEN = {**DIESEL, "FC": "1", "note": "按年均摊"}
MANY = [{**COAL, "FC": "10000"}, *({**EVEN, "month": str(m)} for m in range(1, 13))]


def test_documents_of_rules_have_dates_sources_and_a_status():
    found = sampling_rules.sampling_rules(DAY)
    for rule in (found.materiality, found.confidence):
        assert all(rule.source[code] for code in LANGUAGES)
        assert rule.status in sampling_rules.STATUSES
    assert found.expansion(0.95) == 1.6
    assert found.expansion(0.96) is None
    assert found.confidences == (0.99, 0.95, 0.9, 0.85, 0.8)


@pytest.mark.parametrize(
    ("method", "purpose", "has", "lacks"),
    [
        ("GB/T 32151.1-2015", "voluntary", "power_coal", "plan_made"),
        ("GB/T 32151.10-2015", "voluntary", "boundary", "power_coal"),
        ("GB/T 32151.8-2015", "ets", "cement_clinker", "power_coal"),
        ("环办气候函〔2022〕485号", "ets", "plan_made", "cement_clinker"),
    ],
)
def test_a_checklist_is_that_of_the_method_and_the_purpose(method, purpose, has, lacks):
    items = checklist(method, purpose, DAY)
    codes = [item.code for item in items]
    assert has in codes
    assert lacks not in codes
    assert len(set(codes)) == len(codes) > 10
    for item in items:
        assert all(item.words[code] and item.document[code] for code in LANGUAGES)
        assert item.clause
        assert item.status in checklists.STATUSES


def test_nothing_is_asked_before_its_document_applies():
    assert checklist("GB/T 32151.1-2015", "ets", date(2020, 1, 1)) == ()
    codes = [item.code for item in checklist("GB/T 32151.1-2015", "ets", date(2022, 1, 1))]
    assert "boundary" in codes
    assert "power_coal" not in codes


pytestmark = pytest.mark.postgres


@pytest.fixture
def stage(database):
    return Stage(database, rows=MANY)


def test_what_is_material_is_taken_and_anybody_draws_the_same_again(stage):
    made = stage.assign()
    assert stage.draw(made) == 1
    plan = stage.room(made).plan
    coal = next(p for p in plan.picks if p["co2e_t"] > 1_000)
    assert coal["why"] == "certain"
    assert {p["why"] for p in plan.picks if p is not coal} <= {"drawn", "not"}
    told = plan.parameters
    assert told["tolerable_t"] == pytest.approx(0.05 * told["total_t"])
    # With 95 % confidence and nothing expected: tolerable / -ln(0.05).
    assert told["interval_t"] == pytest.approx(told["tolerable_t"] / 2.995732, rel=1e-6)
    assert is_drawn_again(plan)
    swapped = [p | {"why": "not" if p["why"] == "certain" else p["why"]} for p in plan.picks]
    assert not is_drawn_again(replace(plan, picks=swapped))


def test_a_row_counts_more_for_each_reason_to_doubt_it(stage):
    made = stage.assign()
    stage.draw(made)
    coal, *diesel = stage.room(made).plan.picks
    # Nothing was accepted the year before, so that every row is new; carbon and oxidation of both
    # fuels are defaults, and nobody has remarked on either.
    for pick in (coal, *diesel):
        assert pick["reasons"] == ["default", "new"]
        assert pick["weight"] == pytest.approx(1.2 * 1.5)


def test_another_draw_is_another_plan_with_another_seed_beside_the_first(stage):
    made = stage.assign()
    stage.draw(made)
    assert stage.draw(made, PlanOrder(0.02, 0.90, 0.005)) == 2
    first, second = stage.room(made).plans
    assert first.parameters["seed"] != second.parameters["seed"]
    assert second.parameters["expansion"] == 1.5
    assert second.parameters["interval_t"] < first.parameters["interval_t"]
    assert is_drawn_again(first)
    assert is_drawn_again(second)


@pytest.mark.parametrize(
    "order",
    [
        PlanOrder(0.06, 0.95),
        PlanOrder(0.0, 0.95),
        PlanOrder(float("nan"), 0.95),
        PlanOrder(0.05, 0.42),
        PlanOrder(0.05, 0.95, 0.04),
        PlanOrder(0.05, 0.95, -0.01),
    ],
)
def test_no_plan_asks_for_less_than_the_rules(stage, order):
    made = stage.assign()
    with pytest.raises(PlanError):
        stage.draw(made, order)
    assert stage.room(made).plans == ()


def test_a_plan_is_drawn_by_the_lead_before_the_opinion(stage):
    made = stage.assign()
    for actor, error in (
        (stage.second, NotFoundError),
        (stage.bureau, NotFoundError),
        (stage.firm.reporter, NotFoundError),
    ):
        with pytest.raises((error, NotAllowedError, NotOfTeamError)):
            stage.draw(made, actor=actor)
    stage.draw(made)
    from services.verification import engagements

    engagements.withdraw(stage.bureau, stage.database, made, "重新委派")
    with pytest.raises(StepError):
        stage.draw(made)


def test_the_firm_sees_nothing_of_the_sample_before_the_opinion(stage):
    made = stage.begin()
    for actor in (stage.firm.reporter, stage.firm.approver):
        room = stage.room(made, actor)
        assert (room.plans, room.rows, room.items, room.progress.rows) == ((), (), (), 0)
    assert stage.room(made, stage.bureau).plan is not None
    assert plans.picked(stage.room(made).plan)


def test_rows_alike_are_told_apart_and_changes_are_found(stage):
    from services.data.submissions import StoredRow

    row = StoredRow("fuel", "coke", {"FC": "1"}, "")
    other = StoredRow("fuel", "coke", {"FC": "2"}, "")
    found = keyed([row, row, other])
    assert [at.line for at in found.values()] == [1, 2, 3]
    assert len({bare(key) for key in found}) == 1
    changed = changes(keyed([row, row]), found)
    assert [(c.before, c.after) for c in changed] == [(None, other)]
    assert changes(found, keyed([row, row]))[0].after is None
