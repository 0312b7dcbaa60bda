"""The queue between web and workers: Redis carries a job's id, PostgreSQL knows the rest."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from redis import Redis
from rq import Queue as RedisQueue
from rq.serializers import JSONSerializer

from services.refusals import refuse_pickle

QUEUE_NAME = "jobs"
RUN_JOB = "workers.jobs.run_job"
# The lease in the job's row decides when a job is given up, not RQ.
NO_TIMEOUT = -1
KEEP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class JobQueue:
    """The queue of one Redis, as services.jobs wants it."""

    redis: Redis

    def enqueue(self, job_id: UUID) -> None:
        """Let a worker take up the job; a second order of the same job does no harm."""
        open_queue(self.redis).enqueue_call(
            RUN_JOB,
            args=(str(job_id),),
            timeout=NO_TIMEOUT,
            result_ttl=KEEP_SECONDS,
            failure_ttl=KEEP_SECONDS,
            # A new name each time: an older order may still lie in a dead worker's registry.
            job_id=f"{job_id}_{uuid4().hex[:8]}",
        )

    def waiting(self) -> frozenset[UUID]:
        """Return the jobs that lie in the queue and that nobody has taken yet."""
        return frozenset(UUID(name.split("_")[0]) for name in open_queue(self.redis).get_job_ids())


def connect(redis_url: str) -> JobQueue:
    """Return the queue at an address; it connects when it is first used."""
    return JobQueue(Redis.from_url(redis_url, health_check_interval=15))


def open_queue(redis: Redis) -> RedisQueue:
    """Return RQ's queue with the only serializer we allow."""
    refuse_pickle(JSONSerializer)
    return RedisQueue(QUEUE_NAME, connection=redis, serializer=JSONSerializer)
