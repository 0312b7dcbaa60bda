"""Reactions of the telemetry page: open, move with the readings (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.chosen import number_in
from callbacks.collection.telemetry_view import (
    Query,
    address_of,
    filters_of,
    live_of,
    marks_of,
    may_manage,
    organization_in,
    set_aside_of,
    shown_of,
    tiles_of,
    way_to,
)
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_devices as device_ids
from components.ids import collection_telemetry as ids
from components.ids import shell
from components.panels import states
from components.panels.badge import sample_badge
from components.panels.telemetry_connect import connect_card
from components.shell.filters import filter_bar, write_filters
from services import clock
from services.collection import telemetry
from services.collection.redriving import redrive
from services.i18n.texts import t
from services.security.permissions import Action

POLL_MILLISECONDS = 2_000
# A poll without an answer after one to two of these is lost, and the next may go.
WATCH_MILLISECONDS = 10_000


def show_telemetry(context: Context, query: Query) -> list[Component]:
    """Fill the page for the organization, point and window that stand in the address."""
    offered = telemetry.organizations_of(context.actor(), context.database)
    if not offered and not query.get("organization"):
        return [states.empty(t("telemetry.nobody"), t("telemetry.nobody_hint"))]
    shown = shown_of(context, query, offered)
    organization = shown.view.organization
    may_register = may_manage(context, shown)
    here = {"organization": organization.organization_id}
    registry = device_ids.PATH + write_filters(here) if may_register else ""
    return [
        way_to(shown.view),
        filter_bar(
            *filters_of(shown, offered),
            actions=sample_badge() if organization.is_sample else None,
        ),
        dcc.Interval(id=ids.POLL, interval=POLL_MILLISECONDS),
        dcc.Interval(id=ids.WATCH, interval=WATCH_MILLISECONDS),
        dcc.Store(id=ids.LAST_TICK),
        dcc.Store(id=ids.SHOWN, data=marks_of(shown)),
        html.Div(tiles_of(shown), id=ids.TILES, className="grid grid-2"),
        html.Div(live_of(context, shown), id=ids.LIVE, className="stack"),
        html.Div(set_aside_of(shown, may_register), id=ids.SET_ASIDE),
        html.Div(id=ids.REDRIVEN, role="status"),
        connect_card(address_of(context, organization), registry),
    ]


def move(context: Context, _tick: int, query: Query, before: Mapping[str, Any]) -> tuple[Any, ...]:
    """Bring the page up to date; what did not change is not sent again."""
    offered = telemetry.organizations_of(context.actor(), context.database)
    shown = shown_of(context, query, offered)
    marks = marks_of(shown)
    is_same = marks["set_aside"] == before.get("set_aside")
    moved = any(marks[name] != before.get(name) for name in ("newest", "stale"))
    return (
        tiles_of(shown),
        live_of(context, shown) if moved else no_update,
        no_update if is_same else set_aside_of(shown, may_manage(context, shown)),
        marks,
    )


def choose(
    _context: Context, organization: str, point: str | None, window: str, shown: Mapping[str, Any]
) -> Any:
    """Write the choice into the address; the page follows the address."""
    chosen = {
        "organization": number_in(organization, "organization"),
        "point": point or None,
        "window": window,
    }
    # Dash also calls this when the choices appear on the page.
    if chosen == shown["chosen"]:
        return no_update
    if chosen["organization"] != shown["chosen"]["organization"]:
        chosen.pop("point")
    return write_filters(chosen)


def redrive_messages(context: Context, clicks: int, query: Query) -> Any:
    """Have the messages that were set aside tried again, and say how many are stored now."""
    if not clicks:
        return no_update
    offered = telemetry.organizations_of(context.actor(), context.database)
    organization_id = organization_in(query, offered)
    done = redrive(context.actor(), context.database, organization_id, clock.now())
    return t("telemetry.quarantine.redriven", stored=done.stored, left=done.tried - done.stored)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    _register_view(app, context)
    wire(
        app,
        context,
        choose,
        Output(shell.LOCATION, "search", allow_duplicate=True),
        *(Input(part, "value") for part in (ids.ORGANIZATION, ids.POINT, ids.WINDOW)),
        State(ids.SHOWN, "data"),
        permission=Action.VIEW_TELEMETRY,
        prevent_initial_call=True,
    )

    wire(
        app,
        context,
        redrive_messages,
        Output(ids.REDRIVEN, "children"),
        Input(ids.REDRIVE, "n_clicks"),
        State(ids.QUERY, "data"),
        permission=Action.MANAGE_DEVICES,
        prevent_initial_call=True,
    )


def _register_view(app: Dash, context: Context) -> None:
    wire(
        app,
        context,
        show_telemetry,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_TELEMETRY,
    )
    wire(
        app,
        context,
        move,
        *(Output(part, "children") for part in (ids.TILES, ids.LIVE, ids.SET_ASIDE)),
        Output(ids.SHOWN, "data"),
        Input(ids.POLL, "n_intervals"),
        State(ids.QUERY, "data"),
        State(ids.SHOWN, "data"),
        permission=Action.VIEW_TELEMETRY,
        prevent_initial_call=True,
        # One question at a time: the clock stands still until the answer is there.
        running=[(Output(ids.POLL, "disabled"), True, False)],
    )
    app.clientside_callback(
        ClientsideFunction("shuangtan_telemetry", "wake"),
        Output(ids.POLL, "disabled"),
        Output(ids.LAST_TICK, "data"),
        Input(ids.WATCH, "n_intervals"),
        State(ids.POLL, "disabled"),
        State(ids.POLL, "n_intervals"),
        State(ids.LAST_TICK, "data"),
        prevent_initial_call=True,
    )
