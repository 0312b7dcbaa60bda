"""Restatements that nobody asks for: after an own value is accepted, after a newer library."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from services import jobs
from services.accounting import proposing
from services.accounting.recalculation import recalculate
from services.accounting.restatement import FACTOR, OWN, newest_change, restatements_of
from services.collection import own_values
from services.data import audit, runs
from services.data import jobs as job_rows
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.security.actors import actor_of_person
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.places import add_person
from tests.services.accounting.test_recalculation import JIANGSU, Queue, Region
from tests.services.collection.test_own_values import NCV, YEAR, Plant, emissions
from workers.jobs import HANDLERS
from workers.schedule import notice_library

pytestmark = pytest.mark.postgres

CATALOG = load_catalog()
BEFORE_THE_NOTICE = date(2024, 12, 31)
# MWh × (factor of the notice of 2025 − factor known before it), of tests.…test_recalculation
CHANGED = 1000 * (0.55 - 0.5617)


def older(catalog):
    """Return a library in which the notice of 2025 on electricity factors is still missing."""
    known = {
        place: tuple(f for f in series if (f.published or date.min) <= BEFORE_THE_NOTICE)
        for place, series in catalog.grids.factors.items()
    }
    return replace(catalog, fingerprint="older", grids=replace(catalog.grids, factors=known))


def work_off(database, catalog, job_ids):
    """Take and run jobs as a worker does; return their rows."""
    done = []
    for job_id in job_ids:
        with database.work(SYSTEM_SCOPE) as work:
            taken = jobs.take(work, job_id)
            work.commit()
        actor = jobs.authorize(database, taken)
        act = {jobs.RESTATEMENT: proposing.restate_ordered, jobs.RECALCULATION: recalculate}
        act[taken.kind](database, catalog, actor, taken)
        with database.work(SYSTEM_SCOPE) as work:
            done.append(job_rows.get(work, job_id))
    return done


def filed_total(database, key, year):
    with database.work(SYSTEM_SCOPE) as work:
        pointer = runs.pointer(work, key, year)
        return runs.get(work, key, pointer.filed_run).total_t


@pytest.fixture
def plant(database):
    made = Plant(database)
    made.both()
    made.submit()
    made.approve()
    return made


def replaced(plant, value):
    """Let another value take the place of the heat value; return the jobs that it orders."""
    (old,) = [v for v in plant.listed() if v.stored.symbol == "NCV"]
    value_id = plant.propose(supersedes=old.stored.value_id, value=value)
    return own_values.accept(plant.approver, plant.database, plant.key, value_id)


def test_a_value_accepted_after_the_filing_restates_the_year_and_what_is_filed_stays(plant):
    before = filed_total(plant.database, plant.key, YEAR)
    ordered = replaced(plant, "24")
    (job,) = work_off(plant.database, CATALOG, ordered)
    assert (job.kind, job.state) == ("restatement", "done")
    found = newest_change(plant.reporter, plant.database, plant.key, YEAR)
    assert str(found.restated.run_id) == job.result["run"]
    changes = {step.cause: step.change for step in found.steps if step.change}
    assert changes.keys() == {OWN}
    assert float(changes[OWN]) == pytest.approx(emissions(24) - emissions(NCV))
    assert sum(changes.values()) == Fraction(found.restated.total_t) - Fraction(before)
    assert filed_total(plant.database, plant.key, YEAR) == before
    with plant.database.work(SYSTEM_SCOPE) as work:
        assert jobs.take(work, job.job_id) is None  # once is enough


def test_nothing_is_stored_where_nothing_changes(plant):
    ordered = replaced(plant, str(NCV))
    (job,) = work_off(plant.database, CATALOG, ordered)
    assert (job.state, job.result) == ("done", {"run": ""})
    assert restatements_of(plant.reporter, plant.database, plant.key, YEAR) == ()


def test_a_value_of_other_years_orders_nothing(plant):
    later = plant.propose(valid_from=date(2024, 1, 1), valid_to=None)
    assert own_values.accept(plant.approver, plant.database, plant.key, later) == ()


@pytest.mark.parametrize(("last", "orders"), [(28, 1), (27, 0)])
def test_a_value_that_holds_for_a_whole_month_orders_the_year(plant, last, orders):
    days = {"valid_from": date(YEAR, 2, 1), "valid_to": date(YEAR, 2, last)}
    value_id = plant.propose(symbol="OF", value="98", unit="%", **days)
    ordered = own_values.accept(plant.approver, plant.database, plant.key, value_id)
    assert len(ordered) == orders


def test_a_newer_library_restates_what_a_bureau_has_below_it_once(database):
    region = Region(database, firms=0)
    region.catalog = older(CATALOG)
    firm, reporter = region.file("F1")
    # A bureau of a city within the province has its figures from the one above.
    add_person(database, "city", (Role.BUREAU_OFFICER, 320100))
    queue = Queue()
    notice_library(database, region.catalog, queue)
    assert queue.ids == []  # the first library this database knows
    notice_library(database, CATALOG, queue)
    (job,) = work_off(database, CATALOG, queue.ids)
    assert (job.kind, job.organization_id, job.state) == ("recalculation", JIANGSU, "done")
    assert job.ordered_by == region.bureau.person_id
    with database.work(SYSTEM_SCOPE) as work:
        [ordered] = audit.search(work, AuditQuery(action="order_job"), 9)
    # Nobody asked for it, and nobody is said to have.
    assert (ordered.event.person_id, ordered.event.channel) == (None, "job")
    before = filed_total(database, firm.organization_id, 2023)
    found = newest_change(reporter, database, firm.organization_id, 2023)
    assert [(s.cause, s.change_t) for s in found.steps] == [(FACTOR, pytest.approx(CHANGED))]
    assert found.restated.total_t == pytest.approx(before + CHANGED)
    assert proposing.order_after_upgrade(database, CATALOG, queue) == 0
    assert len(queue.ids) == 1


def test_without_a_bureau_each_firm_is_restated_for_its_own_people(database):
    region = Region.__new__(Region)
    region.database, region.catalog, region.queue = database, older(CATALOG), Queue()
    firm, reporter = region.file("F1")
    proposing.order_after_upgrade(database, region.catalog, region.queue)
    assert proposing.order_after_upgrade(database, CATALOG, region.queue) == 1
    (job,) = work_off(database, CATALOG, region.queue.ids)
    assert (job.kind, job.organization_id) == ("restatement", firm.organization_id)
    assert actor_of_person(database, job.ordered_by).name.startswith(("reporter", "approver"))
    found = newest_change(reporter, database, firm.organization_id, 2023)
    assert {s.cause: s.change_t for s in found.steps if s.change} == {
        FACTOR: pytest.approx(CHANGED)
    }


def test_a_worker_knows_every_kind_of_job():
    assert HANDLERS.keys() == jobs.PERMISSION_OF_KIND.keys()
