"""The threads of a listener that store batches, while the next one is looked at.

Two, so that the one inserts while the other waits for its COMMIT to be on disk.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from services import clock
from services.collection.admission import Arrival
from services.collection.answers import Outgoing
from services.collection.intake import Intake, Looked, Outcome
from services.data.telemetry import RowsRefusedError, StorageAwayError
from workers.mqtt import BrokerConnection

logger = logging.getLogger(__name__)

AT_ONCE = 2
IDLE_SECONDS = 0.2
BACK_OFF_SECONDS = (0.2, 10.0)
PREPARE_EVERY_SECONDS = 3600.0
# Which receipts left is written down apart from the readings, so that it slows none of them.
NOTE_EVERY_SECONDS = 15.0

Answer = TypeVar("Answer")


class Delivery(NamedTuple):
    """A message with what is needed to acknowledge it on the connection it came by."""

    arrival: Arrival
    number: int | None
    connection: BrokerConnection


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages as they came, and as they were looked at."""

    deliveries: Sequence[Delivery]
    looked: Looked


class Writer:
    """Stores batches; the thread that gives them takes back what became of each.

    At most two are stored at once and one waits: whoever gives asks `has_room` first. In which
    order they are stored makes no difference, as with two listeners.
    """

    def __init__(self, intake: Intake, stop: threading.Event, wake: Callable[[], None]) -> None:
        self._intake, self._stop, self._wake = intake, stop, wake
        self._given: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._unfinished = 0
        self._prepared_at = self._noted_at = float("-inf")
        self._receipted: dict[tuple[int, int, str], set[int]] = {}
        # The first also does what is due from time to time.
        self._threads = [
            threading.Thread(target=self._run, args=(number == 0,), name=f"writer {number}")
            for number in range(AT_ONCE)
        ]
        self._done: deque[tuple[Batch, Outcome]] = deque()
        self._left: deque[Outgoing] = deque()
        self._failure: BaseException | None = None

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is being stored."""
        return self._unfinished == 0

    @property
    def has_room(self) -> bool:
        """Return whether a batch may be given."""
        return self._unfinished <= AT_ONCE

    def start(self) -> None:
        """Begin to store what is given."""
        for thread in self._threads:
            thread.start()

    def give(self, batch: Batch) -> None:
        """Have a batch stored after the one before."""
        self._unfinished += 1
        self._given.put(batch)

    def finished(self) -> tuple[Batch, Outcome] | None:
        """Return a batch that is stored, and what became of its messages; None where none is."""
        if not self._done:
            return None
        self._unfinished -= 1
        return self._done.popleft()

    def note(self, receipts: Sequence[Outgoing]) -> None:
        """Have it written down, some time, which messages the receipts that left have named."""
        self._left.extend(receipts)

    def join(self) -> None:
        """Wait until the threads have ended, after they were told to stop; raise what ended one."""
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self, is_first: bool) -> None:
        try:
            self._store_all(is_first)
        except BaseException as error:
            # The whole listener ends with it, and is started anew.
            self._failure = error
        finally:
            self._stop.set()
            self._wake()

    def _store_all(self, is_first: bool) -> None:
        while not self._stop.is_set():
            if is_first:
                self._prepare()
                self._note_receipts()
            try:
                batch = self._given.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                continue
            outcome = self._store(batch)
            if outcome is not None:
                self._done.append((batch, outcome))
                self._wake()
        if is_first:
            self._write_receipts()

    def _store(self, batch: Batch) -> Outcome | None:
        try:
            return self._intake.commit(batch.looked)
        except StorageAwayError as error:
            away(error)
        # What was known of the senders may be out of date by the time the database is back.
        arrivals = batch.looked.batch
        return self._insist(lambda: self._intake.store(arrivals))

    def _prepare(self) -> None:
        if time.monotonic() - self._prepared_at > PREPARE_EVERY_SECONDS:
            self._insist(lambda: self._intake.prepare(clock.today()))
            self._prepared_at = time.monotonic()

    def _note_receipts(self) -> None:
        if time.monotonic() - self._noted_at > NOTE_EVERY_SECONDS:
            self._write_receipts()
            self._noted_at = time.monotonic()

    def _write_receipts(self) -> None:
        """Write down which messages were receipted; kept for the next time while away."""
        while self._left:
            receipt = self._left.popleft()
            self._receipted.setdefault(receipt.key, set()).update(receipt.stored)
        if not self._receipted:
            return
        try:
            self._intake.note_receipts(self._receipted)
        except StorageAwayError as error:
            logger.warning("Receipts not noted yet (%s)", error.values["reason"])
            return
        except RowsRefusedError as error:
            logger.error("Receipts cannot be noted: %s", error.values["reason"])
        self._receipted = {}

    def _insist(self, act: Callable[[], Answer]) -> Answer | None:
        """Return what the act returns, trying again while the database is away; None on stop."""
        pause, longest = BACK_OFF_SECONDS
        while not self._stop.is_set():
            try:
                return act()
            except StorageAwayError as error:
                away(error)
            self._stop.wait(pause)
            pause = min(2 * pause, longest)
        return None


def away(error: StorageAwayError) -> None:
    """Log that the database cannot be reached."""
    logger.warning("Database away (%s); keeping the batch", error.values["reason"])
