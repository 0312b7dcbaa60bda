"""One worker process: takes job ids from Redis and runs the jobs one after the other."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from services.settings import Settings, environment
from workers import jobs
from workers.lines import write_log
from workers.queue import connect, open_queue

# A fresh process now and then gives back what libraries keep; the supervisor starts it again.
JOBS_PER_PROCESS = 200


class NumberedJob(Job):
    """A job of the queue, of which nothing but its number is believed.

    RQ would import and call whatever function stands there, for the job and for its end, and send
    what came of it to any address: whoever could write into Redis could run anything here.
    """

    def restore(self, raw_data: Any) -> None:
        """Read the job without what RQ would do at its end."""
        super().restore(raw_data)
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks: list[Any] = []

    def perform(self) -> None:
        """Run the platform's job of this number; anything else is a ValueError, which fails it."""
        (number,) = self.args
        jobs.run_job(str(UUID(number)))


class PromptWorker(SimpleWorker):
    """Runs jobs in its own process and stops at once: what it was doing is taken up again."""

    def request_stop(self, signum: Any, frame: Any) -> None:
        """End now, undoing the open transaction, instead of finishing a long job first."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(0)


def main(environ: Mapping[str, str]) -> None:
    """Work until told to stop."""
    settings = Settings.from_environment(environ)
    write_log(settings.log_level)
    queue = connect(settings.redis_url)
    jobs.open_platform()
    # Redis may be gone for a moment: it holds nothing that we could lose.
    queue.redis.set_retry(Retry(ExponentialBackoff(cap=2), retries=10))
    worker = PromptWorker(
        [open_queue(queue.redis)],
        connection=queue.redis,
        serializer=JSONSerializer,
        job_class=NumberedJob,
    )
    worker.work(logging_level=settings.log_level, max_jobs=JOBS_PER_PROCESS)


if __name__ == "__main__":
    main(environment())
