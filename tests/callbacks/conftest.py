"""The whole application on a real database, and people of every kind to ask it."""

import itertools
import json
from contextlib import suppress
from functools import partial

import pytest

from callbacks.shapes import kind_of
from services.errors import ConflictError
from services.security.actors import ROOT_ID
from services.security.permissions import Role
from tests.callbacks.fingerprints import OWN_TABLES, fingerprint
from tests.doors import Person, code_of, forget_step, settle
from tests.places import add_login
from workers.embedded.postgres import SUPERUSER

OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
PASSWORD = "Ein-Kennwort-2026"
# Stands for a value of the kind that each part takes.
ANY_VALUE = object()
OF_KIND = {"count": 1, "data": {}, "record": {}, "query": {}, "number": 1}
NUMBERS = itertools.count(1)
# The authenticators of the people that add_known has added.
SEEDS = {}


@pytest.fixture
def stranger(app):
    """A browser that nobody signed in with."""
    return app.server.test_client()


@pytest.fixture
def visitor(app, app_database):
    """Return a function that signs a person with roles on the whole country in."""

    def enter(login, *roles):
        add_once(app_database, login, *roles)
        return come_in(app, app_database, login)

    return enter


@pytest.fixture
def everything(request, servers, app_database):
    """Return a function that tells what stands in every table but the module's OWN_TABLES."""
    address = servers.postgres.url(SUPERUSER, app_database.engine.url.database)
    own = getattr(request.module, "OWN_TABLES", OWN_TABLES)
    return partial(fingerprint, address, own)


def add_once(database, login, *roles):
    """Add a person with roles on the whole country, unless a test before has."""
    with suppress(ConflictError):
        add_known(database, login, *((role, ROOT_ID) for role in roles))


def add_known(database, login, *places):
    """Add a person with (role, organization id) pairs whose password is PASSWORD."""
    made = add_login(database, login, *places)
    SEEDS[database, login] = settle(database, made, PASSWORD)[0].seed


def person_of(database, login):
    """Return somebody who was added before, with their authenticator."""
    return Person(login, PASSWORD, SEEDS[database, login])


def come_in(app, database, login, wanted="/"):
    """Return a browser in which somebody signed in with password and code."""
    client = app.server.test_client()
    known = {"login": login, "password": PASSWORD, "next": wanted}
    assert client.post("/login", data=known, headers=OWN).location.startswith("/factor")
    assert give_code(client, person_of(database, login), database, wanted).location == wanted
    return client


def give_code(client, person, database, wanted="/"):
    """Send the present code of somebody's authenticator as the form does."""
    forget_step(database, person.login)
    given = {"code": code_of(person.seed), "next": wanted}
    return client.post("/factor", data=given, headers=OWN)


@pytest.fixture
def newcomer(app, app_database):
    """A browser signed in with a one-time password, and that password."""
    login = f"newcomer{next(NUMBERS)}"
    made = add_login(app_database, login, (Role.REPORTER, ROOT_ID))
    client = app.server.test_client()
    data = {"login": login, "password": made.password}
    assert client.post("/login", data=data, headers=OWN).location == "/password"
    return client, made.password


def callable_keys(app):
    """Return the keys of Dash's own map that can be called on the server."""
    return sorted(key for key, entry in app.callback_map.items() if "callback" in entry)


def body_of(app, key, value=ANY_VALUE):
    """Return the body a browser would send for a callback, every value the same if one is given."""
    entry = app.callback_map[key]
    output = entry["output"]
    outputs = (
        [found.to_dict() for found in output] if isinstance(output, list) else output.to_dict()
    )
    return {
        "output": key,
        "outputs": [concrete(found) for found in outputs]
        if isinstance(outputs, list)
        else concrete(outputs),
        "inputs": [sent(found, value) for found in entry["inputs"]],
        "state": [sent(found, value) for found in entry["state"]],
        "changedPropIds": [],
    }


def sent(declared, value):
    """Return an input as sent: one, or a list of one where the pattern asks for all."""
    if value is ANY_VALUE:
        code = declared["id"]
        named = json.loads(code)["type"] if code.startswith("{") else code
        value = OF_KIND.get(kind_of(named, declared["property"]).name, "x")
    given = concrete(declared) | {"value": value}
    return [given] if "ALL" in declared["id"] else given


def concrete(declared):
    """Return a dependency with an id that fits its pattern."""
    named = declared["id"]
    if not named.startswith("{"):
        return {"id": named, "property": declared["property"]}
    parts = {k: "any" if isinstance(v, list) else v for k, v in json.loads(named).items()}
    return {"id": parts, "property": declared["property"]}


def call(client, body, **headers):
    """Post a callback as our own page does."""
    address = "/_dash-update-component?endId=2cd31e6a-8f57-4c67-a0a4-4c1e4a1d9f9e"
    return client.post(address, json=body, headers=OWN | headers)
