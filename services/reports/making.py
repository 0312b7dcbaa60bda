"""Making the files of a report: the background job behind an order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from services import jobs
from services.accounting.heat_power import kept_heat_power
from services.accounting.reading import result_of
from services.accounting.uncertainty import UncertaintyOrder, certainty_of
from services.data import organizations, reports
from services.data.engine import Database
from services.data.jobs import StoredJob
from services.data.reports import NewFile, NewReport
from services.i18n.texts import use_language
from services.reports.build import build_report
from services.reports.charts import picture
from services.reports.excel import write_excel
from services.reports.fonts import FontStore
from services.reports.model import TEMPLATE_VERSION, ChartBlock, ReportModel
from services.reports.names import Names
from services.reports.pdf import write_pdf
from services.reports.word import write_word
from services.security.permissions import Action, Actor
from services.security.scopes import scope_for
from services.standards.catalog import Catalog

# The share done before each step; reading and storing take little.
READ, DRAWN, PRINTED, WRITTEN, COUNTED = 0.05, 0.3, 0.55, 0.8, 0.9
FONT_FOLDER = "report_fonts"

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Maker:
    """What making a report needs: where rows are, what standards say, where fonts are kept."""

    database: Database
    catalog: Catalog
    data_folder: Path


def make_report(maker: Maker, actor: Actor, job: StoredJob) -> None:
    """Make the report that a job orders and end the job, both in one transaction.

    A worker that dies on the way leaves nothing behind; the next one makes the report anew.
    """

    def tell(share: float) -> None:
        with maker.database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
            jobs.progress(work, job, share)
            work.commit()

    organization_id = int(job.arguments["organization_id"])
    with use_language(str(job.arguments["language"])):
        report = _read(maker, actor, job, organization_id)
        tell(READ)
        files = make_files(report, FontStore(maker.data_folder / FONT_FOLDER), tell)
    new = NewReport(report.run_id, job.job_id, report.language, TEMPLATE_VERSION, actor.person_id)
    with maker.database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
        stored = reports.add(work, organizations.get(work, organization_id), new, files)
        jobs.finish(work, job, {"report_id": str(stored.report_id)})
        work.commit()


def make_files(report: ReportModel, store: FontStore, tell: Tell) -> tuple[NewFile, ...]:
    """Return the report as docx, pdf and xlsx, telling the share done before each step."""
    found = [block for block in report.blocks() if isinstance(block, ChartBlock)]
    pictures = {chart.key: picture(chart) for chart in found}
    tell(DRAWN)
    pdf = write_pdf(report, pictures)
    tell(PRINTED)
    docx = write_word(report, pictures, store)
    tell(WRITTEN)
    xlsx = write_excel(report)
    tell(COUNTED)
    contents = (("docx", docx), ("pdf", pdf), ("xlsx", xlsx))
    return tuple(NewFile(kind, f"{report.file_stem}.{kind}", bytes_) for kind, bytes_ in contents)


def _read(maker: Maker, actor: Actor, job: StoredJob, organization_id: int) -> ReportModel:
    year, run_id = int(job.arguments["year"]), UUID(str(job.arguments["run_id"]))
    result = result_of(actor, maker.database, organization_id, year, run_id)
    names = Names(maker.catalog.describe(result.summary.method))
    # The instant of the order, not of the making: a second try makes the same report.
    # Without a trend: the base year may be restated between the first try and the second.
    which = UncertaintyOrder(organization_id, year, run_id, base_year=year)
    certainty = certainty_of(actor, maker.database, maker.catalog, which)
    version = job.arguments.get("heat_power")
    heat_power = kept_heat_power(actor, maker.database, maker.catalog, result, version)
    return build_report(result, names, job.ordered_at, certainty, heat_power)
