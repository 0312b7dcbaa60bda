"""Government side: the ledger of discrepancies of a region and year (5.1.1 b)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import government_discrepancies as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="discrepancies.title", order=512)


def layout(**query: str) -> html.Div:
    """Return the frame; the ledger of the region and year in the address comes by callback."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            html.Div([loading("tiles"), loading("chart", 360)], id=ids.LEDGER),
        ]
    )
