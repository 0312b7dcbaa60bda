"""Reading alerts: a page of them, one with its history and evidence, and how many are open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select, tuple_

from services.alert_facts import RESOLVED, Alert, AlertEvent, AlertFilter, Evidence, OpenCount
from services.data.alert_tables import alert, alert_event, alert_evidence
from services.data.base_tables import organization
from services.data.identity_tables import membership, person
from services.data.memberships import held_on
from services.data.work import Work
from services.errors import NotFoundError

Before = tuple[datetime, UUID]
# What an alert has of its own; the rest are names.
_OWN = [n for n in Alert.__dataclass_fields__ if n not in ("names", "owner", "subject")]


def page(work: Work, wanted: AlertFilter, before: Before | None, limit: int) -> tuple[Alert, ...]:
    """Return alerts in scope, the one opened last first, behind an instant and an id."""
    query = _wanted(_alerts(), wanted)
    if before is not None:
        query = query.where(tuple_(alert.c.opened_at, alert.c.alert_id) < before)
    order = (alert.c.opened_at.desc(), alert.c.alert_id.desc())
    return tuple(map(_alert, work.connection.execute(query.order_by(*order).limit(limit))))


def get(work: Work, organization_id: int, alert_id: UUID) -> Alert:
    """Return an alert in scope, or raise NotFoundError."""
    mine = and_(alert.c.organization_id == organization_id, alert.c.alert_id == alert_id)
    row = work.connection.execute(_alerts().where(mine)).one_or_none()
    if row is None:
        raise NotFoundError("alert", value=alert_id)
    return _alert(row)


def open_count(work: Work) -> OpenCount:
    """Return how many alerts in scope are not resolved, by severity."""
    query = (
        select(alert.c.severity, func.count())
        .where(alert.c.state != RESOLVED)
        .group_by(alert.c.severity)
    )
    return OpenCount({row[0]: row[1] for row in work.connection.execute(query)})


def places(work: Work) -> dict[int, dict[str, str]]:
    """Return the names of the organizations in scope that have alerts, by their number."""
    having = select(alert.c.organization_id).distinct()
    query = (
        select(organization.c.organization_id, organization.c.name_zh, organization.c.name_en)
        .where(organization.c.organization_id.in_(having))
        .order_by(organization.c.access_path)
    )
    return {row[0]: {"zh-CN": row[1], "en": row[2]} for row in work.connection.execute(query)}


def events_of(work: Work, found: Alert) -> tuple[AlertEvent, ...]:
    """Return what became of an alert, the newest first."""
    made_by, owned_by = person.alias("made_by"), person.alias("owned_by")
    told = (
        select(alert_event, made_by.c.name.label("maker"), owned_by.c.name.label("owner"))
        .outerjoin(made_by, made_by.c.person_id == alert_event.c.made_by)
        .outerjoin(owned_by, owned_by.c.person_id == alert_event.c.owner_id)
        .where(
            alert_event.c.organization_id == found.organization_id,
            alert_event.c.alert_id == found.alert_id,
        )
        .order_by(alert_event.c.at.desc(), alert_event.c.event_id)
    )
    return tuple(
        AlertEvent(row.kind, row.at, row.maker or "", row.owner or "", row.body)
        for row in work.connection.execute(told)
    )


def evidence_of(work: Work, found: Alert) -> Evidence | None:
    """Return the figures that showed it; None without any, or where they may not be read."""
    query = select(alert_evidence.c.first_seen, alert_evidence.c.last_seen).where(
        alert_evidence.c.organization_id == found.organization_id,
        alert_evidence.c.alert_id == found.alert_id,
    )
    row = work.connection.execute(query).one_or_none()
    return Evidence(*row) if row else None


def people_at(work: Work, organization_id: int, roles: frozenset[str], day: date) -> dict[int, str]:
    """Return who holds one of some roles at an organization itself on a day: name by number."""
    query = (
        select(person.c.person_id, person.c.name)
        .join(membership, membership.c.person_id == person.c.person_id)
        .where(
            membership.c.organization_id == organization_id,
            membership.c.role.in_(sorted(roles)),
            person.c.is_active,
            held_on(day),
        )
        .order_by(person.c.name)
    )
    return {row[0]: row[1] for row in work.connection.execute(query)}


def _alerts() -> Select[Any]:
    owner = person.alias("owned_by")
    return (
        select(
            *(alert.c[name] for name in _OWN),
            organization.c.name_zh,
            organization.c.name_en,
            owner.c.name.label("owner"),
            alert_evidence.c.subject,
        )
        .outerjoin(
            alert_evidence,
            and_(
                alert_evidence.c.organization_id == alert.c.organization_id,
                alert_evidence.c.alert_id == alert.c.alert_id,
            ),
        )
        .join(organization, organization.c.organization_id == alert.c.organization_id)
        .outerjoin(owner, owner.c.person_id == alert.c.owner_id)
    )


def _wanted(query: Select[Any], wanted: AlertFilter) -> Select[Any]:
    equal = {
        "organization_id": wanted.organization_id,
        "severity": wanted.severity or None,
        "rule": wanted.rule or None,
        "owner_id": wanted.owner_id,
    }
    for name, value in equal.items():
        if value is not None:
            query = query.where(alert.c[name] == value)
    if wanted.state == "active":
        return query.where(alert.c.state != RESOLVED)
    return query.where(alert.c.state == wanted.state) if wanted.state else query


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        **{name: getattr(row, name) for name in _OWN},
        names={"zh-CN": row.name_zh, "en": row.name_en},
        owner=row.owner or "",
        subject=row.subject or {},
    )
