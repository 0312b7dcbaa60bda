"""Government side: the energy balance of a region and year, entered and versioned (5.1.1 a)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import government_energy_balance as ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path=ids.PATH, name="energy_balance.title", order=512)


def layout(**query: str) -> html.Div:
    """Show the balance of the region and year that the address names."""
    stores = (ids.SAVE, ids.SAVED, ids.METHOD, ids.SUBMIT, ids.ECHO)
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            *(dcc.Store(id=store) for store in stores),
            html.Div(page(text("energy_balance.title"), loading("table", 560)), id=ids.CONTENT),
        ]
    )
