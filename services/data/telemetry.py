"""Rows of telemetry: written by the listener in batches (4.2 c)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services import metering
from services.data.sealing import owner_of
from services.data.work import Work
from services.errors import PlatformError
from services.instants import Instants, instant

DAY_MS = 86_400_000
MessageKey = tuple[int, int, str, int]
# What says that a message is whole and whose it is: the device's own signature, or the token of a
# program that sent it on, or only the clear password of a protocol that knows no better.
SIGNED, TOKEN, WEAK = "signed", "token", "weak"


class StorageAwayError(PlatformError):
    """The database cannot be reached now; the same rows may be written later."""

    text_key = "storage_away"


class RowsRefusedError(PlatformError):
    """The database answers, and refuses these rows."""

    text_key = "rows_refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rows, and the place path they carry."""

    organization_id: int
    access_path: str


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A registered device with what is needed to trust and store its messages."""

    place: Place
    device_id: int
    code: str
    gateway: str
    key_id: str
    secret: bytes = field(repr=False)
    is_retired: bool
    points: Mapping[str, int]
    protocol: str = metering.SIGNED


class MessageRow(NamedTuple):
    """A message with its readings by the numbers of their points, ready to be written."""

    device: KnownDevice
    boot: str
    sequence: int
    stream: str
    digest: bytes
    historical: bool
    received_at: datetime
    instants: Instants[int]
    integrity: str = SIGNED
    gateway_at: datetime | None = None

    @property
    def key(self) -> MessageKey:
        """Return what is unique among all messages."""
        return self.device.place.organization_id, self.device.device_id, self.boot, self.sequence

    @property
    def days(self) -> set[date]:
        """Return the days, in UTC, that it tells of."""
        taken = self.instants.taken_ms
        first, last = min(taken) // DAY_MS, max(taken) // DAY_MS
        numbers = {first} if first == last else {at // DAY_MS for at in taken}
        return set(map(_day, numbers))


@lru_cache(4096)
def _day(number: int) -> date:
    return instant(number * DAY_MS).date()


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """A message set aside, with how often it came in this batch."""

    place: Place
    digest: bytes
    reason: str
    detail: str
    topic: str
    payload: bytes
    size: int
    received_at: datetime
    arrivals: int


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn errors of the driver into the two that matter: away, or these rows refused."""
    try:
        yield
    except (OperationalError, InterfaceError, DisconnectionError, PoolTimeoutError) as error:
        raise StorageAwayError(reason=type(error).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageAwayError(reason=type(error).__name__) from error
        raise RowsRefusedError(reason=str(error.orig)[:200]) from error


def places(work: Work, tenants: Sequence[UUID]) -> dict[UUID, Place]:
    """Return the organizations that the public numbers belong to."""
    rows = work.connection.execute(
        text(
            "SELECT public_id, organization_id, access_path::text FROM base.organization "
            "WHERE public_id = ANY(:tenants)"
        ),
        {"tenants": list(tenants)},
    )
    return {tenant: Place(organization_id, path) for tenant, organization_id, path in rows}


_DEVICES = text("""
SELECT d.organization_id, d.access_path::text, d.device_id, d.code, d.gateway, d.key_id, d.secret,
       d.retired_at IS NOT NULL,
       (SELECT json_object_agg(p.code, p.point_id) FROM collected.point p
        WHERE p.organization_id = d.organization_id AND p.device_id = d.device_id),
       d.protocol
FROM collected.device d
JOIN unnest(CAST(:organizations AS bigint[]), CAST(:codes AS text[]))
     AS wanted(organization_id, code) USING (organization_id, code)
""")


def devices(work: Work, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], KnownDevice]:
    """Return the registered devices by organization and code."""
    keys = sorted(set(wanted))
    rows = work.connection.execute(
        _DEVICES, {"organizations": [k[0] for k in keys], "codes": [k[1] for k in keys]}
    )
    found = [_known(work, row) for row in rows]
    return {(device.place.organization_id, device.code): device for device in found}


def stations(work: Work, code: str) -> list[tuple[UUID, KnownDevice]]:
    """Return the devices that speak HJ 212 under a number, with their organizations' numbers.

    Such a device says nothing of whose it is: more than one organization may have registered it.
    """
    rows = work.connection.execute(
        text(
            "SELECT o.public_id, d.organization_id FROM collected.device d "
            "JOIN base.organization o USING (organization_id) "
            "WHERE d.code = :code AND d.protocol = 'hj212' ORDER BY d.registered_at"
        ),
        {"code": code},
    ).all()
    known = devices(work, [(row[1], code) for row in rows]) if rows else {}
    return [(row[0], known[row[1], code]) for row in rows]


def of_node(work: Work, tenant: UUID, node: str) -> tuple[Place | None, dict[str, KnownDevice]]:
    """Return an organization by its public number, and the devices registered of a node of it."""
    place = places(work, [tenant]).get(tenant)
    if place is None:
        return None, {}
    codes = work.connection.scalars(
        text(
            "SELECT code FROM collected.device WHERE organization_id = :organization_id "
            "AND gateway = :node AND protocol = 'sparkplug'"
        ),
        {"organization_id": place.organization_id, "node": node},
    )
    wanted = [(place.organization_id, code) for code in codes]
    known = devices(work, wanted) if wanted else {}
    return place, {code: device for (_, code), device in known.items()}


def _known(work: Work, row: Any) -> KnownDevice:
    return KnownDevice(
        place=Place(row[0], row[1]),
        device_id=row[2],
        code=row[3],
        gateway=row[4],
        key_id=row[5],
        secret=work.sealing.opened(bytes(row[6]), owner_of(row[0], row[3], row[5])),
        is_retired=row[7],
        points=row[8] or {},
        protocol=row[9],
    )


def ensure_month(work: Work, day: date) -> None:
    """Make the partition for the month of a day, unless it exists."""
    work.connection.execute(text("SELECT collected.ensure_reading_month(:day)"), {"day": day})


_SET_ASIDE = text("""
INSERT INTO collected.quarantine AS q
  (organization_id, access_path, digest, reason, detail, topic, payload, size, first_at, last_at,
   arrivals)
VALUES (:organization_id, CAST(:access_path AS ltree), :digest, :reason, :detail, :topic, :payload,
        :size, :received_at, :received_at, :arrivals)
ON CONFLICT (organization_id, digest) DO UPDATE
SET reason = excluded.reason, detail = excluded.detail, arrivals = q.arrivals + excluded.arrivals,
    last_at = greatest(q.last_at, excluded.last_at), redriven_at = NULL
""")


def set_aside(work: Work, rows: Sequence[QuarantineRow]) -> None:
    """Keep messages that cannot be stored; one that comes again is counted, not kept twice."""
    ordered = sorted(rows, key=lambda row: (row.place.organization_id, row.digest))
    work.connection.execute(
        _SET_ASIDE,
        [
            {
                "organization_id": row.place.organization_id,
                "access_path": row.place.access_path,
                "digest": row.digest,
                "reason": row.reason,
                "detail": row.detail,
                "topic": row.topic,
                "payload": row.payload,
                "size": row.size,
                "received_at": row.received_at,
                "arrivals": row.arrivals,
            }
            for row in ordered
        ],
    )
