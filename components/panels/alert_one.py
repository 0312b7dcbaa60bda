"""One alert: its evidence, what became of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, select
from components.ids import collection_alerts as ids
from components.panels.alert_words import (
    rule_meaning,
    rule_name,
    severity_badge,
    standing_text,
    state_badge,
    subject_text,
)
from components.panels.badge import badge
from components.panels.card import card
from components.tables.table import Column, data_table
from services.alert_facts import OPEN, RESOLVED, Alert, AlertEvent
from services.alerts.handling import AlertView
from services.formatting import datetime_text, exact
from services.i18n.texts import language, t

LONGEST = 1_000


def alert_card(view: AlertView, back: str) -> html.Section:
    """Return all about one alert."""
    found = view.alert
    body = html.Div(
        [
            _facts(found),
            *(_acts(view) if view.may_handle and found.state != RESOLVED else []),
            _evidence(view),
            _history(view.events),
        ],
        className="stack",
    )
    title = f"{rule_name(found.rule)} · {found.names[language()]}"
    origin = [link_button(t("alerts.where_from"), found.link, "plain")] if _may_go(view) else []
    return card(
        title,
        body,
        rule_meaning(found.rule),
        actions=[*origin, link_button(t("alerts.back"), back, "quiet")],
        card_id="alert-card",
    )


def _may_go(view: AlertView) -> bool:
    # Where readings are closed, so is the page that shows what it is about.
    return bool(view.alert.link and view.sees_readings)


def _facts(found: Alert) -> html.Div:
    marks: list[Component] = [severity_badge(found.severity), state_badge(found)]
    if found.escalated_at:
        marks.append(badge(t("alerts.escalated"), "over", t("alerts.escalated_means")))
    times = (
        t("alerts.since", at=datetime_text(found.opened_at)),
        t("alerts.seen", at=datetime_text(found.seen_at)),
        t("alerts.times", count=found.occurrences),
        standing_text(found),
    )
    cared = t("alerts.owner", name=found.owner) if found.owner else t("alerts.no_owner")
    rule = t("alerts.rule_of", rule=found.rule, version=found.rule_version)
    return html.Div(
        [
            html.Div(marks, className="alert-head"),
            html.P(html.Strong(subject_text(found))),
            html.P(" · ".join(times)),
            html.P(f"{cared} · {rule}", className="muted"),
        ]
    )


def _acts(view: AlertView) -> list[Component]:
    found = view.alert
    take = (
        [button(t("alerts.acts.acknowledge"), ids.ACKNOWLEDGE, "primary")]
        if found.state == OPEN
        else []
    )
    people = [(key, name) for key, name in view.people.items()]
    hand_over = [
        select(
            ids.ASSIGNEE, t("alerts.acts.assign_to"), people, str(found.owner_id or people[0][0])
        ),
        button(t("alerts.acts.assign"), ids.ASSIGN),
    ]
    parts = [
        html.Div([*take, *(hand_over if people else [])], className="alert-acts"),
        html.Div(
            [
                _area(ids.COMMENT, "comment"),
                button(t("alerts.acts.do_comment"), ids.ADD_COMMENT),
            ],
            className="alert-acts",
        ),
        _ending(found),
    ]
    return [html.Div([html.H3(t("alerts.acts.title")), *parts], className="stack")]


def _ending(found: Alert) -> Component:
    """Return how an alert is closed, or why it cannot be yet."""
    if found.is_standing:
        return html.P(t("alerts.acts.stands"), className="muted")
    close = button(t("alerts.acts.resolve"), ids.RESOLVE, "primary")
    return html.Div([_area(ids.REASON, "reason"), close], className="alert-acts")


def _area(area_id: str, name: str) -> Component:
    entry = dbc.Textarea(
        id=area_id,
        value="",
        placeholder=t(f"alerts.acts.{name}_place"),
        maxlength=LONGEST,
        class_name="input alert-text",
    )
    return field(t(f"alerts.acts.{name}"), entry)


def _evidence(view: AlertView) -> html.Div:
    title = html.H3(t("alerts.evidence.title"))
    if view.evidence is None:
        word = "none" if view.sees_readings else "closed"
        return html.Div([title, html.P(t(f"alerts.evidence.{word}"), className="muted")])
    shown = {"first": view.evidence.first_seen, "last": view.evidence.last_seen}
    rows = [
        {
            "which": t(f"alerts.evidence.{name}"),
            "when": _moment(told.get("at")),
            "value": _value(view.alert.rule, told),
            "expected": _expected(view.alert.rule, told),
        }
        for name, told in shown.items()
        if told
    ]
    if not rows:
        return html.Div([title, html.P(t("alerts.evidence.none"), className="muted")])
    columns = [Column("which", "")]
    columns += [Column(n, t(f"alerts.evidence.{n}")) for n in ("when", "value", "expected")]
    table = data_table(columns, rows, caption=t("alerts.evidence.title"), sortable=False)
    return html.Div([title, table])


def _moment(told: object) -> str:
    return datetime_text(datetime.fromisoformat(str(told))) if told else "—"


def _figures(told: Mapping[str, Any]) -> dict[str, str]:
    unit = str(told.get("unit") or "")
    figures = {name: exact(told.get(name)) for name in ("value", "low", "high", "most", "count")}
    return {**figures, "unit": unit}


def _value(rule: str, told: Mapping[str, Any]) -> str:
    kind, figures = rule.removeprefix("point."), _figures(told)
    if kind == "range":
        return f"{figures['value']} {figures['unit']}"
    return t(f"alerts.evidence.{kind}_value", **figures)


def _expected(rule: str, told: Mapping[str, Any]) -> str:
    kind, figures = rule.removeprefix("point."), _figures(told)
    if kind != "range":
        return t(f"alerts.evidence.{kind}", **figures)
    if told.get("low") is None:
        return t("alerts.evidence.at_most", **figures)
    key = "at_least" if told.get("high") is None else "range"
    return t(f"alerts.evidence.{key}", **figures)


def _history(events: tuple[AlertEvent, ...]) -> html.Div:
    return html.Div(
        [
            html.H3(t("alerts.history.title")),
            html.Ol([html.Li(_event(each)) for each in events], className="alert-history"),
        ]
    )


def _event(each: AlertEvent) -> list[Component]:
    to = t("alerts.history.to", name=each.owner) if each.kind == "assigned" else ""
    head = html.P([html.Strong(t(f"alerts.history.{each.kind}")), f" {to}" if to else ""])
    who = each.made_by or t("alerts.history.by_itself")
    when = html.P(f"{datetime_text(each.at)} · {who}", className="muted")
    said = html.P(each.body, className="alert-said") if each.body else None
    return [part for part in (head, said, when) if part is not None]
