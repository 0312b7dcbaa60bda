"""A place of the tree of organizations: what lies below, who is there, what may be done (7.2)."""

from __future__ import annotations

from functools import partial

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, select, text_input
from components.forms.method_columns import name_of
from components.ids import administration_organizations as ids
from components.panels.card import card
from components.panels.parts import part_links
from components.panels.roles import role_name
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import date_text
from services.i18n.texts import language, t
from services.organization_keeping import PAGE, Branch, Child, HeldRole
from services.security.permissions import Role


def organizations_screen(branch: Branch) -> html.Div:
    """Return the whole page."""
    way = [(name_of(each.names, each.code), _address(each.organization_id)) for each in branch.way]
    return page(
        t("organizations.title"),
        html.Div(branch_cards(branch), id=ids.BRANCH, className="stack"),
        breadcrumb=way,
        subtitle=t("organizations.subtitle"),
    )


def branch_cards(branch: Branch) -> list[Component]:
    """Return what lies below a place, who is there, and the forms of what may be done."""
    cards = [_below(branch)]
    if branch.may_add:
        cards.append(card(t("organizations.add"), _add(branch), t("organizations.add_hint")))
    cards.append(_people(branch))
    if branch.may_change:
        title = t("organizations.change", name=name_of(branch.here.names, branch.here.code))
        cards.append(card(title, _change(branch), t("organizations.change_hint")))
    return cards


def _below(branch: Branch) -> Component:
    here = branch.here
    title = t("organizations.below", name=name_of(here.names, here.code))
    closed = t("organizations.closed", day=date_text(here.closed_on)) if here.closed_on else ""
    if not branch.count and not branch.part.words:
        nothing = empty(t("organizations.none"), t("organizations.none_hint"))
        return card(title, nothing, closed)
    is_long = branch.count > PAGE or branch.part.words or branch.part.start
    around = [_find(branch)] if is_long else []
    if not branch.children:
        nothing = empty(t("organizations.none_found"), t("organizations.none_found_hint"))
        return card(title, [*around, nothing], closed)
    names = ("name", "kind", "code", "below_count", "roles", "state")
    numeric = {"below_count", "roles"}
    columns = [Column(name, t(f"organizations.{name}"), name in numeric) for name in names]
    rows = [_row(each) for each in branch.children]
    table = browser_table(columns, rows, title)
    listed = html.Div(table, className="first-whole")
    shown = (branch.part.start, len(branch.children), branch.count)
    parts = [part_links(*shown, partial(_part_address, branch))] if is_long else []
    return card(title, [*around, listed, *parts], closed)


def _find(branch: Branch) -> Component:
    """Return the search among what lies below: a form of the browser, so the address has it."""
    hidden = dbc.Input(
        id=ids.FIND_PLACE, name="place", type="hidden", value=str(branch.here.organization_id)
    )
    words = dbc.Input(
        id=ids.FIND, name="find", value=branch.part.words, type="search", class_name="input",
        placeholder=t("organizations.find_form"), maxlength=80,
    )  # fmt: skip
    controls = [
        hidden,
        field(t("organizations.find"), words),
        html.Button(t("organizations.do_find"), type="submit", className="button button-primary"),
        link_button(t("audit.clear"), _address(branch.here.organization_id), "quiet"),
    ]
    return html.Form(controls, action=ids.PATH, method="get", className="restatement-order")


def _part_address(branch: Branch, start: int) -> str:
    wanted = {"place": str(branch.here.organization_id), "find": branch.part.words}
    return ids.PATH + write_filters(wanted | {"from": str(start or "")})


def _row(child: Child) -> dict[str, object]:
    name = child.names[language()]
    state = t("organizations.open")
    if child.closed_on is not None:
        state = t("organizations.closed", day=date_text(child.closed_on))
    tone = "badge badge-plain" if child.closed_on else "badge badge-good"
    return {
        "name": Cell([("a", name, _address(child.organization_id))], name),
        "kind": t(f"organizations.kinds.{child.kind}"),
        "code": child.code,
        "below_count": child.below,
        "roles": child.roles,
        "state": Cell([(tone, state, state)], state),
    }


def _people(branch: Branch) -> Component:
    title = t("organizations.people")
    if not branch.people:
        nothing = empty(t("organizations.nobody"), t("organizations.nobody_hint"))
        return card(title, nothing)
    names = ("login", "role", "first", "last")
    columns = [Column(name, t(f"roles.{name}")) for name in names]
    table = browser_table(columns, [_held(each) for each in branch.people], title)
    return card(title, table, t("organizations.people_hint"))


def _held(held: HeldRole) -> dict[str, object]:
    last: object = t("roles.open")
    if held.valid_to is not None:
        last = Cell(date_text(held.valid_to), held.valid_to.isoformat())
    return {
        "login": held.login,
        "role": role_name(Role(held.role)),
        "first": Cell(date_text(held.valid_from), held.valid_from.isoformat()),
        "last": last,
    }


def _add(branch: Branch) -> Component:
    kinds = [(kind, t(f"organizations.kinds.{kind}")) for kind in branch.may_add]
    controls = [
        select(ids.KIND, t("organizations.kind"), kinds, kinds[0][0]),
        text_input(ids.CODE, t("organizations.code"), placeholder=t("organizations.code_form")),
        text_input(ids.NAME, t("organizations.name_zh")),
        text_input(ids.NAME_EN, t("organizations.name_en")),
        button(t("organizations.do_add"), ids.ADD, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _change(branch: Branch) -> Component:
    names = branch.here.names
    rename = [
        text_input(ids.NEW_NAME, t("organizations.name_zh"), names["zh-CN"]),
        text_input(ids.NEW_NAME_EN, t("organizations.name_en"), names["en"]),
        button(t("organizations.rename"), ids.RENAME),
    ]
    close = [
        text_input(ids.DAY, t("organizations.last_day"), placeholder=t("audit.day_form")),
        button(t("organizations.close"), ids.CLOSE, "danger"),
    ]
    return html.Div(
        [
            html.Div(rename, className="restatement-order"),
            html.Div(close, className="restatement-order"),
            html.P(t("organizations.not_moved"), className="muted"),
        ],
        className="stack",
    )


def _address(organization_id: int) -> str:
    return ids.PATH + write_filters({"place": str(organization_id)})
