"""Five hundred calls across organizations, as each role: nothing leaks, nothing is written.

People, programs and walls call, and a worker does what was ordered. `bench tenants` makes more
than ten thousand, and each of the two inner locks alone.
"""

import dash
import pytest

from callbacks.routes import routes_of
from callbacks.session import EXTENSION
from tests.callbacks.conftest import callable_keys
from tests.callbacks.fingerprints import OWN_TABLES, fingerprint
from tests.callbacks.tenant_callers import everybody
from tests.callbacks.tenant_jobs import WRITTEN, may_be_done, run, sampled_jobs, wrong_job
from tests.callbacks.tenants import (
    PAGES,
    Country,
    Oracle,
    calls,
    name_of,
    needs,
    sampled,
    wrong,
)
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
CALLS, JOBS, OWN_JOBS, SEED = 500, 60, 4, 7
PLACES = ("own", "sibling")
# One's own looks are nobody else's to see.
OF_NOBODY = {"session.choose_theme"}


@pytest.fixture(scope="module")
def country(app_database):
    return Country(app_database)


def test_every_callback_stands_in_the_table_of_what_calls_need(app):
    named = {name_of(app, key) for key in callable_keys(app) if "_pages_content" not in key}
    assert named - needs().keys() == set()


def test_every_route_with_a_right_is_among_the_calls(app, country):
    named = {one.name for one in calls(app, country)}
    asked = {r.endpoint for r in routes_of(app.server).values() if r.permission is not None}
    assert asked - named - OF_NOBODY == set()


def test_every_page_is_among_the_calls(app):
    paths = {page["path"] for page in dash.page_registry.values()} - {"/404"}
    assert paths - set(PAGES) == set()


def test_what_lies_elsewhere_is_neither_told_nor_changed(app, country, servers):
    oracle = Oracle(country)
    callers = everybody(app, country, PLACES)
    pairs = sampled(callers, calls(app, country), oracle, CALLS, SEED)
    address = servers.postgres.url(SUPERUSER, country.database.engine.url.database)
    before, found = fingerprint(address), []
    foreign = [pair for pair in pairs if not oracle.is_theirs(*pair)]
    assert len(foreign) > CALLS / 2
    for caller, one in foreign:
        found += wrong(oracle, caller, one, one.send(caller.client))
    assert found == []
    assert {t for t, rows in fingerprint(address).items() if rows != before[t]} == set()
    for caller, one in pairs[len(foreign) :]:
        found += wrong(oracle, caller, one, one.send(caller.client))
    assert found == []


def test_a_job_that_is_not_its_orderers_ends_with_nothing_done(app, country, servers):
    context, oracle = app.server.extensions[EXTENSION], Oracle(country)
    callers = everybody(app, country, PLACES)
    pairs = sampled_jobs(callers, country, context.catalog, JOBS, SEED)
    address = servers.postgres.url(SUPERUSER, country.database.engine.url.database)
    foreign = [pair for pair in pairs if not may_be_done(oracle, *pair)]
    assert len(foreign) > JOBS / 2
    before, found = fingerprint(address, OWN_TABLES | WRITTEN), []
    for caller, order in foreign:
        found += wrong_job(oracle, caller, order, run(context, caller, order))
    assert found == []
    after = fingerprint(address, OWN_TABLES | WRITTEN)
    assert {table for table, rows in after.items() if rows != before[table]} == set()
    # The others may, so that it is the place and the role which refuse, and not the order.
    for caller, order in [pair for pair in pairs if may_be_done(oracle, *pair)][:OWN_JOBS]:
        found += wrong_job(oracle, caller, order, run(context, caller, order))
    assert found == []
