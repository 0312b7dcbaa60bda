"""A batch of restatements: all of one day and one library, counted together or not at all."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from components.panels.recalculation import batch_list
from services import jobs
from services.accounting import filing
from services.accounting.checking import check_batch
from services.accounting.recalculation import (
    Batch,
    LibraryChangedError,
    NothingFiledBelowError,
    RecalculationOrder,
    order_recalculation,
    recalculate,
    recalculations_of,
    years_filed,
)
from services.accounting.restatement import restatements_of
from services.clock import now, today
from services.collection import manual
from services.data import jobs as job_rows
from services.data import labels, lines, organizations
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.data.finding_tables import finding
from services.data.labels import NewLabel
from services.errors import NotAllowedError
from services.i18n.texts import LANGUAGES, t, use_language
from services.jobs import JobLostError
from services.labels import DataSet, Label
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_person, add_staff
from tests.tampering import LINE, RUN, tamper

pytestmark = pytest.mark.postgres

JIANGSU = 320000
BEFORE_THE_NOTICE = date(2024, 12, 31)
ROWS = [{"source": "fuel", "item": "ng", "FC": "10"}, {"source": "el_buy", "MWh": "1000"}]
ADDED = 1000 * (0.5617 - 0.55)  # MWh × (factor known before the notice of 2026 − after it)


class Queue:
    def __init__(self):
        self.ids = []

    def enqueue(self, job_id):
        self.ids.append(job_id)


class Region:
    """Firms of a province with a filed year, and who may recalculate them."""

    def __init__(self, database, firms=3):
        self.database, self.catalog, self.queue = database, load_catalog(), Queue()
        self.bureau = add_person(database, "bureau", (Role.BUREAU_OFFICER, JIANGSU))
        self.firms = [self.file(f"F{number}") for number in range(firms)]

    def file(self, code):
        firm = add_firm(self.database, code, method="GB/T 32151.10-2015")
        reporter, approver = add_staff(self.database, firm)
        version = DraftVersion(firm.organization_id, 2023, 0)
        draft = manual.save_draft(reporter, self.database, version, ROWS)
        manual.submit_draft(reporter, self.database, self.catalog, draft.version)
        year = manual.open_entry(reporter, self.database, self.catalog, firm.organization_id, 2023)
        filing.approve(approver, self.database, firm.organization_id, year.submission_id)
        return firm, reporter

    def order(self, year=2023, actor=None):
        order = RecalculationOrder(JIANGSU, year, BEFORE_THE_NOTICE)
        who = actor or self.bureau
        return order_recalculation(who, self.database, self.catalog, self.queue, order)

    def take(self, job):
        with self.database.work(SYSTEM_SCOPE) as work:
            taken = jobs.take(work, job.job_id)
            work.commit()
        return taken

    def run(self, job):
        recalculate(self.database, self.catalog, self.bureau, self.take(job))

    def attempt(self, job):
        return Batch(self.database, self.catalog, self.bureau, self.take(job))

    def shown(self, firm):
        organization, reporter = firm
        key = organization.organization_id
        return restatements_of(reporter, self.database, key, 2023)


@pytest.fixture
def region(database):
    return Region(database)


def test_every_filed_year_is_restated_and_stays_as_filed(region):
    job = region.order()
    assert region.queue.ids == [job.job_id]
    region.run(job)
    (found,) = recalculations_of(region.bureau, region.database, JIANGSU)
    assert (found.state, found.progress, found.refused) == ("done", 1.0, ())
    assert found.inconsistent == 0
    keys = [firm.organization_id for firm, _ in region.firms]
    assert [change.organization_id for change in found.changes] == keys
    assert found.restated_t - found.filed_t == pytest.approx(3 * ADDED)
    for firm in region.firms:
        (shown,) = region.shown(firm)
        assert shown.restated.known_on == BEFORE_THE_NOTICE
        assert [s.change_t for s in shown.steps] == [pytest.approx(ADDED)]


def test_a_batch_stores_the_lines_that_one_calculation_gives(region):
    job = region.order()
    region.run(job)
    (shown,) = region.shown(region.firms[0])
    records = [
        {"source": "fuel", "item": "ng", "inputs": {"FC": 10}},
        {"source": "el_buy", "item": "", "inputs": {"MWh": 1000}},
    ]
    request = CalculationRequest(
        "GB/T 32151.10-2015", 2023, "320000", records, BEFORE_THE_NOTICE,
        period=(date(2023, 1, 1), date(2023, 12, 31)),
    )  # fmt: skip
    key = region.firms[0][0].organization_id
    with region.database.work(SYSTEM_SCOPE) as work:
        stored = lines.of_run(work, key, shown.restated.run_id)
    assert stored == calculate(region.catalog, request).lines


def test_a_batch_cut_off_counts_only_when_another_attempt_has_ended_it(region, database):
    job = region.order()
    first = region.attempt(job)
    parts = first.parts(size=1)
    first.store(first.computed(next(parts)))
    assert [region.shown(firm) for firm in region.firms] == [(), (), ()]
    with database.work(SYSTEM_SCOPE) as work:
        job_rows.write(work, job_rows.get(work, job.job_id), lease_until=job.ordered_at)
        work.commit()
    region.run(job)
    # Whoever was thought dead may still be there, and must not store a thing any more.
    with pytest.raises(JobLostError):
        first.store(first.computed(next(parts)))
    assert [len(region.shown(firm)) for firm in region.firms] == [1, 1, 1]


@pytest.mark.parametrize(
    "case",
    [
        (RUN, "total_t = total_t * 1.000001", "total"),
        (RUN, "direct_t = 0", "total"),
        (LINE, "gas_t = gas_t + 1 WHERE line = 0", "line_product"),
        (LINE, "year = 2022 WHERE line = 0", "place"),
    ],
)
def test_runs_of_a_batch_that_disagree_with_their_lines_are_found(region, owner_url, case):
    table, change, rule = case
    job = region.order()
    attempt = region.attempt(job)
    for part in attempt.parts():
        attempt.store(attempt.computed(part))
    tamper(owner_url, table, change)
    keys = [organization.organization_id for organization, _ in region.firms]
    with region.database.work(SYSTEM_SCOPE) as work:
        assert check_batch(work, region.catalog, job.job_id, keys[1:]) == 2
        assert set(work.connection.scalars(select(finding.c.invariant))) == {rule}


def test_a_batch_whose_runs_disagree_with_their_lines_says_so(region):
    attempt = region.attempt(region.order())
    for part in attempt.parts(size=1):
        computed = attempt.computed(part)
        (made,) = computed.runs
        attempt.store(replace(computed, runs=[{**made, "direct_t": made["direct_t"] + 1.0}]))
    attempt.finish()
    (found,) = recalculations_of(region.bureau, region.database, JIANGSU)
    assert (found.state, found.inconsistent) == ("done", 3)


def test_one_batch_never_mixes_libraries(region):
    taken = region.take(region.order())
    newer = replace(region.catalog, fingerprint="newer")
    with pytest.raises(LibraryChangedError):
        recalculate(region.database, newer, region.bureau, taken)
    assert region.shown(region.firms[0]) == ()


def test_what_cannot_be_computed_is_named_and_the_rest_goes_on(region):
    order = RecalculationOrder(JIANGSU, 2023, date(2012, 1, 1))  # before the method was known
    job = order_recalculation(region.bureau, region.database, region.catalog, region.queue, order)
    region.run(job)
    (found,) = recalculations_of(region.bureau, region.database, JIANGSU)
    assert found.changes == ()
    assert len(found.refused) == 3
    assert all("32151.10" in reason for _, reason in found.refused)


def labelled(region, number, data_set, label):
    """Put a label on a data set of one firm; return the bureau as it is known from then on."""
    firm, _ = region.firms[number]
    with region.database.work(SYSTEM_SCOPE) as work:
        labels.add(
            work,
            NewLabel(data_set, firm.organization_id, firm.access_path, label, today(), "test", 1,
                     now()),
        )  # fmt: skip
        work.commit()
    region.bureau = actor_of_login(region.database, "bureau")


@pytest.mark.parametrize("data_set", [DataSet.RESULT, DataSet.ACTIVITY])
def test_what_is_above_the_clearance_is_left_out_and_counted(region, data_set):
    labelled(region, 1, data_set, Label.IMPORTANT)
    region.run(region.order())
    (found,) = recalculations_of(region.bureau, region.database, JIANGSU)
    assert (found.state, len(found.changes), found.left_out) == ("done", 2, 1)
    hidden = region.firms[1][0]
    for code in LANGUAGES:
        with use_language(code):
            shown = str(batch_list([found]))
            assert t("recalculation.left_out", count=1) in shown
            assert hidden.names[code] not in shown


def test_a_part_of_which_nothing_may_be_read_does_not_end_the_batch(region):
    labelled(region, 0, DataSet.ACTIVITY, Label.IMPORTANT)
    parts = region.attempt(region.order()).parts(1)
    assert [len(part) for part in parts] == [1, 1]


def test_where_totals_are_closed_too_not_even_the_count_is_told(region, database):
    labelled(region, 1, DataSet.RESULT, Label.IMPORTANT)
    region.run(region.order())
    with database.work(SYSTEM_SCOPE) as work:
        place = organizations.by_code(work, str(JIANGSU))
        new = NewLabel(DataSet.AGGREGATE, JIANGSU, place.access_path, Label.IMPORTANT, today(),
                       "test", 1, now())  # fmt: skip
        labels.add(work, new)
        work.commit()
    bureau = actor_of_login(database, "bureau")
    (found,) = recalculations_of(bureau, database, JIANGSU)
    assert found.left_out is None
    assert t("recalculation.left_out_untold") in str(batch_list([found]))


def test_where_nothing_is_left_out_nothing_is_said(region):
    region.run(region.order())
    (found,) = recalculations_of(region.bureau, region.database, JIANGSU)
    assert found.left_out == 0
    assert t("recalculation.left_out_title") not in str(batch_list([found]))


def test_the_same_order_is_the_same_batch(region):
    assert region.order().job_id == region.order().job_id


def test_nothing_filed_and_strangers_are_refused(region):
    assert years_filed(region.bureau, region.database, JIANGSU) == (2023,)
    with pytest.raises(NothingFiledBelowError):
        region.order(year=2022)
    with pytest.raises(NotAllowedError):
        region.order(actor=region.firms[0][1])
