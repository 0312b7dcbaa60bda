"""Readings per second end to end: MQTT QoS 1 → listener → checked, signed, stored → receipt.

One gateway, one listener process, broker and PostgreSQL (fsync on) on the same machine; a message
carries 1 to 200 readings. Counted are rows in the table, timed until the last signed receipt.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text

from services import clock
from services.collection.payloads import seal
from services.collection.receipts import read_receipt
from services.collection.telemetry import RegisteredDevice, add_device, points_of_kind
from services.collection.topics import receipt_topic, up_topic
from services.data import organizations
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.organizations import NewOrganization
from services.data.sealing import Sealing
from services.metering import NewDevice
from services.preparation import bring_up_to_date
from tests.doors import DEVICE_KEY
from workers.embedded.broker import Broker
from workers.embedded.postgres import LOGIN, OWNER, Postgres
from workers.embedded.process import Process
from workers.listener import BrokerAddress

ROOT = Path(__file__).resolve().parents[1]
CITY = "320100"
# Readings in a message (two points an instant, above one), and messages to send.
LOADS = ((1, 4_000), (20, 2_000), (100, 1_000), (200, 600))
IN_FLIGHT = 1_000
PATIENCE_SECONDS = 120.0
COUNT = text("SELECT count(*) FROM collected.reading")


@contextmanager
def platform(folder: Path) -> Iterator[tuple[Database, str]]:
    """Run PostgreSQL, the broker and one listener, and give the database and the broker."""
    postgres, broker = Postgres(folder), Broker(folder)
    listener = Process("listener", folder / "listener.log", folder=ROOT)
    try:
        postgres.start(os.environ)
        broker.start(os.environ)
        bring_up_to_date(postgres.url(OWNER))
        given = {
            "DATABASE_URL": postgres.url(LOGIN),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "MQTT_URL": broker.url,
            "SHUANGTAN_SECRET_KEY": secrets.token_hex(32),
            "SHUANGTAN_FACTOR_KEY": secrets.token_hex(32),
            "SHUANGTAN_DEVICE_KEY": DEVICE_KEY,
        }
        listener.start([sys.executable, "-m", "workers.listener"], {**os.environ, **given})
        database = Database(postgres.url(LOGIN), sealing=Sealing(bytes.fromhex(DEVICE_KEY)))
        yield database, broker.url
        database.dispose()
    finally:
        for server in (listener, broker, postgres):
            server.stop()


def register(database: Database) -> RegisteredDevice:
    """Register an invented meter of an invented plant."""
    names = {"zh-CN": "示例测量厂", "en": "Sample measured plant"}
    with database.work(SYSTEM_SCOPE) as work:
        city = organizations.by_code(work, CITY).organization_id
        firm = organizations.add(work, NewOrganization("enterprise", "LOAD", city, names, "320000"))
        meter = NewDevice("METER-1", "GW-1", names, 60, points_of_kind("electricity"))
        device = add_device(work, firm, meter, clock.now())
        work.commit()
    return device


class Sender:
    """Publishes ready-made messages and notes which are receipted."""

    def __init__(self, url: str, device: RegisteredDevice) -> None:
        self._device = device
        self._receipted: set[tuple[str, int]] = set()
        address = BrokerAddress.parse(url)
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(address.user or "", address.password)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.on_message = self._note
        self._client.connect(address.host, address.port)
        self._client.subscribe(receipt_topic(device.tenant, device.gateway), 1)
        self._client.loop_start()

    def _note(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        receipt = read_receipt(bytes(message.payload), self._device.key)
        if receipt is not None:
            self._receipted |= {(receipt.boot, sequence) for sequence in receipt.stored}

    def payloads(self, boot: str, size: int, count: int) -> list[bytes]:
        """Return signed messages of `size` readings, one second after another."""
        begin = int(clock.now().timestamp() * 1000) - 3_600_000
        return [self._payload(boot, number, size, begin + number * 250) for number in range(count)]

    def _payload(self, boot: str, sequence: int, size: int, at_ms: int) -> bytes:
        device = self._device
        members: dict[str, object] = {"v": 1, "gw": device.gateway, "dev": device.code}
        members |= {"boot": boot, "seq": sequence, "hist": False, "kid": device.key.key_id}
        if size == 1:
            members |= {"ts": at_ms, "tq": 2, "q": 0, "vals": {"P": 412.5}}
        else:
            members["readings"] = [
                {"ts": at_ms + n, "tq": 2, "q": 0, "vals": {"P": 412.5 + n, "E": 10324.8 + n}}
                for n in range(size // 2)
            ]
        return seal(members, device.key.secret)

    def send(self, payloads: list[bytes]) -> float:
        """Publish all, wait until every one is receipted, and return the seconds it took."""
        self._receipted.clear()
        topic = up_topic(self._device.tenant, self._device.gateway, "main")
        began = time.perf_counter()
        for number, payload in enumerate(payloads):
            while number - len(self._receipted) > IN_FLIGHT:
                time.sleep(0.0005)
            self._client.publish(topic, payload, qos=1)
        while len(self._receipted) < len(payloads):
            if time.perf_counter() - began > PATIENCE_SECONDS:
                raise TimeoutError(f"{len(self._receipted)} of {len(payloads)} receipted")
            time.sleep(0.001)
        return time.perf_counter() - began

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()


def wait_for_listener(log: Path) -> None:
    """Wait until the listener has subscribed; what is sent before is nobody's."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (log.exists() and "subscribed" in log.read_text(encoding="utf-8")):
        if time.monotonic() > deadline:
            raise TimeoutError("the listener did not subscribe")
        time.sleep(0.05)


def main() -> int:
    """Print readings per second for each size of message."""
    with tempfile.TemporaryDirectory(prefix="shuangtan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with platform(folder) as (database, url):
            sender = Sender(url, register(database))
            wait_for_listener(folder / "listener.log")
            for size, count in LOADS:
                payloads = sender.payloads(secrets.token_hex(8), size, count)
                before = rows(database)
                seconds = sender.send(payloads)
                stored = rows(database) - before
                print(
                    f"{size:>4} readings a message: {stored / seconds:>9,.0f} readings/s, "
                    f"{count / seconds:>7,.0f} messages/s, {stored} rows stored of {size * count}"
                )
            sender.close()
    return 0


def rows(database: Database) -> int:
    """Return how many readings are stored."""
    with database.work(SYSTEM_SCOPE) as work:
        return int(work.connection.execute(COUNT).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
