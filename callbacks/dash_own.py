"""The routes and the callback that Dash adds by itself, written into the registers."""

from __future__ import annotations

from dash import Dash

from callbacks.routes import Access, Route, adopt_route, public_file
from callbacks.session import CALLBACKS
from callbacks.shapes import NAME
from callbacks.wiring import Wire, adopt
from services.security.permissions import Action

SUITES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
PAGE_OUTPUT = "_pages_content.children"
ROUTES = (
    # Behind an asset stands when it was changed, behind a page what it is to show.
    public_file("_dash_assets.static", "/assets/<path:filename>"),
    public_file(SUITES, SUITES),
    public_file("/_favicon.ico", "/_favicon.ico"),
    Route("/_dash-layout", "/_dash-layout", Access.SESSION),
    Route("/_dash-dependencies", "/_dash-dependencies", Access.SESSION),
    Route("/_reload-hash", "/_reload-hash", Access.SESSION),
    # The renderer sends the mark of its page load; jobs and cache keys serve what we have not.
    Route(CALLBACKS, CALLBACKS, Access.SESSION, "POST", query={"endId": NAME}, takes_body=True),
    # A page asks for its own permission (callbacks/layouts.py).
    Route("/", "/", Access.SESSION, query=None),
    Route("/<path:path>", "/<path:path>", Access.SESSION, query=None),
)


def adopt_own(app: Dash) -> None:
    """Write down what Dash itself answers with."""
    for entry in ROUTES:
        adopt_route(app.server, entry)
    (page_key,) = (key for key in app.callback_map if PAGE_OUTPUT in key)
    adopt(app, Wire(page_key, Action.VIEW_HOME))
