"""A route cannot exist without who may call it and what it takes; the gate holds both."""

import pytest
from dash import Dash, Input, Output, html
from flask import Flask, request

from callbacks.routes import Access, Route, adopt_route, refuse_strange_routes, route
from callbacks.shapes import COUNT, DATA, NUMBER, QUERY, RECORD, WORD, WORDS
from callbacks.wiring import WiringError, wire
from services.security.permissions import Action

ORDER = Route(
    "order",
    "/order/<int:organization_id>/<int:year>",
    Action.EDIT_ACTIVITY,
    "POST",
    query={"line": WORD},
    form={"name": WORD, "action": WORDS},
)


@pytest.fixture
def server():
    server = Flask("routes", static_folder=None)
    route(server, ORDER, lambda **_path: "done")
    return server


def test_exactly_what_is_registered_may_start(server):
    refuse_strange_routes(server)


def test_the_start_refuses_a_route_that_went_past_the_register(server):
    server.add_url_rule("/stray", "stray", lambda: "")
    with pytest.raises(WiringError, match="stray"):
        refuse_strange_routes(server)


def test_the_start_refuses_a_route_that_answers_another_method(server):
    server.add_url_rule(ORDER.rule, "order", server.view_functions["order"], methods=["PUT"])
    with pytest.raises(WiringError, match="PUT"):
        refuse_strange_routes(server)


def test_the_start_refuses_a_register_that_names_what_is_not_there(server):
    adopt_route(server, Route("gone", "/gone", Access.PUBLIC))
    with pytest.raises(WiringError, match="gone"):
        refuse_strange_routes(server)


def test_the_start_refuses_a_callback_that_takes_what_the_vocabulary_does_not_know():
    app = Dash("wired", server=Flask("wired"), use_pages=False, add_log_handler=False)
    app.layout = html.Div()
    parts = (Output("there", "children"), Input("here", "hoverData"))
    with pytest.raises(WiringError, match="hoverData"):
        wire(app, None, lambda *_: "", *parts, permission=Action.VIEW_HOME)


@pytest.mark.parametrize(
    ("address", "sent", "told"),
    [
        ("/order/1/2024?line=3", {"data": {"name": "a", "action": ["x", "y"]}}, ""),
        ("/order/1/2024", {}, ""),
        (f"/order/{2**63}/2024", {}, "path organization_id: too large"),
        ("/order/1/10000", {}, "path year: too large"),
        ("/order/1/2024?lines=3", {}, "query lines: unknown"),
        ("/order/1/2024?line=3&line=4", {}, "query line: given more than once"),
        (f"/order/1/2024?line={'3' * 201}", {}, "query line: word"),
        ("/order/1/2024?line=%00", {}, "query line: word"),
        ("/order/1/2024", {"data": {"nome": "a"}}, "form nome: unknown"),
        ("/order/1/2024", {"json": {"name": "a"}}, "body: a form"),
    ],
)
def test_a_request_that_does_not_fit_its_route_is_told_why(server, address, sent, told):
    with server.test_request_context(address, method="POST", **sent):
        assert ORDER.misfit(request) == told


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (COUNT, (None, 0, 3), (-1, True, 1.5, "1", [], 2**63)),
        (NUMBER, (None, 1.5, "1.5", ""), (float("nan"), float("inf"), True, {}, "1" * 41)),
        (WORD, (None, "", "水泥"), ("x" * 201, "a\x00b", "\ud800", 1, [])),
        (RECORD, ({}, {"rows": [[1]]}), (None, [], "x", {"a": "\x00"})),
        (QUERY, ({}, {"year": "2024"}), (None, {"year": 2024}, [], "year", {"y": "x" * 5_000})),
        (
            DATA,
            (None, {"rows": [{"a": 1}]}, "x", "\\u0000"),
            ({"a": "\x00"}, {"\x00": 1}, ["\ud800"], [10**40]),
        ),
    ],
)
def test_each_kind_takes_what_a_page_sends_and_nothing_else(kind, good, bad):
    assert [value for value in good if not kind.fits(value)] == []
    assert [value for value in bad if kind.fits(value)] == []


def test_data_is_bounded_in_depth():
    deep = []
    for _ in range(300):
        deep = [deep]
    assert not DATA.fits(deep)
