"""Enterprise side: a filed year beside what is known of it today (T/ISC 0029-2023, 5.2.1 b)."""

import dash
from dash import dcc, html

from components.ids import enterprise_restatement as ids
from components.panels.states import loading

dash.register_page(__name__, path="/enterprise/restatement", name="restatement.title", order=522)


def layout(**query: str) -> html.Div:
    """Show the restatements of the organization and year that the address names."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            html.Div(loading("tiles", 900), id=ids.RESTATEMENTS),
        ]
    )
