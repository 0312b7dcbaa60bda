"""Collection: fetching from other systems by schedule (4.2 b)."""

import dash
from dash import dcc, html

from components.ids import collection_connectors as ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path=ids.PATH, name="connectors.title", order=423)


def layout(**query: str) -> html.Div:
    """Show the connectors of the organization that the address names."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            html.Div(page(text("connectors.title"), loading("table", 420)), id=ids.CONTENT),
        ]
    )
