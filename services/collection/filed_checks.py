"""Filed years of a place checked again by the rules in force, as a job (5.1.7 c).

A filed year is held to the same rules in the same way as it was in the grid; only what is known
around it may have changed: a limit, a version of a rule, a meter, an earlier year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID, uuid4

from services import clock, jobs
from services.accounting.own_values import known_values
from services.accounting.subjects import subject_of
from services.collection.checks.basis import basis_of
from services.collection.kept_findings import kept_findings
from services.collection.manual import Entry, check_rows
from services.collection.rows import as_row
from services.collection.unusual import last_year
from services.data import attachments, organizations, row_findings, submissions
from services.data import jobs as job_rows
from services.data.drafts import DraftVersion
from services.data.engine import Database
from services.data.jobs import StoredJob
from services.data.organizations import Organization
from services.data.submissions import StoredSubmission
from services.data.work import Scope, Work
from services.errors import NotFoundError
from services.jobs import JobQueue
from services.labels import EVERYTHING
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.catalog import Catalog

# Years checked in one transaction: what a cut costs.
CHUNK = 20


def filed_entry(work: Work, subject: Organization, stored: StoredSubmission) -> Entry:
    """Return a filed year as its checks see it; nobody types into it."""
    organization_id, year = subject.organization_id, stored.year
    earlier = submissions.latest(work, organization_id, year - 1)
    before = submissions.rows_of(work, organization_id, earlier.submission_id) if earlier else ()
    rows = submissions.rows_of(work, organization_id, stored.submission_id)
    return Entry(
        subject=subject_of(subject),
        version=DraftVersion(organization_id, year, 0),
        method=stored.method,
        state=stored.state,
        rows=tuple(dict(as_row(row)) for row in rows),
        problems=(),
        comment="",
        submission_id=stored.submission_id,
        may_edit=False,
        may_submit=False,
        before=last_year(before),
        files=attachments.of_year(work, organization_id, year),
        own=known_values(work, organization_id, clock.today()),
        basis=basis_of(work, subject, year, clock.now()),
    )


def check_filed(work: Work, catalog: Catalog, subject: Organization, year: int) -> int | None:
    """Check the newest submission of a year, keep what is found, and return how much.

    None where nothing was handed in, or where it was sent back and is being put right.
    """
    stored = submissions.latest(work, subject.organization_id, year)
    if stored is None or stored.state == submissions.RETURNED:
        return None
    entry = filed_entry(work, subject, stored)
    problems = check_rows(catalog, entry, entry.rows)
    found = kept_findings(problems, entry.rows, entry.basis.limits)
    return row_findings.keep(work, (subject, year, stored.submission_id), found, clock.now())


def order_checks(
    actor: Actor, database: Database, queue: JobQueue, organization_id: int
) -> StoredJob:
    """Order a check of everything filed at a place and below it; one at a time for each person."""
    with database.work(scope_for(actor, Action.VIEW_CHECKS)) as work:
        place = organizations.get(work, organization_id)
        require(actor, Action.VIEW_CHECKS, place.access_path)
        under_way = _under_way(work, actor, organization_id)
        if under_way is not None:
            return under_way
        arguments = {"organization_id": organization_id}
        key = f"{jobs.CHECKS}:{uuid4()}"
        ordered = jobs.order_job(work, actor, jobs.CHECKS, arguments, key)
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered


def _under_way(work: Work, actor: Actor, organization_id: int) -> StoredJob | None:
    found = job_rows.of_organization(work, organization_id, jobs.CHECKS)
    states = (job_rows.QUEUED, job_rows.RUNNING)
    mine = (job for job in found if job.ordered_by == actor.person_id and job.state in states)
    return next(mine, None)


def run_checks(database: Database, catalog: Catalog, actor: Actor, job: StoredJob) -> None:
    """Check everything filed below a job's place and end it; goes on where it was cut off.

    Which years are checked is for the orderer's rights. What is found in them is not: a finding
    of a meter or a file must not come and go with the clearance of whoever asked.
    """
    scope = scope_for(actor, Action.VIEW_CHECKS)
    whole = Scope((job.access_path,), actor.person_id, EVERYTHING)
    with database.work(scope) as work:
        waiting = row_findings.submitted_below(work, job.access_path)
    after = tuple(job.result.get("after", (0, 0)))
    checked, found = int(job.result.get("checked", 0)), int(job.result.get("found", 0))
    for part in _parts([each for each in waiting if each > after]):
        with database.work(whole) as work:
            for organization_id, year in part:
                subject = organizations.get(work, organization_id)
                count = check_filed(work, catalog, subject, year)
                checked, found = checked + (count is not None), found + (count or 0)
            result = {"after": list(part[-1]), "checked": checked, "found": found}
            share = (waiting.index(part[-1]) + 1) / len(waiting)
            jobs.progress(work, job, share, result)
            work.commit()
    with database.work(scope) as work:
        jobs.finish(work, job, {"checked": checked, "found": found})
        work.commit()


def _parts(waiting: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    return (waiting[at : at + CHUNK] for at in range(0, len(waiting), CHUNK))


def job_of(actor: Actor, database: Database, job_id: UUID) -> StoredJob:
    """Return an ordered check as its orderer sees it."""
    with database.work(scope_for(actor, Action.VIEW_CHECKS)) as work:
        found = jobs.job_of(work, actor, job_id)
    if found.kind != jobs.CHECKS:
        raise NotFoundError("job", value=job_id)
    return found
