"""Collection: files of activity data, looked at before they are imported (4.2 a)."""

import dash
from dash import dcc, html

from components.ids import collection_import as ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path="/collection/import", name="import_page.title", order=422)


def layout(**query: str) -> html.Div:
    """Show the import for the organization and year that the address names."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            html.Div(page(text("import_page.title"), loading("table", 420)), id=ids.CONTENT),
        ]
    )
