"""Alerts: how many are open, the list that a phone shows as cards, and one with all about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, link_button, select
from components.ids import collection_alerts as ids
from components.panels.alert_one import alert_card
from components.panels.alert_words import (
    rule_name,
    severity_badge,
    severity_text,
    state_badge,
    subject_text,
)
from components.panels.badge import badge
from components.panels.card import card
from components.panels.notices import notices_card
from components.panels.states import calm, empty
from components.panels.tile import tile
from components.shell.filters import filter_bar, write_filters
from components.shell.page import page, tiles
from services.alert_facts import SEVERITIES, STATES, Alert, Wish
from services.alerts.handling import AlertsView, AlertView
from services.formatting import datetime_text, number
from services.i18n.texts import language, t

FILTERS = ("organization", "state", "severity", "rule", "owner")


@dataclass(frozen=True, slots=True)
class AlertsScreen:
    """The alerts that the address asks for, the one that it names, and when it was asked."""

    query: Mapping[str, str]
    view: AlertsView
    rules: tuple[str, ...]
    at: datetime
    chosen: AlertView | None = None
    # None for whom nobody sends e-mail.
    wish: Wish | None = None
    sends_mail: bool = False

    def address(self, **changes: object) -> str:
        """Return the address of this view with something changed."""
        kept = {name: self.query.get(name, "") for name in FILTERS}
        return ids.PATH + write_filters({**kept, **changes})


def alerts_screen(screen: AlertsScreen) -> html.Div:
    """Return the whole page."""
    chosen = [alert_card(screen.chosen, screen.address())] if screen.chosen else []
    return page(
        t("alerts.title"),
        tiles(*(_tile(screen, severity) for severity in reversed(SEVERITIES))),
        *chosen,
        _listed(screen),
        *([notices_card(screen.wish, screen.sends_mail)] if screen.wish else []),
        dcc.Store(id=ids.SHOWN, data={n: screen.query.get(n, "") for n in FILTERS}),
        filters=_filters(screen),
        subtitle=t("alerts.subtitle"),
    )


def _tile(screen: AlertsScreen, severity: str) -> Component:
    count = screen.view.count.by_severity.get(severity, 0)
    return tile(severity_text(severity), number(count, 0), "", t("alerts.active"))


def _filters(screen: AlertsScreen) -> Component:
    query, everything = screen.query, ("", t("alerts.any"))
    places = [(key, names[language()]) for key, names in screen.view.places.items()]
    states: Options = [("active", t("alerts.active")), *_named("states", STATES)]
    controls = (
        select(
            ids.ORGANIZATION,
            t("alerts.filters.organization"),
            [everything, *places],
            query.get("organization", ""),
        ),
        select(
            ids.STATE,
            t("alerts.filters.state"),
            [*states, ("all", t("alerts.any"))],
            query.get("state") or "active",
        ),
        select(
            ids.SEVERITY,
            t("alerts.filters.severity"),
            [everything, *_named("severities", tuple(reversed(SEVERITIES)))],
            query.get("severity", ""),
        ),
        select(
            ids.RULE,
            t("alerts.filters.rule"),
            [everything, *((name, rule_name(name)) for name in screen.rules)],
            query.get("rule", ""),
        ),
        select(
            ids.OWNER,
            t("alerts.filters.owner"),
            [everything, ("me", t("alerts.filters.mine"))],
            query.get("owner", ""),
        ),
    )
    return filter_bar(*controls)


def _named(group: str, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(key, t(f"alerts.{group}.{key}")) for key in keys]


def _listed(screen: AlertsScreen) -> Component:
    found = screen.view.alerts
    if not found:
        asks = any(screen.query.get(name) for name in FILTERS)
        word = "none" if asks else "calm"
        nothing = (empty if asks else calm)(t(f"alerts.{word}"), t(f"alerts.{word}_hint"))
        return card("", nothing)
    rows = html.Ul([html.Li(_row(screen, each)) for each in found], className="alert-list")
    return card(t("alerts.listed"), rows, footer=_pages(screen))


def _pages(screen: AlertsScreen) -> list[Component]:
    links: list[Component] = []
    if screen.query.get("after"):
        links.append(link_button(t("alerts.newest"), screen.address(), "quiet"))
    if screen.view.has_more:
        last = screen.view.alerts[-1]
        after = f"{last.opened_at.isoformat()}_{last.alert_id}"
        links.append(link_button(t("alerts.older"), screen.address(after=after), "quiet"))
    return links


def _row(screen: AlertsScreen, each: Alert) -> html.Article:
    here = {"alert": each.alert_id, "organization": each.organization_id}
    address = screen.address(**here)
    head = [severity_badge(each.severity), html.Strong(rule_name(each.rule)), state_badge(each)]
    if each.escalated_at:
        head.append(badge(t("alerts.escalated"), "over", t("alerts.escalated_means")))
    what = html.P(f"{each.names[language()]} · {subject_text(each)}", className="alert-subject")
    times = [
        t("alerts.since", at=datetime_text(each.opened_at)),
        *([t("alerts.times", count=each.occurrences)] if each.occurrences > 1 else []),
        t("alerts.owner", name=each.owner) if each.owner else t("alerts.no_owner"),
    ]
    told = html.P(" · ".join(times), className="muted")
    body = html.Div([html.Div(head, className="alert-head"), what, told])
    go = link_button(t("alerts.open_one"), address)
    return html.Article([body, go], className=f"alert alert-{each.severity}")
