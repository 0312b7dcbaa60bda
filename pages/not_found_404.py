"""What is shown where no page stands."""

from __future__ import annotations

import dash
from dash import html

from components.forms.controls import link_button
from components.panels.states import lost
from components.shell.page import page
from components.text import text

dash.register_page(__name__, path="/404", name="shell.not_found_title", order=999)


def layout(**_query: str) -> html.Div:
    """Say that nothing is here, and how to go on."""
    home = link_button(text("shell.go_home"), "/", "primary")
    title = text("shell.not_found_title")
    return page(title, lost("", text("shell.not_found_hint"), home))
