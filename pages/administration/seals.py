"""Administration: how the transparency log stands, proofs to take along, the self-check (7.2)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import administration_seals as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="seals.title", order=726)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("tiles"), id=ids.CONTENT)]
    )
