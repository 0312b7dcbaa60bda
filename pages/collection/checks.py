"""Collection: what is doubtful in the data handed in, who cleared it, by which limits (5.1.7 c)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import collection_checks as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="checks.title", order=429)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
