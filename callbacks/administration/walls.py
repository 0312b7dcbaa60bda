"""Reactions of the page of walls: adding, renewing, inviting again, ending (4.7, 7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.session import site_address
from callbacks.wiring import wire
from components.ids import administration_walls as ids
from components.ids import shell as shell_ids
from components.panels.walls import WallsView, invitation, walls_list, walls_screen
from components.shell.messages import notice
from services import walls
from services.clock import now
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action
from services.walls import INVITED_FOR, WallOrder

Query = Mapping[str, str]
HOURS = int(INVITED_FOR.total_seconds() // 3600)
MOST_DIGITS = 4
FIELDS = (ids.NAME, ids.PLACE, ids.CODE, ids.DAYS, ids.NETWORKS)


def show_walls(context: Context, query: Query) -> Component:
    """Show the form, the walls, and the one that the address names."""
    return walls_screen(_view(context, query))


def add_wall(  # noqa: PLR0913  # one for each field of the form
    context: Context,
    _clicks: int,
    name: str | None,
    place: str | None,
    code: str | None,
    days: str | None,
    networks: str | None,
) -> tuple[Component, list[Component]]:
    """Add a wall and show, this once, the address that enrols it."""
    given = (_words(name), _words(place), _words(code), _days(days), networks or "")
    order = WallOrder(*given)
    token = walls.add_wall(context.actor(), context.door, order)
    return _invitation(token), walls_list(_view(context, {}))


def renew_wall(context: Context, _clicks: int, days: str | None, query: Query) -> list[Component]:
    """Let the chosen wall's token count for so many days from now."""
    wall_id = _chosen(query)
    walls.renew_wall(context.actor(), context.door, wall_id, _days(days))
    _say("walls.was_renewed")
    return walls_list(_view(context, query))


def bind_wall(
    context: Context, _clicks: int, networks: str | None, query: Query
) -> list[Component]:
    """Let the chosen wall be seen from the networks of the field alone."""
    walls.bind_wall(context.actor(), context.door, _chosen(query), networks or "")
    _say("walls.was_bound")
    return walls_list(_view(context, query))


def invite_again(context: Context, _clicks: int, query: Query) -> Component:
    """Show, this once, a new address that enrols the chosen wall."""
    wall_id = _chosen(query)
    return _invitation(walls.invite_again(context.actor(), context.door, wall_id))


def end_wall(context: Context, _clicks: int, query: Query) -> list[Component]:
    """End the chosen wall at once."""
    walls.end_wall(context.actor(), context.door, _chosen(query))
    _say("walls.was_ended")
    return walls_list(_view(context, {}))


def _view(context: Context, query: Query) -> WallsView:
    return WallsView(query, walls.walls_of(context.actor(), context.door), now())


def _invitation(token: str) -> Component:
    return invitation(f"{site_address()}/wall/{token}", HOURS)


def _say(key: str) -> None:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(key))})


def _chosen(query: Query) -> UUID:
    named = str(query.get("wall") or "")
    try:
        return UUID(named)
    except ValueError:
        raise NotFoundError("wall", value=named[:40]) from None


def _words(text: str | None) -> str:
    return str(text or "").strip()[:200]


def _days(text: str | None) -> int:
    given = str(text or "").strip()
    whole = given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS
    return int(given) if whole else 0


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_walls,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.MANAGE_WALLS,
        whole_page="walls.title",
    )
    listed = Output(ids.LISTED, "children", allow_duplicate=True)
    told = Output(ids.TOLD, "children", allow_duplicate=True)
    fields = [State(name, "value") for name in FIELDS]
    query = State(ids.QUERY, "data")
    acts = (
        (add_wall, (told, listed), ids.ADD, fields),
        (renew_wall, (listed,), ids.RENEW, [State(ids.RENEWED_DAYS, "value"), query]),
        (bind_wall, (listed,), ids.BIND, [State(ids.BOUND, "value"), query]),
        (invite_again, (told,), ids.INVITE, [query]),
        (end_wall, (listed,), ids.END, [query]),
    )
    for function, outputs, pressed, states in acts:
        wire(
            app,
            context,
            function,
            *outputs,
            Input(pressed, "n_clicks"),
            *states,
            permission=Action.MANAGE_WALLS,
            needs_step_up=True,
            prevent_initial_call=True,
            running=[(Output(pressed, "disabled"), True, False)],
        )
