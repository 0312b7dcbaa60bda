"""Reactions of the page of other people's sessions: ending one, or all of a person (7.2)."""

from __future__ import annotations

from collections.abc import Mapping

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_sessions as ids
from components.ids import shell as shell_ids
from components.panels.open_sessions import SessionsView, sessions_list, sessions_screen
from components.shell.messages import notice
from services import open_sessions
from services.errors import NotFoundError
from services.i18n.texts import t
from services.open_sessions import OpenSession
from services.security.permissions import Action

Query = Mapping[str, str]


def show_sessions(context: Context, query: Query) -> Component:
    """Show who is signed in, and the session that the address names."""
    return sessions_screen(_view(context, query))


def end_one(context: Context, _clicks: int, query: Query) -> list[Component]:
    """End the chosen session and show what is left."""
    chosen = _chosen(context, query)
    open_sessions.end_session_of(context.actor(), context.door, chosen.session_id)
    return _ended(context, chosen.login)


def end_all(context: Context, _clicks: int, query: Query) -> list[Component]:
    """End every session of the chosen one's person and show what is left."""
    chosen = _chosen(context, query)
    open_sessions.end_sessions_of(context.actor(), context.door, chosen.login)
    return _ended(context, chosen.login)


def _chosen(context: Context, query: Query) -> OpenSession:
    chosen = _view(context, query).chosen
    if chosen is None:
        raise NotFoundError("session", value=str(query.get("session") or "")[:40])
    return chosen


def _ended(context: Context, login: str) -> list[Component]:
    told = notice(t("sessions.was_ended", login=login))
    dash.set_props(shell_ids.MESSAGES, {"children": told})
    return sessions_list(_view(context, {}))


def _view(context: Context, query: Query) -> SessionsView:
    actor = context.actor()
    found = open_sessions.open_sessions(actor, context.door)
    return SessionsView(query, found, open_sessions.sees_everybody(actor))


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_sessions,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.MANAGE_SESSIONS,
        whole_page="sessions.title",
    )
    for function, pressed in ((end_one, ids.END), (end_all, ids.END_ALL)):
        wire(
            app,
            context,
            function,
            Output(ids.LISTED, "children", allow_duplicate=True),
            Input(pressed, "n_clicks"),
            State(ids.QUERY, "data"),
            permission=Action.MANAGE_SESSIONS,
            needs_step_up=True,
            prevent_initial_call=True,
        )
