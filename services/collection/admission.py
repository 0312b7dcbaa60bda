"""Whether a device's message may be stored: who sent it, what it names, when it was taken (4.2 c).

Nothing here asks the database or the clock: the registry and the instant of arrival are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.collection.readings import Message, parse_payload
from services.collection.refusals import Reason, RefusedError
from services.collection.signatures import is_authentic
from services.collection.topics import UpTopic, parse_topic
from services.data.telemetry import SIGNED, KnownDevice, MessageRow, Place, ReadingRow

# A clock may run a little ahead; a live message may wait a week in the gateway's store. Older
# ones are back-fill and say so (`hist`), so that a dead clock is not taken for the past.
AHEAD = timedelta(minutes=5)
LIVE = timedelta(days=7)
HISTORY = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One MQTT message as it came, with the instant it arrived."""

    topic: str
    payload: bytes
    received_at: datetime

    @property
    def digest(self) -> bytes:
        """Return what tells one set-aside message from another."""
        return hashlib.sha256(self.topic.encode("utf-8", "replace") + b"\n" + self.payload).digest()


@dataclass(frozen=True, slots=True)
class WellFormed:
    """A message that can be read, with the place its topic claims."""

    arrival: Arrival
    topic: UpTopic
    message: Message


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message with the row it becomes."""

    origin: WellFormed
    row: MessageRow


@dataclass(frozen=True, slots=True)
class Refused:
    """A message to set aside, with reason and member; `sender` only when it signed."""

    arrival: Arrival
    reason: Reason
    where: str
    topic: UpTopic | None = None
    origin: WellFormed | None = None
    sender: KnownDevice | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """What the database knows of the senders of one batch."""

    root: Place
    places: Mapping[UUID, Place]
    devices: Mapping[tuple[int, str], KnownDevice]

    def place_of(self, topic: UpTopic | None) -> Place:
        """Return whose quarantine a message belongs to; the root's when nobody is known."""
        return self.root if topic is None else self.places.get(topic.tenant, self.root)


def read_all(batch: Sequence[Arrival]) -> tuple[list[WellFormed], list[Refused]]:
    """Return the well-formed messages, and the others with their reasons."""
    well_formed: list[WellFormed] = []
    refused: list[Refused] = []
    for arrival in batch:
        topic: UpTopic | None = None
        try:
            topic = parse_topic(arrival.topic)
            well_formed.append(WellFormed(arrival, topic, parse_payload(arrival.payload)))
        except RefusedError as error:
            refused.append(Refused(arrival, error.reason, error.where, topic))
    return well_formed, refused


def admit_all(
    well_formed: Sequence[WellFormed], registry: Registry
) -> tuple[list[Accepted], list[Refused]]:
    """Return the messages that may be stored, and the others with their reasons."""
    accepted: list[Accepted] = []
    refused: list[Refused] = []
    for one in well_formed:
        sender: KnownDevice | None = None
        try:
            sender = sender_of(one, registry)
            accepted.append(Accepted(one, row_of(one, sender)))
        except RefusedError as error:
            refused.append(refuse(one, error.reason, error.where, sender))
    return accepted, refused


def refuse(origin: WellFormed, reason: Reason, where: str, sender: KnownDevice | None) -> Refused:
    """Return a well-formed message as refused."""
    return Refused(origin.arrival, reason, where, origin.topic, origin, sender)


def sender_of(origin: WellFormed, registry: Registry) -> KnownDevice:
    """Return the device whose key signed the message, or raise RefusedError."""
    message = origin.message
    place = registry.places.get(origin.topic.tenant)
    if place is None:
        raise RefusedError(Reason.UNKNOWN_ORGANIZATION, str(origin.topic.tenant))
    device = registry.devices.get((place.organization_id, message.device))
    if device is None:
        raise RefusedError(Reason.UNKNOWN_DEVICE, message.device)
    # Whoever knows a clear password could sign with it.
    if message.key_id != device.key_id or device.protocol != SIGNED:
        raise RefusedError(Reason.UNKNOWN_KEY, message.key_id)
    if not is_authentic(message.signed, message.mac, device.secret):
        raise RefusedError(Reason.WRONG_MAC, message.device)
    return device


def row_of(origin: WellFormed, sender: KnownDevice) -> MessageRow:
    """Return the row of an authentic message, or raise RefusedError."""
    message, received_at = origin.message, origin.arrival.received_at
    if sender.is_retired:
        raise RefusedError(Reason.RETIRED_DEVICE, sender.code)
    if not origin.topic.gateway == message.gateway == sender.gateway:
        raise RefusedError(Reason.WRONG_GATEWAY, message.gateway)
    newest = received_at + AHEAD
    oldest = received_at - (HISTORY if message.historical else LIVE)
    for reading in message.readings:
        if reading.point not in sender.points:
            raise RefusedError(Reason.UNKNOWN_POINT, f"vals.{reading.point}")
        if not oldest <= reading.taken_at <= newest:
            reason = Reason.TOO_NEW if reading.taken_at > newest else Reason.TOO_OLD
            raise RefusedError(reason, f"ts {reading.taken_at.isoformat()}")
    readings = tuple(
        ReadingRow(sender.points[r.point], r.taken_at, r.value, r.quality, r.time_quality)
        for r in message.readings
    )
    return MessageRow(
        device=sender,
        boot=message.boot,
        sequence=message.sequence,
        stream=origin.topic.stream,
        digest=message.digest,
        historical=message.historical,
        received_at=received_at,
        readings=readings,
        gateway_at=message.gateway_at,
    )
