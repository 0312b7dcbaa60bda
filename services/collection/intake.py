"""A batch of MQTT messages becomes readings, receipts and set-aside messages (4.2 c).

A message is stored whole or set aside whole. Everything of a batch is one transaction, and a
receipt leaves only after its COMMIT: a broker's acknowledgement says nothing about our disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services import clock
from services.collection.admission import (
    Accepted,
    Arrival,
    Refused,
    Registry,
    WellFormed,
    admit_all,
    read_all,
    refuse,
)
from services.collection.answers import Outgoing, receipts
from services.collection.pace import Early, Pace
from services.collection.receipts import ranges
from services.collection.refusals import Reason, storable
from services.data import device_clocks, message_rows, point_facts, telemetry
from services.data.engine import ROOT_PATH, SYSTEM_SCOPE, Database
from services.data.orders import Order, OrdersRefusedError
from services.data.telemetry import (
    MessageKey,
    Place,
    QuarantineRow,
    RowsRefusedError,
    StorageAwayError,
)
from services.data.work import Scope, Work
from services.labels import EVERYTHING
from services.security.actors import ROOT_ID

KEPT_PAYLOAD_BYTES = 16_384
KEPT_TOPIC_CHARACTERS = 500
MONTHS_AHEAD = 2
# So many batches after one with messages that came again are not taken for all new.
STEP_BY_STEP = 10
# Where messages of nobody known are set aside.
ROOT = Place(ROOT_ID, ROOT_PATH)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: counts of messages and readings, and the receipts to send.

    Those that came too `early` are neither stored nor set aside.
    """

    stored: int = 0
    repeated: int = 0
    set_aside: int = 0
    early: int = 0
    readings: int = 0
    receipts: tuple[Outgoing, ...] = ()

    def plus(self, other: Outcome) -> Outcome:
        """Return both outcomes as one."""
        return Outcome(
            self.stored + other.stored,
            self.repeated + other.repeated,
            self.set_aside + other.set_aside,
            self.early + other.early,
            self.readings + other.readings,
            self.receipts + other.receipts,
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What became of each message of a batch after COMMIT, and how many readings are new."""

    fresh: Sequence[Accepted]
    repeated: Sequence[Accepted]
    refused: Sequence[Refused]
    early: Sequence[Early]
    readings: int

    @property
    def stored(self) -> list[Accepted]:
        """Return what is in the table, now or since earlier."""
        return [*self.fresh, *self.repeated]

    def outcome(self) -> Outcome:
        """Return the counts, and the receipts to send."""
        counts = len(self.fresh), len(self.repeated), len(self.refused), len(self.early)
        told = receipts(self.stored, self.refused, self.early)
        return Outcome(*counts, self.readings, told)


@dataclass(frozen=True, slots=True)
class Looked:
    """A batch that was looked at, with what the database knew of its senders then.

    `orders` write it where all of it is new, which it nearly always is; empty where it is not.
    """

    batch: Sequence[Arrival]
    accepted: Sequence[Accepted]
    refused: Sequence[Refused]
    registry: Registry
    orders: Sequence[Order] = ()

    @property
    def readings(self) -> int:
        """Return how many readings may be stored."""
        return sum(len(one.row.instants.values) for one in self.accepted)


class Intake:
    """Writes batches; it remembers which months have a partition, and how fast devices send."""

    def __init__(self, database: Database, pace: Pace | None = None) -> None:
        self._database = database
        self._pace = pace or Pace()
        self._months: set[date] = set()
        self._step_by_step = 0

    def note_receipts(self, named: Mapping[tuple[int, int, str], Iterable[int]]) -> None:
        """Write down which messages receipts have named; StorageAwayError when away."""
        told = {key: ranges(numbers) for key, numbers in named.items() if numbers}
        with telemetry.told_apart(), self._database.work(SYSTEM_SCOPE) as work:
            point_facts.note_receipts(work, told, clock.now())
            work.commit()

    def prepare(self, today: date) -> None:
        """Make the partitions of this month and the next two; StorageAwayError when away."""
        self._ensure_months(_month(today, ahead) for ahead in range(MONTHS_AHEAD + 1))

    def store(self, batch: Sequence[Arrival]) -> Outcome:
        """Write a batch in one transaction, or raise StorageAwayError with nothing written."""
        return self.commit(self.look(batch))

    def look(self, batch: Sequence[Arrival]) -> Looked:
        """Return what may be stored of a batch and what not; StorageAwayError when away."""
        with telemetry.told_apart():
            well_formed, refused = read_all(batch)
            registry = look_up(self._database, well_formed, refused)
            accepted, unacceptable = admit_all(well_formed, registry)
        refused += unacceptable
        is_usual = not refused and self._step_by_step == 0
        return Looked(batch, accepted, refused, registry, _all_new(accepted) if is_usual else [])

    def commit(self, looked: Looked) -> Outcome:
        """Write what was looked at in one transaction; StorageAwayError with nothing written.

        Rows the database refuses are found by writing the messages one by one, so that a poison
        row costs its own message and no other.
        """
        try:
            with telemetry.told_apart():
                written = self._write_new(looked)
                if written is None:
                    written = self.write(looked.accepted, looked.refused, looked.registry)
                    # Where messages come again, so will others, and trying first costs twice.
                    again = STEP_BY_STEP if written.repeated else self._step_by_step - 1
                    self._step_by_step = max(0, again)
                return written.outcome()
        except RowsRefusedError as error:
            if len(looked.batch) == 1:
                return self._set_aside_alone(looked, str(error.values["reason"]))
        outcome = Outcome()
        for arrival in looked.batch:
            outcome = outcome.plus(self.store([arrival]))
        return outcome

    def _write_new(self, looked: Looked) -> Written | None:
        """Write a batch of which all is new in one go, or None with nothing written."""
        if not looked.orders or self._pace.within(looked.accepted)[1]:
            return None
        self._ensure_months({_month(day) for one in looked.accepted for day in one.row.days})
        scope = _scope_of(looked.accepted, [], looked.registry)
        try:
            self._database.carry_out(scope, looked.orders)
        except OrdersRefusedError:
            # One was there already, or a row is refused: both are found out step by step.
            return None
        self._pace.take(looked.accepted)
        return Written(looked.accepted, [], [], [], looked.readings)

    def write(
        self, accepted: Sequence[Accepted], refused: Sequence[Refused], registry: Registry
    ) -> Written:
        """Write what was looked at in one transaction, and return what became of each message."""
        inside, early = self._pace.within(accepted)
        self._ensure_months({_month(day) for one in inside for day in one.row.days})
        with self._database.work(_scope_of(inside, refused, registry)) as work:
            fresh, repeated, reused = write_messages(work, inside)
            refused = [*refused, *reused]
            readings = write_readings(work, fresh)
            _write_quarantine(work, refused, registry)
            work.commit()
        written = Written([one for one, _ in fresh], repeated, refused, early, readings)
        self._pace.take(written.stored)
        return written

    def _ensure_months(self, months: Iterable[date]) -> None:
        missing = set(months) - self._months
        if not missing:
            return
        ensure_months(self._database, missing)
        self._months |= missing

    def _set_aside_alone(self, looked: Looked, why: str) -> Outcome:
        """Set aside a message whose rows the database refused, and say so to its sender."""
        refused = [
            *looked.refused,
            *(
                refuse(one.origin, Reason.DATABASE, storable(why), one.row.device)
                for one in looked.accepted
            ),
        ]
        try:
            with (
                telemetry.told_apart(),
                self._database.work(_scope_of([], refused, looked.registry)) as work,
            ):
                _write_quarantine(work, refused, looked.registry)
                work.commit()
        except RowsRefusedError as error:
            # Not this message: the tables are not as this program expects them. Keep and wait.
            raise StorageAwayError(reason=str(error.values["reason"])) from error
        return Outcome(set_aside=1, receipts=receipts([], refused, []))


def _all_new(accepted: Sequence[Accepted]) -> list[Order]:
    """Return what writes messages of which none is there; nothing where one comes twice."""
    by_key = {one.row.key: one.row for one in accepted}
    if not by_key or len(by_key) < len(accepted):
        return []
    # In key order, so that two listeners that meet the same resends cannot dead-lock.
    rows = [by_key[key] for key in sorted(by_key)]
    return [*message_rows.all_new(rows), *device_clocks.noting(rows)]


def look_up(
    database: Database, well_formed: Sequence[WellFormed], refused: Sequence[Refused]
) -> Registry:
    """Return what the database knows of the senders that these messages claim."""
    claimed = {one.topic for one in well_formed} | {one.topic for one in refused if one.topic}
    tenants = {topic.tenant for topic in claimed}
    with database.work(SYSTEM_SCOPE) as work:
        places = telemetry.places(work, sorted(tenants))
        wanted = [
            (places[one.topic.tenant].organization_id, one.message.device)
            for one in well_formed
            if one.topic.tenant in places
        ]
        return Registry(ROOT, places, telemetry.devices(work, wanted))


def _month(day: date, ahead: int = 0) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _scope_of(
    accepted: Iterable[Accepted], refused: Iterable[Refused], registry: Registry
) -> Scope:
    """Return the places this batch may write to: those of its own organizations, no others."""
    paths = {one.row.device.place.access_path for one in accepted}
    paths |= {registry.place_of(one.topic).access_path for one in refused}
    return Scope(access_paths=tuple(sorted(paths)), readable=EVERYTHING)


def ensure_months(database: Database, days: Iterable[date]) -> None:
    """Make the partitions for the months of these days, unless they exist."""
    months = {_month(day) for day in days}
    # Before the batch and apart from it: making a partition locks the table for a moment.
    with telemetry.told_apart(), database.work(SYSTEM_SCOPE) as work:
        for month in sorted(months):
            telemetry.ensure_month(work, month)
        work.commit()


def write_messages(
    work: Work, accepted: Sequence[Accepted]
) -> tuple[list[tuple[Accepted, int]], list[Accepted], list[Refused]]:
    """Write what is new; return it with its numbers, the repeated ones, and the reused keys."""
    keys = [one.row.key for one in accepted]
    first: dict[MessageKey, Accepted] = {}
    for key, one in zip(keys, accepted, strict=True):
        first.setdefault(key, one)
    if not first:
        return [], [], []
    # In key order, so that two listeners that meet the same resends cannot dead-lock.
    numbers = message_rows.add_messages(work, [first[key].row for key in sorted(first)])
    fresh = [(first[key], number) for key, number in numbers.items()]
    if len(fresh) == len(accepted):
        return fresh, [], []
    written = {id(one) for one, _ in fresh}
    again = [(key, one) for key, one in zip(keys, accepted, strict=True) if id(one) not in written]
    known = {key: first[key].row.digest for key in numbers}
    if others := sorted({key for key, _ in again} - known.keys()):
        known |= message_rows.digests(work, others)
    repeated = [one for key, one in again if known[key] == one.row.digest]
    reused = [_reused(one) for key, one in again if known[key] != one.row.digest]
    return fresh, repeated, reused


def _reused(one: Accepted) -> Refused:
    where = f"{one.row.boot}/{one.row.sequence}"
    return refuse(one.origin, Reason.KEY_REUSED, where, one.row.device)


def write_readings(work: Work, fresh: Sequence[tuple[Accepted, int]]) -> int:
    """Write the readings of new messages and return how many."""
    if not fresh:
        return 0
    count = message_rows.add_readings(work, [(one.row, number) for one, number in fresh])
    rows = [one.row for one, _ in fresh]
    message_rows.advance_latest(work, rows)
    device_clocks.note(work, rows)
    return count


def _write_quarantine(work: Work, refused: Sequence[Refused], registry: Registry) -> None:
    rows: dict[tuple[int, bytes], QuarantineRow] = {}
    times: Counter[tuple[int, bytes]] = Counter()
    for one in refused:
        row = _quarantine_row(one, registry)
        key = row.place.organization_id, row.digest
        rows[key] = row
        times[key] += 1
    if rows:
        telemetry.set_aside(work, [replace(row, arrivals=times[key]) for key, row in rows.items()])


def _quarantine_row(refused: Refused, registry: Registry) -> QuarantineRow:
    arrival = refused.arrival
    return QuarantineRow(
        place=registry.place_of(refused.topic),
        digest=arrival.digest,
        reason=refused.reason.value,
        detail=refused.where,
        topic=storable(arrival.topic[:KEPT_TOPIC_CHARACTERS]),
        payload=arrival.payload[:KEPT_PAYLOAD_BYTES],
        size=len(arrival.payload),
        received_at=arrival.received_at,
        arrivals=1,
    )
