"""Who holds which role where, the form that gives one, and what each role permits (7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, select, text_input
from components.ids import administration_roles as ids
from components.panels.card import card
from components.panels.states import empty
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table, data_table
from services.formatting import date_text
from services.i18n.texts import t
from services.security.permissions import PERMISSIONS, Action, Role


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role somebody holds; `may_end` says whether the visitor may take it back."""

    membership_id: UUID
    login: str
    role: Role
    place: str
    first: date
    last: date | None
    is_delegated: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class RolesView:
    """The roles the visitor may give, who holds which, and the day it is."""

    grantable: Sequence[Role]
    held: Sequence[RoleRow]
    today: date


def roles_screen(view: RolesView) -> html.Div:
    """Return the whole page."""
    return page(
        t("roles.title"),
        card(t("roles.give"), _form(view), t("roles.give_hint")),
        html.Div(held_roles(view.held), id=ids.HELD),
        card(t("roles.matrix"), _matrix(), t("roles.matrix_hint")),
        subtitle=t("roles.subtitle"),
    )


def held_roles(held: Sequence[RoleRow]) -> Component:
    """Return who holds which role, with a button for each that can be taken back."""
    if not held:
        return card("", empty(t("roles.none"), t("roles.none_hint")))
    names = ("login", "role", "place", "first", "last", "how", "act")
    columns = [Column(name, t(f"roles.{name}")) for name in names]
    return card(t("roles.held"), data_table(columns, [_row(each) for each in held]))


def role_name(role: Role) -> str:
    """Return a role in words."""
    return t(f"role.{role.value}")


def _form(view: RolesView) -> Component:
    options = [(role.value, role_name(role)) for role in view.grantable]
    controls = [
        text_input(ids.LOGIN, t("roles.login")),
        select(ids.ROLE, t("roles.role"), options, options[0][0] if options else None),
        text_input(ids.PLACE, t("roles.place_code"), placeholder=t("roles.place_form")),
        text_input(ids.FIRST, t("roles.first"), view.today.isoformat()),
        text_input(ids.LAST, t("roles.last"), placeholder=t("roles.open")),
        button(t("roles.do_give"), ids.GRANT, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _row(row: RoleRow) -> dict[str, object]:
    end = button(t("roles.take_back"), ids.withdraw(str(row.membership_id)), "quiet")
    return {
        "login": row.login,
        "role": Cell(role_name(row.role), row.role.value),
        "place": row.place,
        "first": Cell(date_text(row.first), row.first.isoformat()),
        "last": Cell(date_text(row.last), row.last.isoformat()) if row.last else t("roles.open"),
        "how": t("roles.delegated") if row.is_delegated else t("roles.given"),
        "act": Cell(end if row.may_end else t("roles.not_yours")),
    }


def _matrix() -> Component:
    columns = [Column("action", t("roles.action"))]
    columns += [Column(role.value, role_name(role)) for role in Role]
    rows = [
        {"action": Cell(t(f"where.{action.value}"), action.value)}
        | {role.value: "✓" if action in PERMISSIONS[role] else "·" for role in Role}
        for action in Action
    ]
    return html.Div(browser_table(columns, rows, t("roles.matrix")), className="first-whole")
