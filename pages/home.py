"""Home: what the platform holds for this visitor, and the clause register."""

from __future__ import annotations

import dash
from dash import html

from components.ids import home as ids
from components.panels import states
from components.panels.card import card
from components.panels.conformance_filter import status_filter
from components.shell.page import page, stack
from components.text import text

dash.register_page(__name__, path="/", name="home.title", order=0)


def layout(**_query: str) -> html.Div:
    """Show the open doors above the register."""
    register = [
        html.Div(states.loading("text"), id=ids.SHARES),
        status_filter(ids.STATUS),
        html.Div(states.loading("table", height=640), id=ids.REGISTER),
    ]
    return page(
        text("home.title"),
        html.Div(id=ids.ALARM),
        html.Div(id=ids.INBOX),
        html.Div(id=ids.TASKS),
        html.Section(
            [
                html.H2(text("home.places"), className="section-title"),
                html.Div(states.loading("tiles"), id=ids.PLACES),
            ]
        ),
        card(text("register.title"), stack(*register), text("register.subtitle")),
        subtitle=text("home.subtitle"),
    )
