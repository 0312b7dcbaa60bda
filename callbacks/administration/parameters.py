"""The page of parameters: settings and dated data in force, read only (7.2)."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_parameters as ids
from components.panels.parameters import parameters_screen
from services.clock import today
from services.parameters import parameters, with_dated
from services.security.permissions import Action
from services.settings import environment


def show_parameters(context: Context, _query: Mapping[str, str]) -> Component:
    """Show what is in force today."""
    given = frozenset(environment())
    found = parameters(context.actor(), context.settings, given, today())
    return parameters_screen(with_dated(found, context.database))


def register(app: Dash, context: Context) -> None:
    """Wire the page's event to the function above."""
    wire(
        app,
        context,
        show_parameters,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_PARAMETERS,
        whole_page="parameters.title",
    )
