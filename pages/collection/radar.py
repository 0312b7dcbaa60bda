"""Collection: which submissions are worth a look, in order and with reasons (4.2)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import collection_radar as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="radar.title", order=430)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            dcc.Download(id=ids.FILE),
            html.Div(loading("table"), id=ids.CONTENT),
        ]
    )
