"""Collection: entry of activity data by hand (T/ISC 0029-2023, 4.2 a)."""

import dash
from dash import dcc, html

from components.ids import collection_manual as ids
from components.ids import row_comments as comment_ids
from components.panels.states import loading
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path="/collection/manual", name="entry.title", order=421)


def layout(**query: str) -> html.Div:
    """Show the entry of the organization and year that the address names."""
    stores = (ids.SAVE, ids.SAVED, ids.METHOD, ids.SUBMIT, ids.ECHO)
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            *(dcc.Store(id=store) for store in stores),
            dcc.Location(id=ids.DONE, refresh="callback-nav"),
            html.Div(id=ids.TASKS),
            html.Div(id=ids.CHECKING),
            html.Div(id=comment_ids.ENTRY_PLACE, className="stack"),
            html.Div(page(text("entry.title"), loading("table", 560)), id=ids.CONTENT),
        ]
    )
