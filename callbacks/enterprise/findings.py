"""Reactions around totals that disagree: say so above the result, resolve one (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping

from dash import MATCH, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import Chosen, chosen_for_result, place_of_result
from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.wiring import wire
from components.ids import enterprise_accounting as page_ids
from components.ids import findings as ids
from components.panels.findings import finding_row, findings_card
from services.accounting import checking, reading
from services.security.permissions import Action

Query = Mapping[str, str]


def show_findings(context: Context, query: Query) -> Component | None:
    """Say what disagrees in the result on screen; nothing where all agrees."""
    chosen = chosen_for_result(context, query)
    if chosen is None:
        return None
    place = (chosen.organization_id, chosen.year)
    found = checking.findings_of(context.actor(), context.database, *place)
    return findings_card(found, may_resolve=bool(found) and _may_resolve(context, chosen))


def resolve(context: Context, _clicks: int, reason: str | None, query: Query) -> list[Component]:
    """Resolve the finding whose button was pressed, and show it so."""
    chosen = place_of_result(context, query)
    finding_id = pressed_uuid("finding")
    done = checking.resolve_finding(
        context.actor(), context.database, chosen.organization_id, finding_id, reason or ""
    )
    return finding_row(done, may_resolve=True)


def _may_resolve(context: Context, chosen: Chosen) -> bool:
    actor = context.actor()
    marks = reading.marks_of(actor, context.database, chosen.organization_id)
    return actor.may(Action.RESOLVE_FINDING, marks.access_path)


def register(app: Dash, context: Context) -> None:
    """Wire the list's events to the functions above."""
    wire(
        app,
        context,
        show_findings,
        Output(ids.PLACE, "children"),
        Input(page_ids.QUERY, "data"),
        permission=Action.VIEW_RESULT,
    )
    wire(
        app,
        context,
        resolve,
        Output(ids.row(MATCH), "children"),
        Input(ids.resolve(MATCH), "n_clicks"),
        State(ids.reason(MATCH), "value"),
        State(page_ids.QUERY, "data"),
        permission=Action.RESOLVE_FINDING,
        prevent_initial_call=True,
    )
