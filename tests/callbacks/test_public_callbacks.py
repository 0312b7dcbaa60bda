"""A callback that says it is public answers strangers; no other one does."""

import pytest
from dash import Input, Output

from callbacks.wiring import wire
from tests.callbacks.conftest import body_of, call

pytestmark = pytest.mark.postgres

KEY = "told.children"


def echo(_context, value):
    return value


@pytest.fixture
def open_app(app):
    if KEY not in app.callback_map:
        parts = (Output("told", "children"), Input("asked", "value"))
        wire(app, None, echo, *parts, permission=None, public=True)
    return app


def test_a_public_callback_answers_a_stranger(open_app, stranger):
    answer = call(stranger, body_of(open_app, KEY, "hello"))
    assert answer.get_json()["response"] == {"told": {"children": "hello"}}


def test_beside_it_every_other_callback_stays_closed(open_app, stranger):
    assert call(stranger, body_of(open_app, "home-register.children")).status_code == 401


def test_a_public_callback_too_wants_a_body_of_its_shape(open_app, stranger):
    assert call(stranger, body_of(open_app, KEY) | {"inputs": []}).status_code == 400
