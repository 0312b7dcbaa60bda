"""A callback cannot exist without a permission, and its errors are told on screen."""

import logging

import pytest
from dash import Dash, Input, Output, html
from flask import Flask

from callbacks.wiring import Wire, WiringError, adopt, refuse_strangers, register_of, wire
from components.ids import shell
from services.errors import ConflictError
from services.security.permissions import Action

BODY = {
    "output": "there.children",
    "outputs": {"id": "there", "property": "children"},
    "inputs": [{"id": "here", "property": "n_clicks", "value": 1}],
    "changedPropIds": ["here.n_clicks"],
}


def broken(_context, _clicks):
    raise ZeroDivisionError


def refusing(_context, _clicks):
    raise ConflictError("cell B2", value="bituminous")


@pytest.fixture
def app():
    app = Dash("wired", server=Flask("wired"), use_pages=False, add_log_handler=False)
    app.layout = html.Div([html.Button(id="here"), html.Div(id="there")])
    return app


def put(app, function, **options):
    wire(
        app,
        None,
        function,
        Output("there", "children"),
        Input("here", "n_clicks"),
        **({"permission": Action.VIEW_HOME} | options),
    )
    return app.server.test_client()


def test_a_callback_is_registered_under_the_key_that_dash_calls_it_by(app):
    put(app, refusing)
    assert dict(register_of(app)) == {"there.children": Wire("there.children", Action.VIEW_HOME)}
    refuse_strangers(app)


def test_a_callback_without_permission_must_be_public(app):
    with pytest.raises(WiringError, match="refusing"):
        put(app, refusing, permission=None)
    with pytest.raises(WiringError):
        put(app, refusing, public=True)


def test_the_start_refuses_a_callback_that_went_past_the_register(app):
    put(app, refusing)
    app.callback(Output("other", "children"), Input("here", "n_clicks"))(lambda clicks: clicks)
    with pytest.raises(WiringError, match=r"other\.children"):
        refuse_strangers(app)


def test_the_start_refuses_a_register_that_names_what_is_not_there(app):
    adopt(app, Wire("gone.children", Action.VIEW_HOME))
    with pytest.raises(WiringError, match="gone"):
        refuse_strangers(app)


def test_a_mistake_of_a_person_becomes_a_message(app):
    answer = put(app, refusing).post("/_dash-update-component", json=BODY).get_json()
    message = str(answer["sideUpdate"][shell.MESSAGES])
    assert "bituminous" in message
    assert "cell B2" in message
    assert answer["response"] == {}


def test_on_first_filling_the_error_takes_the_place_of_the_skeleton(app):
    first = BODY | {"changedPropIds": []}
    answer = put(app, refusing).post("/_dash-update-component", json=first).get_json()
    assert "state-error" in str(answer["response"]["there"])
    assert "sideUpdate" not in answer


def test_an_error_in_place_of_a_whole_page_keeps_its_title_and_a_way_on(app):
    client = put(app, refusing, whole_page="result.title")
    first = BODY | {"changedPropIds": []}
    answer = client.post("/_dash-update-component", json=first).get_json()
    shown = str(answer["response"]["there"])
    assert "碳排放核算结果" in shown
    assert "'href': '?'" in shown


def test_a_mistake_of_ours_gets_a_number_that_stands_in_the_log(app, caplog):
    with caplog.at_level(logging.ERROR):
        answer = put(app, broken).post("/_dash-update-component", json=BODY).get_json()
    (record,) = (found for found in caplog.records if "Unexpected" in found.message)
    number = record.args[0]
    assert number in str(answer["sideUpdate"][shell.MESSAGES])
    assert record.exc_info[0] is ZeroDivisionError
