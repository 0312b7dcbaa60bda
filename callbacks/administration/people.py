"""Reactions of the page of accounts: adding a person, ending all of one (7.2)."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_people as ids
from components.panels.people import one_time, people_screen
from services.i18n.texts import t
from services.security import people, rights
from services.security.people import NewPerson
from services.security.permissions import Action, Role

LONGEST = 80


def show_people(context: Context, _query: Mapping[str, str]) -> Component:
    """Show the forms that the visitor may use."""
    roles = {m.role for m in context.actor().memberships}
    return people_screen(Role.SYSTEM_ADMINISTRATOR in roles)


def add_person(context: Context, clicks: int, login: str | None, name: str | None) -> Component:
    """Add a person and show the one-time password this once."""
    if not clicks:
        raise PreventUpdate
    typed = str(login or "").strip()[:LONGEST]
    new = NewPerson(typed, str(name or "").strip()[:LONGEST] or typed, [])
    made = people.add_person(context.actor(), context.database, new)
    return one_time(made.login, made.password)


def end_person(context: Context, clicks: int, login: str | None, sure: str | None) -> Component:
    """End all of a person who leaves, once it was said that this is meant."""
    if not clicks:
        raise PreventUpdate
    if sure != "yes":
        return html.P(t("people.say_sure"), role="alert")
    typed = str(login or "").strip()[:LONGEST]
    rights.leave(context.actor(), context.database, typed)
    return html.P(t("people.has_left", login=typed), role="status")


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_people,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.MANAGE_PEOPLE,
        whole_page="people.title",
    )
    wire(
        app,
        context,
        add_person,
        Output(ids.TOLD, "children"),
        Input(ids.ADD, "n_clicks"),
        State(ids.LOGIN, "value"),
        State(ids.NAME, "value"),
        permission=Action.MANAGE_PEOPLE,
        needs_step_up=True,
        prevent_initial_call=True,
        running=[(Output(ids.ADD, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        end_person,
        Output(ids.LEFT, "children"),
        Input(ids.LEAVE, "n_clicks"),
        State(ids.GONE, "value"),
        State(ids.SURE, "value"),
        permission=Action.MANAGE_PEOPLE,
        needs_step_up=True,
        prevent_initial_call=True,
        running=[(Output(ids.LEAVE, "disabled"), True, False)],
    )
