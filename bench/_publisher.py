"""Publishes ready-made messages as fast as the broker acknowledges them, in its own process."""

from __future__ import annotations

import socket
import struct
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from workers.mqtt import BrokerAddress

IN_FLIGHT = 2_000
AT_ONCE = 50
PUBACK_BYTES = 4


def text(value: str) -> bytes:
    """Return a text as MQTT writes it."""
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind: int, body: bytes) -> bytes:
    """Return a packet with its length in front (MQTT 3.1.1, 2.2.3)."""
    length, head = len(body), bytearray([kind])
    while True:
        length, digit = length // 128, length % 128
        head.append(digit | (128 if length else 0))
        if not length:
            return bytes(head) + body


def publish(url: str, topic: str, payloads: list[bytes], told: Connection[Any, Any]) -> None:
    """Publish all with QoS 1 and tell when the first left."""
    address = BrokerAddress.parse(url)
    with socket.create_connection((address.host, address.port)) as broker:
        flags = b"\x04\xc2" + struct.pack("!H", 60)
        body = text("MQTT") + flags + text("publisher")
        broker.sendall(packet(0x10, body + text(address.user or "") + text(address.password or "")))
        broker.recv(4)
        acknowledged = [0]
        threading.Thread(target=_count, args=(broker, acknowledged), daemon=True).start()
        told.send(time.time())
        for begin in range(0, len(payloads), AT_ONCE):
            while begin - acknowledged[0] // PUBACK_BYTES > IN_FLIGHT:
                time.sleep(0.0005)
            numbered = enumerate(payloads[begin : begin + AT_ONCE], begin)
            broker.sendall(b"".join(_publication(topic, n, payload) for n, payload in numbered))
        while acknowledged[0] < PUBACK_BYTES * len(payloads):
            time.sleep(0.005)


def _publication(topic: str, number: int, payload: bytes) -> bytes:
    return packet(0x32, text(topic) + struct.pack("!H", number % 65_535 + 1) + payload)


def _count(broker: socket.socket, acknowledged: list[int]) -> None:
    while received := broker.recv(65_536):
        acknowledged[0] += len(received)
