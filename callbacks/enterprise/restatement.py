"""Reactions of the page of restatements: what was filed beside what is known (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import Chosen, chosen_for_result, place_of_result, way_to
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import enterprise_restatement as ids
from components.ids import shell as shell_ids
from components.panels.restatement import RestatementView, restatement_screen
from components.panels.result_screen import no_subject
from components.shell.messages import notice
from services.accounting import restatement
from services.accounting.restatement import RestatementOrder
from services.accounting.results import RunSummary
from services.clock import today
from services.i18n.texts import language, t
from services.security.permissions import Action
from services.standards.knowledge import days_of_knowledge
from services.standards.problems import BadDateError

Query = Mapping[str, str]


def show_restatements(context: Context, query: Query) -> Component:
    """Show the filed result of the year beside its newest restatement."""
    chosen = chosen_for_result(context, query)
    if chosen is None:
        return no_subject()
    return restatement_screen(_view(context, chosen))


def order_restatement(
    context: Context, _clicks: int, known_on: str | None, gwp_set: str | None, query: Query
) -> Any:
    """Restate the year as ordered, then show it."""
    chosen = place_of_result(context, query)
    order = RestatementOrder(
        chosen.organization_id, chosen.year, _day(known_on), str(gwp_set or "")
    )
    restatement.restate(context.actor(), context.database, context.catalog, order)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("restatement.done"))})
    return restatement_screen(_view(context, chosen))


def _view(context: Context, chosen: Chosen) -> RestatementView:
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    way = way_to(context, chosen.organization_id)
    filed = restatement.filed_run(actor, context.database, *place)
    sets = context.catalog.gwp_sets
    return RestatementView(
        organization_id=chosen.organization_id,
        name=way[-1][0],
        year=chosen.year,
        years=chosen.years,
        way=way,
        filed=filed,
        found=restatement.restatements_of(actor, context.database, *place),
        days=_days(context, filed),
        gwp_sets=[(code, names[language()]) for code, names in sets.items()],
    )


def _days(context: Context, filed: RunSummary | None) -> list[date]:
    """Return today and every earlier day on which something became known, newest first."""
    if filed is None:
        return []
    known = days_of_knowledge(context.catalog, filed.method)
    return sorted({today(), filed.known_on, *known}, reverse=True)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadDateError("known_on", value=str(text)[:20]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_restatements,
        Output(ids.RESTATEMENTS, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_RESULT,
    )
    wire(
        app,
        context,
        order_restatement,
        Output(ids.RESTATEMENTS, "children", allow_duplicate=True),
        Input(ids.ORDER, "n_clicks"),
        State(ids.KNOWN_ON, "value"),
        State(ids.GWP_SET, "value"),
        State(ids.QUERY, "data"),
        permission=Action.RESTATE,
        prevent_initial_call=True,
    )
