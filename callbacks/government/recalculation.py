"""Reactions of the page that computes a region's filed years anew (5.1.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import way_to
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import government_recalculation as ids
from components.ids import shell as shell_ids
from components.panels.recalculation import (
    RecalculationView,
    batch_list,
    no_place,
    recalculation_screen,
)
from components.shell.messages import notice
from services.accounting import recalculation
from services.accounting.recalculation import RecalculationOrder
from services.clock import today
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action
from services.standards.knowledge import all_days_of_knowledge
from services.standards.problems import BadDateError, BadYearError

Query = Mapping[str, str]
# What the clock is told: go on, or stop.
GO_ON, STOP = -1, 0
YEAR_DIGITS = 4


def show_recalculation(context: Context, query: Query) -> Component:
    """Show the order form of the place; the batches follow."""
    place = _place(context, query)
    if place is None:
        return no_place()
    way = way_to(context, place)
    years = recalculation.years_filed(context.actor(), context.database, place)
    days = sorted({today(), *all_days_of_knowledge(context.catalog)}, reverse=True)
    return recalculation_screen(RecalculationView(way[-1][0], way, years, days))


def show_batches(context: Context, _ticks: int, query: Query) -> tuple[Component, int]:
    """Show the batches of the place; the clock goes on while one is being computed."""
    place = _place(context, query)
    if place is None:
        raise PreventUpdate
    found = recalculation.recalculations_of(context.actor(), context.database, place)
    is_open = any(each.state in ("queued", "running") for each in found)
    return batch_list(found), GO_ON if is_open else STOP


def order_batch(
    context: Context, _clicks: int, year: str | None, known_on: str | None, query: Query
) -> tuple[Component, int]:
    """Order a batch, then show it on its way."""
    place = _place(context, query)
    if place is None:
        raise PreventUpdate
    order = RecalculationOrder(place, _year(year), _day(known_on))
    recalculation.order_recalculation(
        context.actor(), context.database, context.catalog, context.queue, order
    )
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("recalculation.ordered"))})
    return show_batches(context, 0, query)


def _place(context: Context, query: Query) -> int | None:
    """Return the place named, else the first that the visitor may recalculate."""
    named = str(query.get("region") or "")
    if named:
        if not (named.isascii() and named.isdecimal() and len(named) < 16):
            raise NotFoundError("region", value=named[:40])
        return int(named)
    own = (m for m in context.actor().memberships if context.actor().may(Action.RECALCULATE))
    return next((m.organization_id for m in own), None)


def _year(text: str | None) -> int:
    if not (text and str(text).isdecimal() and len(str(text)) == YEAR_DIGITS):
        raise BadYearError("year", value=str(text)[:20])
    return int(text)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadDateError("known_on", value=str(text)[:20]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    wire(
        app,
        context,
        show_recalculation,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.RECALCULATE,
        whole_page="recalculation.title",
    )
    wire(
        app,
        context,
        show_batches,
        Output(ids.BATCHES, "children"),
        Output(ids.CLOCK, "max_intervals"),
        Input(ids.CLOCK, "n_intervals"),
        query,
        permission=Action.RECALCULATE,
        # A slow answer must never be overtaken by the next question.
        running=[(Output(ids.CLOCK, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        order_batch,
        Output(ids.BATCHES, "children", allow_duplicate=True),
        Output(ids.CLOCK, "max_intervals", allow_duplicate=True),
        Input(ids.ORDER, "n_clicks"),
        State(ids.YEAR, "value"),
        State(ids.KNOWN_ON, "value"),
        query,
        permission=Action.RECALCULATE,
        prevent_initial_call=True,
        running=[(Output(ids.ORDER, "disabled"), True, False)],
    )
