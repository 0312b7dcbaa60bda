"""A Dash application with one callback that does nothing: what the framework alone costs."""

from __future__ import annotations

from dash import Dash, Input, Output, dcc, html
from flask import Flask


def create_server() -> Flask:
    """Return the server with the empty callback `out.children <- in.data`."""
    app = Dash("empty", add_log_handler=False)
    app.layout = html.Div([dcc.Store(id="in"), html.Div(id="out")])
    app.callback(Output("out", "children"), Input("in", "data"))(lambda data: data)
    server: Flask = app.server
    return server
