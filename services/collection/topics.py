"""The MQTT topics of the device protocol: c/{tenant}/{gateway}/up/{stream} and …/ack (4.2 c)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from services.collection.refusals import Reason, RefusedError

# How every topic of this protocol begins, and none of another.
OWN = "c/"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_UP = re.compile(rf"c/([0-9a-f-]{{36}})/({CODE.pattern})/up/({CODE.pattern})")
# One group for all listeners: the broker hands each message to one of them.
SUBSCRIPTION = "$share/listeners/c/+/+/up/+"


class UpTopic(NamedTuple):
    """Whose message it claims to be; only the key of the device proves it."""

    tenant: UUID
    gateway: str
    stream: str


# A gateway says the same with each of its messages.
@lru_cache(10_000)
def parse_topic(topic: str) -> UpTopic:
    """Return the parts of a topic that readings arrive on, or raise RefusedError."""
    match = _UP.fullmatch(topic)
    if match is None:
        raise RefusedError(Reason.TOPIC, topic[:200])
    try:
        tenant = UUID(match[1])
    except ValueError:
        raise RefusedError(Reason.TOPIC, topic[:200]) from None
    return UpTopic(tenant, match[2], match[3])


@lru_cache(10_000)
def receipt_topic(tenant: UUID, gateway: str) -> str:
    """Return where a gateway listens for the receipts of its messages."""
    return f"c/{tenant}/{gateway}/ack"


def up_topic(tenant: UUID, gateway: str, stream: str) -> str:
    """Return where a gateway publishes the readings of a stream."""
    return f"c/{tenant}/{gateway}/up/{stream}"
