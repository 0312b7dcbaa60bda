"""The audit trail: who did what, what it was before and after; rows are only ever added."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    and_,
    bindparam,
    cast,
    insert,
    select,
    tuple_,
)

from services.data.business_tables import audit_event
from services.data.identity_tables import person
from services.data.metadata import Ltree
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that was done; `before` and `after` hold what changed, never a secret.

    The digests stay when what they tell of has to be erased. `result` is done, failed or refused.
    """

    organization_id: int
    access_path: str
    person_id: int | None
    action: str
    resource: str
    at: datetime
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    channel: str = "web"
    address: str = ""
    result: str = "done"
    before_digest: str = ""
    after_digest: str = ""


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event that was found, with the name to sign in with of who did it."""

    event_id: UUID
    event: AuditEvent
    login: str


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What to look for; an empty part asks for everything. Both instants belong to the span.

    `places` are the paths at which, or below which, the events lie.
    """

    first: datetime | None = None
    last: datetime | None = None
    login: str = ""
    action: str = ""
    resource: str = ""
    channel: str = ""
    result: str = ""
    organization_id: int | None = None
    places: tuple[str, ...] = ()


# Where the next page begins: the last event of the page before.
Cursor = tuple[datetime, UUID]
_NAMES = tuple(column.name for column in fields(AuditEvent))


def add(work: Work, event: AuditEvent) -> None:
    """Write the event in the transaction of the change it tells of."""
    values = {name: getattr(event, name) for name in _NAMES}
    values |= {"before": dict(event.before), "after": dict(event.after)}
    work.connection.execute(insert(audit_event).values(values).inline())


def of_organization(work: Work, organization_id: int, limit: int = 200) -> list[AuditEvent]:
    """Return the newest events of an organization, newest first."""
    query = AuditQuery(organization_id=organization_id)
    return [found.event for found in search(work, query, limit)]


def search(
    work: Work, query: AuditQuery, limit: int, after: Cursor | None = None
) -> list[FoundEvent]:
    """Return events that fit, the newest first, from behind a cursor on."""
    wanted = _conditions(query)
    if after is not None:
        wanted.append(tuple_(audit_event.c.at, audit_event.c.event_id) < tuple_(*after))
    found = (
        select(audit_event, person.c.login)
        .select_from(audit_event.outerjoin(person, person.c.person_id == audit_event.c.person_id))
        .where(and_(True, *wanted))
        .order_by(audit_event.c.at.desc(), audit_event.c.event_id.desc())
        .limit(limit)
    )
    return [_found(row) for row in work.connection.execute(found)]


def done_to(
    work: Work, login: str, actions: Collection[str], since: datetime, most: int
) -> list[FoundEvent]:
    """Return what was done to an account of late by one of the actions, the newest first."""
    found = (
        select(audit_event, person.c.login)
        .select_from(audit_event.outerjoin(person, person.c.person_id == audit_event.c.person_id))
        .where(
            audit_event.c.resource == login,
            audit_event.c.action.in_(actions),
            audit_event.c.result == "done",
            audit_event.c.at > since,
        )
        .order_by(audit_event.c.at.desc(), audit_event.c.event_id.desc())
        .limit(most)
    )
    return [_found(row) for row in work.connection.execute(found)]


def _conditions(query: AuditQuery) -> list[ColumnElement[bool]]:
    columns = audit_event.c
    wanted: list[ColumnElement[bool]] = []
    if query.first is not None:
        wanted.append(columns.at >= query.first)
    if query.last is not None:
        wanted.append(columns.at <= query.last)
    if query.organization_id is not None:
        wanted.append(columns.organization_id == query.organization_id)
    if query.places:
        given = bindparam("places", list(query.places), ARRAY(Ltree))
        at_places = cast(given, ARRAY(Ltree))
        wanted.append(columns.access_path.op("<@")(at_places))
    if query.login:
        wanted.append(person.c.login == query.login.strip().lower())
    if query.resource:
        wanted.append(columns.resource.contains(query.resource, autoescape=True))
    exact = {"action": query.action, "channel": query.channel, "result": query.result}
    return wanted + [columns[name] == value for name, value in exact.items() if value]


def _found(row: Row[Any]) -> FoundEvent:
    event = AuditEvent(**{name: getattr(row, name) for name in _NAMES})
    return FoundEvent(row.event_id, event, row.login or "")
