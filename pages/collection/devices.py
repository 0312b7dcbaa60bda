"""Collection: the registry of gateways, devices and points (T/ISC 0029-2023, 4.2 c)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import collection_devices as ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path="/collection/devices", name="devices.title", order=426)


def layout(**query: str) -> html.Div:
    """Return the frame; the callbacks fill it for who asks."""
    return page(
        text("devices.title"),
        dcc.Store(id=ids.QUERY, data=query),
        html.Div([loading("tiles"), loading("table")], id=ids.CONTENT, className="stack"),
        subtitle=text("devices.subtitle"),
    )
