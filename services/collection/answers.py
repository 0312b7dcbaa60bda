"""What gateways are told after COMMIT: a receipt for each start of each device (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.collection.admission import Accepted, Refused, WellFormed
from services.collection.pace import Early
from services.collection.payloads import Encoding
from services.collection.receipts import DeviceKey, Receipt, write_receipt
from services.collection.topics import receipt_topic
from services.data.telemetry import KnownDevice


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A signed receipt and the topic its gateway listens on.

    `stored` are the messages that it names, of the start of a device that `key` tells.
    """

    topic: str
    payload: bytes
    key: tuple[int, int, str]
    stored: frozenset[int]


@dataclass(slots=True)
class _Answer:
    """What one start of one device is told in a receipt."""

    sender: KnownDevice
    stored: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    again: dict[int, datetime] = field(default_factory=dict)


def receipts(
    stored: Sequence[Accepted], refused: Sequence[Refused], early: Sequence[Early]
) -> tuple[Outgoing, ...]:
    """Return one receipt for each start of each device; a stranger gets none."""
    answers: dict[_Start, _Answer] = {}
    for one in stored:
        _answer(answers, one.origin, one.row.device).stored.add(one.row.sequence)
    for other in refused:
        if other.origin is not None and other.sender is not None:
            answer = _answer(answers, other.origin, other.sender)
            answer.refused[other.origin.message.sequence] = other.reason.value
    for late in early:
        row = late.accepted.row
        _answer(answers, late.accepted.origin, row.device).again[row.sequence] = late.again_at
    return tuple(_outgoing(start, answer) for start, answer in answers.items())


class _Start(NamedTuple):
    """Where the answer to one start of one device goes, and how it is written."""

    topic: str
    device_id: int
    boot: str
    encoding: Encoding


def _answer(answers: dict[_Start, _Answer], origin: WellFormed, sender: KnownDevice) -> _Answer:
    topic, message = receipt_topic(origin.topic.tenant, origin.topic.gateway), origin.message
    start = _Start(topic, sender.device_id, message.boot, message.encoding)
    found = answers.get(start)
    if found is None:
        found = answers[start] = _Answer(sender)
    return found


def _outgoing(start: _Start, answer: _Answer) -> Outgoing:
    sender = answer.sender
    again_at = max(answer.again.values(), default=None)
    receipt = Receipt(
        sender.code,
        start.boot,
        frozenset(answer.stored),
        answer.refused,
        # One that was stored by another of its copies needs not come again.
        frozenset(answer.again.keys() - answer.stored),
        0 if again_at is None else int(again_at.timestamp() * 1000),
    )
    payload = write_receipt(receipt, DeviceKey(sender.key_id, sender.secret), start.encoding)
    told = (sender.place.organization_id, sender.device_id, start.boot)
    return Outgoing(start.topic, payload, told, receipt.stored)
