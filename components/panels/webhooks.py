"""Webhooks: the form that adds one, its secret shown once, and what was sent to it (4.2 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, text_input
from components.ids import collection_webhooks as ids
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import datetime_text
from services.i18n.texts import has_text, language, t
from services.webhooks.keeping import DELIVERED, GIVEN_UP, WAITING, Delivery, StoredWebhook

TONES = {DELIVERED: "good", WAITING: "watch", GIVEN_UP: "over"}


@dataclass(frozen=True, slots=True)
class WebhooksView:
    """The webhooks, the events there are, and what was sent to the one that the address names."""

    query: Mapping[str, str]
    webhooks: Sequence[StoredWebhook]
    events: Sequence[str]
    deliveries: Sequence[Delivery] = ()

    @property
    def chosen(self) -> StoredWebhook | None:
        """Return the webhook that the address names."""
        named = str(self.query.get("webhook") or "")
        return next((one for one in self.webhooks if str(one.webhook_id) == named), None)


def webhooks_screen(view: WebhooksView) -> html.Div:
    """Return the whole page."""
    return page(
        t("webhooks.title"),
        html.Div(webhooks_list(view), id=ids.LISTED, className="stack"),
        card(t("webhooks.add"), _form(view.events), t("webhooks.add_hint")),
        subtitle=t("webhooks.subtitle"),
    )


def webhooks_list(view: WebhooksView) -> list[Component]:
    """Return the chosen webhook with what was sent to it, if there is one, above the table."""
    if not view.webhooks:
        return [card("", empty(t("webhooks.none"), t("webhooks.none_hint")))]
    names = ("address", "place", "events", "state", "made", "act")
    columns = [Column(name, t(f"webhooks.{name}")) for name in names]
    table = browser_table(columns, [_row(hook) for hook in view.webhooks], t("webhooks.title"))
    return [*_chosen(view), card(t("webhooks.listed"), table)]


def secret_once(secret: str) -> Component:
    """Return the secret by which the receiver checks signatures, shown this once."""
    return html.Div(
        [
            html.Code(secret, id="collection-webhooks-secret"),
            html.P(t("webhooks.once")),
        ],
        className="stack one-time",
        role="status",
    )


def _form(events: Sequence[str]) -> Component:
    controls = [
        text_input(ids.CODE, t("webhooks.code"), placeholder=t("roles.place_form")),
        text_input(ids.ADDRESS, t("webhooks.address"), placeholder="https://"),
        button(t("webhooks.do_add"), ids.ADD, "primary"),
    ]
    wanted = field(t("webhooks.events"), _choices(events))
    parts = [html.Div(controls, className="restatement-order"), wanted, html.Div(id=ids.TOLD)]
    return html.Div(parts, className="stack")


def _choices(events: Sequence[str]) -> Component:
    options = [{"label": _event(name), "value": name} for name in events]
    return dbc.Checklist(options, list(events), id=ids.EVENTS, className="choices")


def _chosen(view: WebhooksView) -> list[Component]:
    hook = view.chosen
    if hook is None:
        return []
    acts = [
        button(t("webhooks.try"), ids.TRY),
        button(t("webhooks.look"), ids.LOOK),
        button(t("webhooks.again"), ids.AGAIN),
        button(t("webhooks.end"), ids.END, "danger"),
    ]
    back = link_button(t("webhooks.back"), ids.PATH)
    return [
        card(
            t("webhooks.sent_to", address=hook.address),
            _log(view),
            t("webhooks.sent_hint"),
            actions=[*(acts if hook.ended_at is None else []), back],
        )
    ]


def _log(view: WebhooksView) -> Component:
    if not view.deliveries:
        return empty(t("webhooks.nothing"), t("webhooks.nothing_hint"))
    names = ("event", "made", "state", "answer", "tries", "next")
    columns = [Column(name, t(f"webhooks.{name}")) for name in names]
    return browser_table(columns, [_sent(one) for one in view.deliveries], t("webhooks.log"))


def _row(hook: StoredWebhook) -> dict[str, object]:
    state = "open" if hook.ended_at is None else f"ended_{hook.ended_why or 'by_hand'}"
    words = t(f"webhooks.states.{state}")
    tone = "good" if hook.ended_at is None else "plain"
    chosen = ids.PATH + write_filters({"webhook": str(hook.webhook_id)})
    return {
        "address": Cell([("strong", hook.address)], hook.address),
        "place": hook.names[language()],
        "events": t("webhooks.comma").join(map(_event, hook.events)),
        "state": Cell([(f"badge badge-{tone}", words, words)], state),
        "made": Cell(datetime_text(hook.made_at), hook.made_at.isoformat()),
        "act": Cell([("a", t("webhooks.choose"), chosen)]),
    }


def _sent(one: Delivery) -> dict[str, object]:
    words, event = t(f"webhooks.states.{one.state}"), _event(one.event)
    waits = one.state == WAITING
    return {
        "event": Cell([("strong", event), ("small", one.event)], one.event),
        "made": Cell(datetime_text(one.made_at), one.made_at.isoformat()),
        "state": Cell([(f"badge badge-{TONES[one.state]}", words, words)], one.state),
        "answer": _answer(one),
        "tries": one.tries,
        "next": Cell(datetime_text(one.next_at), one.next_at.isoformat()) if waits else "—",
    }


def _answer(one: Delivery) -> str:
    """Return what the receiver said last, or why it said nothing."""
    if one.reason == "ended":
        return t("webhooks.ended_before")
    if one.tried_at is None:
        return "—"
    said = f"HTTP {one.status}" if one.status is not None else one.reason
    return t("webhooks.answered", said=said, milliseconds=one.milliseconds or 0)


def _event(name: str) -> str:
    key = f"webhooks.event_names.{name.replace('.', '_')}"
    return t(key) if has_text(key) else name
