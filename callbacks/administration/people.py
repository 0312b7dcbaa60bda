"""Reactions of the page of accounts: who there is, helping, adding, ending all of one (7.2)."""

from __future__ import annotations

from collections.abc import Mapping

import dash
from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_people as ids
from components.ids import shell as shell_ids
from components.panels.accounts import AccountsView, accounts_cards
from components.panels.people import one_time, people_screen
from components.shell.messages import notice
from services import accounts
from services.accounts import Slice
from services.i18n.texts import t
from services.security import lost_access, people, rights
from services.security.people import NewPerson
from services.security.permissions import Action, Role

LONGEST = 80
Query = Mapping[str, str]


def show_people(context: Context, query: Query) -> Component:
    """Show the accounts, the one that the address names, and the forms the visitor may use."""
    actor = context.actor()
    roles = {m.role for m in actor.memberships}
    may_add = actor.may(Action.MANAGE_PEOPLE)
    return people_screen(_view(context, query), may_add, Role.SYSTEM_ADMINISTRATOR in roles)


def set_password(context: Context, _clicks: int, reason: str | None, query: Query) -> Component:
    """Set a one-time password for the chosen account and show it this once."""
    login = _chosen(query)
    made = lost_access.reset_password(context.actor(), context.database, login, str(reason or ""))
    dash.set_props(shell_ids.MESSAGES, {"children": None})
    return one_time(made.login, made.password)


def end_factors(
    context: Context, _clicks: int, reason: str | None, query: Query
) -> list[Component]:
    """End the second factors of the chosen account and show the accounts anew."""
    login = _chosen(query)
    lost_access.reset_factor(context.actor(), context.database, login, str(reason or ""))
    return _done(context, query, "accounts.factors_ended", login)


def unlock(context: Context, _clicks: int, reason: str | None, query: Query) -> list[Component]:
    """Let the person of the chosen account try again, and show the accounts anew."""
    login = _chosen(query)
    lost_access.unlock_sign_in(context.actor(), context.database, login, str(reason or ""))
    return _done(context, query, "accounts.unlocked", login)


def _view(context: Context, query: Query) -> AccountsView:
    actor, start = context.actor(), str(query.get("from") or "0")
    number = int(start) if start.isascii() and start.isdecimal() and len(start) < 10 else 0
    found = accounts.accounts(actor, context.database, Slice(str(query.get("find") or ""), number))
    named = str(query.get("account") or "")
    chosen = accounts.account(actor, context.database, named) if named else None
    return AccountsView(found, chosen)


def _chosen(query: Query) -> str:
    return str(query.get("account") or "")[:LONGEST]


def _done(context: Context, query: Query, told: str, login: str) -> list[Component]:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(told, login=login))})
    return accounts_cards(_view(context, query))


def add_person(context: Context, _clicks: int, login: str | None, name: str | None) -> Component:
    """Add a person and show the one-time password this once."""
    typed = str(login or "").strip()[:LONGEST]
    new = NewPerson(typed, str(name or "").strip()[:LONGEST] or typed, [])
    made = people.add_person(context.actor(), context.database, new)
    return one_time(made.login, made.password)


def end_person(context: Context, _clicks: int, login: str | None, sure: str | None) -> Component:
    """End all of a person who leaves, once it was said that this is meant."""
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
        permission=Action.VIEW_ACCOUNTS,
        whole_page="people.title",
    )
    _register_help(app, context)
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


def _register_help(app: Dash, context: Context) -> None:
    accounts_shown = Output(ids.ACCOUNTS, "children", allow_duplicate=True)
    helped = Output(ids.HELPED, "children")
    for function, pressed, permission, shown in (
        (set_password, ids.SET_PASSWORD, Action.RESET_PASSWORD, helped),
        (end_factors, ids.END_FACTORS, Action.RESET_FACTOR, accounts_shown),
        (unlock, ids.UNLOCK, Action.UNLOCK_SIGN_IN, accounts_shown),
    ):
        wire(
            app,
            context,
            function,
            shown,
            Input(pressed, "n_clicks"),
            State(ids.REASON, "value"),
            State(ids.QUERY, "data"),
            permission=permission,
            needs_step_up=True,
            prevent_initial_call=True,
            running=[(Output(pressed, "disabled"), True, False)],
        )
