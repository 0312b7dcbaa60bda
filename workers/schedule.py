"""The scheduler: hands out jobs, checks at night, seals the log, watches meters, tells others."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from redis import RedisError
from sqlalchemy.exc import OperationalError

from services import clock, jobs
from services.accounting.proposing import order_after_upgrade
from services.collection import co2_measurement, connecting
from services.collection.reminders import remind_due
from services.consistency import log_check, nightly
from services.data.engine import SYSTEM_SCOPE, Database
from services.extensions import catalog_of
from services.security import retention
from services.settings import Settings, environment
from services.standards.catalog import Catalog
from workers.lines import write_log
from workers.mailing import start_mailing
from workers.queue import JobQueue, connect
from workers.rolling import start_rolling
from workers.sealing import start_sealing
from workers.telling import start_telling
from workers.watching import start_watching

LOG = logging.getLogger(__name__)
# With the lease of a job this keeps a killed worker's job within a minute.
EVERY_SECONDS = 5.0
MEASURE_EVERY = timedelta(hours=1)


def enqueue_abandoned(database: Database, queue: JobQueue) -> int:
    """Enqueue each job without a living lease that does not wait in the queue; return how many."""
    with database.work(SYSTEM_SCOPE) as work:
        found = jobs.abandoned(work, clock.now())
    waiting = queue.waiting()
    lost = [job for job in found if job.job_id not in waiting]
    for job in lost:
        LOG.warning("Job %s (%s) lies abandoned; handing it out again", job.job_id, job.state)
        queue.enqueue(job.job_id)
    return len(lost)


def check_tonight(database: Database, catalog: Catalog) -> None:
    """Check the next runs of tonight, a few at a time; nothing by day or when all are checked."""
    done = nightly.advance(database, catalog, clock.now())
    if done is not None and done.ended_at is not None:
        LOG.info("Checked %s runs tonight, %s findings", done.checked, done.findings)


def check_log_tonight(database: Database, queue: JobQueue) -> None:
    """Order the self-check of the log, once a night."""
    ordered = log_check.order_tonight(database, queue, clock.now())
    if ordered is not None:
        LOG.info("Ordered the self-check of the log, job %s", ordered)


def forget_tonight(database: Database) -> None:
    """Remove personal data and logs that were kept long enough, once a night."""
    removed = retention.apply_tonight(database, clock.now())
    if removed is not None:
        LOG.info("Applied retention; removed %s", dict(removed))


def remind_of_campaigns(database: Database) -> None:
    """Remind who is late with a campaign, on the days that it says."""
    sent = remind_due(database, clock.today())
    if sent:
        LOG.info("Reminded of campaigns, %s messages", sent)


def notice_library(database: Database, catalog: Catalog, queue: JobQueue) -> None:
    """Order what a library that this database has not seen may change of what is filed."""
    count = order_after_upgrade(database, catalog, queue)
    if count:
        LOG.info("The library of factors is another; ordered %s recalculations", count)


def fetch_due(database: Database, queue: JobQueue) -> None:
    """Order what connectors are to fetch now."""
    count = connecting.order_due(database, queue, clock.now())
    if count:
        LOG.info("Ordered %s fetches of connectors", count)


def measure_meters(database: Database, last: datetime | None) -> datetime:
    """Roll up what CO2 meters measured, when the last time is an hour ago; return the last time."""
    now = clock.now()
    if last is not None and now - last < MEASURE_EVERY:
        return last
    years = co2_measurement.refresh(database, now)
    if years:
        LOG.info("Rolled up the CO2 meters of %s", ", ".join(map(str, years)))
    return now


def main(environ: Mapping[str, str]) -> None:
    """Look every few seconds until told to stop."""
    settings = Settings.from_environment(environ)
    write_log(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database, queue = Database(settings.database_url, pool_size=1), connect(settings.redis_url)
    catalog, is_noted = catalog_of(settings.extensions), False
    measured: datetime | None = None
    beside = (
        start_sealing(stop, database, settings),
        start_rolling(stop, database),
        start_watching(stop, database),
        start_telling(stop, settings),
        *start_mailing(stop, database, settings),
    )
    while not stop.wait(EVERY_SECONDS):
        try:
            if not is_noted:
                notice_library(database, catalog, queue)
                is_noted = True
            enqueue_abandoned(database, queue)
            check_tonight(database, catalog)
            check_log_tonight(database, queue)
            forget_tonight(database)
            remind_of_campaigns(database)
            measured = measure_meters(database, measured)
            fetch_due(database, queue)
        except (OperationalError, RedisError) as error:
            LOG.warning("Looked in vain, trying again: %s", error)
    for thread in beside:
        thread.join()


if __name__ == "__main__":
    main(environment())
