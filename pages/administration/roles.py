"""Administration: who holds which role where, given and taken back by others (7.2)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import administration_roles as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="roles.title", order=721)


def layout(**query: str) -> html.Div:
    """Return the frame; its content comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
