"""Administration: the audit trail, searched and taken out by the audit administrator (7.2)."""

from __future__ import annotations

import dash
from dash import dcc, html

from components.ids import administration_audit as ids
from components.panels.states import loading

dash.register_page(__name__, path=ids.PATH, name="audit.title", order=725)


def layout(**query: str) -> html.Div:
    """Return the frame; what the address asks for comes by callback."""
    return html.Div(
        [dcc.Store(id=ids.QUERY, data=query), html.Div(loading("table"), id=ids.CONTENT)]
    )
