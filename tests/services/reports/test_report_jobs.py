"""A report is ordered, made exactly once, and handed only to whom it belongs."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import text, update

from services import clock, jobs
from services.accounting.uncertainty import UncertaintyOrder, uncertainty_of
from services.data import runs
from services.data.business_tables import job as job_table
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.jobs import JobLostError
from services.reports.fonts import FontStore
from services.reports.making import Maker, make_files, make_report
from services.reports.model import mass, share
from services.reports.ordering import (
    FORMATS,
    ReportFormatError,
    ReportLanguageError,
    file_of,
    order_report,
    report_of,
    reports_of,
)
from services.standards.catalog import load_catalog
from tests.services.reports import printing, samples
from tests.services.reports.filed import YEAR, Firm, Queue
from tests.services.reports.printing import text_of_pdf, without_spaces

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="session")
def font_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def firm(database):
    return Firm(database)


@pytest.fixture
def maker(database, font_folder):
    return Maker(database, load_catalog(), font_folder)


def stored_run(firm):
    with firm.database.work(SYSTEM_SCOPE) as work:
        return runs.get(work, firm.key, firm.run_id)


def order(firm, language="zh-CN", queue=None):
    queue = queue or Queue()
    return order_report(firm.reporter, firm.database, queue, firm.key, YEAR, language)


def take(firm, job_id):
    with firm.database.work(SYSTEM_SCOPE) as work:
        taken = jobs.take(work, job_id)
        work.commit()
    return taken


def make(firm, maker, language="zh-CN"):
    ordered = order(firm, language)
    make_report(maker, firm.reporter, take(firm, ordered.job_id))
    return report_of(firm.reporter, firm.database, ordered.job_id)


def abandon(firm, job_id):
    """Let the lease of a job run out, as when its worker was killed."""
    with firm.database.work(SYSTEM_SCOPE) as work:
        over = clock.now() - timedelta(seconds=1)
        work.connection.execute(
            update(job_table).where(job_table.c.job_id == job_id).values(lease_until=over)
        )
        work.commit()


def count(firm, table):
    with firm.database.work(SYSTEM_SCOPE) as work:
        return work.connection.scalar(text(f"SELECT count(*) FROM business.{table}"))


class WorkerKilledError(BaseException):
    """Ends the making where a killed worker would, past every handler of errors."""


def test_an_order_is_put_in_the_queue_with_its_id(firm):
    queue = Queue()
    ordered = order(firm, queue=queue)
    assert queue.ids == [ordered.job_id]
    assert report_of(firm.reporter, firm.database, ordered.job_id).state == "queued"


def test_the_same_order_again_is_the_same_job(firm):
    assert order(firm).job_id == order(firm).job_id
    assert order(firm, "en").job_id != order(firm).job_id


def test_an_approval_makes_another_report_due(firm):
    before = order(firm)
    firm.approve()
    assert order(firm).job_id != before.job_id


def test_the_three_files_hold_the_totals_of_the_database(firm, maker):
    firm.approve()
    made = make(firm, maker)
    assert (made.state, made.progress) == ("done", 1.0)
    files = {f: file_of(firm.approver, firm.database, made.report_id, f) for f in FORMATS}
    assert files["pdf"].name == f"测试企业R1_{YEAR}_温室气体排放报告.pdf"
    assert "3,158.80" in text_of_pdf(files["pdf"].content)
    totals = load_workbook(io.BytesIO(files["xlsx"].content)).worksheets[1]
    counted = [totals.cell(row, 8).value for row in range(4, 8)]
    assert counted == [line.sign * line.co2e_t for line in samples.LINES]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_files_hold_completeness_estimates_and_bands_of_the_database(firm, maker, language):
    made = make(firm, maker, language)
    files = {f: file_of(firm.reporter, firm.database, made.report_id, f) for f in FORMATS}
    which = UncertaintyOrder(firm.key, YEAR, firm.run_id)
    bands = uncertainty_of(firm.reporter, firm.database, maker.catalog, which).bands
    whole, stored = bands["total",], stored_run(firm)
    summary = load_workbook(io.BytesIO(files["xlsx"].content)).worksheets[0]
    rows = [tuple(c for c in row if isinstance(c, float | int)) for row in summary.values]
    band = (whole.value_t, whole.half_width_t, whole.share)
    assert (*band, stored.completeness, stored.estimated_share) in rows
    sources = [b for group, b in bands.items() if group[0] == "source"]
    assert len(sources) == 4
    for each in (*sources, whole):
        assert (each.value_t, each.low_t, each.high_t, each.share) in rows
    shown = without_spaces(text_of_pdf(files["pdf"].content))
    for printed in (mass(whole.half_width_t), share(whole.share), share(stored.completeness)):
        assert printed.text() in shown
    assert samples.MISSING[0].note in shown


def test_the_report_of_another_language_is_made_of_the_same_run(firm, maker):
    made = make(firm, maker, "en")
    file = file_of(firm.reporter, firm.database, made.report_id, "pdf")
    assert file.name == f"Test_firm_R1_{YEAR}_Greenhouse_gas_emission_report.pdf"
    assert str(firm.run_id) in text_of_pdf(file.content)


def test_progress_is_told_before_each_step(maker):
    told = []
    make_files(printing.report(), FontStore(maker.data_folder), told.append)
    assert told == sorted(told)
    assert len(told) == 4
    assert 0 < told[0] < told[-1] < 1


def test_a_worker_that_dies_on_the_way_leaves_nothing_and_the_next_makes_it_once(
    firm, maker, monkeypatch
):
    ordered = order(firm)
    taken = take(firm, ordered.job_id)
    with monkeypatch.context() as killing:

        def die(*_):
            raise WorkerKilledError

        killing.setattr("services.reports.making.write_excel", die)
        with pytest.raises(WorkerKilledError):
            make_report(maker, firm.reporter, taken)
    assert (count(firm, "report"), count(firm, "report_file")) == (0, 0)
    assert 0 < report_of(firm.reporter, firm.database, ordered.job_id).progress < 1
    assert take(firm, ordered.job_id) is None
    abandon(firm, ordered.job_id)
    make_report(maker, firm.reporter, take(firm, ordered.job_id))
    assert (count(firm, "report"), count(firm, "report_file")) == (1, 3)


def test_a_slow_worker_that_was_overtaken_changes_nothing(firm, maker):
    ordered = order(firm)
    slow = take(firm, ordered.job_id)
    abandon(firm, ordered.job_id)
    make_report(maker, firm.reporter, take(firm, ordered.job_id))
    with pytest.raises(JobLostError):
        make_report(maker, firm.reporter, slow)
    assert (count(firm, "report"), count(firm, "report_file")) == (1, 3)


def test_a_finished_job_is_not_taken_again(firm, maker):
    made = make(firm, maker)
    assert take(firm, made.job_id) is None


def test_after_a_failure_it_can_be_ordered_anew(firm):
    ordered = order(firm)
    with firm.database.work(SYSTEM_SCOPE) as work:
        jobs.fail(work, jobs.take(work, ordered.job_id), NotFoundError("run", value="x"))
        work.commit()
    failed = report_of(firm.reporter, firm.database, ordered.job_id)
    assert failed.told
    again = order(firm)
    assert (again.state, order(firm).job_id) == ("queued", again.job_id)


def test_reports_are_listed_newest_first_for_their_organization(firm, maker):
    first, second = make(firm, maker), order(firm, "en")
    listed = reports_of(firm.approver, firm.database, firm.key, YEAR)
    assert [state.job_id for state in listed] == [second.job_id, first.job_id]
    assert listed[1].report_id == first.report_id
    assert reports_of(firm.approver, firm.database, firm.key, 1999) == ()


def test_another_organization_can_neither_order_nor_see_nor_fetch(firm, maker):
    made = make(firm, maker)
    stranger = Firm(firm.database, "R2").reporter
    refused = (NotFoundError, NotAllowedError)
    with pytest.raises(refused):
        order_report(stranger, firm.database, Queue(), firm.key, YEAR, "en")
    with pytest.raises(refused):
        report_of(stranger, firm.database, made.job_id)
    with pytest.raises(refused):
        reports_of(stranger, firm.database, firm.key)
    with pytest.raises(refused):
        file_of(stranger, firm.database, made.report_id, "pdf")


def test_an_unknown_report_format_language_or_year_is_an_error_that_names_it(firm):
    with pytest.raises(NotFoundError):
        file_of(firm.reporter, firm.database, uuid4(), "pdf")
    with pytest.raises(ReportFormatError, match="exe"):
        file_of(firm.reporter, firm.database, uuid4(), "exe")
    with pytest.raises(ReportLanguageError, match="fr"):
        order(firm, "fr")
    with pytest.raises(NotFoundError, match="1999"):
        order_report(firm.reporter, firm.database, Queue(), firm.key, 1999, "en")
