"""Jobs: ordered once, taken by one, taken over when abandoned, given up after three."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from services import clock, jobs
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.jobs import JobLostError
from services.security.scopes import scope_for
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def reporter(database, firm):
    return add_staff(database, firm)[0]


@pytest.fixture
def order(database, firm, reporter):
    def place(key="report-1", actor=reporter):
        arguments = {"organization_id": firm.organization_id, "year": 2023}
        with database.work(scope_for(actor, jobs.Action.ORDER_REPORT)) as work:
            ordered = jobs.order_job(work, actor, jobs.REPORT, arguments, key)
            work.commit()
        return ordered

    return place


@pytest.fixture
def do(database):
    """Run one step of a job as a worker does and commit it."""

    def step(function, *arguments):
        with database.work(SYSTEM_SCOPE) as work:
            answer = function(work, *arguments)
            work.commit()
        return answer

    return step


@pytest.fixture
def later(monkeypatch):
    moved, present = [timedelta()], clock.now

    def move(by):
        moved[0] += by

    monkeypatch.setattr(clock, "now", lambda: present() + moved[0])
    return move


def test_a_job_goes_from_the_order_to_its_result(do, order):
    ordered = order()
    assert (ordered.state, ordered.attempt) == ("queued", 0)
    taken = do(jobs.take, ordered.job_id)
    assert (taken.state, taken.attempt, taken.fence) == ("running", 1, 1)
    do(jobs.progress, taken, 0.4)
    do(jobs.finish, taken, {"report": "r"})
    ended = do(jobs.jobs.get, ordered.job_id)
    assert (ended.state, ended.progress, ended.result) == ("done", 1.0, {"report": "r"})
    assert ended.ended_at is not None


def test_ordering_twice_is_one_job(order):
    assert order().job_id == order().job_id
    assert order("other").job_id != order().job_id


def test_only_one_worker_gets_a_job(do, order):
    ordered = order()
    assert do(jobs.take, ordered.job_id) is not None
    assert do(jobs.take, ordered.job_id) is None


def test_a_done_job_is_not_taken_again(do, order):
    taken = do(jobs.take, order().job_id)
    do(jobs.finish, taken, {})
    assert do(jobs.take, taken.job_id) is None


def test_an_abandoned_job_is_found_and_the_first_worker_has_lost_it(do, order, later):
    first = do(jobs.take, order().job_id)
    assert do(jobs.abandoned, clock.now()) == ()
    later(jobs.LEASE + timedelta(seconds=1))
    assert [job.job_id for job in do(jobs.abandoned, clock.now())] == [first.job_id]
    second = do(jobs.take, first.job_id)
    assert (second.attempt, second.fence) == (2, 2)
    for late in (
        lambda: do(jobs.progress, first, 0.9),
        lambda: do(jobs.finish, first, {}),
        lambda: do(jobs.fail, first, PlatformError(number="1")),
    ):
        with pytest.raises(JobLostError):
            late()
    do(jobs.finish, second, {"once": True})


def test_progress_renews_the_lease(do, order, later):
    taken = do(jobs.take, order().job_id)
    later(jobs.LEASE - timedelta(seconds=5))
    do(jobs.progress, taken, 0.5)
    later(timedelta(seconds=10))
    assert do(jobs.abandoned, clock.now()) == ()


def test_a_job_whose_workers_die_three_times_is_given_up(do, order, later):
    ordered = order()
    for _ in range(jobs.MOST_ATTEMPTS):
        assert do(jobs.take, ordered.job_id) is not None
        later(jobs.LEASE + timedelta(seconds=1))
    assert do(jobs.take, ordered.job_id) is None
    ended = do(jobs.jobs.get, ordered.job_id)
    assert ended.state == "failed"
    assert "3" in ended.error["zh-CN"]
    assert "3" in ended.error["en"]


def test_a_failed_job_can_be_ordered_again(do, order):
    taken = do(jobs.take, order().job_id)
    do(jobs.fail, taken, NotFoundError("x", value="y"))
    again = order()
    assert (again.job_id, again.state, again.error) == (taken.job_id, "queued", {})
    assert do(jobs.take, again.job_id).attempt == 1


def test_the_right_is_asked_again_when_the_job_starts(database, do, order):
    taken = do(jobs.take, order().job_id)
    assert jobs.authorize(database, taken).person_id == taken.ordered_by
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(text("UPDATE base.membership SET ended_at = now()"))
        work.commit()
    with pytest.raises(NotAllowedError):
        jobs.authorize(database, taken)


def test_an_order_that_names_another_place_than_its_own_is_nobodys(database, do, order):
    taken = do(jobs.take, order().job_id)
    elsewhere = replace(taken, arguments=taken.arguments | {"organization_id": 1})
    with pytest.raises(NotAllowedError):
        jobs.authorize(database, elsewhere)


def test_a_stranger_orders_nothing_and_sees_no_job(database, order, reporter):
    stranger = add_staff(database, add_firm(database, "T2"))[0]
    with pytest.raises(NotFoundError):
        order(actor=stranger)
    ordered = order()
    for actor in (stranger, reporter):
        scope = Scope(("cn",), actor.person_id)
        with database.work(scope) as work:
            if actor is reporter:
                assert jobs.job_of(work, actor, ordered.job_id) == ordered
            else:
                with pytest.raises(NotFoundError):
                    jobs.job_of(work, actor, ordered.job_id)
