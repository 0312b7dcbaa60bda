"""One worker process: takes job ids from Redis and runs the jobs one after the other."""

from __future__ import annotations

import logging
import signal
from collections.abc import Mapping
from typing import Any

from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from services.settings import Settings, environment
from workers import jobs
from workers.queue import connect, open_queue
from workers.web import LOG_FORMAT

# A fresh process now and then gives back what libraries keep; the supervisor starts it again.
JOBS_PER_PROCESS = 200


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
    logging.basicConfig(level=settings.log_level, format=LOG_FORMAT)
    queue = connect(settings.redis_url)
    jobs.open_platform()
    # Redis may be gone for a moment: it holds nothing that we could lose.
    queue.redis.set_retry(Retry(ExponentialBackoff(cap=2), retries=10))
    worker = PromptWorker(
        [open_queue(queue.redis)], connection=queue.redis, serializer=JSONSerializer
    )
    worker.work(logging_level=settings.log_level, max_jobs=JOBS_PER_PROCESS)


if __name__ == "__main__":
    main(environment())
