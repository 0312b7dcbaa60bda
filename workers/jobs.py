"""What a worker does with a job's id: take the job, run its use case, write down how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from uuid import UUID, uuid4

from services import jobs
from services.bootstrap import Platform, build
from services.data.engine import SYSTEM_SCOPE
from services.data.jobs import StoredJob
from services.errors import PlatformError
from services.jobs import JobLostError
from services.security.permissions import Actor
from services.security.trail import JOB, Sender, sent_by
from services.settings import Settings, environment
from services.settling import settle
from workers.checking import check_filed_years
from workers.fetching import fetch
from workers.log_checking import check_log
from workers.queue import connect
from workers.recalculating import recalculate, restate
from workers.reporting import make_report
from workers.screening import screen

LOG = logging.getLogger(__name__)

# A handler commits its effect and finish() in one transaction, so that it happens once; it calls
# progress() often enough to keep its lease.
Handler = Callable[[Platform, Actor, StoredJob], None]
HANDLERS: Mapping[str, Handler] = {
    jobs.REPORT: make_report,
    jobs.RECALCULATION: recalculate,
    jobs.RESTATEMENT: restate,
    jobs.LOG_CHECK: check_log,
    jobs.FETCH: fetch,
    jobs.CHECKS: check_filed_years,
    jobs.RADAR: screen,
}


def run_job(job_id: str) -> None:
    """Run a job if it still waits or was abandoned; otherwise there is nothing to do."""
    run_on(open_platform(), UUID(job_id))


def run_on(platform: Platform, job_id: UUID) -> None:
    """Run a job of a platform, with the rights that its orderer has at this moment."""
    with sent_by(Sender(JOB)):
        with platform.database.work(SYSTEM_SCOPE) as work:
            job = jobs.take(work, job_id)
            work.commit()
        if job is not None:
            _run(platform, job)


@cache
def open_platform() -> Platform:
    """Return the platform of this process, opened once."""
    settings = Settings.from_environment(environment())
    platform = build(settings, connect(settings.redis_url))
    settle()
    return platform


def _run(platform: Platform, job: StoredJob) -> None:
    try:
        actor = jobs.authorize(platform.database, job)
        HANDLERS[job.kind](platform, actor, job)
    except JobLostError:
        LOG.warning("Job %s was taken over by another worker; stopped here", job.job_id)
    except PlatformError as error:
        LOG.warning("Job %s failed: %s", job.job_id, error)
        _fail(platform, job, error)
    except Exception as error:
        # Whatever it was, the orderer gets a number that finds it in this log.
        number = uuid4().hex[:8]
        LOG.exception("Job %s failed, number %s", job.job_id, number)
        _fail(platform, job, PlatformError(job.kind, number=number, value=type(error).__name__))


def _fail(platform: Platform, job: StoredJob, error: PlatformError) -> None:
    with platform.database.work(SYSTEM_SCOPE) as work:
        jobs.fail(work, job, error)
        work.commit()
