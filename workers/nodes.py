"""The listener for edge nodes that speak Sparkplug B (4.2 c): hears all of them, and only reads.

One process for all nodes, with a subscription of its own and not a shared one: metrics are told by
numbers that a node's births explain, so that whoever listens needs every message of a node. It
sends nothing that a node would act on, no request for another birth either.
"""

from __future__ import annotations

import logging
import select
import signal
import threading
from collections.abc import Mapping, Sequence
from uuid import uuid4

from services import clock
from services.collection.admission import Arrival
from services.collection.intake import Intake
from services.collection.pace import Pace
from services.collection.sparkplug_intake import Heard, NodeIntake, Unheard
from services.collection.sparkplug_nodes import SUBSCRIPTION
from services.data.engine import Database
from services.data.sealing import Sealing
from services.data.telemetry import StorageAwayError
from services.settings import Settings, environment
from workers.lines import write_log
from workers.mqtt import BrokerAddress, BrokerConnection, Publication
from workers.storing import BACK_OFF_SECONDS, away

logger = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 60
RECONNECT_SECONDS = 2.0
IDLE_SECONDS = 0.2
QOS = 1


class NodeListener:
    """One connection, read only when what it gave before is stored."""

    def __init__(self, database: Database, intake: Intake, address: BrokerAddress) -> None:
        self._database, self._intake, self._address = database, intake, address
        self._stop = threading.Event()

    def run(self) -> None:
        """Listen until stop() is called; neither broker nor database need be up yet."""
        while not self._stop.is_set():
            try:
                self._listen()
            except OSError as error:
                logger.warning("The broker is away (%s); trying again", error)
                self._stop.wait(RECONNECT_SECONDS)

    def stop(self) -> None:
        """Ask run() to return."""
        self._stop.set()

    def _listen(self) -> None:
        name = f"shuangtan-nodes-{uuid4().hex[:12]}"
        connection = BrokerConnection(self._address, name, KEEP_ALIVE_SECONDS)
        # What was missed while we were away is not known: every node needs another birth.
        nodes = NodeIntake(self._database, self._intake)
        try:
            connection.subscribe(SUBSCRIPTION, QOS)
            logger.info("Connected to the broker and subscribed to %s", SUBSCRIPTION)
            while not self._stop.is_set():
                if select.select([connection], [], [], IDLE_SECONDS)[0]:
                    self._take(nodes, connection, connection.read())
                else:
                    connection.miss_sign()
                connection.give_sign()
        finally:
            connection.close()

    def _take(
        self, nodes: NodeIntake, connection: BrokerConnection, found: Sequence[Publication]
    ) -> None:
        now = clock.now()
        heard = [nodes.hear(Arrival(one.topic, one.payload, now)) for one in found]
        batch = [each for each in heard if each is not None]
        pause, longest = BACK_OFF_SECONDS
        while batch and not self._stop.is_set():
            try:
                batch = self._store(nodes, batch)
            except StorageAwayError as error:
                away(error)
            if batch:
                connection.give_sign()
                self._stop.wait(pause)
                pause = min(2 * pause, longest)
        connection.acknowledge(one.number for one in found)

    def _store(self, nodes: NodeIntake, batch: Sequence[Heard | Unheard]) -> list[Heard | Unheard]:
        """Store a batch and return what of it came too fast: a node does not send it again."""
        kept = nodes.store(batch)
        logger.debug(
            "Messages: %s stored, %s repeated, %s set aside, %s too early",
            kept.stored,
            kept.repeated,
            kept.set_aside,
            len(kept.early),
        )
        early = {id(one.accepted.origin.arrival) for one in kept.early}
        return [each.again(clock.now()) for each in batch if id(each.arrival) in early]


def main(environ: Mapping[str, str]) -> None:
    """Listen until SIGTERM or Ctrl-C."""
    settings = Settings.from_environment(environ)
    write_log(settings.log_level)
    database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
    intake = Intake(database, Pace(settings.device_per_second))
    address = BrokerAddress.parse(settings.mqtt_url, settings.mqtt_ca)
    listener = NodeListener(database, intake, address)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: listener.stop())
    try:
        listener.run()
    finally:
        database.dispose()


if __name__ == "__main__":
    main(environment())
