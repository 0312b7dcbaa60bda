"""The audit trail: who did what, what it was before and after; rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from services.data.business_tables import audit_event
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that was done; `before` and `after` hold what changed, never a secret."""

    organization_id: int
    access_path: str
    person_id: int | None
    action: str
    resource: str
    at: datetime
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    channel: str = "web"


def add(work: Work, event: AuditEvent) -> None:
    """Write the event in the transaction of the change it tells of."""
    names = ("organization_id", "access_path", "person_id", "action", "resource", "at", "channel")
    values = {name: getattr(event, name) for name in names}
    values |= {"before": dict(event.before), "after": dict(event.after)}
    work.connection.execute(insert(audit_event).values(values).inline())


def of_organization(work: Work, organization_id: int, limit: int = 200) -> list[AuditEvent]:
    """Return the newest events of an organization, newest first."""
    query = (
        select(audit_event)
        .where(audit_event.c.organization_id == organization_id)
        .order_by(audit_event.c.at.desc())
        .limit(limit)
    )
    return [
        AuditEvent(
            organization_id=row.organization_id,
            access_path=row.access_path,
            person_id=row.person_id,
            action=row.action,
            resource=row.resource,
            at=row.at,
            before=row.before,
            after=row.after,
            channel=row.channel,
        )
        for row in work.connection.execute(query)
    ]
