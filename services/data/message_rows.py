"""Messages and their readings written by whole columns, in the listener's own transaction (4.2 c).

A list given as a parameter would be written value by value; and a join to what all readings of a
message share would go through all messages for each reading, for the planner takes every unnest()
for ten rows. Columns that are unnested side by side in a select list go through no store between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from services.data import arrays
from services.data.orders import Order
from services.data.telemetry import MessageKey, MessageRow
from services.data.work import Work

Item = TypeVar("Item")

# The device's own row gives the place path, so that no batch can carry another one.
_PATHS = """
WITH m AS MATERIALIZED (
  SELECT array_agg(d.access_path ORDER BY n.place) AS paths
  FROM unnest(CAST(:own_organizations AS bigint[]), CAST(:own_devices AS bigint[]))
       WITH ORDINALITY AS n(organization_id, device_id, place)
  LEFT JOIN collected.device d USING (organization_id, device_id)
)"""
_MESSAGES = """
SELECT unnest(CAST(:organizations AS bigint[])) AS organization_id,
       unnest(CAST(:devices AS bigint[])) AS device_id,
       unnest(CAST(:places AS integer[])) AS place,
       unnest(CAST(:boots AS text[])) AS boot,
       unnest(CAST(:sequences AS bigint[])) AS sequence,
       unnest(CAST(:streams AS text[])) AS stream,
       unnest(CAST(:digests AS bytea[])) AS digest,
       unnest(CAST(:historical AS boolean[])) AS historical,
       unnest(CAST(:received AS timestamptz[])) AS received_at,
       unnest(CAST(:integrities AS text[])) AS integrity,
       unnest(CAST(:written AS timestamptz[])) AS gateway_at"""
_INTO_MESSAGES = """
INSERT INTO collected.message
  (organization_id, access_path, device_id, boot, sequence, stream, digest, historical,
   received_at, integrity, gateway_at)
SELECT n.organization_id, m.paths[n.place], n.device_id, n.boot, n.sequence, n.stream, n.digest,
       n.historical, n.received_at, n.integrity, n.gateway_at"""
_ADD_MESSAGES = text(f"""{_PATHS},
added AS (
  {_INTO_MESSAGES}
  FROM m, ({_MESSAGES}) AS n
  ON CONFLICT (organization_id, device_id, boot, sequence) DO NOTHING
  RETURNING organization_id, device_id, boot, sequence, message_id
)
SELECT array_agg(organization_id), array_agg(device_id), array_agg(boot), array_agg(sequence),
       array_agg(message_id)
FROM added
""")
_DIGESTS = text("""
SELECT m.organization_id, m.device_id, m.boot, m.sequence, m.digest FROM collected.message m
JOIN unnest(CAST(:organizations AS bigint[]), CAST(:devices AS bigint[]), CAST(:boots AS text[]),
            CAST(:sequences AS bigint[])) AS n(organization_id, device_id, boot, sequence)
  USING (organization_id, device_id, boot, sequence)
""")


class _Places(NamedTuple):
    """One device of each organization, for its path, and the place of each message's, from one."""

    own: Mapping[str, object]
    each: list[int]


def _places(messages: Sequence[MessageRow]) -> _Places:
    found: dict[int, tuple[int, int]] = {}
    each = []
    for message in messages:
        device = message.device
        organization_id = device.place.organization_id
        if organization_id not in found:
            found[organization_id] = len(found) + 1, device.device_id
        each.append(found[organization_id][0])
    own = {
        "own_organizations": arrays.bigints(list(found)),
        "own_devices": arrays.bigints([device_id for _, device_id in found.values()]),
    }
    return _Places(own, each)


def add_messages(work: Work, messages: Sequence[MessageRow]) -> dict[MessageKey, int]:
    """Write the messages whose keys are new and return their numbers; no key twice in one call."""
    places = _places(messages)
    given = {**places.own, **_message_columns(messages, places)}
    added = work.connection.execute(_ADD_MESSAGES, given).one()
    # Nothing is aggregated to no array.
    *keys, numbers = (column or () for column in added)
    return dict(zip(zip(*keys, strict=True), numbers, strict=True))


def _message_columns(messages: Sequence[MessageRow], places: _Places) -> dict[str, object]:
    return {
        **_keys([m.key for m in messages]),
        "places": arrays.integers(places.each),
        "streams": arrays.texts([m.stream for m in messages]),
        "digests": arrays.bytestrings([m.digest for m in messages]),
        "historical": arrays.booleans([m.historical for m in messages]),
        "received": arrays.moments([m.received_at for m in messages]),
        "integrities": arrays.texts([m.integrity for m in messages]),
        "written": arrays.moments([m.gateway_at for m in messages]),
    }


def digests(work: Work, keys: Sequence[MessageKey]) -> dict[MessageKey, bytes]:
    """Return what the stored messages of these keys were, to tell a resend from a reuse."""
    rows = work.connection.execute(_DIGESTS, _keys(keys))
    return {(row[0], row[1], row[2], row[3]): bytes(row[4]) for row in rows}


def _keys(keys: Sequence[MessageKey]) -> dict[str, object]:
    organizations, devices, boots, sequences = zip(*keys, strict=True)
    return {
        "organizations": arrays.bigints(organizations),
        "devices": arrays.bigints(devices),
        "boots": arrays.texts(boots),
        "sequences": arrays.bigints(sequences),
    }


_READINGS = """
SELECT unnest(CAST(:reading_organizations AS bigint[])) AS organization_id,
       unnest(CAST(:reading_places AS integer[])) AS place,
       unnest(CAST(:reading_devices AS bigint[])) AS device_id,
       unnest(CAST(:points AS bigint[])) AS point_id,
       unnest(CAST(:taken AS timestamptz[])) AS taken_at,
       unnest(CAST(:values AS double precision[])) AS value,
       unnest(CAST(:qualities AS smallint[])) AS quality,
       unnest(CAST(:time_qualities AS smallint[])) AS time_quality,
       unnest(CAST(:numbers AS bigint[])) AS number
"""
_INTO_READINGS = """
INSERT INTO collected.reading
  (organization_id, access_path, device_id, point_id, taken_at, value, quality, time_quality,
   message_id)
SELECT r.organization_id, m.paths[r.place], r.device_id, r.point_id, r.taken_at, r.value,
       r.quality, r.time_quality,"""
_ADD_READINGS = text(f"""{_PATHS}
{_INTO_READINGS} r.number
FROM m, ({_READINGS}) AS r
""")
# Messages none of which may be there yet, with their readings, which know theirs by its place.
_ADD_NEW = text(f"""{_PATHS},
n AS MATERIALIZED ({_MESSAGES}, generate_series(1, CAST(:count AS integer)) AS number),
added AS (
  {_INTO_MESSAGES} FROM m, n
  RETURNING organization_id, device_id, boot, sequence, message_id
),
numbered AS MATERIALIZED (
  SELECT array_agg(a.message_id ORDER BY n.number) AS ids
  FROM added a JOIN n USING (organization_id, device_id, boot, sequence)
)
{_INTO_READINGS} numbered.ids[r.number]
FROM m, numbered, ({_READINGS}) AS r
""")


def add_readings(work: Work, numbered: Sequence[tuple[MessageRow, int]]) -> int:
    """Append the readings of new messages and return how many."""
    messages = [message for message, _ in numbered]
    places = _places(messages)
    columns = _reading_columns(messages, places, [number for _, number in numbered])
    work.connection.execute(_ADD_READINGS, {**places.own, **columns})
    return sum(len(message.instants.values) for message in messages)


def all_new(messages: Sequence[MessageRow]) -> list[Order]:
    """Return what writes messages and readings where none of the keys is there yet, in key order.

    Where one is, it fails as a whole.
    """
    places = _places(messages)
    given = {**places.own, **_message_columns(messages, places), "count": len(messages)}
    given |= _reading_columns(messages, places, range(1, len(messages) + 1))
    return [Order(_ADD_NEW, given), Order(_LATEST, _latest_columns(messages))]


def _reading_columns(
    messages: Sequence[MessageRow], places: _Places, numbers: Sequence[int]
) -> dict[str, object]:
    """Return a row for each reading; `numbers` are those of their messages."""
    told = [message.instants for message in messages]
    points = _flat(each.points for each in told)
    in_message, in_instant = [len(each.values) for each in told], list(map(len, points))

    def of_message(column: Sequence[int]) -> NDArray[Any]:
        return np.repeat(column, in_message)

    def of_instant(columns: Iterable[list[int]]) -> NDArray[Any]:
        return np.repeat(_flat(columns), in_instant)

    organizations = [m.device.place.organization_id for m in messages]
    return {
        "reading_organizations": arrays.bigints(of_message(organizations)),
        "reading_places": arrays.integers(of_message(places.each)),
        "reading_devices": arrays.bigints(of_message([m.device.device_id for m in messages])),
        "numbers": arrays.bigints(of_message(numbers)),
        "taken": arrays.instants(of_instant(each.taken_ms for each in told)),
        "qualities": arrays.smallints(of_instant(each.qualities for each in told)),
        "time_qualities": arrays.smallints(of_instant(each.time_qualities for each in told)),
        "points": arrays.bigints(_flat(points)),
        "values": arrays.doubles(_flat(each.values for each in told)),
    }


def _flat(columns: Iterable[Iterable[Item]]) -> list[Item]:
    return list(chain.from_iterable(columns))


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


class _Newest(NamedTuple):
    """The newest value of a point in a batch."""

    taken_ms: int
    value: float
    quality: int
    received_at: datetime


def advance_latest(work: Work, messages: Sequence[MessageRow]) -> None:
    """Keep the newest value of each point by the device's time, whatever order they came in."""
    work.connection.execute(_LATEST, _latest_columns(messages))


def _latest_columns(messages: Sequence[MessageRow]) -> dict[str, object]:
    newest: dict[tuple[int, int, int], _Newest] = {}
    for message in messages:
        device = message.device
        for point, value in _newest_of(message).items():
            key = device.place.organization_id, device.device_id, point
            if key not in newest or newest[key].taken_ms <= value.taken_ms:
                newest[key] = value
    organizations, devices, points = zip(*newest, strict=True)
    taken, values, qualities, received = zip(*newest.values(), strict=True)
    return {
        "organizations": arrays.bigints(organizations),
        "devices": arrays.bigints(devices),
        "points": arrays.bigints(points),
        "taken": arrays.instants(taken),
        "values": arrays.doubles(values),
        "qualities": arrays.smallints(qualities),
        "received": arrays.moments(received),
    }


def _newest_of(message: MessageRow) -> dict[int, _Newest]:
    """Return the newest value of each point of a message; of equal instants the last."""
    told, found = message.instants, dict[int, _Newest]()
    first = 0
    order: Iterable[int] = range(len(told.points))
    if len(set(told.points)) == 1:
        # Where every instant tells of the same points, the newest of them is all there is to see.
        last = len(told.points) - 1 - told.taken_ms[::-1].index(max(told.taken_ms))
        order, first = (last,), last * len(told.points[last])
    for number in order:
        points, at, quality = told.points[number], told.taken_ms[number], told.qualities[number]
        for point, value in zip(points, told.values[first : first + len(points)], strict=True):
            if point not in found or found[point].taken_ms <= at:
                found[point] = _Newest(at, value, quality, message.received_at)
        first += len(points)
    return found
