"""A thousand readings a second for minutes: whether the listener's memory and its lag stay.

Twenty invented meters send 500 messages a second of two readings each with QoS 1, evenly over time,
in a process of their own; each message is timed from when it left until its receipt came. Memory
is what of the listener stands in RAM, read every five seconds: the median of the last fifth against
that of the fifth after the first minute. Goal: 30 minutes, memory within ±5 %, lag below 2 s.

Run: .venv/bin/python -m bench.soak MINUTES, or MINUTES=30 python3 run.py bench soak
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench._listening import Stack, register, stack
from bench.telemetry import payload, rows
from services.collection.receipts import read_receipt
from services.collection.telemetry import RegisteredDevice
from services.collection.topics import receipt_topic, up_topic
from workers.mqtt import BrokerAddress

MINUTES = 3.0
DEVICES, PER_SECOND, SIZE = 20, 500, 2
EVERY_SECONDS, WARM_SECONDS = 5.0, 60.0
SETTLE_SECONDS = 30.0
MOST_GROWTH_PERCENT, MOST_LAG_SECONDS = 5.0, 2.0
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


class Meters:
    """The meters as one client: sends at the pace, and times each message to its receipt."""

    def __init__(self, url: str, devices: list[RegisteredDevice]) -> None:
        self._devices = devices
        self._boot = secrets.token_hex(8)
        self._left: dict[tuple[str, int], float] = {}
        self.lags: list[float] = []
        self._keys = {device.code: device.key for device in devices}
        self._gateways = {receipt_topic(d.tenant, d.gateway): d for d in devices}
        address = BrokerAddress.parse(url)
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(address.user or "", address.password)
        self._client.max_inflight_messages_set(10_000)
        self._client.on_message = self._note
        self._client.connect(address.host, address.port)
        for topic in self._gateways:
            self._client.subscribe(topic, 1)
        self._client.loop_start()

    def _note(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        device, now = self._gateways[message.topic], time.monotonic()
        receipt = read_receipt(bytes(message.payload), device.key)
        for number in receipt.stored if receipt else ():
            left = self._left.pop((device.code, number), None)
            if left is not None:
                self.lags.append(now - left)

    def send(self, seconds: float) -> int:
        """Send evenly for so long, wait for the receipts, and return how many messages left."""
        began, sent = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            while sent < int(passed * PER_SECOND):
                self._publish(sent)
                sent += 1
            time.sleep(0.005)
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._left and time.monotonic() < deadline:
            time.sleep(0.05)
        self._client.disconnect()
        self._client.loop_stop()
        return sent

    def _publish(self, number: int) -> None:
        device, sequence = self._devices[number % DEVICES], number // DEVICES
        message = payload(device, (self._boot, sequence), SIZE, int(time.time() * 1000))
        self._left[device.code, sequence] = time.monotonic()
        self._client.publish(up_topic(device.tenant, device.gateway, "main"), message, qos=1)


def sending(
    url: str, devices: list[RegisteredDevice], seconds: float, told: Connection[Any, Any]
) -> None:
    """Send in a process of its own and tell how many left, and how long each took."""
    meters = Meters(url, devices)
    told.send((meters.send(seconds), meters.lags))


@dataclass
class Memory:
    """What of a process stands in RAM, in kB, again and again."""

    process_id: int
    found: list[tuple[float, int]] = field(default_factory=list)

    def watch(self, over: threading.Event) -> None:
        """Look every few seconds until it is over."""
        began = time.monotonic()
        while not over.wait(EVERY_SECONDS):
            pages = Path(f"/proc/{self.process_id}/statm").read_text(encoding="utf-8").split()[1]
            self.found.append((time.monotonic() - began, int(pages) * PAGE_KB))

    def ends(self) -> tuple[float, float]:
        """Return the medians of the first fifth after the warm-up and of the last, in MB."""
        warm = [kb for at, kb in self.found if at > WARM_SECONDS] or [kb for _, kb in self.found]
        part = max(1, len(warm) // 5)
        return median(warm[:part]) / 1024, median(warm[-part:]) / 1024


def soak(running: Stack, minutes: float) -> int:
    """Print memory and lag, and return 1 where a goal is missed or a reading is not there."""
    devices = register(running.database, DEVICES)
    running.wait_for_listener()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    given = (running.broker.url, devices, minutes * 60, there)
    meters = context.Process(target=sending, args=given)
    process_id = running.listener.pid
    assert process_id is not None
    memory, over = Memory(process_id), threading.Event()
    watching = threading.Thread(target=memory.watch, args=(over,))
    meters.start()
    watching.start()
    sent, lags = here.recv()
    over.set()
    watching.join()
    meters.join()
    return report(sent, lags, rows(running.database), memory.ends(), minutes)


def report(
    sent: int, lags: list[float], stored: int, ends: tuple[float, float], minutes: float
) -> int:
    """Print the figures beside their goals."""
    growth = 100 * (ends[1] / ends[0] - 1)
    whole = len(lags) == sent and stored == SIZE * sent
    p99, longest = quantiles(lags, n=100)[98], max(lags)
    flat, quick = abs(growth) <= MOST_GROWTH_PERCENT, longest < MOST_LAG_SECONDS
    print(
        f"{minutes:g} minutes: {sent:,} messages, {len(lags):,} receipted, {stored:,} readings "
        f"stored ({stored / minutes / 60:,.0f} a second), {SIZE * sent - stored} lost"
    )
    print(
        f"memory of the listener {ends[0]:.1f} MB at first, {ends[1]:.1f} MB at last: "
        f"{growth:+.1f} % (goal ±{MOST_GROWTH_PERCENT:g}) {'reached' if flat else 'missed'}"
    )
    print(
        f"from sending to the receipt: median {median(lags):.3f} s, p99 {p99:.3f} s, longest "
        f"{longest:.2f} s (goal < {MOST_LAG_SECONDS:g}) {'reached' if quick else 'missed'}"
    )
    return 0 if whole and flat and quick else 1


def main(given: list[str]) -> int:
    """Run it against processes of its own."""
    minutes = float(given[0] if given else os.environ.get("MINUTES", MINUTES))
    with stack() as running:
        return soak(running, minutes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
