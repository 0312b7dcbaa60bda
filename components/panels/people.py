"""Accounts: the list, the form that makes one, and the one that ends all of a person (7.2)."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, select, text_input
from components.ids import administration_people as ids
from components.panels.accounts import AccountsView, accounts_cards
from components.panels.card import card
from components.shell.page import page
from services.i18n.texts import t


def people_screen(view: AccountsView, may_add: bool, may_end: bool) -> html.Div:
    """Return the whole page with what the visitor may do: add accounts, end them."""
    return page(
        t("people.title"),
        html.Div(accounts_cards(view), id=ids.ACCOUNTS, className="stack"),
        card(t("people.add"), _add_form(), t("people.add_hint")) if may_add else None,
        card(t("people.leave"), _leave_form(), t("people.leave_hint")) if may_end else None,
        subtitle=t("people.subtitle"),
    )


def one_time(login: str, password: str) -> Component:
    """Return a one-time password, shown this once."""
    shown = [html.Strong(login), " ", html.Code(password, id="administration-people-password")]
    return html.Div([html.P(shown), html.P(t("people.once"))], className="stack", role="status")


def _add_form() -> Component:
    controls = [
        text_input(ids.LOGIN, t("people.login"), placeholder=t("people.login_form")),
        text_input(ids.NAME, t("people.name")),
        button(t("people.do_add"), ids.ADD, "primary"),
    ]
    return html.Div([html.Div(controls, className="restatement-order"), html.Div(id=ids.TOLD)])


def _leave_form() -> Component:
    sure = [("no", t("people.not_sure")), ("yes", t("people.sure"))]
    controls = [
        text_input(ids.GONE, t("people.login")),
        select(ids.SURE, t("people.confirm"), sure, "no"),
        button(t("people.do_leave"), ids.LEAVE, "danger"),
    ]
    return html.Div([html.Div(controls, className="restatement-order"), html.Div(id=ids.LEFT)])
