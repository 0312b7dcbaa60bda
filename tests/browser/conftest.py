"""A plant with its people on the live platform, and patience with a busy machine."""

import itertools

import pytest
from playwright.sync_api import expect

from services.security.permissions import Role
from tests.browser.people import SLOW_MS
from tests.fixtures.databases import opened
from tests.places import add_firm, add_login

NUMBERS = itertools.count(1)


@pytest.fixture
def patience():
    """Wait long before giving up: none of this is a measurement."""
    expect.set_options(timeout=SLOW_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def live(live_server):
    with opened(live_server.settings.database_url) as database:
        yield database


@pytest.fixture
def plant(live):
    # The live platform is shared, so every test has a plant and people of its own.
    return add_firm(live, f"PATH{next(NUMBERS)}", method="GB/T 32151.8-2015")


@pytest.fixture
def staff(live, plant):
    """One-time passwords of the plant's reporter and approver."""
    place = plant.organization_id
    reporter = add_login(live, f"path-reporter-{place}", (Role.REPORTER, place))
    return reporter, add_login(live, f"path-approver-{place}", (Role.APPROVER, place))
