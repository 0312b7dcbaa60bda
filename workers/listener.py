"""The MQTT listener (4.2 c): takes readings in batches, stores them, then receipts them.

Several of them share the load by a shared subscription. The session is clean on purpose: what a
broker or a killed listener held is sent again by the gateways, which trust only our receipts.

Two threads: this one has the connection, reads, and looks at what it read; the other (storing.py)
has the database. Where storing is slower nothing more is read, and so the broker is slowed down.
"""

from __future__ import annotations

import gc
import logging
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from uuid import uuid4

from services import clock
from services.collection.admission import Arrival
from services.collection.intake import Intake, Outcome
from services.collection.pace import Pace
from services.collection.topics import SUBSCRIPTION
from services.data.engine import Database
from services.data.sealing import Sealing
from services.data.telemetry import StorageAwayError
from services.settings import Settings, environment
from workers.lines import write_log
from workers.mqtt import BrokerAddress, BrokerConnection
from workers.storing import BACK_OFF_SECONDS, Batch, Delivery, Writer, away

logger = logging.getLogger(__name__)

# A batch ends with so many messages, so many bytes, or so long after its first message.
BATCH_MESSAGES, BATCH_BYTES, BATCH_SECONDS = 1_000, 400_000, 0.02
# With so much that waits to be looked at, the socket is not read.
WAITING_MESSAGES, WAITING_BYTES = 2 * BATCH_MESSAGES, 2 * BATCH_BYTES
IDLE_SECONDS = 0.2
# A hung listener holds the messages of the whole shared subscription until this has passed.
KEEP_ALIVE_SECONDS = 15
RECONNECT_SECONDS = (1.0, 10.0)
QOS = 1
COLLECT = (200_000, 20, 20)
# How long a thread may have to wait for the other to let it go on.
SWITCH_SECONDS = 0.001


class Listener:
    """One connection to the broker, and batches on their way to the database."""

    def __init__(self, intake: Intake, address: BrokerAddress) -> None:
        self._intake = intake
        self._address = address
        self._stop = threading.Event()
        self._bell, self._ringing = socket.socketpair()
        self._ringing.setblocking(False)
        self._writer = Writer(intake, self._stop, self._ring)
        self._waiting: list[Delivery] = []
        self._waiting_bytes = 0
        self._since = 0.0
        self._connection: BrokerConnection | None = None
        self._retry_at = self._look_at = 0.0
        self._pauses = {"broker": RECONNECT_SECONDS[0], "database": BACK_OFF_SECONDS[0]}

    def run(self) -> None:
        """Listen until stop() is called; neither broker nor database need be up yet."""
        self._writer.start()
        try:
            while not self._stop.is_set():
                self._connect()
                self._tell()
                self._pass_on()
                self._read()
        finally:
            self._stop.set()
            try:
                self._writer.join()
            finally:
                self._tell()
                self._leave()
                self._bell.close()
                self._ringing.close()

    def stop(self) -> None:
        """Ask run() to return; what is not receipted yet is sent again by the gateways."""
        self._stop.set()
        self._ring()

    def _ring(self) -> None:
        # A bell that nobody has answered yet needs no second ring; one that is gone, none.
        with suppress(OSError):
            self._ringing.send(b"!")

    def _connect(self) -> None:
        if self._connection is not None or time.monotonic() < self._retry_at:
            return
        name = f"shuangtan-listener-{uuid4().hex[:12]}"
        try:
            self._connection = BrokerConnection(self._address, name, KEEP_ALIVE_SECONDS)
            self._connection.subscribe(SUBSCRIPTION, QOS)
        except OSError as error:
            self._lose(error)
        else:
            self._pauses["broker"] = RECONNECT_SECONDS[0]
            logger.info("Connected to the broker and subscribed to %s", SUBSCRIPTION)

    def _lose(self, error: OSError) -> None:
        if not self._stop.is_set():
            logger.warning("The broker is away (%s); trying again", error)
        self._leave()
        self._retry_at = time.monotonic() + self._pauses["broker"]
        self._pauses["broker"] = min(2 * self._pauses["broker"], RECONNECT_SECONDS[1])

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self) -> None:
        """Wait for what comes first: messages, word from the writer, or the end of a batch."""
        connection, watched = self._connection, [self._bell.fileno()]
        has_room = len(self._waiting) < WAITING_MESSAGES and self._waiting_bytes < WAITING_BYTES
        reads = connection is not None and has_room
        if connection is not None and reads:
            watched.append(connection.fileno())
        ready, _, _ = select.select(watched, [], [], self._patience())
        if watched[0] in ready:
            self._bell.recv(4096)
        if connection is None:
            return
        try:
            if connection.fileno() in ready:
                self._take(connection)
            elif reads:
                connection.miss_sign()
            connection.give_sign()
        except OSError as error:
            self._lose(error)

    def _take(self, connection: BrokerConnection) -> None:
        found = connection.read()
        if found and not self._waiting:
            self._since = time.monotonic()
        self._waiting_bytes += sum(len(one.payload) for one in found)
        now = clock.now()
        self._waiting += [
            Delivery(Arrival(topic, payload, now), number, connection)
            for topic, payload, number in found
        ]

    def _patience(self) -> float:
        """Return for how many seconds nothing needs to be done, unless something comes."""
        is_full = self._is_full and self._writer.has_room
        if not is_full and not (self._waiting and self._writer.is_idle):
            return IDLE_SECONDS
        due = max(0.0 if is_full else self._since + BATCH_SECONDS, self._look_at)
        return min(max(0.0, due - time.monotonic()), IDLE_SECONDS)

    def _pass_on(self) -> None:
        """Look at a batch and hand it over, where it is due and the other thread has room."""
        now, writer = time.monotonic(), self._writer
        is_due = bool(self._waiting) and writer.is_idle and now - self._since >= BATCH_SECONDS
        if not (is_due or self._is_full) or not writer.has_room or now < self._look_at:
            return
        deliveries, size = self._first()
        try:
            looked = self._intake.look([one.arrival for one in deliveries])
        except StorageAwayError as error:
            away(error)
            self._look_at = now + self._pauses["database"]
            self._pauses["database"] = min(2 * self._pauses["database"], BACK_OFF_SECONDS[1])
            return
        self._pauses["database"] = BACK_OFF_SECONDS[0]
        del self._waiting[: len(deliveries)]
        self._waiting_bytes -= size
        writer.give(Batch(deliveries, looked))

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) >= BATCH_MESSAGES or self._waiting_bytes >= BATCH_BYTES

    def _first(self) -> tuple[list[Delivery], int]:
        """Return what makes a batch of what waits, and how many bytes that is."""
        size = 0
        for count, one in enumerate(self._waiting[:BATCH_MESSAGES], 1):
            size += len(one.arrival.payload)
            if size >= BATCH_BYTES:
                return self._waiting[:count], size
        return self._waiting[:BATCH_MESSAGES], size

    def _tell(self) -> None:
        """Acknowledge what is stored to the broker, and receipt it to the gateways."""
        while (done := self._writer.finished()) is not None:
            batch, outcome = done
            log_outcome(outcome)
            connection = self._connection
            if connection is None:
                continue
            # Numbers of a connection that is gone mean other messages on the new one.
            numbers = [one.number for one in batch.deliveries if one.connection is connection]
            try:
                connection.acknowledge(numbers)
                connection.publish((sent.topic, sent.payload) for sent in outcome.receipts)
            except OSError as error:
                self._lose(error)
            else:
                self._writer.note(outcome.receipts)


def log_outcome(outcome: Outcome) -> None:
    """Log a batch: at info only what an operator should look at."""
    level = logging.INFO if outcome.set_aside or outcome.early else logging.DEBUG
    logger.log(
        level,
        "Messages: %s stored, %s repeated, %s set aside, %s too early; %s readings",
        outcome.stored,
        outcome.repeated,
        outcome.set_aside,
        outcome.early,
        outcome.readings,
    )


def main(environ: Mapping[str, str]) -> None:
    """Listen until SIGTERM or Ctrl-C."""
    settings = Settings.from_environment(environ)
    write_log(settings.log_level)
    # A batch makes some ten thousand values and lets go of them at once, none of them in a circle.
    gc.set_threshold(*COLLECT)
    sys.setswitchinterval(SWITCH_SECONDS)
    database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
    address = BrokerAddress.parse(settings.mqtt_url, settings.mqtt_ca)
    listener = Listener(Intake(database, Pace(settings.device_per_second)), address)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: listener.stop())
    try:
        listener.run()
    finally:
        database.dispose()


if __name__ == "__main__":
    main(environment())
