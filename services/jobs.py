"""Ordering, taking and ending jobs; the row in the database is the truth, the queue a hint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services import clock
from services.data import jobs, organizations
from services.data.engine import Database
from services.data.jobs import DONE, FAILED, QUEUED, RUNNING, NewJob, StoredJob
from services.data.work import Work
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.i18n.texts import LANGUAGES, use_language
from services.security.actors import actor_of_person
from services.security.permissions import Action, Actor, require
from services.security.trail import JOB, Deed, Sender, record_deed, sent_by

LEASE = timedelta(seconds=40)
MOST_ATTEMPTS = 3
# What each kind of job needs its orderer to be allowed, when ordered and again when it starts.
REPORT, RECALCULATION, RESTATEMENT = "report", "recalculation", "restatement"
LOG_CHECK, FETCH, CHECKS, RADAR = "log_check", "fetch", "checks", "radar"
BY_PLATFORM = "by_platform"
PERMISSION_OF_KIND: Mapping[str, Action] = {
    REPORT: Action.ORDER_REPORT,
    RECALCULATION: Action.RECALCULATE,
    RESTATEMENT: Action.RESTATE,
    LOG_CHECK: Action.VIEW_AUDIT,
    FETCH: Action.EDIT_ACTIVITY,
    CHECKS: Action.VIEW_CHECKS,
    RADAR: Action.RUN_RADAR,
}


class JobQueue(Protocol):
    """What hands a job's id to the workers; losing it loses no job."""

    def enqueue(self, job_id: UUID) -> None:
        """Ask the workers to look at the job."""


class JobLostError(PlatformError):
    """Another worker has taken the job over, so this one must stop without an effect."""

    text_key = "job_lost"


class JobGivenUpError(PlatformError):
    """The workers that took the job died each time."""

    text_key = "job_given_up"


def order_job(
    work: Work, actor: Actor, kind: str, arguments: Mapping[str, Any], effect_key: str
) -> StoredJob:
    """Write an order and return it, or the job that was ordered with this effect key before.

    A job that had failed begins anew. `arguments` names `organization_id` and is plain JSON.
    Commit, then enqueue the id.
    """
    return _order(work, actor, (kind, arguments, effect_key))


def order_by_platform(
    work: Work, actor: Actor, kind: str, arguments: Mapping[str, Any], effect_key: str
) -> StoredJob:
    """Order what nobody asked for: with the rights of a person, and on behalf of nobody.

    The trail tells it as the platform's own act, when it is ordered and when it ends.
    """
    with sent_by(Sender(JOB)):
        return _order(work, actor, (kind, {**arguments, BY_PLATFORM: True}, effect_key))


def on_behalf_of(job: StoredJob) -> int | None:
    """Return who ordered a job; None where it was the platform itself."""
    return None if job.arguments.get(BY_PLATFORM) else job.ordered_by


def _order(work: Work, actor: Actor, asked: tuple[str, Mapping[str, Any], str]) -> StoredJob:
    kind, arguments, effect_key = asked
    subject = organizations.get(work, int(arguments["organization_id"]))
    require(actor, PERMISSION_OF_KIND[kind], subject.access_path)
    now = clock.now()
    new = NewJob(kind, arguments, effect_key, actor.person_id, now, now + LEASE)
    ordered = jobs.add(work, subject, new)
    if ordered.state == FAILED:
        ordered = _again(work, ordered, new)
    _audit(work, ordered, "order_job", {"kind": kind, "effect_key": effect_key})
    return ordered


def take(work: Work, job_id: UUID) -> StoredJob | None:
    """Take a job that waits or was abandoned; None when another has it or it has ended.

    The work needs the system scope; commit in either case, before working.
    """
    found, now = jobs.get(work, job_id, lock=True), clock.now()
    if found.state not in (QUEUED, RUNNING) or (
        found.state == RUNNING and found.lease_until >= now
    ):
        return None
    if found.attempt >= MOST_ATTEMPTS:
        _end(work, found, FAILED, error=_told(JobGivenUpError(found.kind, value=found.attempt)))
        return None
    changed = {
        "state": RUNNING,
        "attempt": found.attempt + 1,
        "fence": found.fence + 1,
        "lease_until": now + LEASE,
    }
    jobs.write(work, found, **changed)
    return jobs.get(work, job_id)


def authorize(database: Database, job: StoredJob) -> Actor:
    """Return who ordered the job, or raise when they may not order it any more.

    What is done follows from the arguments, and the right from the place the order stands at: an
    order that names another place is nobody's.
    """
    actor = actor_of_person(database, job.ordered_by)
    if int(job.arguments["organization_id"]) != job.organization_id:
        raise NotAllowedError(PERMISSION_OF_KIND[job.kind].value, value=job.access_path)
    require(actor, PERMISSION_OF_KIND[job.kind], job.access_path)
    return actor


def progress(
    work: Work, job: StoredJob, share: float, found: Mapping[str, Any] | None = None
) -> None:
    """Write the share done and renew the lease; JobLostError when another took the job.

    `found` is kept as the result so far, for an attempt that goes on after a cut.
    """
    values: dict[str, Any] = {"progress": min(max(share, 0.0), 1.0)}
    values |= {"lease_until": clock.now() + LEASE, **({"result": dict(found)} if found else {})}
    if not jobs.write(work, job, **values):
        raise JobLostError("job", value=job.job_id)


def finish(work: Work, job: StoredJob, result: Mapping[str, Any]) -> None:
    """End the job with its result, in the transaction of its effect; JobLostError when lost."""
    _end(work, job, DONE, progress=1.0, result=dict(result))


def fail(work: Work, job: StoredJob, error: PlatformError) -> None:
    """End the job with an error that its orderer can read; JobLostError when lost."""
    _end(work, job, FAILED, error=_told(error))


def abandoned(work: Work, now: datetime) -> tuple[StoredJob, ...]:
    """Return jobs that wait or run without a living lease, for the schedule to enqueue again."""
    return jobs.overdue(work, now)


def job_of(work: Work, actor: Actor, job_id: UUID) -> StoredJob:
    """Return a job as its orderer sees it; nobody else learns that it exists."""
    found = jobs.get(work, job_id)
    if found.ordered_by != actor.person_id:
        raise NotFoundError("job", value=job_id)
    return found


def _again(work: Work, failed: StoredJob, new: NewJob) -> StoredJob:
    jobs.write(
        work,
        failed,
        state=QUEUED,
        attempt=0,
        fence=failed.fence + 1,
        lease_until=new.lease_until,
        progress=0.0,
        error={},
        ended_at=None,
        ordered_by=new.ordered_by,
        ordered_at=new.ordered_at,
    )
    return jobs.get(work, failed.job_id)


def _end(work: Work, job: StoredJob, state: str, **values: Any) -> None:
    if not jobs.write(work, job, state=state, ended_at=clock.now(), **values):
        raise JobLostError("job", value=job.job_id)
    _audit(work, job, "end_job", {"kind": job.kind, "state": state})


def _told(error: PlatformError) -> dict[str, str]:
    # Both languages, for the orderer may switch before reading it.
    told = {"text_key": error.text_key}
    for code in LANGUAGES:
        with use_language(code):
            told[code] = str(error)
    return told


def _audit(work: Work, job: StoredJob, action: str, after: Mapping[str, Any]) -> None:
    record_deed(work, on_behalf_of(job), job, Deed(action, str(job.job_id), after=after))
