"""The self-check of the log as a job: every night and whenever it is ordered, kept with its result.

That of the night is ordered by the platform itself, with the rights of an audit administrator, who
is told of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services import clock, jobs
from services.algorithms.checkpoints import read_key
from services.consistency.log_audit import Audit, Difference, Pinned, audit_log
from services.data import jobs as job_rows
from services.data import libraries, log, log_records
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.jobs import QUEUED, RUNNING, StoredJob
from services.data.work import Work
from services.i18n.texts import language
from services.jobs import JobQueue
from services.security.actors import ROOT_ID, actor_of_person
from services.security.permissions import Action, Actor, Role, require
from services.security.scopes import scope_for
from services.security.trail import DONE, FAILED, PLATFORM, Deed, record_deed

LOG = logging.getLogger(__name__)

# Each difference is counted; of so many the job keeps the name.
MOST_KEPT = 200
BEAT = timedelta(seconds=10)
# From two o'clock on, by the clock of who reads it in the morning, or later if the machine was off.
FROM_HOUR = 2
NIGHTLY = f"{jobs.LOG_CHECK}:night:"


@dataclass(frozen=True, slots=True)
class LogCheck:
    """One self-check: how far it is, what it looked at, and what it found."""

    job_id: UUID
    state: str
    progress: float
    ordered_at: datetime
    ended_at: datetime | None
    records: int
    leaves: int
    removed: int
    erased: int
    count: int
    differences: tuple[Difference, ...]
    told: str
    is_nightly: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether it has not ended yet."""
        return self.state in (QUEUED, RUNNING)

    @property
    def is_alarming(self) -> bool:
        """Return whether it found something, or could not look."""
        return not self.is_open and (self.state == job_rows.FAILED or self.count > 0)


def order_check(actor: Actor, database: Database, queue: JobQueue) -> UUID:
    """Order a self-check and return the job's id; while one is under way, that one's."""
    require(actor, Action.VIEW_AUDIT)
    with database.work(scope_for(actor, Action.VIEW_AUDIT)) as work:
        found = job_rows.of_organization(work, ROOT_ID, jobs.LOG_CHECK, limit=1)
        if found and found[0].state in (QUEUED, RUNNING):
            return found[0].job_id
        key = f"{jobs.LOG_CHECK}:{uuid4()}"
        arguments = {"organization_id": ROOT_ID}
        ordered = jobs.order_job(work, actor, jobs.LOG_CHECK, arguments, key)
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered.job_id


def order_tonight(database: Database, queue: JobQueue, now: datetime) -> UUID | None:
    """Order the self-check of the night, once; None before two, when done, or without a watcher."""
    local = now.astimezone(clock.SHANGHAI)
    if local.hour < FROM_HOUR:
        return None
    key = f"{NIGHTLY}{local.date().isoformat()}"
    with database.work(SYSTEM_SCOPE) as work:
        watcher = None if job_rows.is_ordered(work, ROOT_ID, key) else _watcher(database, work)
        if watcher is None:
            return None
        arguments = {"organization_id": ROOT_ID}
        ordered = jobs.order_by_platform(work, watcher, jobs.LOG_CHECK, arguments, key)
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered.job_id


def _watcher(database: Database, work: Work) -> Actor | None:
    """Return an audit administrator of today, with whose rights the night's check runs."""
    for keeper in libraries.keepers(work, [Role.AUDIT_ADMINISTRATOR.value]):
        actor = actor_of_person(database, keeper.person_id)
        if actor.may(Action.VIEW_AUDIT, PLATFORM.access_path):
            return actor
    return None


def alarm(actor: Actor, database: Database) -> LogCheck | None:
    """Return the newest self-check that has ended, if it found something or could not look."""
    ended = next((each for each in checks(actor, database) if not each.is_open), None)
    return ended if ended is not None and ended.is_alarming else None


def checks(actor: Actor, database: Database, limit: int = 10) -> tuple[LogCheck, ...]:
    """Return the newest self-checks, the newest first."""
    require(actor, Action.VIEW_AUDIT)
    with database.work(scope_for(actor, Action.VIEW_AUDIT)) as work:
        found = job_rows.of_organization(work, ROOT_ID, jobs.LOG_CHECK, limit)
    return tuple(map(_told, found))


def run_check(database: Database, job: StoredJob, pinned: Pinned | None = None) -> None:
    """Check the whole log as it is at one moment, and end the job with what was found.

    `pinned` was kept outside of the database; without it, the keys are those of the database.
    """
    with database.work(SYSTEM_SCOPE) as work:
        log_records.at_one_moment(work)
        known = pinned or Pinned(tuple(read_key(key) for key in log.keys(work)))
        found = audit_log(work, known, _Beat(database, job))
    result = _result(found)
    with database.work(SYSTEM_SCOPE) as work:
        jobs.finish(work, job, result)
        told = {"leaves": found.size, "differences": len(found.differences)}
        outcome = FAILED if found.differences else DONE
        deed = Deed("check_log", str(job.job_id), after=told, result=outcome)
        record_deed(work, jobs.on_behalf_of(job), PLATFORM, deed)
        work.commit()
    if found.differences:
        LOG.error("The self-check of the log found %s differences", len(found.differences))


class _Beat:
    """Renews the job's lease while its check goes on, in transactions of their own."""

    def __init__(self, database: Database, job: StoredJob) -> None:
        self._database, self._job = database, job
        self._last = clock.now()

    def __call__(self, share: float) -> None:
        now = clock.now()
        if now - self._last < BEAT:
            return
        self._last = now
        with self._database.work(SYSTEM_SCOPE) as work:
            jobs.progress(work, self._job, share)
            work.commit()


def _result(found: Audit) -> dict[str, object]:
    kept = found.differences[:MOST_KEPT]
    return {
        "records": sum(found.records.values()),
        "leaves": found.size,
        "removed": found.removed,
        "erased": found.erased,
        "count": len(found.differences),
        "differences": [[each.kind, each.record, each.what] for each in kept],
    }


def _told(job: StoredJob) -> LogCheck:
    told = job.result
    return LogCheck(
        job_id=job.job_id,
        state=job.state,
        progress=job.progress,
        ordered_at=job.ordered_at,
        ended_at=job.ended_at,
        records=int(told.get("records", 0)),
        leaves=int(told.get("leaves", 0)),
        removed=int(told.get("removed", 0)),
        erased=int(told.get("erased", 0)),
        count=int(told.get("count", 0)),
        differences=tuple(Difference(*each) for each in told.get("differences", ())),
        told=str(job.error.get(language(), "")),
        is_nightly=job.effect_key.startswith(NIGHTLY),
    )
