"""Adding, trying, ending webhooks, and reading what was sent to them (4.2 b)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services import clock
from services.data import organizations
from services.data import webhooks as rows
from services.data.engine import Database
from services.data.webhooks import (
    DELIVERED,
    GIVEN_UP,
    WAITING,
    Delivery,
    NewDelivery,
    NewWebhook,
    StoredWebhook,
)
from services.data.work import Work
from services.errors import NotFoundError, PlatformError
from services.outbound import Outbound
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.webhooks.events import PING, body, load_events
from services.webhooks.signatures import SECRET_BYTES, secret_text

__all__ = ["DELIVERED", "GIVEN_UP", "WAITING", "Delivery", "StoredWebhook", "WebhookOrder"]

# How many of a webhook's deliveries are shown, newest first.
MOST_SHOWN = 200


class WebhookOrderError(PlatformError):
    """A webhook was ordered without an event, or with one that there is not."""

    text_key = "webhook_order"


@dataclass(frozen=True, slots=True)
class WebhookOrder:
    """The code of the place, where to send, and the events to be told of, there and below."""

    code: str
    address: str
    events: tuple[str, ...]


def event_names() -> tuple[str, ...]:
    """Return the name of every event that can be told."""
    return tuple(load_events().by_name)


def add_webhook(actor: Actor, database: Database, outbound: Outbound, order: WebhookOrder) -> str:
    """Add a webhook and return the secret that signs what it is told, shown this once."""
    events = _known(order.events)
    outbound.check(order.address)
    secret = os.urandom(SECRET_BYTES)
    with database.work(scope_for(actor, Action.MANAGE_WEBHOOKS)) as work:
        place = organizations.by_code(work, order.code)
        require(actor, Action.MANAGE_WEBHOOKS, place.access_path)
        new = NewWebhook(
            place.organization_id, place.access_path, actor.person_id, order.address, events
        )
        webhook_id = rows.add(work, new, secret, clock.now())
        after = {"address": order.address, "events": list(events)}
        deed = Deed("add_webhook", str(webhook_id), after=after)
        record_deed(work, actor.person_id, place, deed)
        work.commit()
    return secret_text(secret)


def webhooks_of(actor: Actor, database: Database) -> tuple[StoredWebhook, ...]:
    """Return the webhooks at the actor's places and below."""
    require(actor, Action.MANAGE_WEBHOOKS)
    with database.work(scope_for(actor, Action.MANAGE_WEBHOOKS)) as work:
        return rows.every(work)


def deliveries_of(actor: Actor, database: Database, webhook_id: UUID) -> tuple[Delivery, ...]:
    """Return what was, or is to be, told to a webhook, newest first."""
    with database.work(scope_for(actor, Action.MANAGE_WEBHOOKS)) as work:
        hook = _managed(work, actor, webhook_id)
        return rows.deliveries(work, hook.webhook_id, MOST_SHOWN)


def end_webhook(actor: Actor, database: Database, webhook_id: UUID) -> None:
    """Tell a webhook nothing more."""
    with database.work(scope_for(actor, Action.MANAGE_WEBHOOKS)) as work:
        hook = _open(work, actor, webhook_id)
        rows.end(work, hook, clock.now())
        record_deed(work, actor.person_id, hook, Deed("end_webhook", str(webhook_id)))
        work.commit()


def try_webhook(actor: Actor, database: Database, webhook_id: UUID) -> None:
    """Send a ping, to see whether it arrives and is understood."""
    now = clock.now()
    with database.work(scope_for(actor, Action.MANAGE_WEBHOOKS)) as work:
        hook = _open(work, actor, webhook_id)
        told = body(PING, now, {"webhook": str(webhook_id)})
        rows.announce(work, [NewDelivery(hook, PING, told)], now)
        record_deed(work, actor.person_id, hook, Deed("try_webhook", str(webhook_id)))
        work.commit()


def send_again(actor: Actor, database: Database, webhook_id: UUID) -> int:
    """Let everything that was given up be tried anew, from the start; return how much it is."""
    with database.work(scope_for(actor, Action.MANAGE_WEBHOOKS)) as work:
        hook = _open(work, actor, webhook_id)
        count = rows.send_again(work, hook, clock.now())
        deed = Deed("send_again", str(webhook_id), after={"deliveries": count})
        record_deed(work, actor.person_id, hook, deed)
        work.commit()
    return count


def _known(names: Iterable[str]) -> tuple[str, ...]:
    known, wanted = event_names(), tuple(dict.fromkeys(names))
    if not wanted or not set(wanted) <= set(known):
        said = ", ".join(wanted) or "—"
        raise WebhookOrderError("events", value=said[:200], known=", ".join(known))
    return wanted


def _managed(work: Work, actor: Actor, webhook_id: UUID) -> StoredWebhook:
    hook = rows.get(work, webhook_id)
    require(actor, Action.MANAGE_WEBHOOKS, hook.access_path)
    return hook


def _open(work: Work, actor: Actor, webhook_id: UUID) -> StoredWebhook:
    hook = _managed(work, actor, webhook_id)
    if hook.ended_at is not None:
        raise NotFoundError("webhook", value=webhook_id)
    return hook
