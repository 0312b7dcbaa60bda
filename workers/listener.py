"""The MQTT listener (4.2 c): takes readings in batches, stores them, then receipts them.

Several of them share the load by a shared subscription. The session is clean on purpose: what a
broker or a killed listener held is sent again by the gateways, which trust only our receipts.
"""

from __future__ import annotations

import gc
import logging
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from services import clock
from services.collection.admission import Arrival
from services.collection.intake import Intake, Outcome
from services.collection.pace import Pace
from services.collection.topics import SUBSCRIPTION
from services.data.engine import Database
from services.data.sealing import Sealing
from services.data.telemetry import RowsRefusedError, StorageAwayError
from services.settings import SettingError, Settings, environment
from workers.lines import write_log

logger = logging.getLogger(__name__)

BATCH_MESSAGES = 200
BATCH_SECONDS = 0.02
# Beyond what the broker may have in flight to us; when it is full we stop reading the socket.
WAITING_MESSAGES = 2_000
IDLE_SECONDS = 0.2
# A hung listener holds the messages of the whole shared subscription until this has passed.
KEEP_ALIVE_SECONDS = 15
RECONNECT_SECONDS = (1, 10)
BACK_OFF_SECONDS = (0.2, 10.0)
PORTS = {"mqtt": 1883, "mqtts": 8883}
QOS = 1
COLLECT = (200_000, 20, 20)
PREPARE_EVERY_SECONDS = 3600.0
# Which receipts left is written down apart from the readings, so that it slows none of them.
NOTE_EVERY_SECONDS = 15.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are to it."""

    host: str
    port: int
    user: str | None
    password: str | None
    encrypted: bool
    authority: str = ""

    @classmethod
    def parse(cls, url: str, authority: str = "") -> BrokerAddress:
        """Return the parts of mqtt://user:password@host:port, or raise SettingError.

        The authority is the file with whose certificates the broker is known, where that is none
        of the system's own.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise SettingError("MQTT_URL", value=parts.scheme)
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            encrypted=parts.scheme == "mqtts",
            authority=authority,
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message with what is needed to acknowledge it on the connection it came by."""

    arrival: Arrival
    number: int
    qos: int
    connection: int


class Listener:
    """One connection to the broker, one queue, one batch at a time."""

    def __init__(self, intake: Intake, address: BrokerAddress) -> None:
        self._intake = intake
        self._address = address
        self._waiting: queue.Queue[Delivery] = queue.Queue(WAITING_MESSAGES)
        self._stop = threading.Event()
        self._connection = 0
        self._prepared_at = self._noted_at = float("-inf")
        self._receipted: dict[tuple[int, int, str], set[int]] = {}
        self._client = self._new_client()

    def run(self) -> None:
        """Listen until stop() is called; neither broker nor database need be up yet."""
        address = self._address
        self._client.connect_async(address.host, address.port, KEEP_ALIVE_SECONDS)
        self._client.loop_start()
        try:
            while not self._stop.is_set():
                self._prepare()
                self._note_receipts()
                batch = self._next_batch()
                if batch:
                    self._handle(batch)
        finally:
            self._client.disconnect()
            self._client.loop_stop()
            self._write_receipts()

    def stop(self) -> None:
        """Ask run() to return; what is not receipted yet is sent again by the gateways."""
        self._stop.set()

    def _new_client(self) -> Client:
        name = f"shuangtan-listener-{uuid4().hex[:12]}"
        client = Client(CallbackAPIVersion.VERSION2, client_id=name, manual_ack=True)
        if self._address.user is not None:
            client.username_pw_set(self._address.user, self._address.password)
        if self._address.encrypted:
            client.tls_set(self._address.authority or None)
        client.reconnect_delay_set(*RECONNECT_SECONDS)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _on_connect(self, client: Client, _data: Any, _flags: Any, code: Any, _props: Any) -> None:
        if code.is_failure:
            logger.error("The broker refuses us: %s", code)
            return
        self._connection += 1
        client.subscribe(SUBSCRIPTION, QOS)
        logger.info("Connected to the broker and subscribed to %s", SUBSCRIPTION)

    def _on_disconnect(self, _client: Client, _data: Any, _f: Any, code: Any, _p: Any) -> None:
        if not self._stop.is_set():
            logger.warning("The broker is away (%s); trying again", code)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        delivery = Delivery(
            Arrival(topic_text(message), bytes(message.payload), clock.now()),
            message.mid,
            message.qos,
            self._connection,
        )
        # Waiting here stops reading from the socket, and so slows the broker down.
        while not self._stop.is_set():
            try:
                self._waiting.put(delivery, timeout=IDLE_SECONDS)
            except queue.Full:
                continue
            return

    def _prepare(self) -> None:
        if time.monotonic() - self._prepared_at > PREPARE_EVERY_SECONDS:
            self._insist(lambda: self._intake.prepare(clock.today()))
            self._prepared_at = time.monotonic()

    def _next_batch(self) -> list[Delivery]:
        """Return what arrives within the time of a batch after its first message."""
        try:
            batch = [self._waiting.get(timeout=IDLE_SECONDS)]
        except queue.Empty:
            return []
        deadline = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH_MESSAGES:
            try:
                batch.append(self._waiting.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                break
        return batch

    def _handle(self, batch: Sequence[Delivery]) -> None:
        outcome = self._insist(lambda: self._intake.store([one.arrival for one in batch]))
        if outcome is None:
            return
        for one in batch:
            # Numbers of a connection that is gone mean other messages on the new one.
            if one.connection == self._connection:
                self._client.ack(one.number, one.qos)
        for receipt in outcome.receipts:
            self._client.publish(receipt.topic, receipt.payload, qos=0)
            self._receipted.setdefault(receipt.key, set()).update(receipt.stored)
        log_outcome(outcome)

    def _note_receipts(self) -> None:
        if time.monotonic() - self._noted_at > NOTE_EVERY_SECONDS:
            self._write_receipts()
            self._noted_at = time.monotonic()

    def _write_receipts(self) -> None:
        """Write down which messages were receipted; kept for the next time while away."""
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
                logger.warning("Database away (%s); keeping the batch", error.values["reason"])
            self._stop.wait(pause)
            pause = min(2 * pause, longest)
        return None


def topic_text(message: MQTTMessage) -> str:
    """Return the topic; what is not UTF-8 becomes a topic that nobody may publish to."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


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
