"""Campaigns: whom they call, how far everybody is, who sees what."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from services.accounting.draft_checks import NotCheckedError, OwnCheckError, confirm, standing
from services.clock import today
from services.collection import campaigns, manual
from services.collection.campaigns import (
    OVERDUE,
    CampaignError,
    NobodyCalledError,
    Sought,
    UnknownCodesError,
)
from services.collection.reminders import remind, remind_due
from services.data import organizations
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.inbox import mark_read, unread_of
from services.labels import EVERYTHING
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.places import SUZHOU, add_firm, add_person
from tests.services.collection.campaigning import (
    COAL,
    DIESEL,
    METHOD,
    YEAR,
    Firm,
    bureau,
    order,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def officer(database):
    return bureau(database)


def opened(officer, database, **more):
    return campaigns.open_campaign(officer, database, load_catalog(), order(**more))


def states(officer, database, found, **sought):
    """Return how far each firm is, by its code."""
    part = campaigns.progress_of(officer, database, found.campaign_id, Sought(**sought))
    return {each.code: each.state for each in part.called}


def test_the_state_of_each_firm_follows_from_its_draft_submission_and_decision(database, officer):
    names = ("IDLE", "TYPING", "CHECKED", "WAITING", "BACK", "DONE")
    firms = {name: Firm(database, name) for name in names}
    found = opened(officer, database)
    firms["TYPING"].save(DIESEL)
    checked = firms["CHECKED"].save(DIESEL)
    confirm(firms["CHECKED"].checker, database, checked.version, "")
    firms["WAITING"].submit(DIESEL)
    firms["BACK"].send_back(firms["BACK"].submit(DIESEL))
    firms["DONE"].accept(firms["DONE"].submit(DIESEL))
    assert states(officer, database, found) == {
        "IDLE": "not_started",
        "TYPING": "in_progress",
        "CHECKED": "checked",
        "WAITING": "submitted",
        "BACK": "sent_back",
        "DONE": "accepted",
    }
    (whole,) = campaigns.campaigns_of(officer, database)
    assert (whole.total, whole.state) == (6, "open")
    assert {s: n for s, n in whole.counts.items() if n} == dict.fromkeys(
        states(officer, database, found).values(), 1
    )


def test_a_check_is_of_a_revision_and_falls_with_the_next_change(database, officer):
    firm = Firm(database, "TYPING")
    found = opened(officer, database)
    first = firm.save(DIESEL)
    confirm(firm.checker, database, first.version, "与磅单相符")
    firm.save(DIESEL, COAL)
    assert states(officer, database, found) == {"TYPING": "in_progress"}
    with pytest.raises(ConflictError):
        confirm(firm.checker, database, first.version, "")


def test_without_the_check_that_a_campaign_wants_nothing_is_submitted(database, officer):
    firm = Firm(database, "F1")
    opened(officer, database, needs_check=True)
    saved = firm.save(DIESEL)
    with pytest.raises(NotCheckedError):
        firm.hand_in(saved.version)
    helper = add_person(database, "both", (Role.REPORTER, firm.key), (Role.CHECKER, firm.key))
    saved = manual.save_draft(helper, database, saved.version, [COAL])
    assert standing(helper, database, firm.key, YEAR).why_not == "typed"
    with pytest.raises(OwnCheckError):
        confirm(helper, database, saved.version, "")
    confirm(firm.checker, database, saved.version, "")
    assert standing(firm.reporter, database, firm.key, YEAR).check.checked_by_name
    firm.hand_in(saved.version)


def test_without_a_campaign_that_wants_it_no_check_is_asked_for(database):
    firm = Firm(database, "F1")
    firm.submit(DIESEL)
    assert not standing(firm.reporter, database, firm.key, YEAR).is_needed


def test_the_share_filled_is_of_the_rows_of_the_year_before(database, officer):
    begun, new = Firm(database, "BEGUN"), Firm(database, "NEW")
    begun.submit(DIESEL, COAL, year=YEAR - 1)
    found = opened(officer, database)
    begun.save(DIESEL, {**DIESEL, "FC": "5", "note": "二号"})
    new.save(DIESEL)
    part = campaigns.progress_of(officer, database, found.campaign_id, Sought())
    shares = {each.code: (each.filled, each.needed) for each in part.called}
    assert shares == {"BEGUN": (1, 2), "NEW": (0, 0)}


def test_the_list_is_found_by_place_industry_codes_and_owner_and_then_stays(database, officer):
    for number in (1, 2, 3):
        add_firm(database, f"F{number}")
    add_firm(database, "ELSEWHERE", SUZHOU)
    group = add_firm(database, "GROUP")
    with database.work(SYSTEM_SCOPE) as work:
        firms = {c: organizations.by_code(work, c) for c in ("F1", "F2")}
        organizations.add_owner(work, firms["F1"], group.organization_id)
        organizations.add_owner(work, firms["F2"], firms["F1"].organization_id)
        by_industry = "UPDATE base.organization SET industry_code = '3011' WHERE code = 'F2'"
        work.connection.execute(text(by_industry))
        work.commit()
    for wanted, codes in (
        ({}, {"F1", "F2", "F3", "GROUP"}),
        ({"industry": "30"}, {"F2"}),
        ({"codes": ("F3", "F1")}, {"F1", "F3"}),
        ({"owner": "GROUP"}, {"F1"}),
        ({"place": "320100", "codes": ("F3",)}, {"F3"}),
    ):
        found = opened(officer, database, **wanted)
        assert set(states(officer, database, found)) == codes, wanted
        assert campaigns.preview_campaign(officer, database, order(**wanted)).count == len(codes)
    add_firm(database, "LATER")
    assert set(states(officer, database, found)) == {"F3"}


def test_what_no_campaign_can_be_is_refused_with_what_is_wrong(database, officer):
    Firm(database, "F1")
    for wrong, error in (
        ({"name": ""}, CampaignError),
        ({"days": -1}, CampaignError),
        ({"days": 400}, CampaignError),
        ({"remind_days": (61,)}, CampaignError),
        ({"opens_on": today() + timedelta(days=31)}, CampaignError),
        ({"codes": ("F1", "NOBODY")}, UnknownCodesError),
        ({"place": "320500"}, NotFoundError),
        ({"industry": "99"}, NobodyCalledError),
        ({"owner": "NOBODY"}, NotFoundError),
        ({"issuer_id": SUZHOU}, NotAllowedError),
    ):
        with pytest.raises(error):
            opened(officer, database, **wrong)
    assert campaigns.campaigns_of(officer, database) == ()


def test_a_page_asks_the_database_as_often_for_many_as_for_one(database, officer):
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for number in (1, 2, 3):
        Firm(database, f"F{number}").save(DIESEL)
        found = opened(officer, database)
        asked.clear()
        assert len(states(officer, database, found)) == number
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_a_firm_sees_its_own_task_and_nobody_elses(database, officer):
    firm, other = Firm(database, "F1"), Firm(database, "F2")
    found = opened(officer, database, instruction="含外购热力")
    (task,) = campaigns.tasks_of(firm.reporter, database)
    assert (task.campaign.instruction, task.called.code, task.step) == ("含外购热力", "F1", "enter")
    assert states(firm.reporter, database, found) == {"F1": "not_started"}
    waiting = firm.submit(DIESEL)
    assert campaigns.tasks_of(firm.reporter, database)[0].step == ""
    assert campaigns.tasks_of(firm.approver, database)[0].step == "decide"
    firm.accept(waiting)
    assert campaigns.tasks_of(firm.approver, database) == ()
    assert states(other.reporter, database, found) == {"F2": "not_started"}
    with pytest.raises(NotAllowedError):
        opened(firm.reporter, database)
    elsewhere = bureau(database, SUZHOU)
    for refused in (
        lambda: campaigns.close_campaign(elsewhere, database, found.campaign_id),
        lambda: campaigns.progress_of(elsewhere, database, found.campaign_id, Sought()),
        lambda: remind(elsewhere, database, found.campaign_id),
    ):
        with pytest.raises(NotFoundError):
            refused()


def test_the_database_shows_who_is_called_to_nobody_beside(database, officer):
    firm, other = Firm(database, "F1"), Firm(database, "F2")
    opened(officer, database)
    tables = ("campaign_call", "message")
    with database.work(Scope((firm.subject.access_path,), readable=EVERYTHING)) as work:
        for table in tables:
            seen = work.connection.scalars(text(f"SELECT organization_id FROM business.{table}"))
            assert set(seen) == {firm.key}
        assert work.connection.scalar(text("SELECT count(*) FROM business.campaign")) == 0
    assert other.key != firm.key


def test_a_new_draft_begins_with_the_method_that_the_campaign_asks_for(database, officer):
    firm = Firm(database, "F1")
    opened(officer, database, method="GB/T 32151.8-2015")
    assert manual.read_entry(firm.reporter, database, firm.key, YEAR).method == "GB/T 32151.8-2015"
    assert manual.read_entry(firm.reporter, database, firm.key, YEAR - 1).method == METHOD
    version = firm.save(DIESEL).version
    manual.choose_method(firm.reporter, database, load_catalog(), version, METHOD)
    assert manual.read_entry(firm.reporter, database, firm.key, YEAR).method == METHOD


def late(database, campaign_id, days):
    """Let the last day of a campaign have been so many days ago."""
    with database.work(SYSTEM_SCOPE) as work:
        moved = text(
            "UPDATE business.campaign SET opens_on = CURRENT_DATE - 60,"
            " due_on = CAST(:day AS date) WHERE campaign_id = :id"
        )
        day = today() - timedelta(days=days)
        work.connection.execute(moved, {"day": day, "id": campaign_id})
        work.commit()


def test_overdue_is_who_has_not_handed_in_after_the_last_day(database, officer):
    firms = {name: Firm(database, name) for name in ("IDLE", "WAITING")}
    found = opened(officer, database)
    firms["WAITING"].submit(DIESEL)
    late(database, found.campaign_id, 0)
    assert campaigns.campaigns_of(officer, database)[0].counts[OVERDUE] == 0
    late(database, found.campaign_id, 1)
    (whole,) = campaigns.campaigns_of(officer, database)
    assert (whole.state, whole.counts[OVERDUE], whole.counts["submitted"]) == ("over", 1, 1)
    assert set(states(officer, database, found, states=(OVERDUE,))) == {"IDLE"}
    assert states(officer, database, found, states=("not_started",)) == {}
    assert campaigns.tasks_of(firms["IDLE"].reporter, database)[0].is_overdue


def events_of(database, found):
    """Return what the trail tells of a campaign: the act, and whose it was."""
    told = text(
        "SELECT action, person_id FROM business.audit_event WHERE resource = :id ORDER BY at"
    )
    with database.work(SYSTEM_SCOPE) as work:
        events = work.connection.execute(told, {"id": str(found.campaign_id)}).all()
    return [tuple(event) for event in events]


def test_who_is_late_is_reminded_once_a_day_by_hand(database, officer):
    firms = [Firm(database, f"F{number}") for number in (1, 2, 3)]
    found = opened(officer, database)
    firms[0].submit(DIESEL)
    assert remind(officer, database, found.campaign_id, firms[1].key) == 1
    assert remind(officer, database, found.campaign_id) == 1
    assert remind(officer, database, found.campaign_id) == 0
    with pytest.raises(NotFoundError):
        remind(officer, database, found.campaign_id, firms[0].key)
    kinds = [[m.kind for m in unread_of(f.reporter, database)] for f in firms]
    assert kinds == [["campaign_opened"], *[["campaign_reminder", "campaign_opened"]] * 2]


def test_reminders_go_out_by_themselves_on_their_days_and_once(database, officer):
    firm, done = Firm(database, "F1"), Firm(database, "DONE")
    found = opened(officer, database, days=10, remind_days=(7, 3))
    done.submit(DIESEL)
    first = today()
    due = [first + timedelta(days=n) for n in range(12)]
    # Looked at twice a day; the one of the third day before was missed by a day.
    sent = [(n, remind_due(database, day)) for n, day in enumerate(due) for _ in (1, 2) if n != 7]
    assert [each for each in sent if each[1]] == [(3, 1), (8, 1)]
    assert events_of(database, found)[1:] == [("remind_campaign", None)] * 2
    assert [m.kind for m in unread_of(firm.reporter, database)].count("campaign_reminder") == 2
    assert [m.kind for m in unread_of(done.reporter, database)] == ["campaign_opened"]


def test_a_closed_campaign_reminds_nobody_and_leaves_the_tasks(database, officer):
    firm = Firm(database, "F1")
    found = opened(officer, database, days=5, remind_days=(5,))
    campaigns.close_campaign(officer, database, found.campaign_id)
    assert remind_due(database, today()) == 0
    assert campaigns.tasks_of(firm.reporter, database) == ()
    with pytest.raises(ConflictError):
        campaigns.close_campaign(officer, database, found.campaign_id)


def test_a_message_is_put_away_by_each_for_oneself(database, officer):
    firm, other = Firm(database, "F1"), Firm(database, "F2")
    opened(officer, database)
    (message,) = unread_of(firm.reporter, database)
    assert (message.told["name"], message.told["year"]) == ("报送", YEAR)
    mark_read(firm.reporter, database, message.message_id)
    assert unread_of(firm.reporter, database) == ()
    assert len(unread_of(firm.approver, database)) == 1
    for unknown in (message.message_id, uuid4()):
        with pytest.raises(NotFoundError):
            mark_read(firm.reporter, database, unknown)
    with pytest.raises(NotFoundError):
        mark_read(other.reporter, database, message.message_id)


def test_every_act_on_a_campaign_leaves_an_event(database, officer):
    Firm(database, "F1")
    found = opened(officer, database, days=3, remind_days=(3,))
    remind(officer, database, found.campaign_id)
    remind_due(database, today())
    campaigns.take_progress(officer, database, found.campaign_id, Sought())
    campaigns.close_campaign(officer, database, found.campaign_id)
    who = officer.person_id
    assert events_of(database, found) == [
        ("open_campaign", who),
        ("remind_campaign", who),
        ("remind_campaign", None),
        ("export_campaign", who),
        ("close_campaign", who),
    ]
