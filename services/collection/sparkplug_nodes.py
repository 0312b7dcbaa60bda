"""Edge nodes of Sparkplug B: what their births say, and which data it holds for (4.2 c).

A metric is named at its birth and told by a number after it, so that every message of a node is
needed in its order. Where one is missing we could ask for another birth, by a command to the node;
but we only read. What comes until the next birth is set aside with its reason.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.collection.readings import LAST_MS, Message
from services.collection.refusals import Reason, RefusedError
from services.collection.sparkplug import NUMBERS, Metric, Payload
from services.collection.topics import CODE
from services.instants import Instants, Value, instant

SUBSCRIPTION = "spBv1.0/#"
NBIRTH, NDEATH, NDATA = "NBIRTH", "NDEATH", "NDATA"
DBIRTH, DDEATH, DDATA = "DBIRTH", "DDEATH", "DDATA"
OF_NODE, OF_DEVICE = (NBIRTH, NDEATH, NDATA), (DBIRTH, DDEATH, DDATA)
BD_SEQ = "bdSeq"
KEY_ID = "sparkplug"
NUMBERS_OF_SEQUENCE = 256
# Of so many messages it is known when they come again; well before their numbers do.
KNOWN_AGAIN = 128
OWN_CLOCK = 1
# Codes of the property Quality (6.4.7) as qualities of ours; others are bad.
QUALITIES = {192: 0, 500: 1, 0: 2}
BAD = 2
MOST_NODES = 10_000
_TOPIC = re.compile(r"spBv1\.0/([^/]+)/([A-Z]+)/([^/]+)(?:/([^/]+))?")
_ODD = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class NodeTopic:
    """Who speaks: the group is the number of an organization, the device may be none."""

    tenant: UUID
    kind: str
    node: str
    device: str

    @property
    def sender(self) -> str:
        """Return the code under which the sender is registered."""
        return self.device or self.node


def parse_node_topic(topic: str) -> NodeTopic | None:
    """Return who speaks, or None where it is nobody who tells readings; raise RefusedError."""
    match = _TOPIC.fullmatch(topic)
    if match is None:
        # The state of a host is no reading of anybody.
        if topic.startswith("spBv1.0/STATE/"):
            return None
        raise RefusedError(Reason.TOPIC, topic[:200])
    group, kind, node, device = match.groups()
    if kind.endswith("CMD"):
        return None
    try:
        tenant = UUID(group)
    except ValueError:
        raise RefusedError(Reason.TOPIC, topic[:200]) from None
    known = kind in (OF_DEVICE if device else OF_NODE)
    if not known or not all(CODE.fullmatch(name) for name in (node, device or node)):
        raise RefusedError(Reason.TOPIC, topic[:200])
    return NodeTopic(tenant, kind, node, device or "")


@dataclass(frozen=True, slots=True)
class Told:
    """A metric with its name and type, known from here or from a birth."""

    name: str
    metric: Metric


# The name and type of each metric that a birth told, by its name and by its number if it has one.
Known = dict[int | str | None, tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Start:
    """Of which start of a node a message is, its number since, and what tells it from others."""

    boot: str
    number: int
    digest: bytes


@dataclass(slots=True)
class _Birth:
    """What a node said at its birth and since; `numbers` are those of messages by their content."""

    boot: str
    bd_seq: float | None
    count: int = 0
    known: dict[str, Known] = field(default_factory=dict)
    numbers: OrderedDict[bytes, int] = field(default_factory=OrderedDict)


class Nodes:
    """The births of the nodes that one listener hears; it alone hears every message of each."""

    def __init__(self) -> None:
        self._births: OrderedDict[tuple[UUID, str], _Birth] = OrderedDict()

    def take(self, topic: NodeTopic, payload: Payload, digest: bytes) -> tuple[Start, list[Told]]:
        """Return number and metrics of a message, or raise RefusedError; a death has none.

        One that comes again has the number that it had.
        """
        key = topic.tenant, topic.node
        if topic.kind == NDEATH:
            self._end(key, payload)
            return Start("", 0, digest), []
        if topic.kind == NBIRTH:
            self._begin(key, payload, digest)
        birth = self._births.get(key)
        if birth is None:
            raise RefusedError(Reason.NO_BIRTH, topic.node)
        number = birth.numbers.get(digest)
        if number is None:
            number = self._next(key, birth, payload, digest)
        return Start(birth.boot, number, digest), _told(birth, topic, payload.metrics)

    def _begin(self, key: tuple[UUID, str], payload: Payload, digest: bytes) -> None:
        known = self._births.get(key)
        if known is not None and digest in known.numbers:
            return
        if payload.sequence is None or payload.written_ms is None:
            raise RefusedError(Reason.SHAPE, "seq")
        # A number of births comes again after 256; with the instant it is one of its kind.
        boot = hashlib.sha256(digest).hexdigest()[:16]
        birth = _Birth(boot, _bd_seq(payload), payload.sequence - 1)
        self._births[key] = birth
        self._births.move_to_end(key)
        while len(self._births) > MOST_NODES:
            self._births.popitem(last=False)

    def _end(self, key: tuple[UUID, str], payload: Payload) -> None:
        """Forget a birth, unless the death is that of an earlier one."""
        birth = self._births.get(key)
        if birth is not None and birth.bd_seq in (None, _bd_seq(payload)):
            del self._births[key]

    def _next(self, key: tuple[UUID, str], birth: _Birth, payload: Payload, digest: bytes) -> int:
        number = birth.count + 1
        if payload.sequence != number % NUMBERS_OF_SEQUENCE:
            # A birth may have been among what is missing: numbers of metrics mean nothing now.
            del self._births[key]
            raise RefusedError(Reason.GAP, f"{payload.sequence}/{number % NUMBERS_OF_SEQUENCE}")
        birth.count = birth.numbers[digest] = number
        if len(birth.numbers) > KNOWN_AGAIN:
            birth.numbers.popitem(last=False)
        return number


def _bd_seq(payload: Payload) -> float | None:
    return next((m.value for m in payload.metrics if m.name == BD_SEQ), None)


def _told(birth: _Birth, topic: NodeTopic, metrics: Iterable[Metric]) -> list[Told]:
    if topic.kind in (NBIRTH, DBIRTH):
        birth.known[topic.device] = {
            key: (metric.name, metric.datatype)
            for metric in metrics
            for key in (metric.name, metric.alias)
            if key not in (None, "")
        }
    if topic.kind == DDEATH:
        birth.known.pop(topic.device, None)
        return []
    if topic.device and topic.device not in birth.known:
        raise RefusedError(Reason.NO_BIRTH, topic.device)
    known = birth.known.get(topic.device, {})
    return [_named(metric, known) for metric in metrics if metric.name != BD_SEQ]


def _named(metric: Metric, known: Known) -> Told:
    """Return a metric with what its birth told; data need not tell its type again."""
    name, of_birth = known.get(metric.name or metric.alias, (metric.name, None))
    if not name:
        raise RefusedError(Reason.NO_BIRTH, f"alias {metric.alias}")
    datatype = metric.datatype or of_birth
    return Told(name, metric.typed(datatype) if datatype else metric)


def code_of(name: str) -> str:
    """Return the code of the point that a metric is registered as.

    >>> code_of("Meter 1/Active Power")
    'Meter_1.Active_Power'
    """
    return _ODD.sub("_", name.replace("/", "."))[:64]


def message_of(
    topic: NodeTopic, start: Start, told: Iterable[Told], wanted: frozenset[str], payload: Payload
) -> Message | None:
    """Return the values of the points that are registered; None where there is none of them.

    A node tells whatever it has; what is not registered is left where it is.
    """
    values: dict[tuple[str, datetime], Value[str]] = {}
    historical = False
    for each in told:
        code, metric = code_of(each.name), each.metric
        if code not in wanted or metric.value is None:
            continue
        if metric.datatype not in NUMBERS:
            raise RefusedError(Reason.SHAPE, f"{code} {metric.datatype}")
        at = _taken_at(metric, payload, code)
        if (code, at) in values:
            raise RefusedError(Reason.NAME_TWICE, code)
        quality = 0 if metric.quality is None else QUALITIES.get(metric.quality, BAD)
        values[code, at] = Value(code, at, metric.value, quality, OWN_CLOCK)
        historical |= metric.historical
    if not values:
        return None
    written = payload.written_ms
    return Message(
        gateway=topic.node,
        device=topic.sender,
        boot=start.boot,
        sequence=start.number,
        historical=historical,
        key_id=KEY_ID,
        signed=b"",
        mac="",
        digest=start.digest,
        instants=Instants.of(values.values()),
        gateway_at=None if written is None else _instant(written, "timestamp"),
    )


def _taken_at(metric: Metric, payload: Payload, code: str) -> datetime:
    at = payload.written_ms if metric.taken_ms is None else metric.taken_ms
    if at is None:
        raise RefusedError(Reason.SHAPE, f"{code} timestamp")
    return _instant(at, f"{code} timestamp")


def _instant(milliseconds: int, where: str) -> datetime:
    if not 0 <= milliseconds < LAST_MS:
        raise RefusedError(Reason.SHAPE, where)
    return instant(milliseconds)
