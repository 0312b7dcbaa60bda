"""Collection: what is wrong where, since when, and who takes care (T/ISC 0029-2023, 4.2 c)."""

import dash
from dash import dcc, html

from components.ids import collection_alerts as ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path=ids.PATH, name="alerts.title", order=428)


def layout(**query: str) -> html.Div:
    """Show the alerts that the address asks for."""
    waiting = page(text("alerts.title"), loading("tiles"), loading("table", 420))
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(waiting, id=ids.CONTENT)],
    )
