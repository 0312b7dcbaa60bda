"""Pages, ids and callbacks fit together."""

import importlib
import json
import pkgutil
from collections import Counter

import dash
import pytest
from dash.development.base_component import Component
from flask_login import login_user

import components.ids
from callbacks.layouts import pages
from callbacks.registry import MODULES
from callbacks.session import Visitor
from components.shell.layout import shell
from components.shell.places import GROUPS, PLACES, place_at
from services.data.engine import ROOT_PATH
from services.security.actors import ROOT_ID
from services.security.permissions import Actor, Membership, Role
from services.security.session import Session


@pytest.fixture
def everybody():
    held = tuple(Membership(role, ROOT_ID, ROOT_PATH) for role in Role)
    return Actor(1, "everybody", held)


def ids_in(component):
    found = [c.id for c in component._traverse() if isinstance(c, Component) and hasattr(c, "id")]
    return [json.dumps(i, sort_keys=True) if isinstance(i, dict) else i for i in found]


def ids_on(app, actor, page):
    session = Session(actor.person_id, "e", actor.name, "zh-CN", "light", False, actor)
    with app.server.test_request_context("/"):
        login_user(Visitor("token", session))
        return ids_in(page["layout"]()) + ids_in(shell(actor.name, (), {}))


def named_ids():
    """Return every id constant of components/ids."""
    for module in pkgutil.iter_modules(components.ids.__path__):
        loaded = importlib.import_module(f"components.ids.{module.name}")
        yield from (value for value in vars(loaded).values() if isinstance(value, str))


@pytest.mark.postgres
def test_no_id_is_used_twice_on_a_page(app, everybody):
    for page in pages().values():
        twice = [name for name, n in Counter(ids_on(app, everybody, page)).items() if n > 1]
        assert twice == [], page["module"]


@pytest.mark.postgres
def test_every_callback_names_ids_that_stand_in_components_ids(app):
    known = set(named_ids())
    wanted = {
        part["id"]
        for entry in app.callback_map.values()
        for part in entry["inputs"] + entry["state"]
        if not part["id"].startswith(("{", "_pages"))
    }
    assert wanted - known == set()


@pytest.mark.postgres
def test_every_page_has_a_place_a_function_and_an_order(app):
    for page in pages().values():
        assert place_at(page["path"]), page["module"]
        assert callable(page["layout"])
        assert isinstance(page["order"], int)


@pytest.mark.postgres
def test_pages_stand_in_the_order_of_the_standard(app):
    shown = [page["path"] for page in dash.page_registry.values() if place_at(page["path"])]
    assert shown == [place.path for place in PLACES if place.path in shown]


def test_places_belong_to_a_group_and_stand_in_its_order():
    groups = [GROUPS.index(place.group) for place in PLACES]
    assert groups == sorted(groups)


def test_every_callbacks_module_can_be_registered():
    assert all(callable(module.register) for module in MODULES)
