"""What edge nodes tell by Sparkplug B becomes readings as all others do, marked as weak (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.collection.admission import (
    Accepted,
    Arrival,
    Refused,
    Registry,
    WellFormed,
    row_of,
)
from services.collection.intake import ROOT, Intake
from services.collection.pace import Early
from services.collection.refusals import Reason, RefusedError, storable
from services.collection.sparkplug import Payload, read_payload
from services.collection.sparkplug_nodes import (
    Nodes,
    NodeTopic,
    Start,
    Told,
    message_of,
    parse_node_topic,
)
from services.collection.topics import UpTopic
from services.data import telemetry
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.telemetry import WEAK, KnownDevice, Place, RowsRefusedError, StorageAwayError


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that its node's birth makes sense of."""

    arrival: Arrival
    topic: NodeTopic
    payload: Payload
    start: Start
    told: Sequence[Told]

    def again(self, at: datetime) -> Heard:
        """Return the message as one that is tried at a later instant."""
        return replace(self, arrival=self.arrival._replace(received_at=at))


@dataclass(frozen=True, slots=True)
class Unheard:
    """A message that nothing can be made of."""

    arrival: Arrival
    topic: NodeTopic | None
    reason: Reason
    where: str

    def again(self, at: datetime) -> Unheard:
        """Return the message as one that is tried at a later instant."""
        return replace(self, arrival=self.arrival._replace(received_at=at))


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of messages: stored, known already or set aside; those too early may be tried."""

    stored: int
    repeated: int
    set_aside: int
    early: Sequence[Early]


class NodeIntake:
    """Takes the messages of all edge nodes, each in its order: hear() them all, then store()."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self._database = database
        self._intake = intake
        self._nodes = Nodes()

    def hear(self, arrival: Arrival) -> Heard | Unheard | None:
        """Return what a message says, once and in its order; None where it tells no readings."""
        topic: NodeTopic | None = None
        try:
            topic = parse_node_topic(arrival.topic)
            if topic is None:
                return None
            payload = read_payload(arrival.payload)
            start, told = self._nodes.take(topic, payload, arrival.digest)
        except RefusedError as error:
            return Unheard(arrival, topic, error.reason, error.where)
        return Heard(arrival, topic, payload, start, told) if told else None

    def store(self, batch: Sequence[Heard | Unheard]) -> Kept:
        """Write a batch in one transaction; StorageAwayError with nothing written."""
        with telemetry.told_apart():
            accepted, refused, registry = self._looked_at(batch)
        try:
            with telemetry.told_apart():
                written = self._intake.write(accepted, refused, registry)
        except RowsRefusedError as error:
            return self._one_by_one(batch, accepted, registry, str(error.values["reason"]))
        counts = len(written.fresh), len(written.repeated), len(written.refused)
        return Kept(*counts, written.early)

    def _looked_at(
        self, batch: Sequence[Heard | Unheard]
    ) -> tuple[list[Accepted], list[Refused], Registry]:
        nodes = {(each.topic.tenant, each.topic.node) for each in batch if each.topic}
        with self._database.work(SYSTEM_SCOPE) as work:
            known = {node: telemetry.of_node(work, *node) for node in nodes}
        accepted: list[Accepted] = []
        refused: list[Refused] = []
        for each in batch:
            try:
                found = _accepted(each, known)
            except RefusedError as error:
                refused.append(_refused(each, error.reason, error.where))
                continue
            if found is not None:
                accepted.append(found)
        places = {tenant: place for (tenant, _), (place, _) in known.items() if place}
        return accepted, refused, Registry(ROOT, places, {})

    def _one_by_one(
        self,
        batch: Sequence[Heard | Unheard],
        accepted: Sequence[Accepted],
        registry: Registry,
        why: str,
    ) -> Kept:
        """Find the message whose rows the database refuses, and set aside no other."""
        if len(batch) > 1:
            parts = [self.store([each]) for each in batch]
            early = [each for part in parts for each in part.early]
            stored, repeated = sum(p.stored for p in parts), sum(p.repeated for p in parts)
            return Kept(stored, repeated, sum(p.set_aside for p in parts), early)
        if not accepted:
            raise StorageAwayError(reason=why)
        with telemetry.told_apart():
            refused = [_refused(batch[0], Reason.DATABASE, storable(why))]
            self._intake.write([], refused, registry)
        return Kept(0, 0, 1, ())


Known = dict[tuple[UUID, str], tuple[Place | None, dict[str, KnownDevice]]]


def _accepted(each: Heard | Unheard, known: Known) -> Accepted | None:
    """Return a message with its row, None where it tells of nothing registered."""
    if isinstance(each, Unheard):
        raise RefusedError(each.reason, each.where)
    topic = each.topic
    place, devices = known[topic.tenant, topic.node]
    if place is None:
        raise RefusedError(Reason.UNKNOWN_ORGANIZATION, str(topic.tenant))
    if not devices:
        raise RefusedError(Reason.UNKNOWN_DEVICE, topic.node)
    # A node tells of whatever hangs on it; what nobody registered is left where it is.
    device = devices.get(topic.sender)
    if device is None:
        return None
    message = message_of(topic, each.start, each.told, frozenset(device.points), each.payload)
    if message is None:
        return None
    origin = WellFormed(each.arrival, UpTopic(topic.tenant, topic.node, topic.kind), message)
    return Accepted(origin, row_of(origin, device)._replace(integrity=WEAK))


def _refused(each: Heard | Unheard, reason: Reason, where: str) -> Refused:
    topic = each.topic
    return Refused(
        each.arrival,
        reason,
        where,
        UpTopic(topic.tenant, topic.node, topic.kind) if topic else None,
    )
