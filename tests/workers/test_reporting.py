"""A worker is killed in the middle of a report; the next one makes it, once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from services import clock
from services.data.business_tables import job as job_table
from services.data.engine import SYSTEM_SCOPE
from services.reports.ordering import order_report, report_of
from tests.fixtures.live import settings_of
from tests.services.reports.filed import YEAR, Firm, Queue
from tests.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.faults]

ROOT = Path(__file__).parents[2]
RUN = "import sys; from workers.jobs import run_job; run_job(sys.argv[1])"
SECONDS = 120


@pytest.fixture
def firm(database):
    return Firm(database)


@pytest.fixture
def work(servers, app_url):
    """Start a process that runs a job as a worker does."""

    def start(job_id):
        environ = {**os.environ, **settings_of(servers, app_url)}
        return subprocess.Popen([sys.executable, "-c", RUN, str(job_id)], cwd=ROOT, env=environ)

    return start


def counts(database):
    query = "SELECT (SELECT count(*) FROM business.report), count(*) FROM business.report_file"
    with database.work(SYSTEM_SCOPE) as reading:
        return tuple(reading.connection.execute(text(query)).one())


def test_a_killed_worker_leaves_no_half_report_and_the_next_makes_it_once(firm, work):
    database = firm.database
    ordered = order_report(firm.reporter, database, Queue(), firm.key, YEAR, "zh-CN")

    def state():
        return report_of(firm.reporter, database, ordered.job_id)

    worker = work(ordered.job_id)
    wait_until(lambda: state().progress > 0, SECONDS)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(SECONDS) == -signal.SIGKILL
    assert (state().state, counts(database)) == ("running", (0, 0))
    with database.work(SYSTEM_SCOPE) as writing:  # its lease runs out
        over = {"lease_until": clock.now() - timedelta(seconds=1)}
        writing.connection.execute(update(job_table).values(over))
        writing.commit()
    assert work(ordered.job_id).wait(SECONDS) == 0
    assert work(ordered.job_id).wait(SECONDS) == 0
    assert (state().state, counts(database)) == ("done", (1, 3))
