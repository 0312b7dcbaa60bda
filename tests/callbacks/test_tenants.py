"""Five hundred calls across organizations, as each role: nothing leaks, nothing is written.

`bench tenants` makes ten thousand, and each of the two inner locks alone.
"""

import pytest

from tests.callbacks.conftest import callable_keys
from tests.callbacks.fingerprints import fingerprint
from tests.callbacks.tenants import (
    Country,
    Oracle,
    calls,
    everybody,
    name_of,
    needs,
    sampled,
    wrong,
)
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
CALLS, SEED = 500, 7


@pytest.fixture(scope="module")
def country(app_database):
    return Country(app_database)


def test_every_callback_stands_in_the_table_of_what_calls_need(app):
    named = {name_of(app, key) for key in callable_keys(app) if "_pages_content" not in key}
    assert named - needs().keys() == set()


def test_what_lies_elsewhere_is_neither_told_nor_changed(app, country, servers):
    oracle = Oracle(country)
    callers = everybody(app, country, ("own", "sibling"))
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
