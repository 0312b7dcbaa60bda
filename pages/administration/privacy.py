"""Administration: which personal data are held, and how long (7.3)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import administration_privacy as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="privacy.title", order=731)


def layout(**query: str) -> html.Div:
    """Return the frame; its content comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
