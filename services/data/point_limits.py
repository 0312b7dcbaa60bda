"""Limits of measuring points: added to and never changed, the newest of a point counts (4.2 c)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select

from services.data.alert_tables import point_limit
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work
from services.registry import PointLimit, RecordedLimit

Recorded = tuple[int | None, datetime]
_OWN = list(PointLimit.__dataclass_fields__)


def add(
    work: Work, owner: Organization, device_id: int, limit: PointLimit, recorded: Recorded
) -> None:
    """Record the limit of a point of a device, by whom and when."""
    by, at = recorded
    place = {"organization_id": owner.organization_id, "access_path": owner.access_path}
    values = {**place, "device_id": device_id, **asdict(limit)}
    work.connection.execute(insert(point_limit).values(**values, recorded_by=by, recorded_at=at))


def history(work: Work, organization_id: int, point_id: int) -> tuple[RecordedLimit, ...]:
    """Return every limit that was recorded of a point, the one that counts first."""
    query = (
        select(*(point_limit.c[name] for name in _OWN), person.c.name, point_limit.c.recorded_at)
        .outerjoin(person, person.c.person_id == point_limit.c.recorded_by)
        .where(
            point_limit.c.organization_id == organization_id,
            point_limit.c.point_id == point_id,
        )
        .order_by(point_limit.c.recorded_at.desc(), point_limit.c.limit_id)
    )
    return tuple(
        RecordedLimit(PointLimit(*row[: len(_OWN)]), row.name or "", row.recorded_at)
        for row in work.connection.execute(query)
    )
