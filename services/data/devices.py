"""The registry of devices and what a page asks of their readings (4.2 c)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from services.data.organizations import Organization
from services.data.sealing import owner_of
from services.data.telemetry_tables import device, latest_reading, point, quarantine
from services.data.work import Work
from services.errors import NotFoundError, PlatformError
from services.metering import (
    Bin,
    Device,
    DeviceKeyRow,
    NewDevice,
    NewPoint,
    Point,
    SeriesQuery,
    SetAside,
)


class DeviceExistsError(PlatformError):
    """The organization already has a device of this code."""

    text_key = "device_exists"


def add(work: Work, organization: Organization, new: NewDevice, key: DeviceKeyRow) -> int:
    """Register a device with its points and return its number."""
    place = {
        "organization_id": organization.organization_id,
        "access_path": organization.access_path,
    }
    values = place | {
        "code": new.code,
        "gateway": new.gateway,
        "name_zh": new.names["zh-CN"],
        "name_en": new.names["en"],
        "interval_s": new.interval_s,
        "key_id": key.key_id,
        "protocol": new.protocol,
        "secret": work.sealing.seal(
            key.secret, owner_of(organization.organization_id, new.code, key.key_id)
        ),
        "registered_by": key.registered_by,
        "registered_at": key.registered_at,
    }
    try:
        with work.connection.begin_nested():
            added = work.connection.execute(
                insert(device).values(values).returning(device.c.device_id)
            )
    except IntegrityError as error:
        raise DeviceExistsError("code", value=new.code) from error
    device_id = int(added.scalar_one())
    rows = [place | {"device_id": device_id} | _point_values(p) for p in new.points]
    work.connection.execute(insert(point), rows)
    return device_id


def retire(work: Work, organization_id: int, device_id: int, at: datetime) -> None:
    """Accept nothing more of a device, or raise NotFoundError; what it sent stays."""
    done = work.connection.execute(
        update(device)
        .where(device.c.organization_id == organization_id, device.c.device_id == device_id)
        .where(device.c.retired_at.is_(None))
        .values(retired_at=at)
    )
    if done.rowcount != 1:
        raise NotFoundError("device", value=device_id)


def follow(work: Work, organization_id: int, device_id: int, replaces: int) -> None:
    """Write down which device another stands in the place of."""
    work.connection.execute(
        update(device)
        .where(device.c.organization_id == organization_id, device.c.device_id == device_id)
        .values(replaces=replaces)
    )


def numbers_of(work: Work, organization_id: int, device_id: int) -> dict[str, int]:
    """Return the number of each point of a device by its code."""
    query = select(point.c.code, point.c.point_id).where(
        point.c.organization_id == organization_id, point.c.device_id == device_id
    )
    return {row.code: row.point_id for row in work.connection.execute(query)}


def of_organization(work: Work, organization_id: int) -> tuple[Device, ...]:
    """Return the devices by code, each point with its newest value."""
    points = _points(work, organization_id)
    query = (
        select(device).where(device.c.organization_id == organization_id).order_by(device.c.code)
    )
    return tuple(
        Device(
            organization_id=organization_id,
            device_id=row.device_id,
            code=row.code,
            gateway=row.gateway,
            names={"zh-CN": row.name_zh, "en": row.name_en},
            interval_s=row.interval_s,
            key_id=row.key_id,
            registered_at=row.registered_at,
            retired_at=row.retired_at,
            points=tuple(points[row.device_id]),
        )
        for row in work.connection.execute(query)
    )


def _points(work: Work, organization_id: int) -> defaultdict[int, list[Point]]:
    newest = latest_reading.c
    query = (
        select(point, newest.value, newest.quality, newest.taken_at, newest.received_at)
        .outerjoin(
            latest_reading,
            (newest.organization_id == point.c.organization_id)
            & (newest.device_id == point.c.device_id)
            & (newest.point_id == point.c.point_id),
        )
        .where(point.c.organization_id == organization_id)
        .order_by(point.c.point_id)
    )
    found: defaultdict[int, list[Point]] = defaultdict(list)
    for row in work.connection.execute(query):
        found[row.device_id].append(
            Point(
                point_id=row.point_id,
                code=row.code,
                names={"zh-CN": row.name_zh, "en": row.name_en},
                unit=row.unit,
                kind=row.kind,
                value=row.value,
                quality=row.quality,
                taken_at=row.taken_at,
                received_at=row.received_at,
            )
        )
    return found


# Bins are aligned to a fixed instant, so that a chart that moves does not re-cut its past.
_SERIES = text("""
SELECT date_bin(make_interval(secs => :seconds), taken_at, TIMESTAMPTZ '2000-01-01 00:00+00'),
       avg(value), min(value), max(value), count(*)
FROM collected.reading
WHERE organization_id = :organization_id AND device_id = :device_id AND point_id = :point_id
  AND taken_at >= :since AND taken_at <= :until
GROUP BY 1 ORDER BY 1
""")


def series(work: Work, organization_id: int, query: SeriesQuery) -> tuple[Bin, ...]:
    """Return the readings of a span, thinned by the database to what a chart can show."""
    rows = work.connection.execute(
        _SERIES,
        {
            "seconds": bin_seconds(query.until - query.since, query.max_points),
            "organization_id": organization_id,
            "device_id": query.device_id,
            "point_id": query.point_id,
            "since": query.since,
            "until": query.until,
        },
    )
    return tuple(Bin(*row) for row in rows)


_INTEGRITY = text("""
WITH shown AS MATERIALIZED (
  SELECT message_id, count(*) AS readings FROM collected.reading
  WHERE organization_id = :organization_id AND device_id = :device_id AND point_id = :point_id
    AND taken_at >= :since AND taken_at <= :until
  GROUP BY message_id)
SELECT m.integrity, sum(s.readings)::bigint
FROM collected.message m JOIN shown s USING (message_id)
WHERE m.organization_id = :organization_id AND m.device_id = :device_id
  AND m.message_id >= (SELECT min(message_id) FROM shown)
  AND m.message_id <= (SELECT max(message_id) FROM shown)
GROUP BY m.integrity ORDER BY m.integrity
""")


def integrity(work: Work, organization_id: int, query: SeriesQuery) -> dict[str, int]:
    """Return how many readings of a span came in messages of which integrity."""
    asked = {
        "organization_id": organization_id,
        "device_id": query.device_id,
        "point_id": query.point_id,
        "since": query.since,
        "until": query.until,
    }
    return {row[0]: row[1] for row in work.connection.execute(_INTEGRITY, asked)}


STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)


def bin_seconds(span: timedelta, max_points: int) -> int:
    """Return the shortest round step that cuts the span into no more than so many bins.

    >>> bin_seconds(timedelta(hours=1), 300)
    15
    """
    wanted = span.total_seconds() / max_points
    return next((step for step in STEPS_SECONDS if step >= wanted), STEPS_SECONDS[-1])


def set_aside_of(work: Work, organization_id: int, limit: int) -> tuple[SetAside, ...]:
    """Return the messages set aside for an organization, the latest first."""
    query = (
        select(quarantine, func.substring(quarantine.c.payload, 1, 200).label("begin"))
        .where(quarantine.c.organization_id == organization_id)
        .where(quarantine.c.redriven_at.is_(None))
        .order_by(quarantine.c.last_at.desc())
        .limit(limit)
    )
    return tuple(
        SetAside(
            reason=row.reason,
            detail=row.detail,
            topic=row.topic,
            excerpt=bytes(row.begin).decode("utf-8", "replace"),
            size=row.size,
            first_at=row.first_at,
            last_at=row.last_at,
            arrivals=row.arrivals,
        )
        for row in work.connection.execute(query)
    )


def set_aside_total(work: Work, organization_id: int) -> int:
    """Return how many messages were set aside for an organization, each arrival counted."""
    query = select(func.coalesce(func.sum(quarantine.c.arrivals), 0)).where(
        quarantine.c.organization_id == organization_id, quarantine.c.redriven_at.is_(None)
    )
    return int(work.connection.execute(query).scalar_one())


def _point_values(new: NewPoint) -> dict[str, str]:
    return {
        "code": new.code,
        "name_zh": new.names["zh-CN"],
        "name_en": new.names["en"],
        "unit": new.unit,
        "kind": new.kind,
    }
