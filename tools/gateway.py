"""An example gateway: keeps readings on disk until the platform's signed receipt for them comes.

Only the standard library and paho-mqtt, nothing of the platform: a device maker may copy it. The
protocol is described in docs/telemetry.md. Try it with a device registered on the page
"设备遥测 / Telemetry":

    python tools/gateway.py --url mqtt://USER:PASSWORD@HOST:PORT --tenant UUID \
        --gateway GW-1 --device METER-1 --key HEX --point P --point E
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import logging
import math
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

logger = logging.getLogger("gateway")

RESEND_SECONDS = 5.0
IN_FLIGHT = 100
KEEP_ALIVE_SECONDS = 10
PORTS = {"mqtt": 1883, "mqtts": 8883}
TABLES = """
CREATE TABLE IF NOT EXISTS message (
  number INTEGER PRIMARY KEY, boot TEXT NOT NULL, seq INTEGER NOT NULL,
  payload BLOB NOT NULL, refused TEXT, UNIQUE (boot, seq)
)"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is to the platform: what the page showed when it was registered."""

    tenant: str
    gateway: str
    device: str
    key_id: str
    key: bytes

    @property
    def up(self) -> str:
        """Return the topic readings are published to."""
        return f"c/{self.tenant}/{self.gateway}/up/main"

    @property
    def ack(self) -> str:
        """Return the topic receipts come on."""
        return f"c/{self.tenant}/{self.gateway}/ack"


def seal(members: Mapping[str, Any], key: bytes) -> bytes:
    """Return the members as JSON with the signature of exactly these bytes at the end."""
    signed = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    mac = hmac.new(key, signed, hashlib.sha256).hexdigest()
    return signed[:-1] + b',"mac":"' + mac.encode() + b'"}'


def open_sealed(payload: bytes, key: bytes) -> dict[str, Any] | None:
    """Return the members of a signed payload, or None when the signature is not ours."""
    head, found, tail = payload.rpartition(b',"mac":"')
    signed = head + b"}"
    mac = hmac.new(key, signed, hashlib.sha256).hexdigest()
    if not found or not hmac.compare_digest(tail, mac.encode() + b'"}'):
        return None
    members: dict[str, Any] = json.loads(signed)
    return members


class Store:
    """Messages that are not receipted yet, on disk before they are sent."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute(TABLES)

    def keep(self, boot: str, seq: int, payload: bytes) -> None:
        """Write a message down."""
        with self._lock:
            self._database.execute(
                "INSERT INTO message (boot, seq, payload) VALUES (?, ?, ?)", (boot, seq, payload)
            )

    def oldest(self, count: int) -> list[tuple[str, int, bytes]]:
        """Return the oldest messages that are neither receipted nor refused."""
        with self._lock:
            return self._database.execute(
                "SELECT boot, seq, payload FROM message WHERE refused IS NULL "
                "ORDER BY number LIMIT ?",
                (count,),
            ).fetchall()

    def waiting(self) -> int:
        """Return how many messages are neither receipted nor refused."""
        with self._lock:
            query = "SELECT count(*) FROM message WHERE refused IS NULL"
            return int(self._database.execute(query).fetchone()[0])

    def forget(self, boot: str, first: int, last: int) -> None:
        """Remove receipted messages."""
        with self._lock:
            self._database.execute(
                "DELETE FROM message WHERE boot = ? AND seq BETWEEN ? AND ?", (boot, first, last)
            )

    def refuse(self, boot: str, seq: int, reason: str) -> None:
        """Keep a message that the platform refuses, but send it no more."""
        with self._lock:
            self._database.execute(
                "UPDATE message SET refused = ? WHERE boot = ? AND seq = ?", (reason, boot, seq)
            )

    def refused(self) -> dict[int, str]:
        """Return the refused messages with their reasons."""
        with self._lock:
            return dict(
                self._database.execute(
                    "SELECT seq, refused FROM message WHERE refused IS NOT NULL"
                ).fetchall()
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


class Gateway:
    """Publishes readings and sends again whatever is not receipted."""

    def __init__(
        self,
        url: str,
        identity: Identity,
        store: Store,
        resend_seconds: float = RESEND_SECONDS,
        protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
    ) -> None:
        self._identity = identity
        self._store = store
        self._resend_seconds = resend_seconds
        self._boot = secrets.token_hex(8)  # new at each start, so that seq may begin at 0 again
        self._seq = 0
        self._sent_at: dict[tuple[str, int], float] = {}
        self._connected = threading.Event()
        self._client = self._new_client(url, protocol)

    def record(self, values: Mapping[str, float], taken_ms: int | None = None) -> int:
        """Write one set of readings down, to be sent by pump(); return its number."""
        identity = self._identity
        members = {
            "v": 1,
            "gw": identity.gateway,
            "dev": identity.device,
            "boot": self._boot,
            "seq": self._seq,
            "ts": int(time.time() * 1000) if taken_ms is None else taken_ms,
            "tq": 2,
            "q": 0,
            "vals": dict(values),
            "hist": False,
            "kid": identity.key_id,
        }
        self._store.keep(self._boot, self._seq, seal(members, identity.key))
        self._seq += 1
        return self._seq - 1

    def pump(self) -> int:
        """Send what is due, oldest first, and return how many messages are not receipted yet."""
        waiting = self._store.oldest(IN_FLIGHT)
        if self._connected.is_set():
            for boot, seq, payload in waiting:
                # Never trust the broker's own acknowledgement: it says nothing about the platform.
                sent_at = self._sent_at.get((boot, seq), -math.inf)
                if time.monotonic() - sent_at > self._resend_seconds:
                    self._client.publish(self._identity.up, payload, qos=1)
                    self._sent_at[boot, seq] = time.monotonic()
        return self._store.waiting()

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _new_client(self, url: str, protocol: MQTTProtocolVersion) -> Client:
        address = urlsplit(url)
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self._identity.gateway}-{secrets.token_hex(4)}",
            protocol=protocol,
        )
        if address.username:
            client.username_pw_set(unquote(address.username), unquote(address.password or ""))
        if address.scheme == "mqtts":
            client.tls_set()
        client.reconnect_delay_set(1, 5)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.connect_async(
            address.hostname or "localhost",
            address.port or PORTS[address.scheme],
            KEEP_ALIVE_SECONDS,
        )
        client.loop_start()
        return client

    def _on_connect(self, client: Client, _data: Any, _flags: Any, code: Any, _props: Any) -> None:
        if code.is_failure:
            logger.error("The broker refuses us: %s", code)
            return
        client.subscribe(self._identity.ack, 1)
        self._sent_at.clear()
        self._connected.set()

    def _on_disconnect(self, *_args: Any) -> None:
        self._connected.clear()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        receipt = open_sealed(bytes(message.payload), self._identity.key)
        if receipt is None or receipt["dev"] != self._identity.device:
            return  # of another device behind this gateway, or forged
        for first, last in receipt["ranges"]:
            self._store.forget(receipt["boot"], first, last)
        for seq, reason in receipt["refused"]:
            logger.warning("Message %s refused: %s", seq, reason)
            self._store.refuse(receipt["boot"], seq, reason)


def sample_values(points: list[str], seconds: float) -> dict[str, float]:
    """Return invented values that move, one for each point."""
    return {
        code: round(100 * (place + 1) + 20 * math.sin(seconds / 15 + place), 2)
        for place, code in enumerate(points)
    }


def arguments() -> argparse.Namespace:
    """Return what was given on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="mqtt://user:password@host:port")
    parser.add_argument("--tenant", required=True, help="public number of the organization")
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--key", required=True, help="64 hexadecimal digits, shown once")
    parser.add_argument("--key-id", default="k1")
    parser.add_argument("--point", action="append", required=True, help="code of a point")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between readings")
    parser.add_argument("--store", default="gateway.db", help="file for what is not receipted")
    return parser.parse_args()


def main() -> None:
    """Publish invented readings until Ctrl-C."""
    given = arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    key = bytes.fromhex(given.key)
    identity = Identity(given.tenant, given.gateway, given.device, given.key_id, key)
    gateway = Gateway(given.url, identity, Store(given.store))
    pause = threading.Event()
    try:
        while True:
            gateway.record(sample_values(given.point, time.time()))
            print(f"not receipted yet: {gateway.pump()}")
            pause.wait(given.every)
    except KeyboardInterrupt:
        gateway.close()


if __name__ == "__main__":
    main()
