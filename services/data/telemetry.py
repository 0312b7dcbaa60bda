"""Rows of telemetry: written by the listener in batches (4.2 c)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services import metering
from services.data.sealing import owner_of
from services.data.work import Work
from services.errors import PlatformError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
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


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message with its readings, ready to be written."""

    device: KnownDevice
    boot: str
    sequence: int
    stream: str
    digest: bytes
    historical: bool
    received_at: datetime
    readings: tuple[ReadingRow, ...]
    integrity: str = SIGNED
    gateway_at: datetime | None = None

    @property
    def key(self) -> tuple[int, int, str, int]:
        """Return what is unique among all messages."""
        return self.device.place.organization_id, self.device.device_id, self.boot, self.sequence


class ReadingRow(NamedTuple):
    """One value of one registered point; a tuple, for there are many."""

    point_id: int
    taken_at: datetime
    value: float
    quality: int
    time_quality: int


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


# The device's own row gives the place path, so that no batch can carry another one.
_ADD_MESSAGES = text("""
INSERT INTO collected.message
  (organization_id, access_path, device_id, boot, sequence, stream, digest, historical, received_at,
   integrity, gateway_at)
SELECT n.organization_id, d.access_path, n.device_id, n.boot, n.sequence, n.stream, n.digest,
       n.historical, n.received_at, n.integrity, n.gateway_at
FROM unnest(CAST(:organizations AS bigint[]), CAST(:devices AS bigint[]), CAST(:boots AS text[]),
            CAST(:sequences AS bigint[]), CAST(:streams AS text[]), CAST(:digests AS bytea[]),
            CAST(:historical AS boolean[]), CAST(:received AS timestamptz[]),
            CAST(:integrities AS text[]), CAST(:written AS timestamptz[]))
     AS n(organization_id, device_id, boot, sequence, stream, digest, historical, received_at,
          integrity, gateway_at)
JOIN collected.device d USING (organization_id, device_id)
ON CONFLICT (organization_id, device_id, boot, sequence) DO NOTHING
RETURNING organization_id, device_id, boot, sequence, message_id
""")
_DIGESTS = text("""
SELECT m.organization_id, m.device_id, m.boot, m.sequence, m.digest FROM collected.message m
JOIN unnest(CAST(:organizations AS bigint[]), CAST(:devices AS bigint[]), CAST(:boots AS text[]),
            CAST(:sequences AS bigint[])) AS n(organization_id, device_id, boot, sequence)
  USING (organization_id, device_id, boot, sequence)
""")
MessageKey = tuple[int, int, str, int]


def add_messages(work: Work, messages: Sequence[MessageRow]) -> dict[MessageKey, int]:
    """Write the messages whose keys are new and return their numbers; no key twice in one call."""
    rows = work.connection.execute(
        _ADD_MESSAGES,
        {
            **_message_keys([m.key for m in messages]),
            "streams": [m.stream for m in messages],
            "digests": [m.digest for m in messages],
            "historical": [m.historical for m in messages],
            "received": [m.received_at for m in messages],
            "integrities": [m.integrity for m in messages],
            "written": [m.gateway_at for m in messages],
        },
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def digests(work: Work, keys: Sequence[MessageKey]) -> dict[MessageKey, bytes]:
    """Return what the stored messages of these keys were, to tell a resend from a reuse."""
    rows = work.connection.execute(_DIGESTS, _message_keys(keys))
    return {(row[0], row[1], row[2], row[3]): bytes(row[4]) for row in rows}


def _message_keys(keys: Sequence[MessageKey]) -> dict[str, object]:
    names = ("organizations", "devices", "boots", "sequences")
    return {name: [key[place] for key in keys] for place, name in enumerate(names)}


# Arrays of numbers go as text, which is several times quicker than the driver's own lists. What all
# readings of a message share is found by its place in arrays and not by a join: the planner takes
# every unnest() for ten rows, and would go through all messages for each reading.
_ADD_READINGS = text("""
WITH m AS MATERIALIZED (
  SELECT array_agg(n.message_id ORDER BY n.place) AS numbers,
         array_agg(n.organization_id ORDER BY n.place) AS organizations,
         array_agg(n.device_id ORDER BY n.place) AS devices,
         array_agg(d.access_path ORDER BY n.place) AS paths
  FROM unnest(CAST(:numbers AS bigint[]), CAST(:organizations AS bigint[]),
              CAST(:devices AS bigint[])) WITH ORDINALITY
       AS n(message_id, organization_id, device_id, place)
  LEFT JOIN collected.device d USING (organization_id, device_id)
)
INSERT INTO collected.reading
  (organization_id, access_path, device_id, point_id, taken_at, value, quality, time_quality,
   message_id)
SELECT m.organizations[r.place], m.paths[r.place], m.devices[r.place], r.point_id,
       TIMESTAMPTZ 'epoch' + r.taken_ms * INTERVAL '1 millisecond', r.value, r.quality,
       r.time_quality, m.numbers[r.place]
FROM m, unnest(CAST(:places AS integer[]), CAST(:points AS bigint[]), CAST(:taken AS bigint[]),
               CAST(:values AS double precision[]), CAST(:qualities AS smallint[]),
               CAST(:time_qualities AS smallint[]))
        AS r(place, point_id, taken_ms, value, quality, time_quality)
""")


def add_readings(work: Work, numbered: Sequence[tuple[MessageRow, int]]) -> int:
    """Append the readings of new messages and return how many."""
    rows = [(place, r) for place, (m, _) in enumerate(numbered, 1) for r in m.readings]
    work.connection.execute(
        _ADD_READINGS,
        {
            "places": _numbers([place for place, _ in rows]),
            "points": _numbers([r.point_id for _, r in rows]),
            "taken": _numbers(_milliseconds([r.taken_at for _, r in rows])),
            "values": _numbers([r.value for _, r in rows]),
            "qualities": _numbers([r.quality for _, r in rows]),
            "time_qualities": _numbers([r.time_quality for _, r in rows]),
            "numbers": _numbers([number for _, number in numbered]),
            "organizations": _numbers([m.device.place.organization_id for m, _ in numbered]),
            "devices": _numbers([m.device.device_id for m, _ in numbered]),
        },
    )
    return len(rows)


def _milliseconds(instants: Sequence[datetime]) -> list[int]:
    """Return the milliseconds since 1970; the points of one instant follow each other."""
    found, last, count = [], None, 0
    for instant in instants:
        if instant is not last:
            last, count = instant, (instant - _EPOCH) // _MILLISECOND
        found.append(count)
    return found


def _numbers(values: Sequence[float]) -> str:
    """Return numbers as PostgreSQL writes an array; repr() keeps every digit of a float."""
    return "{" + ",".join(map(repr, values)) + "}"


# Ordered by key: two listeners that meet wait for each other instead of dead-locking.
_LATEST = text("""
INSERT INTO collected.latest_reading AS l
  (organization_id, access_path, device_id, point_id, taken_at, value, quality, received_at)
SELECT n.organization_id, d.access_path, n.device_id, n.point_id, n.taken_at, n.value, n.quality,
       n.received_at
FROM unnest(CAST(:organizations AS bigint[]), CAST(:devices AS bigint[]), CAST(:points AS bigint[]),
            CAST(:taken AS timestamptz[]), CAST(:values AS double precision[]),
            CAST(:qualities AS smallint[]), CAST(:received AS timestamptz[]))
     AS n(organization_id, device_id, point_id, taken_at, value, quality, received_at)
JOIN collected.device d USING (organization_id, device_id)
ORDER BY n.organization_id, n.device_id, n.point_id
ON CONFLICT (organization_id, device_id, point_id) DO UPDATE
SET taken_at = excluded.taken_at, value = excluded.value, quality = excluded.quality,
    received_at = excluded.received_at, access_path = excluded.access_path
WHERE excluded.taken_at >= l.taken_at
""")


def advance_latest(work: Work, messages: Sequence[MessageRow]) -> None:
    """Keep the newest value of each point by the device's time, whatever order they came in."""
    newest: dict[tuple[int, int], tuple[MessageRow, ReadingRow]] = {}
    for message in messages:
        for reading in message.readings:
            key = message.device.device_id, reading.point_id
            if key not in newest or newest[key][1].taken_at <= reading.taken_at:
                newest[key] = message, reading
    rows = list(newest.values())
    work.connection.execute(
        _LATEST,
        {
            "organizations": [m.device.place.organization_id for m, _ in rows],
            "devices": [m.device.device_id for m, _ in rows],
            "points": [r.point_id for _, r in rows],
            "taken": [r.taken_at for _, r in rows],
            "values": [r.value for _, r in rows],
            "qualities": [r.quality for _, r in rows],
            "received": [m.received_at for m, _ in rows],
        },
    )


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
