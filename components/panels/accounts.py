"""Accounts: the list of people, and the one chosen from it with what may be done for them (7.2)."""

from __future__ import annotations

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, text_input
from components.ids import administration_people as ids
from components.panels.card import card
from components.panels.parts import part_links
from components.panels.roles import role_name
from components.panels.states import empty
from components.shell.filters import write_filters
from components.tables.table import Cell, Column, browser_table
from services.accounts import Account, Accounts, HeldRole
from services.formatting import datetime_text
from services.i18n.texts import language, t
from services.security.permissions import Action, Role

MOST_ROLES = 3
ACTS = (
    (Action.RESET_PASSWORD, "set_password", ids.SET_PASSWORD),
    (Action.RESET_FACTOR, "end_factors", ids.END_FACTORS),
    (Action.UNLOCK_SIGN_IN, "unlock", ids.UNLOCK),
)


@dataclass(frozen=True, slots=True)
class AccountsView:
    """A part of the accounts, and the one that the address names."""

    accounts: Accounts
    chosen: Account | None = None


def accounts_cards(view: AccountsView) -> list[Component]:
    """Return the chosen account, if there is one, above the list."""
    chosen = [_chosen(view.chosen, view)] if view.chosen else []
    return [*chosen, _list(view.accounts)]


def _list(found: Accounts) -> Component:
    around = [_find(found)]
    if not found.listed:
        nothing = empty(t("accounts.none"), t("accounts.none_hint"))
        return card(t("accounts.title"), html.Div([*around, nothing], className="stack"))
    names = ("login", "roles", "state", "factor", "opened", "act")
    columns = [Column(name, t(f"accounts.{name}")) for name in names]
    table = browser_table(columns, [_row(one, found) for one in found.listed], t("accounts.title"))
    listed = html.Div(table, className="first-whole")
    shown = (found.part.start, len(found.listed), found.count)
    parts = part_links(*shown, lambda start: _address(found, start=start))
    body = html.Div([*around, listed, parts], className="stack")
    return card(t("accounts.title"), body, t("accounts.hint"))


def _find(found: Accounts) -> Component:
    """Return the search: a form of the browser, so that the address has it."""
    words = dbc.Input(
        id=ids.FIND, name="find", value=found.part.words, type="search", class_name="input",
        placeholder=t("accounts.find_form"), maxlength=80,
    )  # fmt: skip
    controls = [
        field(t("accounts.find"), words),
        html.Button(t("organizations.do_find"), type="submit", className="button button-primary"),
        link_button(t("audit.clear"), ids.PATH, "quiet"),
    ]
    return html.Form(controls, action=ids.PATH, method="get", className="restatement-order")


def _address(found: Accounts, login: str = "", start: int | None = None) -> str:
    where = found.part.start if start is None else start
    wanted = {"find": found.part.words, "from": str(where or ""), "account": login}
    return ids.PATH + write_filters(wanted)


def _row(one: Account, found: Accounts) -> dict[str, object]:
    opened = datetime_text(one.opened_at) if one.opened_at else t("accounts.never")
    act = [("a", t("accounts.choose"), _address(found, one.login))] if _acts(one, found) else ["—"]
    factor = t("accounts.enrolled") if one.has_factor else t("accounts.not_enrolled")
    tone = "badge badge-plain" if one.has_factor or not one.is_active else "badge badge-watch"
    return {
        "login": Cell([("strong", one.login), ("small", one.name)], one.login),
        "roles": _roles(one.roles),
        "state": Cell(_states(one), _states(one)[0][1]),
        "factor": Cell([(tone, factor, factor)], factor),
        "opened": Cell(opened, one.opened_at.isoformat() if one.opened_at else ""),
        "act": Cell(act),
    }


def _states(one: Account) -> list[tuple[str, str, str]]:
    """Return what is to be known of an account before anything else, as badges."""
    if not one.is_active:
        return [_badge("plain", t("accounts.closed"))]
    told = []
    if one.locked_until is not None:
        told.append(_badge("over", t("accounts.locked", until=datetime_text(one.locked_until))))
    if one.opened_at is None:
        told.append(_badge("watch", t("accounts.never")))
    elif one.must_change:
        told.append(_badge("watch", t("accounts.one_time")))
    if one.is_unused:
        told.append(_badge("watch", t("accounts.unused")))
    return told or [_badge("good", t("accounts.active"))]


def _badge(tone: str, words: str) -> tuple[str, str, str]:
    return f"badge badge-{tone}", words, words


def _roles(held: tuple[HeldRole, ...]) -> str:
    told = [
        t("accounts.role_at", role=role_name(Role(each.role)), place=each.names[language()])
        for each in held
    ]
    more = [t("accounts.more", count=len(told) - MOST_ROLES)] if len(told) > MOST_ROLES else []
    return " · ".join([*told[:MOST_ROLES], *more]) or "—"


def _acts(one: Account, found: Accounts) -> list[tuple[str, str]]:
    """Return what the visitor may do for an account: nothing for their own or a closed one."""
    if one.is_own or not one.is_active:
        return []
    return [(name, act) for action, name, act in ACTS if action in found.may]


def _chosen(one: Account, view: AccountsView) -> Component:
    acts = _acts(one, view.accounts)
    back = link_button(t("accounts.back"), _address(view.accounts), "quiet")
    title = t("accounts.chosen", login=one.login, name=one.name)
    if not acts:
        return card(title, html.Div([html.P(t("accounts.nothing")), back], className="stack"))
    kinds = {"unlock": "primary", "set_password": "danger", "end_factors": "danger"}
    controls = [
        text_input(ids.REASON, t("accounts.reason"), placeholder=t("accounts.reason_form")),
        *(button(t(f"accounts.{name}"), act, kinds[name]) for name, act in acts),
        back,
    ]
    told = [html.Li(t(f"accounts.{name}_told")) for name, _ in acts]
    body = [
        html.Ul(told, className="plain-list"),
        html.Div(controls, className="restatement-order"),
        html.Div(id=ids.HELPED),
    ]
    return card(title, html.Div(body, className="stack"), t("accounts.chosen_hint"))
