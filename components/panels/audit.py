"""The audit trail: what to look for, the events that fit, the way to more and to a file (7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import field, file_link, link_button
from components.ids import administration_audit as ids
from components.panels.audit_views import views_card
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.audit_views import SavedView
from services.formatting import datetime_text
from services.i18n.texts import has_text, t
from services.oversight import CHANNELS, RESULTS, AuditPage, AuditRow

TONES = {"done": "good", "failed": "watch", "refused": "over"}
FILE = "/download/audit"
HOURS = ("1", "24", "168")
REVEAL = "reveal"


@dataclass(frozen=True, slots=True)
class AuditView:
    """What the address asks for, a page of what fits, and whether masks may be lifted."""

    query: Mapping[str, str]
    found: AuditPage
    views: Sequence[SavedView] = ()
    may_reveal: bool = False


def audit_screen(view: AuditView) -> html.Div:
    """Return the whole page."""
    return page(
        t("audit.title"),
        views_card(view.query, view.views),
        card(t("audit.search"), _form(view.query), t("audit.search_hint")),
        _events(view),
        subtitle=t("audit.subtitle"),
    )


def deed_name(action: str) -> str:
    """Return what was done in words; a deed without words by its code."""
    key = f"deed.{action}"
    return t(key) if has_text(key) else action


def _form(query: Mapping[str, str]) -> Component:
    """Return the search as a form of the browser: what is asked for stands in the address."""
    controls = [
        _text(query, "login"),
        _choice(query, "result", RESULTS),
        _choice(query, "channel", CHANNELS),
        _text(query, "action"),
        _text(query, "resource"),
        _text(query, "first", t("audit.day_form")),
        _text(query, "last", t("audit.day_form")),
        _choice(query, "within", HOURS),
        html.Button(t("audit.do_search"), type="submit", className="button button-primary"),
        link_button(t("audit.clear"), ids.PATH, "quiet"),
    ]
    return html.Form(controls, action=ids.PATH, method="get", className="restatement-order")


def _text(query: Mapping[str, str], name: str, placeholder: str = "") -> html.Div:
    entry = dbc.Input(
        id=f"administration-audit-{name}",
        name=name,
        value=str(query.get(name) or ""),
        placeholder=placeholder,
        type="text",
        class_name="input",
        maxlength=200,
    )
    return field(t(f"audit.{name}"), entry)


def _choice(query: Mapping[str, str], name: str, values: Sequence[str]) -> html.Div:
    options = [("", t("audit.any")), *((value, t(f"audit.{name}s.{value}")) for value in values)]
    choice = dbc.Select(
        id=f"administration-audit-{name}",
        name=name,
        options=[{"value": key, "label": label} for key, label in options],
        value=str(query.get(name) or ""),
        placeholder=t("audit.any"),
        class_name="input",
    )
    return field(t(f"audit.{name}"), choice)


def _events(view: AuditView) -> Component:
    if not view.found.events:
        return card("", empty(t("audit.none"), t("audit.none_hint")))
    filters = {name: value for name, value in view.query.items() if name != "after"}
    files = [
        file_link(kind.upper(), f"{FILE}/{kind}{write_filters(filters)}", "quiet")
        for kind in ("xlsx", "csv")
    ]
    files += [_masks(filters)] if view.may_reveal else []
    rows = [_row(each) for each in view.found.events]
    table = html.Div(browser_table(_columns(), rows, t("audit.title")), className="first-whole")
    return html.Div(
        [
            card(t("audit.events"), table, actions=html.Div(files, className="button-row")),
            _older(filters, view.found),
        ],
        className="stack",
    )


def _masks(filters: Mapping[str, str]) -> Component:
    """Return the link that shows people and addresses in full, or masks them again."""
    if filters.get(REVEAL):
        hidden = {name: value for name, value in filters.items() if name != REVEAL}
        return link_button(t("audit.mask"), ids.PATH + write_filters(hidden), "quiet")
    shown = {**filters, REVEAL: "1"}
    return link_button(t("audit.reveal"), ids.PATH + write_filters(shown), "quiet")


def _older(filters: Mapping[str, str], found: AuditPage) -> Component | None:
    if not found.following:
        return None
    address = ids.PATH + write_filters({**filters, "after": found.following})
    return link_button(t("audit.older"), address)


def _columns() -> list[Column]:
    names = ("at", "login", "action", "resource", "result", "channel", "address")
    return [Column(name, t(f"audit.{name}")) for name in names]


def _row(event: AuditRow) -> dict[str, object]:
    tone = TONES.get(event.result, "watch")
    result = t(f"audit.results.{event.result or 'done'}")
    return {
        "at": Cell(datetime_text(event.at), event.at.isoformat()),
        "login": event.login or t("audit.nobody"),
        "action": Cell(deed_name(event.action), event.action),
        "resource": event.resource,
        "result": Cell([(f"badge badge-{tone}", result, result)], event.result),
        "channel": t(f"audit.channels.{event.channel}")
        if has_text(f"audit.channels.{event.channel}")
        else event.channel,
        "address": event.address,
    }
