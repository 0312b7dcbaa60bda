"""Collection: a month as its meters tell it, provisional (T/ISC 0029-2023, 4.2 c)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import collection_provisional as ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path="/collection/provisional", name="provisional.title", order=427)


def layout(**query: str) -> html.Div:
    """Return the frame; the callbacks fill it for who asks."""
    return page(
        text("provisional.title"),
        dcc.Store(id=ids.QUERY, data=query),
        html.Div([loading("tiles"), loading("chart", 320)], id=ids.CONTENT, className="stack"),
        subtitle=text("provisional.subtitle"),
    )
