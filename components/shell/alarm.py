"""How many alerts are open, in the frame of every page; on a wall also which are the newest."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.ids import shell as ids
from components.panels.alert_words import rule_name, severity_badge
from components.shell.icons import icon
from services.alert_facts import Alert, OpenCount
from services.formatting import datetime_text
from services.i18n.texts import language, t

PATH = "/collection/alerts"
ASKS_EVERY_MS = 60_000


def alarm() -> list[Component]:
    """Return the place of the count, which asks by itself."""
    link = html.A(icon("bell"), id=ids.ALARM, href=PATH, className="tool alarm")
    return [link, dcc.Interval(id=ids.ALARM_CLOCK, interval=ASKS_EVERY_MS)]


def count_of(found: OpenCount) -> list[Component]:
    """Return the bell with how many are open; red where one is critical."""
    if not found.total:
        return [icon("bell"), html.Span(t("alerts.count_none"), className="visually-hidden")]
    severity = t(f"alerts.severities.{found.worst}")
    told = t("alerts.count_one", count=found.total, severity=severity)
    shown = str(found.total) if found.total < 100 else "99+"
    mark = html.Span(shown, className=f"alarm-count alarm-{found.worst}", **{"aria-hidden": "true"})
    return [icon("bell"), mark, html.Span(told, className="visually-hidden")]


def strip() -> list[Component]:
    """Return the place of the newest alerts, where nobody opens a page to see them."""
    return [html.Div(id=ids.ALARM_STRIP, className="alarm-strip", role="status")]


def newest_of(found: Sequence[Alert]) -> list[Component]:
    """Return alerts in a line each: how bad, what, where, since when."""
    return [
        html.P(
            [
                severity_badge(each.severity),
                html.Strong(rule_name(each.rule)),
                html.Span(each.names[language()]),
                html.Span(t("alerts.since", at=datetime_text(each.opened_at)), className="muted"),
            ]
        )
        for each in found
    ]
