"""Reactions of the page of connectors: make, change, look, start, pause, remove (4.2 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import chosen_organization, number_in, way_to
from callbacks.context import Context
from callbacks.pressed import pressed, pressed_uuid
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import collection_connectors as ids
from components.ids import shell as shell_ids
from components.panels.connectors import (
    ConnectorsScreen,
    connectors_list,
    connectors_screen,
    fetch_log,
    no_organization,
)
from components.shell.filters import write_filters
from components.shell.messages import notice
from services import clock
from services.accounting import reading
from services.collection import connecting
from services.collection.connecting import ConnectorOrder, kind_of
from services.connectors import Schedule, StoredConnector
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action

Query = Mapping[str, str]
MOST_OTHERS = 30


def show_connectors(context: Context, query: Query) -> Component:
    """Show the connectors of the organization that the address names, and the form it asks for."""
    organization_id = chosen_organization(context, query)
    if organization_id is None:
        return no_organization()
    return connectors_screen(_screen(context, query, organization_id))


def save(context: Context, _clicks: int, *given: Any) -> str:
    """Make or change a connector by what was typed, and go back to the list."""
    name, every, hour, years, _values, query = given
    organization_id = _organization(context, query)
    screen = _screen(context, query, organization_id)
    if screen.kind is None:
        raise NotFoundError("connector", value=str(query.get("kind", ""))[:40])
    schedule = Schedule(str(every), number_in(hour, "hour"), str(years))
    order = ConnectorOrder(str(name or ""), screen.kind.name, _typed(), schedule)
    if screen.edited is None:
        connecting.make(context.actor(), context.database, context.kinds, organization_id, order)
    else:
        held = (organization_id, screen.edited.connector_id)
        connecting.change(context.actor(), context.database, context.kinds, held, order)
    _say(t("connectors.saved"))
    return write_filters({"organization": organization_id})


def look(context: Context, clicks: list[int], query: Query) -> tuple[str, bool, int]:
    """Order a fetch that imports nothing; the log is asked until it is there."""
    _refuse_unpressed(clicks)
    year, held = number_in(pressed("year"), "year"), _held(context, query)
    now = clock.now()
    connecting.order_look(context.actor(), context.database, context.queue, held, year)
    _say(t("connectors.looking"))
    return now.isoformat(), False, 0


def follow(context: Context, _tick: int, looked: str, query: Query) -> tuple[Component, bool]:
    """Show the newest fetches, and stop asking when the one that was ordered is among them."""
    view = connecting.view_of(context.actor(), context.database, _organization(context, query))
    asked_at = _instant(str(looked))
    is_there = asked_at is None or any(each.at >= asked_at for each in view.fetches)
    return fetch_log(view), is_there


def start(context: Context, clicks: list[int], query: Query) -> list[Component]:
    """Let a connector run with the rights of who pressed."""
    _refuse_unpressed(clicks)
    held = _held(context, query)
    connecting.start(context.actor(), context.database, held, clock.now())
    return _told(context, query, held, "connectors.started")


def pause(context: Context, clicks: list[int], query: Query) -> list[Component]:
    """Let a connector rest."""
    _refuse_unpressed(clicks)
    held = _held(context, query)
    connecting.pause(context.actor(), context.database, held)
    return _told(context, query, held, "connectors.was_paused")


def remove(context: Context, clicks: list[int], query: Query) -> list[Component]:
    """Remove a connector with its secrets."""
    _refuse_unpressed(clicks)
    held = _held(context, query)
    before = _screen(context, query, held[0]).view.connectors
    connecting.remove(context.actor(), context.database, held)
    name = next((each.name for each in before if each.connector_id == held[1]), "")
    _say(t("connectors.removed", name=name))
    return connectors_list(_screen(context, query, held[0]))


def _screen(context: Context, query: Query, organization_id: int) -> ConnectorsScreen:
    view = connecting.view_of(context.actor(), context.database, organization_id)
    edited = _edited(view.connectors, query) if view.may_manage else None
    asked = edited.kind if edited else str(query.get("kind") or "")
    own = reading.organizations_of(context.actor(), context.database)
    return ConnectorsScreen(
        view=view,
        kinds=context.kinds,
        now=clock.now(),
        kind=kind_of(context.kinds, asked) if asked and view.may_manage else None,
        edited=edited,
        way=way_to(context, organization_id),
        others={
            each.organization_id: name_of(each.names, each.code)
            for each in own[:MOST_OTHERS]
            if each.organization_id != organization_id
        },
    )


def _edited(found: Sequence[StoredConnector], query: Query) -> StoredConnector | None:
    named = str(query.get("connector") or "")
    if not named:
        return None
    for each in found:
        if str(each.connector_id) == named:
            return each
    raise NotFoundError("connector", value=named[:40])


def _typed() -> dict[str, str]:
    """Return what stands in the fields of the kind, by the name in the id of each."""
    found = next(each for each in dash.ctx.states_list if isinstance(each, list))
    return {str(each["id"]["name"]): str(each.get("value") or "") for each in found}


def _organization(context: Context, query: Query) -> int:
    found = chosen_organization(context, query)
    if found is None:
        raise NotFoundError("organization", value="")
    return found


def _instant(text: str) -> datetime | None:
    """Return when something was asked for; None where nothing was."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _held(context: Context, query: Query) -> tuple[int, UUID]:
    return _organization(context, query), pressed_uuid("connector")


def _told(context: Context, query: Query, held: tuple[int, UUID], key: str) -> list[Component]:
    screen = _screen(context, query, held[0])
    found = {each.connector_id: each.name for each in screen.view.connectors}
    _say(t(key, name=found[held[1]]))
    return connectors_list(screen)


def _say(text: str) -> None:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(text)})


def _refuse_unpressed(clicks: list[int]) -> None:
    # Buttons that appear on the page count as pressed no time.
    if not any(clicks):
        raise PreventUpdate


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    wire(
        app,
        context,
        show_connectors,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_CONNECTORS,
        whole_page="connectors.title",
    )
    wire(
        app,
        context,
        save,
        Output(shell_ids.LOCATION, "search", allow_duplicate=True),
        Input(ids.SAVE, "n_clicks"),
        *(State(name, "value") for name in (ids.NAME, ids.EVERY, ids.HOUR, ids.YEARS)),
        State(ids.setting(ALL), "value"),
        query,
        permission=Action.MANAGE_CONNECTORS,
        prevent_initial_call=True,
        running=[(Output(ids.SAVE, "disabled"), True, False)],
    )
    _register_acts(app, context, query)


def _register_acts(app: Dash, context: Context, query: State) -> None:
    acts = partial(wire, app, context, prevent_initial_call=True)
    poll = Output(ids.POLL, "disabled", allow_duplicate=True)
    looked = (Output(ids.LOOKED, "data"), poll, Output(ids.POLL, "n_intervals"))
    pressed_look = Input(ids.look(ALL, ALL), "n_clicks")
    acts(look, *looked, pressed_look, query, permission=Action.EDIT_ACTIVITY)
    log = (Output(ids.LOG, "children"), Output(ids.POLL, "disabled"))
    tick = Input(ids.POLL, "n_intervals")
    acts(follow, *log, tick, State(ids.LOOKED, "data"), query, permission=Action.VIEW_CONNECTORS)
    listed = Output(ids.LISTED, "children", allow_duplicate=True)
    for function, named, permission in (
        (start, ids.start, Action.EDIT_ACTIVITY),
        (pause, ids.pause, Action.VIEW_CONNECTORS),
        (remove, ids.remove, Action.MANAGE_CONNECTORS),
    ):
        acts(function, listed, Input(named(ALL), "n_clicks"), query, permission=permission)
