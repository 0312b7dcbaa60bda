"""Institutions, who works for one of them, for whom it acts, and the rules of law (7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, link_button, select, text_input
from components.forms.method_columns import name_of
from components.ids import administration_institutions as ids
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table, data_table
from services.formatting import date_text
from services.i18n.texts import t
from services.institution_keeping import (
    KINDS,
    RELATIONS,
    Employed,
    Insight,
    Institution,
    Term,
    Tie,
    years_told,
)

RULES = ("same_province", "same_report", "interest", "trading", "appointed")


@dataclass(frozen=True, slots=True)
class InstitutionsView:
    """Every institution, the one that the address names, and the day it is."""

    every: Sequence[Institution]
    chosen: Insight | None
    today: date


def institutions_screen(view: InstitutionsView) -> html.Div:
    """Return the whole page."""
    return page(
        t("institutions.title"),
        html.Div(institution_cards(view), id=ids.SHOWN, className="stack"),
        card(t("institutions.rules_title"), _rules(), t("institutions.rules_hint")),
        subtitle=t("institutions.subtitle"),
    )


def institution_cards(view: InstitutionsView) -> list[Component]:
    """Return the chosen institution, or the list of all with the form that adds one."""
    if view.chosen is None:
        return [
            _listed(view.every),
            card(t("institutions.add"), _form(), t("institutions.add_hint")),
        ]
    name = name_of(view.chosen.institution.names, view.chosen.institution.code)
    return [
        html.Div(link_button(t("institutions.back"), ids.PATH, "quiet"), className="button-row"),
        card(
            t("institutions.ties_of", name=name),
            html.Div([_ties(view.chosen.ties), _tie_form(view.today)], className="stack"),
            t("institutions.ties_hint"),
        ),
        card(
            t("institutions.staff_of", name=name),
            html.Div([_staff(view.chosen.staff), _staff_form(view.today)], className="stack"),
            t("institutions.staff_hint"),
        ),
        card(
            t("institutions.end_title"),
            text_input(ids.END_DAY, t("institutions.end_day"), view.today.isoformat()),
            t("institutions.end_hint"),
        ),
    ]


def _listed(every: Sequence[Institution]) -> Component:
    if not every:
        return card("", empty(t("institutions.none"), t("institutions.none_hint")))
    numeric = {"staff", "ties"}
    names = ("name", "kind", "code", "ties", "staff")
    columns = [Column(name, t(f"institutions.{name}"), name in numeric) for name in names]
    table = browser_table(columns, [_row(each) for each in every], t("institutions.listed"))
    return card(t("institutions.listed"), html.Div(table, className="first-whole"))


def _row(one: Institution) -> dict[str, object]:
    name = name_of(one.names, one.code)
    address = ids.PATH + write_filters({"institution": str(one.institution_id)})
    return {
        "name": Cell([("a", name, address)], name),
        "kind": t(f"institutions.kinds.{one.kind}"),
        "code": one.code,
        "ties": one.ties,
        "staff": one.staff,
    }


def _ties(ties: Sequence[Tie]) -> Component:
    if not ties:
        return empty(t("institutions.no_ties"), t("institutions.no_ties_hint"))
    names = ("organization", "relation", "years", "first", "last", "act")
    columns = [Column(name, t(f"institutions.{name}")) for name in names]
    rows = [
        {
            "organization": name_of(each.names, ""),
            "relation": t(f"institutions.relations.{each.relation}"),
            "years": years_told(*(each.years or (None, None))),
            **_days(each.term),
            "act": Cell(_end(str(each.tie_id))),
        }
        for each in ties
    ]
    return data_table(columns, rows, caption=t("institutions.ties"))


def _staff(staff: Sequence[Employed]) -> Component:
    if not staff:
        return empty(t("institutions.no_staff"), t("institutions.no_staff_hint"))
    names = ("login", "first", "last", "act")
    columns = [Column(name, t(f"institutions.{name}")) for name in names]
    rows = [
        {"login": each.login, **_days(each.term), "act": Cell(_end(str(each.staff_id)))}
        for each in staff
    ]
    return data_table(columns, rows, caption=t("institutions.staff"))


def _form() -> Component:
    kinds = [(kind, t(f"institutions.kinds.{kind}")) for kind in KINDS]
    controls = [
        select(ids.KIND, t("institutions.kind"), kinds, kinds[0][0]),
        text_input(ids.CODE, t("institutions.code"), placeholder=t("organizations.code_form")),
        text_input(ids.NAME, t("organizations.name_zh")),
        text_input(ids.NAME_EN, t("organizations.name_en")),
        button(t("institutions.do_add"), ids.ADD, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _tie_form(today: date) -> Component:
    relations = [(each, t(f"institutions.relations.{each}")) for each in RELATIONS]
    form = t("organizations.code_form")
    controls = [
        text_input(ids.ORGANIZATION, t("institutions.organization_code"), placeholder=form),
        select(ids.RELATION, t("institutions.relation"), relations, relations[0][0]),
        text_input(ids.YEARS, t("institutions.years"), placeholder=t("institutions.years_form")),
        text_input(ids.TIE_FIRST, t("institutions.first"), today.isoformat()),
        text_input(ids.TIE_LAST, t("institutions.last"), placeholder=t("roles.open")),
        button(t("institutions.do_tie"), ids.TIE, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _staff_form(today: date) -> Component:
    controls = [
        text_input(ids.LOGIN, t("institutions.login")),
        text_input(ids.STAFF_FIRST, t("institutions.first"), today.isoformat()),
        text_input(ids.STAFF_LAST, t("institutions.last"), placeholder=t("roles.open")),
        button(t("institutions.do_employ"), ids.EMPLOY, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _rules() -> Component:
    names = ("rule", "source")
    columns = [Column(name, t(f"institutions.{name}")) for name in names]
    rows = [{name: t(f"institutions.rules.{rule}_{name}") for name in names} for rule in RULES]
    return browser_table(columns, rows, t("institutions.rules_title"))


def _end(row_id: str) -> Component:
    return button(t("institutions.end"), ids.end(row_id), "quiet")


def _days(term: Term) -> dict[str, object]:
    last: object = t("roles.open")
    if term.last is not None:
        last = Cell(date_text(term.last), term.last.isoformat())
    return {"first": Cell(date_text(term.first), term.first.isoformat()), "last": last}
