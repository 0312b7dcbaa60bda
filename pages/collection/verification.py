"""Collection: the verifier's room, from assignment to opinion (T/ISC 0029-2023, 5.2.1 a)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import collection_verification as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="verification.title", order=431)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            dcc.Location(id=ids.DONE, refresh="callback-nav"),
            dcc.Download(id=ids.FILE),
            html.Div(loading("table"), id=ids.CONTENT),
        ]
    )
