"""The self-check as a job: ordered once, its result kept, a change named by its record."""

from datetime import UTC, datetime, timedelta

import pytest

from components.panels.log_checks import check_alarm
from services import jobs
from services.algorithms.checkpoints import read_key
from services.consistency import log_check
from services.consistency.log_audit import Pinned, audit_log
from services.data import audit, log, log_records
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError
from services.security.permissions import Role
from services.security.signing import Signer
from services.transparency.sealing import seal
from tests.places import add_person
from tests.services.reports.filed import Queue
from tests.tampering import audit_line, tamper

pytestmark = pytest.mark.postgres
SIGNER, ROOT = Signer.from_text("5e" * 32, "test"), 100_000


@pytest.fixture
def watcher(database):
    return add_person(database, "watcher", (Role.AUDIT_ADMINISTRATOR, ROOT))


def checked(watcher, database):
    """Order a check, run it as a worker does, and return what the page then shows."""
    job_id = log_check.order_check(watcher, database, Queue())
    with database.work(SYSTEM_SCOPE) as work:
        job = jobs.take(work, job_id)
        work.commit()
    log_check.run_check(database, job)
    return log_check.checks(watcher, database)[0]


def test_one_under_way_is_not_ordered_twice_and_the_next_is_another(watcher, database):
    queue = Queue()
    first = log_check.order_check(watcher, database, queue)
    assert log_check.order_check(watcher, database, queue) == first
    assert queue.ids == [first]
    seal(database, SIGNER)
    checked(watcher, database)
    assert log_check.order_check(watcher, database, queue) != first


def test_what_nobody_changed_fits_and_the_check_is_in_the_trail(watcher, database):
    seal(database, SIGNER)
    found = checked(watcher, database)
    assert (found.state, found.count, found.differences) == ("done", 0, ())
    assert found.leaves > 0
    with database.work(SYSTEM_SCOPE) as work:
        [event] = audit.search(work, AuditQuery(action="check_log"), 9)
    assert event.event.after == {"leaves": found.leaves, "differences": 0}
    assert event.login == "watcher"


# 02:00 in Shanghai, and a minute before.
TWO = datetime(2026, 11, 26, 18, tzinfo=UTC)


def test_the_night_orders_one_check_with_the_rights_of_an_audit_administrator(watcher, database):
    queue = Queue()
    assert log_check.order_tonight(database, queue, TWO - timedelta(minutes=1)) is None
    ordered = log_check.order_tonight(database, queue, TWO)
    assert queue.ids == [ordered]
    assert log_check.order_tonight(database, queue, TWO + timedelta(hours=3)) is None
    [found] = log_check.checks(watcher, database)
    assert found.is_nightly
    with database.work(SYSTEM_SCOPE) as work:
        job = jobs.take(work, ordered)
        assert jobs.authorize(database, job).person_id == watcher.person_id
        jobs.fail(work, job, NotAllowedError("x"))
        work.commit()
    # It ran with that administrator's rights, and who did nothing is not said to have done it.
    with database.work(SYSTEM_SCOPE) as work:
        told = [*audit.search(work, AuditQuery(action="order_job"), 9)]
        told += audit.search(work, AuditQuery(action="end_job"), 9)
    assert [(each.event.person_id, each.event.action) for each in told] == [
        (None, "order_job"),
        (None, "end_job"),
    ]
    assert told[0].event.channel == "job"
    # One that failed is told, and not ordered again and again until morning.
    assert log_check.order_tonight(database, queue, TWO + timedelta(hours=4)) is None
    assert log_check.alarm(watcher, database).state == "failed"
    assert log_check.order_tonight(database, queue, TWO + timedelta(days=1)) is not None


def test_without_an_audit_administrator_nothing_is_ordered(database):
    assert log_check.order_tonight(database, Queue(), TWO) is None


def test_what_a_check_found_is_told_to_the_audit_administrator(watcher, database, owner_url):
    seal(database, SIGNER)
    checked(watcher, database)
    assert log_check.alarm(watcher, database) is None
    tamper(owner_url, "base.membership", "valid_from = '2001-01-01'")
    checked(watcher, database)
    told = log_check.alarm(watcher, database)
    assert (told.count, told.is_nightly) == (1, False)
    assert "1" in str(check_alarm(told))
    with database.work(SYSTEM_SCOPE) as work:
        events = audit.search(work, AuditQuery(action="check_log", result="failed"), 9)
    assert len(events) == 1
    with pytest.raises(NotAllowedError):
        log_check.alarm(add_person(database, "li.na"), database)


def test_a_change_behind_the_platforms_back_is_named(watcher, database, owner_url):
    seal(database, SIGNER)
    tamper(owner_url, "base.membership", "valid_from = '2001-01-01'")
    found = checked(watcher, database)
    assert [(each.kind, each.what) for each in found.differences] == [("membership", "changed")]
    assert found.count == 1


def test_leaves_written_and_sealed_while_it_looks_are_no_difference(watcher, database):
    seal(database, SIGNER)
    keys = keys_of(database)
    with database.work(SYSTEM_SCOPE) as looking:
        log_records.at_one_moment(looking)
        # The moment is that of the first question.
        before = log_records.checkpoints(looking)
        with database.work(SYSTEM_SCOPE) as work:
            audit_line(work, "meanwhile")
            work.commit()
        seal(database, SIGNER)
        assert log_records.checkpoints(looking) == before
        assert audit_log(looking, Pinned(keys)).differences == []


def keys_of(database):
    with database.work(SYSTEM_SCOPE) as work:
        return tuple(read_key(key) for key in log.keys(work))


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR])
def test_nobody_else_orders_or_reads_a_check(database, role):
    actor = add_person(database, "other", (role, ROOT))
    with pytest.raises(NotAllowedError):
        log_check.order_check(actor, database, Queue())
    with pytest.raises(NotAllowedError):
        log_check.checks(actor, database)
