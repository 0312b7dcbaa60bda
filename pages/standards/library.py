"""Standards: the library of factors and the methods that use them (T/ISC 0029-2023, 4.5)."""

import dash
from dash import dcc, html

from components.ids import standards_library as ids
from components.panels.states import loading

dash.register_page(__name__, path="/standards/library", name="library.title", order=450)


def layout(**query: str) -> html.Div:
    """Show the library as the address asks: all values, one value, all methods or one method."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            html.Div(loading("table", 900), id=ids.LIBRARY),
        ]
    )
