"""Collection: what other systems are told of, and how each try to tell them went (4.2 b)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import collection_webhooks as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="webhooks.title", order=424)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
