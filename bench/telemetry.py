"""Readings per second end to end, held against the bare pipe on the same machine.

MQTT QoS 1 → listener → checked, signature, duplicates, stored under row security with fsync →
signed receipt, timed until the last receipt; beside it MQTT QoS 1 → COPY into a bare table, nothing
looked at (bench/_pipe.py). One publisher that writes ready-made messages, one listener, one broker;
all of it, and PostgreSQL, on this machine. The best of five each, and the median of the shares.
"""

from __future__ import annotations

import multiprocessing
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text

from bench._listening import PATIENCE_SECONDS, ROOT, Stack, register, stack
from bench._processor import spent
from bench._publisher import publish
from services import clock
from services.collection.payloads import seal
from services.collection.receipts import read_receipt
from services.collection.telemetry import RegisteredDevice
from services.collection.topics import receipt_topic, up_topic
from services.data.engine import SYSTEM_SCOPE, Database
from workers.embedded.postgres import SUPERUSER
from workers.mqtt import BrokerAddress

# Readings in a message (two points an instant, above one), and messages to send.
LOADS = ((1, 30_000), (20, 12_000), (100, 5_000))
ROUNDS = 5
# From one message to the next by the device's clock; the last is of now.
EVERY_MS = 250
COUNT = text("SELECT count(*) FROM collected.reading")


class Receipts:
    """What the platform has receipted of one start of the device."""

    def __init__(self, url: str, device: RegisteredDevice) -> None:
        self._device = device
        self._stored: defaultdict[str, set[int]] = defaultdict(set)
        self._came = threading.Condition()
        address = BrokerAddress.parse(url)
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(address.user or "", address.password)
        self._client.on_message = self._note
        self._client.connect(address.host, address.port)
        self._client.subscribe(receipt_topic(device.tenant, device.gateway), 1)
        self._client.loop_start()

    def _note(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        receipt = read_receipt(bytes(message.payload), self._device.key)
        if receipt is not None:
            with self._came:
                self._stored[receipt.boot] |= receipt.stored
                self._came.notify()

    def wait_for(self, boot: str, count: int) -> float:
        """Return when the last of so many messages was receipted."""
        with self._came:
            whole = self._came.wait_for(lambda: len(self._stored[boot]) >= count, PATIENCE_SECONDS)
        if not whole:
            raise TimeoutError(f"fewer than {count} receipted")
        return time.time()

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()


def payloads(device: RegisteredDevice, boot: str, size: int, count: int) -> list[bytes]:
    """Return signed messages of `size` readings, one after another."""
    begin = int(clock.now().timestamp() * 1000) - count * EVERY_MS
    return [payload(device, (boot, n), size, begin + n * EVERY_MS) for n in range(count)]


def payload(device: RegisteredDevice, key: tuple[str, int], size: int, at_ms: int) -> bytes:
    """Return a signed message."""
    members: dict[str, object] = {"v": 1, "gw": device.gateway, "dev": device.code}
    members |= {"boot": key[0], "seq": key[1], "hist": False, "kid": device.key.key_id}
    if size == 1:
        members |= {"ts": at_ms, "tq": 2, "q": 0, "vals": {"P": 412.5}}
    else:
        members["readings"] = [
            {"ts": at_ms + n, "tq": 2, "q": 0, "vals": {"P": 412.5 + n, "E": 10324.8 + n}}
            for n in range(size // 2)
        ]
    return seal(members, device.key.secret)


class Published:
    """A publisher at work; `began` is when its first message left."""

    def __init__(self, url: str, topic: str, ready: list[bytes]) -> None:
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe()
        self._process = context.Process(target=publish, args=(url, topic, ready, there))
        self._process.start()
        self.began: float = here.recv()

    def wait(self) -> None:
        """Wait until the broker has acknowledged everything."""
        self._process.join()


def processors(running: Stack) -> dict[str, float]:
    """Return what each server has taken of the processor so far, in seconds."""
    servers = {"listener": running.listener.pid, "broker": running.broker.process.pid}
    servers["database"] = running.postgres.process.pid
    return {name: spent(process_id) for name, process_id in servers.items()}


def checked(running: Stack, device: RegisteredDevice, size: int, count: int) -> float:
    """Return the seconds until so many messages are receipted; every row is counted."""
    boot, before = secrets.token_hex(8), rows(running.database)
    ready = payloads(device, boot, size, count)
    receipts = Receipts(running.broker.url, device)
    topic = up_topic(device.tenant, device.gateway, "main")
    published = Published(running.broker.url, topic, ready)
    ended = receipts.wait_for(boot, count)
    published.wait()
    receipts.close()
    stored = rows(running.database) - before
    if stored != size * count:
        raise ValueError(f"{stored} rows of {size * count}")
    return ended - published.began


def piped(running: Stack, device: RegisteredDevice, size: int, count: int) -> float:
    """Return the seconds until the bare pipe has committed so many messages."""
    database = running.postgres.url(SUPERUSER, "shuangtan")
    command = [sys.executable, "-m", "bench._pipe", running.broker.url, database, str(count)]
    ready = payloads(device, secrets.token_hex(8), size, count)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as pipe:
        assert pipe.stdout is not None
        pipe.stdout.readline()
        published = Published(running.broker.url, "pipe/main", ready)
        ended = float(pipe.stdout.readline().split()[1])
        published.wait()
    return ended - published.began


def main() -> int:
    """Print readings per second for each size of message, and the share of the bare pipe."""
    broker = "mosquitto" if shutil.which("mosquitto") else "iotcore"
    print(f"broker: {broker}; readings a second, best of {ROUNDS}")
    with stack() as running:
        (device,) = register(running.database, 1)
        running.wait_for_listener()
        for size, count in LOADS:
            times, taken = [], dict.fromkeys(("listener", "broker", "database"), 0.0)
            for _ in range(ROUNDS):
                before = processors(running)
                ours = checked(running, device, size, count)
                for name, seconds in processors(running).items():
                    taken[name] += seconds - before[name]
                times.append((ours, piped(running, device, size, count)))
            best, bare = (min(column) for column in zip(*times, strict=True))
            # Of rounds that took their turns: what else the machine does meets both.
            shares = [of_bare / of_ours for of_ours, of_bare in times]
            print(
                f"{size:>4} a message: {size * count / best:>9,.0f} checked and receipted, "
                f"{size * count / bare:>9,.0f} bare pipe, share {median(shares):.2f} "
                f"({min(shares):.2f} to {max(shares):.2f})",
                flush=True,
            )
            told = ", ".join(
                f"{name} {1e6 * seconds / ROUNDS / count:.0f}" for name, seconds in taken.items()
            )
            print(f"      processor, µs a message: {told}", flush=True)
    return 0


def rows(database: Database) -> int:
    """Return how many readings are stored."""
    with database.work(SYSTEM_SCOPE) as work:
        return int(work.connection.execute(COUNT).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
