"""Ordering a report, finding those made, and handing out their files (5.2.1, reports)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import jobs
from services.data import heat_power as splits
from services.data import jobs as job_rows
from services.data import organizations, reports, runs, submissions
from services.data.engine import Database
from services.data.jobs import FAILED, StoredJob
from services.data.organizations import Organization
from services.data.reports import StoredFile, StoredReport
from services.data.work import Work
from services.errors import NotFoundError, PlatformError
from services.i18n.texts import LANGUAGES, language
from services.jobs import JobQueue
from services.paging import Asked, Page
from services.reports.model import TEMPLATE_VERSION
from services.security.permissions import Action, Actor, label_of, require
from services.security.readings import note_export
from services.security.scopes import scope_for
from services.security.trail import Deed

FORMATS = ("docx", "pdf", "xlsx")


class ReportLanguageError(PlatformError):
    """A report was ordered in a language that has no texts."""

    text_key = "report_language"


class ReportFormatError(PlatformError):
    """A file was asked for in a format that no report has."""

    text_key = "report_format"


@dataclass(frozen=True, slots=True)
class ReportState:
    """An ordered report; `report_id` is None until it is made, `told` says why it failed."""

    job_id: UUID
    organization_id: int
    access_path: str
    year: int
    language: str
    state: str
    progress: float
    ordered_at: datetime
    report_id: UUID | None
    told: str


def order_report(  # noqa: PLR0913  # the contract names these; a dataclass would only rename them
    actor: Actor,
    database: Database,
    queue: JobQueue,
    organization_id: int,
    year: int,
    language: str,
) -> StoredJob:
    """Order the report of a year's current run; ordering the same again returns the same job."""
    if language not in LANGUAGES:
        raise ReportLanguageError("language", value=language)
    with database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.ORDER_REPORT, subject.access_path)
        ordered = _order(work, actor, subject, year, language)
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered


def report_of(actor: Actor, database: Database, job_id: UUID) -> ReportState:
    """Return how far an ordered report has come."""
    with database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
        job = job_rows.get(work, job_id)
        require(actor, Action.ORDER_REPORT, job.access_path)
    if job.kind != jobs.REPORT:
        raise NotFoundError("report", value=job_id)
    return _state(job)


def reports_of(
    actor: Actor, database: Database, organization_id: int, year: int | None = None
) -> tuple[ReportState, ...]:
    """Return the reports ordered for an organization, of one year or all, newest first."""
    with database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.ORDER_REPORT, subject.access_path)
        ordered = job_rows.of_organization(work, organization_id, jobs.REPORT)
    states = tuple(_state(job) for job in ordered)
    return tuple(state for state in states if year is None or state.year == year)


def report_page(
    actor: Actor, database: Database, organization_id: int, asked: Asked
) -> tuple[Organization, Page[ReportState]]:
    """Return an organization and a page of the reports ordered for it, newest first."""
    before = asked.moment()
    with database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.ORDER_REPORT, subject.access_path)
        place = (organization_id, jobs.REPORT)
        ordered = job_rows.page(work, place, before, asked.limit + 1)
    found = [_state(job) for job in ordered]
    return subject, asked.page(found, lambda s: (s.ordered_at.isoformat(), str(s.job_id)))


def file_of(actor: Actor, database: Database, report_id: UUID, format: str) -> StoredFile:
    """Return a file of a report and write down who took it, or raise NotFoundError."""
    if format not in FORMATS:
        raise ReportFormatError("format", value=format)
    with database.work(scope_for(actor, Action.ORDER_REPORT)) as work:
        found: StoredReport = reports.get(work, report_id)
        require(actor, Action.ORDER_REPORT, found.access_path)
        file = reports.file_of(work, found.organization_id, report_id, format)
        deed = Deed("take_report", f"{report_id}/{format}", after={"sha256": file.sha256})
        note_export(work, actor, Action.ORDER_REPORT, found, deed)
        work.commit()
    return file


def _order(work: Work, actor: Actor, subject: Organization, year: int, language: str) -> StoredJob:
    pointer = runs.pointer(work, subject.organization_id, year)
    if pointer is None:
        raise NotFoundError("year", value=year)
    run = runs.get(work, subject.organization_id, pointer.current_run)
    state = submissions.get(work, subject.organization_id, run.submission_id).state
    kept = splits.of_submission(work, subject.organization_id, run.submission_id)
    arguments: dict[str, object] = {
        "organization_id": subject.organization_id,
        "year": year,
        "run_id": str(run.run_id),
        "language": language,
    }
    # An approval changes what the report says, and so do a new template and another label.
    label = label_of(actor, Action.ORDER_REPORT, subject.access_path)
    effect = f"report:{run.run_id}:{language}:{state}:{TEMPLATE_VERSION}:{label.word}"
    if kept is not None:
        # Named, so that a second try prints what was kept when the report was ordered.
        arguments["heat_power"] = kept.version
        effect += f":split{kept.version}"
    return _unfailed(work, actor, arguments, effect)


def _unfailed(work: Work, actor: Actor, arguments: dict[str, object], effect: str) -> StoredJob:
    """Order by the effect key; where that failed, a new try gets a key of its own."""
    ordered = jobs.order_job(work, actor, jobs.REPORT, arguments, effect)
    attempt = 1
    while ordered.state == FAILED:
        attempt += 1
        key = f"{effect}:{attempt}"
        ordered = jobs.order_job(work, actor, jobs.REPORT, arguments, key)
    return ordered


def _state(job: StoredJob) -> ReportState:
    made = job.result.get("report_id")
    return ReportState(
        job_id=job.job_id,
        organization_id=job.organization_id,
        access_path=job.access_path,
        year=int(job.arguments["year"]),
        language=str(job.arguments["language"]),
        state=job.state,
        progress=job.progress,
        ordered_at=job.ordered_at,
        report_id=UUID(made) if made else None,
        told=str(job.error.get(language(), "")),
    )
