"""Reactions of the page of webhooks: adding, trying, ending, sending again (4.2 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_webhooks as ids
from components.ids import shell as shell_ids
from components.panels.webhooks import (
    WebhooksView,
    secret_once,
    webhooks_list,
    webhooks_screen,
)
from components.shell.messages import notice
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action
from services.webhooks import keeping
from services.webhooks.keeping import WebhookOrder

Query = Mapping[str, str]


def show_webhooks(context: Context, query: Query) -> Component:
    """Show the form, the webhooks, and what was sent to the one that the address names."""
    return webhooks_screen(_view(context, query))


def add_webhook(
    context: Context,
    _clicks: int,
    code: str | None,
    address: str | None,
    events: Sequence[str] | None,
) -> tuple[Component, list[Component]]:
    """Add a webhook and show, this once, the secret that signs what it is told."""
    order = WebhookOrder(_words(code), _words(address), tuple(events or ()))
    secret = keeping.add_webhook(context.actor(), context.database, context.outbound, order)
    return secret_once(secret), webhooks_list(_view(context, {}))


def try_webhook(context: Context, _clicks: int, query: Query) -> list[Component]:
    """Let the chosen webhook be told that somebody tries it."""
    keeping.try_webhook(context.actor(), context.database, _chosen(query))
    _say("webhooks.was_tried")
    return webhooks_list(_view(context, query))


def look_again(context: Context, _clicks: int, query: Query) -> list[Component]:
    """Show how sending went meanwhile."""
    return webhooks_list(_view(context, query))


def end_webhook(context: Context, _clicks: int, query: Query) -> list[Component]:
    """Tell the chosen webhook nothing more."""
    keeping.end_webhook(context.actor(), context.database, _chosen(query))
    _say("webhooks.was_ended")
    return webhooks_list(_view(context, query))


def send_again(context: Context, _clicks: int, query: Query) -> list[Component]:
    """Let everything that was given up for the chosen webhook be tried anew."""
    count = keeping.send_again(context.actor(), context.database, _chosen(query))
    _say("webhooks.was_sent_again", count=count)
    return webhooks_list(_view(context, query))


def _view(context: Context, query: Query) -> WebhooksView:
    actor, database = context.actor(), context.database
    view = WebhooksView(query, keeping.webhooks_of(actor, database), keeping.event_names())
    if view.chosen is None:
        return view
    sent = keeping.deliveries_of(actor, database, view.chosen.webhook_id)
    return WebhooksView(query, view.webhooks, view.events, sent)


def _say(key: str, **values: object) -> None:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(key, **values))})


def _chosen(query: Query) -> UUID:
    named = str(query.get("webhook") or "")
    try:
        return UUID(named)
    except ValueError:
        raise NotFoundError("webhook", value=named[:40]) from None


def _words(text: str | None) -> str:
    return str(text or "").strip()


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_webhooks,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.MANAGE_WEBHOOKS,
        whole_page="webhooks.title",
    )
    listed = Output(ids.LISTED, "children", allow_duplicate=True)
    told = Output(ids.TOLD, "children")
    fields = [State(ids.CODE, "value"), State(ids.ADDRESS, "value"), State(ids.EVENTS, "value")]
    query = State(ids.QUERY, "data")
    acts = (
        (add_webhook, (told, listed), ids.ADD, fields, True),
        (try_webhook, (listed,), ids.TRY, [query], False),
        (look_again, (listed,), ids.LOOK, [query], False),
        (send_again, (listed,), ids.AGAIN, [query], False),
        (end_webhook, (listed,), ids.END, [query], True),
    )
    for function, outputs, press, states, needs_step_up in acts:
        wire(
            app,
            context,
            function,
            *outputs,
            Input(press, "n_clicks"),
            *states,
            permission=Action.MANAGE_WEBHOOKS,
            needs_step_up=needs_step_up,
            prevent_initial_call=True,
        )
