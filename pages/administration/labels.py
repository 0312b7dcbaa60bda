"""Administration: labels of data sets and clearances of people (7.1, 7.3)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import administration_labels as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="labels.title", order=730)


def layout(**query: str) -> html.Div:
    """Return the frame; its content comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
