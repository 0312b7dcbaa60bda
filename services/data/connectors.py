"""Connectors of organizations and their fetches; secrets are sealed here and opened here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from services.connectors import ACTIVE, REMOVED, Fetch, Schedule, StoredConnector
from services.data.connector_tables import connector, connector_fetch
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError, PlatformError


class ConnectorSecretError(PlatformError):
    """The secrets of a connector do not open: another key sealed them, or the row was changed."""

    text_key = "connector_secret"


def add(work: Work, organization: Organization, new: StoredConnector) -> None:
    """Store a connector that does not run yet."""
    values = _values(new) | {"access_path": func.text2ltree(organization.access_path)}
    work.connection.execute(insert(connector).values(values))


def of_organization(work: Work, organization_id: int) -> tuple[StoredConnector, ...]:
    """Return the connectors of an organization that were not removed, by name."""
    query = (
        select(connector)
        .where(connector.c.organization_id == organization_id, connector.c.state != REMOVED)
        .order_by(connector.c.name, connector.c.made_at)
    )
    return tuple(map(_connector, work.connection.execute(query)))


def get(work: Work, organization_id: int, connector_id: UUID) -> StoredConnector:
    """Return a connector in scope, or raise NotFoundError."""
    query = select(connector).where(
        connector.c.organization_id == organization_id,
        connector.c.connector_id == connector_id,
        connector.c.state != REMOVED,
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("connector", value=str(connector_id))
    return _connector(row)


def write(work: Work, held: StoredConnector, **values: Any) -> None:
    """Change columns of a connector."""
    work.connection.execute(
        update(connector)
        .where(
            connector.c.organization_id == held.organization_id,
            connector.c.connector_id == held.connector_id,
        )
        .values(values)
    )


def seal(work: Work, held: StoredConnector, secrets: Mapping[str, str]) -> None:
    """Keep the secrets of a connector sealed; without any, none."""
    told = json.dumps(dict(secrets), ensure_ascii=False).encode()
    write(
        work, held, secrets=work.sealing.seal(told, held.owner) if any(secrets.values()) else None
    )


def secrets_of(work: Work, held: StoredConnector) -> dict[str, str]:
    """Return the secrets of a connector, or raise ConnectorSecretError."""
    query = select(connector.c.secrets).where(
        connector.c.organization_id == held.organization_id,
        connector.c.connector_id == held.connector_id,
    )
    sealed = work.connection.execute(query).scalar_one()
    if sealed is None:
        return {}
    try:
        found: dict[str, str] = json.loads(work.sealing.opened(bytes(sealed), held.owner))
    except ValueError as error:
        raise ConnectorSecretError("secret", value=held.name) from error
    return found


def due(work: Work, now: datetime) -> tuple[StoredConnector, ...]:
    """Return the active connectors whose time has come, the longest waiting first."""
    query = (
        select(connector)
        .where(connector.c.state == ACTIVE, connector.c.next_at <= now)
        .order_by(connector.c.next_at)
    )
    return tuple(map(_connector, work.connection.execute(query)))


def add_fetch(work: Work, held: StoredConnector, found: Fetch) -> None:
    """Write down what a fetch brought."""
    place = {"organization_id": held.organization_id}
    values = asdict(found) | place | {"access_path": func.text2ltree(held.access_path)}
    work.connection.execute(insert(connector_fetch).values(values))


def fetches(work: Work, organization_id: int, limit: int) -> tuple[Fetch, ...]:
    """Return the newest fetches of an organization, the newest first."""
    query = (
        select(connector_fetch)
        .where(connector_fetch.c.organization_id == organization_id)
        .order_by(connector_fetch.c.at.desc())
        .limit(limit)
    )
    rows = work.connection.execute(query)
    return tuple(
        Fetch(**{name: getattr(row, name) for name in Fetch.__dataclass_fields__}) for row in rows
    )


def _values(found: StoredConnector) -> dict[str, Any]:
    names = [name for name in StoredConnector.__dataclass_fields__ if name != "schedule"]
    values = {name: getattr(found, name) for name in names}
    return {**values, **asdict(found.schedule), "settings": dict(found.settings)}


def _connector(row: Row[Any]) -> StoredConnector:
    schedule = Schedule(row.every, row.hour, row.years)
    names = [name for name in StoredConnector.__dataclass_fields__ if name != "schedule"]
    return StoredConnector(schedule=schedule, **{name: getattr(row, name) for name in names})
