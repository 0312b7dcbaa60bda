"""Rounds of the radar: who may run and read them, what they store, what people find."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bench._forgeries import YEAR, filed, population
from services.clock import now
from services.collection.radar import rounds
from services.collection.radar.gathering import Sought, edits_between, gather, shares_of
from services.collection.radar.rounds import (
    PASSED,
    SOUND,
    TO_CORRECT,
    MarkError,
    MarkOrder,
    NothingSubmittedError,
)
from services.data import radar_reading, submissions
from services.data.engine import SYSTEM_SCOPE
from services.data.removal import remove_below
from services.data.submissions import RETURNED, NewDecision, NewSubmission
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError
from services.jobs import JobLostError
from services.labels import RADAR, DataSet, Readable
from services.security.permissions import Role
from services.security.scopes import scope_of_radar
from tests.places import NANJING, SUZHOU, add_person
from tests.services.collection.campaigning import COAL, DIESEL, Firm
from tests.services.collection.radar.town import COPIED, COPY, FIRMS, Town

pytestmark = pytest.mark.postgres


@pytest.fixture
def town(database, catalog):
    return Town(database, catalog)


def test_a_copy_stands_on_the_list_of_a_round_with_the_one_it_was_copied_from(town):
    round_id = town.run(town.order())
    found = rounds.round_of(town.officer, town.database, round_id)
    assert (found.found.judged, found.found.year) == (FIRMS, YEAR)
    assert found.found.listed == len(found.hits)
    listed = {hit.organization_id: hit for hit in found.hits[:2]}
    keys = [town.firms[n].organization_id for n in (COPY, COPIED)]
    assert set(listed) == set(keys)
    reason = next(r for r in listed[keys[0]].reasons if r["kind"] == "copy")
    assert reason["other"] == keys[1]
    assert found.others[keys[1]] == town.firms[COPIED].names
    assert [hit.place for hit in found.hits] == list(range(1, len(found.hits) + 1))
    assert found.hits[0].chance <= found.hits[1].chance < 1e-6
    assert found.hits[0].rate <= found.found.parameters["rate"]


def test_the_same_submissions_are_the_same_round_and_a_new_one_another(town):
    first, again = town.order(), town.order()
    assert again.job_id == first.job_id
    made = filed([firm for firm in population(6, 3, 0) if firm.sector == 0])[0]
    town.submit(made, 99)
    assert town.order().job_id != first.job_id


def test_what_a_round_compares_with_makes_another_one_too(town):
    firm, first = town.firms[COPY], town.order()
    with town.database.work(SYSTEM_SCOPE) as work:
        newest = submissions.latest(work, firm.organization_id, YEAR)
        last = submissions.latest(work, firm.organization_id, YEAR - 1)
        rows = submissions.rows_of(work, firm.organization_id, last.submission_id)
        again = NewSubmission(YEAR - 1, last.method, "voluntary", "320100", "manual", "",
                              [], town.officer.person_id, now())  # fmt: skip
        submissions.add(work, firm, again, rows)
        work.commit()
    corrected = town.order()
    assert corrected.job_id != first.job_id
    with town.database.work(SYSTEM_SCOPE) as work:
        told = (newest.submission_id, RETURNED, "单位", town.officer.person_id, now())
        submissions.decide(work, firm, NewDecision(*told))
        work.commit()
    returned = town.order()
    assert returned.job_id not in (first.job_id, corrected.job_id)
    assert town.order().job_id == returned.job_id


def test_a_round_that_another_worker_took_stores_nothing(town):
    taken = town.take(town.order())
    with town.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(
            text("UPDATE business.job SET fence = fence + 1 WHERE job_id = :id"),
            {"id": taken.job_id},
        )
        work.commit()
    with pytest.raises(JobLostError):
        rounds.run_round(town.database, town.catalog, town.officer, taken)
    assert rounds.overview(town.officer, town.database).rounds == ()


def test_over_nothing_there_is_no_round(town):
    with pytest.raises(NothingSubmittedError):
        town.order(year=YEAR + 2)


def test_only_who_may_screen_a_place_runs_and_reads_its_rounds(town):
    round_id = town.run(town.order())
    firm = town.firms[COPY]
    reporter = add_person(town.database, "reporter", (Role.REPORTER, firm.organization_id))
    approver = add_person(town.database, "approver", (Role.APPROVER, firm.organization_id))
    viewer = add_person(town.database, "viewer", (Role.BUREAU_VIEWER, NANJING))
    elsewhere = add_person(town.database, "elsewhere", (Role.BUREAU_OFFICER, SUZHOU))
    for actor in (reporter, approver, viewer):
        for asked in (
            lambda actor=actor: town.order(actor),
            lambda actor=actor: rounds.overview(actor, town.database),
            lambda actor=actor: rounds.round_of(actor, town.database, round_id),
            lambda actor=actor: rounds.take_round(actor, town.database, round_id),
        ):
            with pytest.raises((NotAllowedError, NotFoundError)):
                asked()
    with pytest.raises(NotAllowedError):
        town.order(elsewhere)
    with pytest.raises(NotFoundError):
        rounds.round_of(elsewhere, town.database, round_id)
    assert rounds.overview(elsewhere, town.database).rounds == ()


def count(work, table):
    return work.connection.scalar(text(f"SELECT count(*) FROM business.{table}"))


def test_the_database_itself_shows_a_firm_nothing_of_the_radar(town):
    round_id = town.run(town.order())
    hit = rounds.round_of(town.officer, town.database, round_id).hits[0]
    mark(town, hit, SOUND)
    own = Readable(tuple(DataSet))
    firms = Scope((hit.access_path,), 1, own)
    for table in ("radar_round", "radar_hit", "radar_mark"):
        # Everything is readable at the firm's own place, and at the bureau's, but the radar.
        for scope in (firms, Scope(("cn",), 1, own)):
            with town.database.work(scope) as work:
                assert count(work, table) == 0
        with town.database.work(Scope(("cn",), 1, Readable((*own.data_sets, RADAR)))) as work:
            assert count(work, table) > 0
        # Where activity is closed by its label, what the radar says of it is closed too.
        with town.database.work(Scope(("cn",), 1, Readable((RADAR,)))) as work:
            assert count(work, table) == 0


def test_a_verifier_at_the_firm_sees_its_hit_and_nobody_elses(town):
    round_id = town.run(town.order())
    firm = town.firms[COPY]
    verifier = add_person(town.database, "verifier", (Role.VERIFIER, firm.organization_id))
    with town.database.work(scope_of_radar(verifier)) as work:
        assert count(work, "radar_hit") == 1
        assert count(work, "radar_round") == 0
    hits = rounds.round_of(town.officer, town.database, round_id).hits
    assert rounds.overview(verifier, town.database).passed == ()
    for hit in hits:
        mark(town, hit, PASSED)
    (seen,) = rounds.overview(verifier, town.database).passed
    assert seen.organization_id == firm.organization_id
    assert seen.reasons[0]["other"] == town.firms[COPIED].organization_id
    assert rounds.overview(verifier, town.database).others == {}
    done, others = mark(town, seen, TO_CORRECT, verifier)
    assert others == {}
    assert [each.verdict for each in done.marks] == [TO_CORRECT, PASSED]
    assert rounds.overview(verifier, town.database).passed == ()
    other = next(hit for hit in hits if hit.organization_id != firm.organization_id)
    with pytest.raises(NotFoundError):
        mark(town, other, SOUND, verifier)


def mark(town, hit, verdict, actor=None, comment="与磅单、电费单核对"):
    order = MarkOrder(hit.round_id, hit.submission_id, verdict, comment)
    return rounds.mark_hit(actor or town.officer, town.database, order)


def test_a_mark_needs_a_result_and_a_comment_and_is_never_changed(town):
    round_id = town.run(town.order())
    hit = rounds.round_of(town.officer, town.database, round_id).hits[0]
    for verdict, comment in ((SOUND, "  "), ("guilty", "看过"), (SOUND, "x" * 2_001)):
        with pytest.raises(MarkError):
            mark(town, hit, verdict, comment=comment)
    mark(town, hit, SOUND)
    found = rounds.round_of(town.officer, town.database, round_id)
    assert found.verdicts == {SOUND: 1}
    for change in (
        "UPDATE business.radar_mark SET verdict = 'passed'",
        "DELETE FROM business.radar_mark",
        "UPDATE business.radar_hit SET place = 9",
        "DELETE FROM business.radar_round",
    ):
        with town.database.work(SYSTEM_SCOPE) as work, pytest.raises(DBAPIError):
            work.connection.execute(text(change))


def test_every_act_leaves_an_event(town):
    round_id = town.run(town.order())
    hit = rounds.round_of(town.officer, town.database, round_id).hits[0]
    mark(town, hit, SOUND)
    rounds.take_round(town.officer, town.database, round_id)
    events = text("SELECT action FROM business.audit_event WHERE action LIKE '%radar%'")
    with town.database.work(SYSTEM_SCOPE) as work:
        told = sorted(work.connection.scalars(events))
    assert told == ["export_radar", "mark_radar", "view_radar"]


def test_what_was_changed_after_the_first_version_is_read_from_the_runs(database):
    firm = Firm(database, "EDITOR")
    firm.send_back(firm.submit(DIESEL, COAL))
    firm.submit({**DIESEL, "FC": "2"}, {**COAL, "FC": "1"})
    officer = add_person(database, "officer", (Role.BUREAU_OFFICER, NANJING))
    scope = scope_of_radar(officer)
    with database.work(scope) as work:
        (newest,) = radar_reading.newest(work, firm.subject.access_path, 2024)
    assert (newest.version, newest.returned) == (2, True)
    sought = Sought(scope, firm.subject.access_path, 2024)
    (found,) = gather(database, sought, [newest], lambda share: None)
    # A tonne of diesel more, a tonne of anthracite less; defaults of the general method.
    diesel, coal = 43.33 * 0.0202 * 0.98 * 44 / 12, 20.304 * 0.02749 * 0.94 * 44 / 12
    assert (found.edits.changed, found.edits.lowered) == (2, 1)
    assert found.edits.first_t == pytest.approx(diesel + 2 * coal, rel=0.01)
    assert found.edits.last_t - found.edits.first_t == pytest.approx(diesel - coal, rel=0.01)
    assert sum(found.shares.values()) == pytest.approx(1)
    assert found.shares["fuel", "diesel"] > found.shares["fuel", "anthracite"]


def test_without_lines_nothing_is_known_of_edits_or_shares():
    made = radar_reading.NewestSubmission(
        1, "cn", uuid4(), "", 2, now(), uuid4(), None, returned=False
    )
    assert edits_between({}, {("fuel", "", None): 1.0}, made) is None
    assert shares_of({}) == {}
    same = {("fuel", "coal", 1): 5.0}
    assert edits_between(same, same, made).changed == 0


def test_with_a_place_all_that_the_radar_said_of_it_is_removed(town, owner_url):
    round_id = town.run(town.order())
    for hit in rounds.round_of(town.officer, town.database, round_id).hits:
        mark(town, hit, PASSED)
    remove_below(owner_url, town.firms[0].access_path.rpartition(".")[0])
    for table in ("radar_round", "radar_hit", "radar_mark"):
        with town.database.work(SYSTEM_SCOPE) as work:
            assert count(work, table) == 0


def test_a_number_of_nobody_is_not_found(town):
    with pytest.raises(NotFoundError):
        rounds.round_of(town.officer, town.database, UUID(int=5))
    order = MarkOrder(UUID(int=5), UUID(int=6), SOUND, "看过")
    with pytest.raises(NotFoundError):
        rounds.mark_hit(town.officer, town.database, replace(order))
