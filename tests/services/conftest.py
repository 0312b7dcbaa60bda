"""A door, and somebody who goes through it."""

import pytest

from services.security.permissions import Role
from tests.doors import door_of, settle
from tests.places import add_firm, add_login

GOOD = "Windy-Night-2026"


@pytest.fixture
def door(database):
    return door_of(database)


@pytest.fixture
def made(database):
    """Name and one-time password of a reporter of a firm."""
    firm = add_firm(database)
    return add_login(database, "wang.fang", (Role.REPORTER, firm.organization_id))


@pytest.fixture
def person(database, made):
    """The same reporter with a password and an authenticator."""
    return settle(database, made, GOOD)[0]
