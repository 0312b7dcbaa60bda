"""Administration: institutions of the carbon market, and what may not meet by law (7.2)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import administration_institutions as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="institutions.title", order=724)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
