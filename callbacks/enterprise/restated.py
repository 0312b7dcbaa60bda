"""The hint on the result page that a restatement of what is filed exists (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.chosen import chosen_for_result
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import enterprise_accounting as ids
from components.panels.restated import restated_card
from services.accounting import restatement
from services.security.permissions import Action


def show_restated(context: Context, query: Mapping[str, str]) -> Component | None:
    """Say what the newest restatement changes; nothing where what is filed still stands."""
    chosen = chosen_for_result(context, query)
    if chosen is None:
        return None
    place = (chosen.organization_id, chosen.year)
    return restated_card(restatement.newest_change(context.actor(), context.database, *place))


def register(app: Dash, context: Context) -> None:
    """Wire the hint."""
    wire(
        app,
        context,
        show_restated,
        Output(ids.RESTATED, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_RESULT,
    )
