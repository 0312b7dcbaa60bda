"""Whether a device's message may be stored: who sent it, what it names, when it was taken (4.2 c).

Nothing here asks the database or the clock: the registry and the instant of arrival are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from services.collection.quick_messages import parse_payload
from services.collection.readings import Message
from services.collection.refusals import Reason, RefusedError
from services.collection.signatures import is_authentic
from services.collection.topics import UpTopic, parse_topic
from services.data.telemetry import SIGNED, KnownDevice, MessageRow, Place
from services.instants import EPOCH, MILLISECOND, milliseconds

# A clock may run a little ahead; a live message may wait a week in the gateway's store. Older
# ones are back-fill and say so (`hist`), so that a dead clock is not taken for the past.
AHEAD = timedelta(minutes=5)
LIVE = timedelta(days=7)
HISTORY = timedelta(days=3653)


class Arrival(NamedTuple):
    """One MQTT message as it came, with the instant it arrived."""

    topic: str
    payload: bytes
    received_at: datetime

    @property
    def digest(self) -> bytes:
        """Return what tells one set-aside message from another."""
        return hashlib.sha256(self.topic.encode("utf-8", "replace") + b"\n" + self.payload).digest()


class WellFormed(NamedTuple):
    """A message that can be read, with the place its topic claims."""

    arrival: Arrival
    topic: UpTopic
    message: Message


class Accepted(NamedTuple):
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
    numbers = _numbers(message, sender)
    newest, oldest = _span(received_at, message.historical)
    taken = message.instants.taken_ms
    if numbers is None or not oldest <= min(taken) <= max(taken) <= newest:
        raise _first_wrong(message, sender, (oldest, newest))
    return MessageRow(
        device=sender,
        boot=message.boot,
        sequence=message.sequence,
        stream=origin.topic.stream,
        digest=message.digest,
        historical=message.historical,
        received_at=received_at,
        instants=message.instants.numbered(numbers),
        gateway_at=message.gateway_at,
    )


def _numbers(message: Message, sender: KnownDevice) -> list[tuple[int, ...]] | None:
    """Return the numbers of the points of each instant, or None where one is not registered."""
    named = message.instants.points
    known = {codes: tuple(map(sender.points.get, codes)) for codes in set(named)}
    if any(None in numbers for numbers in known.values()):
        return None
    found: list[tuple[int, ...]] = [known[codes] for codes in named]  # type: ignore[misc]
    return found


@lru_cache(256)
def _span(received_at: datetime, historical: bool) -> tuple[int, int]:
    """Return the newest and the oldest millisecond of which a message may tell."""
    newest, oldest = received_at + AHEAD, received_at - (HISTORY if historical else LIVE)
    return milliseconds(newest), -((EPOCH - oldest) // MILLISECOND)


def _first_wrong(message: Message, sender: KnownDevice, span: tuple[int, int]) -> RefusedError:
    oldest, newest = span
    for reading in message.readings:
        if reading.point not in sender.points:
            return RefusedError(Reason.UNKNOWN_POINT, f"vals.{reading.point}")
        if not oldest <= (taken_ms := milliseconds(reading.taken_at)) <= newest:
            reason = Reason.TOO_NEW if taken_ms > newest else Reason.TOO_OLD
            return RefusedError(reason, f"ts {reading.taken_at.isoformat()}")
    raise AssertionError("every reading is right")
