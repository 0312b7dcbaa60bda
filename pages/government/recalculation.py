"""Government side: what is filed below a place, computed anew as one batch (5.1.1 b)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import government_recalculation as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="recalculation.title", order=512)


def layout(region: str = "", **_query: str) -> html.Div:
    """Return the frame of the place that the address names, else of the visitor's own."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data={"region": region}),
            html.Div(loading("tiles", 900), id=ids.CONTENT),
        ]
    )
