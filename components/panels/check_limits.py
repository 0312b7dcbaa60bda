"""Limits of rules of an organization: what holds, what was set before, the form (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, select, text_input
from components.ids import collection_checks as ids
from components.panels.card import card
from components.panels.checks import organization_field
from components.panels.states import empty
from components.tables.table import Cell, Column, browser_table
from services.collection.check_rules import CheckRule
from services.collection.checks.desk import LimitBook, LimitNow
from services.formatting import datetime_text, exact
from services.i18n.texts import language, t


@dataclass(frozen=True, slots=True)
class LimitsView:
    """What the address asks for, the limits of the organization, and the rules there are."""

    query: Mapping[str, str]
    book: LimitBook | None
    rules: Mapping[str, CheckRule]


def limits_pieces(view: LimitsView) -> list[Component]:
    """Return the choice of an organization, its limits, the form and the history."""
    choice = html.Form(
        [
            organization_field(view.query, t("checks.own_place")),
            # A form of the browser takes its own fields alone into the address.
            html.Button(
                t("checks.show"),
                type="submit",
                name="tab",
                value="limits",
                className="button button-primary",
            ),
        ],
        action=ids.PATH,
        method="get",
        className="check-filter",
    )
    if view.book is None:
        nothing = empty(t("checks.choose_place"), t("checks.choose_place_hint"))
        return [card("", choice), card("", nothing)]
    return [card("", choice), *_form(view.book, view.rules), _shown(view.book, view.rules)]


def limits_shown(book: LimitBook, rules: Mapping[str, CheckRule]) -> list[Component]:
    """Return the table of limits and the history of them."""
    return [_now(book, rules), _history(book, rules)]


def _shown(book: LimitBook, rules: Mapping[str, CheckRule]) -> Component:
    return html.Div(limits_shown(book, rules), id=ids.LIMITS, className="stack")


def _form(book: LimitBook, rules: Mapping[str, CheckRule]) -> list[Component]:
    if not book.may_set:
        return [html.P(t("checks.may_not_set"), className="muted")]
    options = [(f"{each.rule}.{each.limit}", _name(each, rules)) for each in book.limits]
    fields = [
        select(ids.LIMIT, t("checks.limit_column"), options, options[0][0]),
        text_input(ids.VALUE, t("checks.value"), numeric=True),
        text_input(ids.POINT, t("checks.point"), placeholder="fuel/diesel//FC"),
        text_input(ids.LIMIT_REASON, t("checks.reason")),
        button(t("checks.set"), ids.SET, "primary"),
    ]
    title = f"{t('checks.move')} · {book.subject.names[language()]}"
    return [card(title, html.Div(fields, className="check-filter"), t("checks.point_hint"))]


def _now(book: LimitBook, rules: Mapping[str, CheckRule]) -> Component:
    names = ("limit_column", "now_column", "usual_column", "range_column", "origin")
    columns = [Column(name, t(f"checks.{name}")) for name in names]
    rows = [row for each in book.limits for row in _rows(each, rules)]
    table = browser_table(columns, rows, t("checks.tab_limits"))
    return card(
        f"{t('checks.tab_limits')} · {book.subject.names[language()]}",
        table,
        t("checks.limits_hint"),
    )


def _rows(each: LimitNow, rules: Mapping[str, CheckRule]) -> Sequence[dict[str, object]]:
    kind = rules[each.rule].limits[each.limit]
    held = [("", each.now), *each.points.items()]
    return [
        {
            "limit_column": _name(each, rules) + (f" · {point}" if point else ""),
            "now_column": f"{exact(limit.value)} {kind.unit}".rstrip(),
            "usual_column": f"{exact(kind.value)} {kind.unit}".rstrip(),
            "range_column": f"{exact(kind.low)} – {exact(kind.high)}",
            "origin": t(f"checks.from_{limit.origin}"),
        }
        for point, limit in held
    ]


def _history(book: LimitBook, rules: Mapping[str, CheckRule]) -> Component:
    if not book.history:
        return card(t("checks.history"), html.P(t("checks.no_history")))
    columns = [Column(name, t(f"checks.{name}")) for name in ("when", "who", "what", "why")]
    rows = []
    for each in book.history:
        rule = rules.get(each.rule)
        kind = rule.limits.get(each.limit) if rule else None
        name = f"{rule.name} · {kind.name}" if rule and kind else f"{each.rule}.{each.limit}"
        value = t("checks.given_up") if each.value is None else exact(each.value)
        place = f" · {each.point}" if each.point else ""
        rows.append(
            {
                "when": Cell(datetime_text(each.set_at), each.set_at.isoformat()),
                "who": each.set_by_name,
                "what": f"{name}{place} → {value}",
                "why": each.reason,
            }
        )
    return card(t("checks.history"), browser_table(columns, rows, t("checks.history")))


def _name(each: LimitNow, rules: Mapping[str, CheckRule]) -> str:
    rule = rules[each.rule]
    return f"{rule.name} · {rule.limits[each.limit].name}"
