"""Jobs survive their worker, their queue and being handed out twice."""

import os
import signal
from pathlib import Path

import pytest
from redis import Redis
from rq import Callback

from services.data import jobs as job_rows
from services.data.engine import SYSTEM_SCOPE
from services.reports.ordering import order_report
from services.security.actors import actor_of_login
from tests.fixtures.live import settings_of
from tests.waiting import wait_until
from workers import jobs
from workers.programs import Program
from workers.queue import connect, open_queue
from workers.schedule import enqueue_abandoned

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.faults
WITHIN_A_MINUTE = 60
OWN_REDIS = "/5"


@pytest.fixture
def addresses(servers, sample_url):
    """The environment of processes on this test's own database and Redis."""
    given = settings_of(servers, sample_url)
    given["REDIS_URL"] = given["REDIS_URL"].rsplit("/", 1)[0] + OWN_REDIS
    yield os.environ | given
    with Redis.from_url(given["REDIS_URL"]) as redis:
        redis.flushdb()


@pytest.fixture
def queue(addresses):
    opened = connect(addresses["REDIS_URL"])
    yield opened
    opened.redis.close()


@pytest.fixture
def start(addresses, servers):
    started = []

    def run(module):
        program = Program(module, ("-m", module), ROOT, servers.folder / "log")
        program.start(addresses)
        started.append(program)
        return program

    yield run
    for program in started:
        program.stop()


@pytest.fixture
def order(sample_database, queue):
    """Return a function that orders the cement plant's report of a year."""
    reporter = actor_of_login(sample_database, "cement.reporter")
    plant = reporter.memberships[0].organization_id

    def order_year(year):
        return order_report(reporter, sample_database, queue, plant, year, "zh-CN")

    return order_year


@pytest.fixture
def job_now(sample_database):
    def read(job):
        with sample_database.work(SYSTEM_SCOPE) as work:
            return job_rows.get(work, job.job_id)

    return read


def reports_made(database):
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.exec_driver_sql("SELECT count(*) FROM business.report").scalar_one()


def end_lease(database, job):
    """Let the time of a lease pass."""
    with database.work(SYSTEM_SCOPE) as work:
        job_rows.write(work, job, lease_until=job.ordered_at)
        work.commit()


def test_the_report_of_a_killed_worker_is_made_once_within_a_minute(
    sample_database, order, start, job_now
):
    ordered = order(2023)
    worker = start("workers.queue_worker")
    wait_until(lambda: job_now(ordered).state == "running", WITHIN_A_MINUTE)
    os.kill(worker.process.pid, signal.SIGKILL)
    assert job_now(ordered).state == "running"
    start("workers.schedule")
    start("workers.queue_worker")
    wait_until(lambda: job_now(ordered).state == "done", WITHIN_A_MINUTE)
    assert job_now(ordered).attempt == 2
    assert reports_made(sample_database) == 1


def test_a_job_handed_out_three_times_is_done_once(sample_database, order, queue, start, job_now):
    ordered = order(2023)
    queue.enqueue(ordered.job_id)
    queue.enqueue(ordered.job_id)
    start("workers.queue_worker")
    wait_until(lambda: job_now(ordered).state == "done", WITHIN_A_MINUTE)
    wait_until(lambda: not queue.waiting())
    assert job_now(ordered).attempt == 1
    assert reports_made(sample_database) == 1


def test_nothing_that_lies_in_the_queue_is_called_by_name(order, queue, start, job_now, tmp_path):
    made = tmp_path / "made"
    waiting = open_queue(queue.redis)
    waiting.enqueue_call("os.mkdir", args=(str(made),))
    waiting.enqueue_call(
        "workers.jobs.run_job", args=(str(made),), on_failure=Callback("os.mkdir", timeout=5)
    )
    ordered = order(2023)
    start("workers.queue_worker")
    wait_until(lambda: job_now(ordered).state == "done", WITHIN_A_MINUTE)
    assert not made.exists()


def test_ordering_the_same_report_again_is_the_same_job(order):
    assert order(2023).job_id == order(2023).job_id
    assert order(2023).job_id != order(2022).job_id


def test_a_queue_that_lost_everything_is_filled_again(sample_database, order, queue):
    ordered = order(2023)
    queue.redis.flushdb()
    assert enqueue_abandoned(sample_database, queue) == 0
    end_lease(sample_database, ordered)
    assert enqueue_abandoned(sample_database, queue) == 1
    assert queue.waiting() == {ordered.job_id}
    # It waits now; it is not put in a second time.
    assert enqueue_abandoned(sample_database, queue) == 0


def test_a_job_that_may_not_be_done_any_more_ends_with_a_reason(
    sample_database, order, start, job_now
):
    ordered = order(2023)
    with sample_database.work(SYSTEM_SCOPE) as work:
        work.connection.exec_driver_sql(
            "UPDATE base.membership SET ended_at = now() WHERE person_id = %s",
            (ordered.ordered_by,),
        )
        work.commit()
    start("workers.queue_worker")
    wait_until(lambda: job_now(ordered).state == "failed", WITHIN_A_MINUTE)
    assert job_now(ordered).error["text_key"] == "not_allowed"
    assert reports_made(sample_database) == 0


def test_every_kind_of_job_that_can_be_ordered_can_be_run():
    from services.jobs import PERMISSION_OF_KIND

    assert set(jobs.HANDLERS) == set(PERMISSION_OF_KIND)
