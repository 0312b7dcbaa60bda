"""Webhooks and their deliveries: kept, announced from the log, taken to be sent, written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from services.data.base_tables import organization
from services.data.business_tables import audit_event
from services.data.log_tables import log_entry, log_leaf
from services.data.webhook_tables import webhook, webhook_delivery, webhook_reach
from services.data.work import Work
from services.errors import NotFoundError

WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given_up"


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """Who wants to be told of which events, at and below which place, at what address."""

    organization_id: int
    access_path: str
    made_by: int
    address: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A webhook as it is kept: `names` are those of its place, `made_by` is who added it."""

    webhook_id: UUID
    organization_id: int
    access_path: str
    made_by: int
    address: str
    events: tuple[str, ...]
    made_at: datetime
    ended_at: datetime | None
    ended_why: str
    names: Mapping[str, str]
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told to one webhook, and how that went last.

    `state` is waiting, delivered or given_up; `status` that of HTTP, None where nothing answered.
    """

    delivery_id: UUID
    organization_id: int
    access_path: str
    webhook_id: UUID
    event: str
    body: str
    made_at: datetime
    state: str
    tries: int
    next_at: datetime
    tried_at: datetime | None
    status: int | None
    reason: str
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry of the log that tells of a deed, with the organization it was done at."""

    position: int
    action: str
    resource: str
    after: Mapping[str, Any]
    at: datetime
    organization_id: int
    access_path: str
    code: str


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What is to be told to a webhook; without a position where no entry of the log is behind."""

    webhook: StoredWebhook
    event: str
    body: str
    position: int | None = None


_HOOK = select(webhook, organization.c.name_zh, organization.c.name_en).join(
    organization, organization.c.organization_id == webhook.c.organization_id
)
_DELIVERY = webhook_delivery.c


def add(work: Work, new: NewWebhook, secret: bytes, at: datetime) -> UUID:
    """Store a webhook and return its id; what it tells is signed with the secret, kept sealed."""
    made: UUID = work.connection.execute(
        insert(webhook)
        .values(
            organization_id=new.organization_id,
            access_path=new.access_path,
            made_by=new.made_by,
            address=new.address,
            events=list(new.events),
            secret=work.sealing.seal(secret, owner_of(new.organization_id, new.address)),
            made_at=at,
        )
        .returning(webhook.c.webhook_id)
    ).scalar_one()
    return made


def owner_of(organization_id: int, address: str) -> str:
    """Return what a secret is bound to: moved to another address it does not open."""
    return f"webhook of {organization_id} at {address}"


def secret_of(work: Work, hook: StoredWebhook) -> bytes:
    """Return the secret of a webhook, opened."""
    return work.sealing.opened(hook.sealed, owner_of(hook.organization_id, hook.address))


def every(work: Work, most: int = 500) -> tuple[StoredWebhook, ...]:
    """Return the webhooks in scope, those that have ended last."""
    order = (webhook.c.ended_at.is_not(None), webhook.c.made_at.desc())
    return tuple(map(_hook, work.connection.execute(_HOOK.order_by(*order).limit(most))))


def open_at(work: Work, paths: Sequence[str]) -> tuple[StoredWebhook, ...]:
    """Return the webhooks that hear of what is done at any of these places."""
    above = webhook.c.access_path.op("@>")(func.any(text("CAST(:paths AS ltree[])")))
    query = _HOOK.where(webhook.c.ended_at.is_(None), above).order_by(webhook.c.webhook_id)
    return tuple(map(_hook, work.connection.execute(query, {"paths": list(paths)})))


def get(work: Work, webhook_id: UUID) -> StoredWebhook:
    """Return a webhook in scope, or raise NotFoundError."""
    row = work.connection.execute(_HOOK.where(webhook.c.webhook_id == webhook_id)).one_or_none()
    if row is None:
        raise NotFoundError("webhook", value=webhook_id)
    return _hook(row)


def end(work: Work, hook: StoredWebhook, at: datetime, why: str = "") -> None:
    """Tell a webhook nothing more; what still waited for it is given up."""
    mine = webhook.c.webhook_id == hook.webhook_id
    work.connection.execute(update(webhook).where(mine).values(ended_at=at, ended_why=why))
    waiting = (_DELIVERY.webhook_id == hook.webhook_id) & (_DELIVERY.state == WAITING)
    work.connection.execute(
        update(webhook_delivery).where(waiting).values(state=GIVEN_UP, reason="ended")
    )


def reach(work: Work) -> int:
    """Return up to which entry of the log everybody was told, and hold it for this transaction."""
    return int(work.connection.scalar(select(webhook_reach.c.position).with_for_update()) or -1)


def announced_to(work: Work, position: int) -> None:
    """Say up to which entry of the log everybody was told now."""
    work.connection.execute(update(webhook_reach).values(position=position))


def sealed_after(work: Work, position: int, most: int) -> int:
    """Return the last of so many entries of the log behind a position; itself where none is."""
    behind = select(log_entry.c.position).where(log_entry.c.position > position)
    last = behind.order_by(log_entry.c.position).limit(most).subquery()
    return int(work.connection.scalar(select(func.max(last.c.position))) or position)


def deeds(work: Work, actions: Sequence[str], first: int, last: int) -> tuple[Announced, ...]:
    """Return the deeds of these kinds that were done, among entries of the log of a span.

    The first entry is not of the span, the last is.
    """
    query = (
        select(log_entry.c.position, audit_event, organization.c.code)
        .join(log_leaf, log_leaf.c.leaf_id == log_entry.c.leaf_id)
        .join(audit_event, audit_event.c.event_id == func.uuid(log_leaf.c.record))
        .join(organization, organization.c.organization_id == audit_event.c.organization_id)
        .where(log_entry.c.position > first, log_entry.c.position <= last)
        .where(log_leaf.c.kind == "audit_event", audit_event.c.result == "done")
        .where(audit_event.c.action.in_(actions))
        .order_by(log_entry.c.position)
    )
    return tuple(
        Announced(
            row.position,
            row.action,
            row.resource,
            row.after,
            row.at,
            row.organization_id,
            row.access_path,
            row.code,
        )
        for row in work.connection.execute(query)
    )


def announce(work: Work, told: Sequence[NewDelivery], at: datetime) -> None:
    """Let deliveries wait to be sent; one that is there for its entry of the log stays as it is."""
    rows = [
        {
            "organization_id": one.webhook.organization_id,
            "access_path": one.webhook.access_path,
            "webhook_id": one.webhook.webhook_id,
            "position": one.position,
            "event": one.event,
            "body": one.body,
            "made_at": at,
            "state": WAITING,
            "next_at": at,
        }
        for one in told
    ]
    if rows:
        work.connection.execute(
            insert_unless_there(webhook_delivery).on_conflict_do_nothing(), rows
        )


def take_due(work: Work, now: datetime, most: int, lease: timedelta) -> tuple[Delivery, ...]:
    """Return deliveries whose time has come, and let nobody else take them for a while."""
    due = (
        select(_DELIVERY.organization_id, _DELIVERY.delivery_id)
        .where(_DELIVERY.state == WAITING, _DELIVERY.next_at <= now)
        .order_by(_DELIVERY.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    taken = (
        update(webhook_delivery)
        .where(_DELIVERY.organization_id == due.c.organization_id)
        .where(_DELIVERY.delivery_id == due.c.delivery_id)
        .values(next_at=now + lease, tries=_DELIVERY.tries + 1)
        .returning(*_DELIVERY)
    )
    return tuple(map(_delivery, work.connection.execute(taken)))


def write(work: Work, delivery: Delivery, **values: Any) -> None:
    """Write down how a delivery went, unless it was taken by somebody else since."""
    work.connection.execute(
        update(webhook_delivery)
        .where(_DELIVERY.organization_id == delivery.organization_id)
        .where(_DELIVERY.delivery_id == delivery.delivery_id, _DELIVERY.tries == delivery.tries)
        .values(values)
    )


def deliveries(work: Work, webhook_id: UUID, most: int) -> tuple[Delivery, ...]:
    """Return the newest deliveries of a webhook."""
    query = select(webhook_delivery).where(_DELIVERY.webhook_id == webhook_id)
    newest = query.order_by(_DELIVERY.made_at.desc(), _DELIVERY.delivery_id).limit(most)
    return tuple(map(_delivery, work.connection.execute(newest)))


def send_again(work: Work, hook: StoredWebhook, now: datetime) -> int:
    """Let what was given up for a webhook wait again, as if never tried; return how much."""
    lost = (_DELIVERY.webhook_id == hook.webhook_id) & (_DELIVERY.state == GIVEN_UP)
    anew = update(webhook_delivery).where(lost)
    done = work.connection.execute(anew.values(state=WAITING, next_at=now, tries=0, reason=""))
    return done.rowcount


def _hook(row: Row[Any]) -> StoredWebhook:
    return StoredWebhook(
        webhook_id=row.webhook_id,
        organization_id=row.organization_id,
        access_path=row.access_path,
        made_by=row.made_by,
        address=row.address,
        events=tuple(row.events),
        made_at=row.made_at,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        names={"zh-CN": row.name_zh, "en": row.name_en},
        sealed=bytes(row.secret),
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__dataclass_fields__})
