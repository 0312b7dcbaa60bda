"""A gateway that loses nothing: readings stay on its disk until the platform's signed receipt.

Only the standard library, paho-mqtt and cbor2, nothing of the platform: a device maker may copy it.
The protocol is in docs/telemetry.md, what a gateway must do in docs/gateway.md. It only reads: it
listens for receipts and has no function that writes to a meter. Its values are invented. Try it
with a device registered on the page "设备遥测 / Telemetry":

    python tools/gateway_sim.py --url mqtt://USER:PASSWORD@HOST:PORT --tenant UUID \
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import cbor2
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

logger = logging.getLogger("gateway")

RESEND_SECONDS = 5.0
IN_FLIGHT = 100
# Of what is on its way, so much belongs to readings taken since the connection is there; the rest,
# and what these leave, to those that waited, the oldest first.
LIVE_SHARE = 0.8
LONGEST_PAUSE_SECONDS = 60.0
KEEP_ALIVE_SECONDS = 10
PORTS = {"mqtt": 1883, "mqtts": 8883}
# The head of a CBOR byte string of 32 bytes.
MAC_HEAD = b"\x58\x20"
TABLES = """
CREATE TABLE IF NOT EXISTS message (
  number INTEGER PRIMARY KEY, boot TEXT NOT NULL, seq INTEGER NOT NULL,
  payload BLOB NOT NULL, refused TEXT, UNIQUE (boot, seq)
)"""


class StoreDamagedError(Exception):
    """The file of messages is there and cannot be read: somebody must look, not begin anew."""


class StoreFullError(Exception):
    """Nothing more fits on the disk: what is not written down must not be sampled."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is to the platform: what the page showed when it was registered."""

    tenant: str
    gateway: str
    device: str
    key_id: str
    key: bytes
    cbor: bool = False

    @property
    def up(self) -> str:
        """Return the topic readings are published to."""
        return f"c/{self.tenant}/{self.gateway}/up/main"

    @property
    def ack(self) -> str:
        """Return the topic receipts come on."""
        return f"c/{self.tenant}/{self.gateway}/ack"


def seal(members: Mapping[str, Any], key: bytes, cbor: bool = False) -> bytes:
    """Return the members as JSON or CBOR with the signature of exactly these bytes at the end."""
    if cbor:
        written = cbor2.dumps(members)
        return written + MAC_HEAD + hmac.digest(key, written, "sha256")
    signed = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    mac = hmac.new(key, signed, hashlib.sha256).hexdigest()
    return signed[:-1] + b',"mac":"' + mac.encode() + b'"}'


def open_sealed(payload: bytes, key: bytes) -> dict[str, Any] | None:
    """Return the members of a signed payload, or None when the signature is not ours."""
    if not payload.startswith(b"{"):
        return _open_cbor(payload, key)
    head, found, tail = payload.rpartition(b',"mac":"')
    signed = head + b"}"
    mac = hmac.new(key, signed, hashlib.sha256).hexdigest()
    if not found or not hmac.compare_digest(tail, mac.encode() + b'"}'):
        return None
    members: dict[str, Any] = json.loads(signed)
    return members


def _open_cbor(payload: bytes, key: bytes) -> dict[str, Any] | None:
    signed, tail = payload[:-34], payload[-34:]
    if not hmac.compare_digest(tail, MAC_HEAD + hmac.digest(key, signed, "sha256")):
        return None
    members: dict[str, Any] = cbor2.loads(signed)
    return members


class Store:
    """Messages that are not receipted yet, on disk before they are sent."""

    def __init__(self, path: Path | str = ":memory:", most_megabytes: int = 1024) -> None:
        self._lock = threading.Lock()
        self._database = _opened(path)
        pages = most_megabytes * 1024 * 1024 // 4096
        self._database.execute(f"PRAGMA max_page_count = {pages}")

    def keep(self, boot: str, seq: int, payload: bytes) -> None:
        """Write a message down, or raise StoreFullError."""
        try:
            self._rows(
                "INSERT INTO message (boot, seq, payload) VALUES (?, ?, ?)", (boot, seq, payload)
            )
        except sqlite3.OperationalError as error:
            raise StoreFullError(str(error)) from error

    def oldest(
        self, count: int, after: int = 0, until: int = 2**62
    ) -> list[tuple[str, int, bytes]]:
        """Return the oldest messages of a stretch that are neither receipted nor refused."""
        return self._rows(
            "SELECT boot, seq, payload FROM message WHERE refused IS NULL "
            "AND number > ? AND number <= ? ORDER BY number LIMIT ?",
            (after, until, count),
        )

    def newest_number(self) -> int:
        """Return the number of the message that was written down last."""
        return int(self._rows("SELECT coalesce(max(number), 0) FROM message")[0][0])

    def waiting(self) -> int:
        """Return how many messages are neither receipted nor refused."""
        return int(self._rows("SELECT count(*) FROM message WHERE refused IS NULL")[0][0])

    def payload_of(self, boot: str, seq: int) -> bytes | None:
        """Return a message, or None when it is not here any more."""
        query = "SELECT payload FROM message WHERE boot = ? AND seq = ?"
        found = self._rows(query, (boot, seq))
        return bytes(found[0][0]) if found else None

    def replace(self, boot: str, seq: int, payload: bytes) -> None:
        """Keep another message under the number of one that the platform refused."""
        self._rows(
            "UPDATE message SET payload = ? WHERE boot = ? AND seq = ?", (payload, boot, seq)
        )

    def forget(self, boot: str, first: int, last: int) -> None:
        """Remove receipted messages."""
        which = "boot = ? AND seq BETWEEN ? AND ?"
        self._rows(f"DELETE FROM message WHERE {which}", (boot, first, last))

    def refuse(self, boot: str, seq: int, reason: str) -> None:
        """Keep a message that the platform refuses, but send it no more."""
        self._rows("UPDATE message SET refused = ? WHERE boot = ? AND seq = ?", (reason, boot, seq))

    def refused(self) -> dict[int, str]:
        """Return the refused messages with their reasons."""
        return dict(self._rows("SELECT seq, refused FROM message WHERE refused IS NOT NULL"))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def _opened(path: Path | str) -> sqlite3.Connection:
    """Open the file or make it; never begin anew where messages were kept."""
    log = Path(f"{path}-wal")
    if path != ":memory:" and not Path(path).exists() and log.exists():
        raise StoreDamagedError(f"{path} is gone and its log {log} is left: bring it back")
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        found = [row[0] for row in database.execute("PRAGMA quick_check")]
        database.execute("PRAGMA journal_mode = WAL")
        # A commit is on the disk when it returns, also when the power fails.
        database.execute("PRAGMA synchronous = FULL")
        database.execute(TABLES)
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        database.close()
        raise StoreDamagedError(f"{path}: {found[0]}. Save a copy, then repair or move it away")
    return database


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
        self._not_before = -math.inf
        self._live_after = store.newest_number()
        self._connected = threading.Event()
        self._client = self._new_client(url, protocol)

    def record(self, values: Mapping[str, float], taken_ms: int | None = None) -> int:
        """Write one set of readings down, to be sent by pump(); return its number.

        StoreFullError says that it is not written down: stop sampling, and say so aloud.
        """
        identity, now_ms = self._identity, int(time.time() * 1000)
        members = {
            "v": 1,
            "gw": identity.gateway,
            "dev": identity.device,
            "boot": self._boot,
            "seq": self._seq,
            "ts": now_ms if taken_ms is None else taken_ms,
            "tq": 2,
            "q": 0,
            "vals": dict(values),
            "hist": False,
            "gts": now_ms,
            "kid": identity.key_id,
        }
        payload = seal(members, identity.key, identity.cbor)
        self._store.keep(self._boot, self._seq, payload)
        self._seq += 1
        return self._seq - 1

    def pump(self) -> int:
        """Send what is due and return how many messages are not receipted yet."""
        if self._connected.is_set() and time.monotonic() >= self._not_before:
            for boot, seq, payload in self._due():
                # Never trust the broker's own acknowledgement: it says nothing about the platform.
                sent_at = self._sent_at.get((boot, seq), -math.inf)
                if time.monotonic() - sent_at > self._resend_seconds:
                    self._client.publish(self._identity.up, payload, qos=1)
                    self._sent_at[boot, seq] = time.monotonic()
        return self._store.waiting()

    def _due(self) -> list[tuple[str, int, bytes]]:
        """Return what may be on its way: readings of now, and those that waited, oldest first."""
        live = self._store.oldest(IN_FLIGHT, after=self._live_after)
        late = self._store.oldest(IN_FLIGHT, until=self._live_after)
        share = max(int(IN_FLIGHT * LIVE_SHARE), IN_FLIGHT - len(late))
        live = live[:share]
        return late[: IN_FLIGHT - len(live)] + live

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
        # The only thing it listens to: there is nothing that could make it write to a meter.
        client.subscribe(self._identity.ack, 1)
        self._sent_at.clear()
        self._live_after = self._store.newest_number()
        self._connected.set()

    def _on_disconnect(self, *_args: Any) -> None:
        self._connected.clear()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        receipt = open_sealed(bytes(message.payload), self._identity.key)
        if receipt is None or receipt["dev"] != self._identity.device:
            return  # of another device behind this gateway, or forged
        # A full disk keeps what is receipted too; the platform answers again when it comes again.
        with suppress(sqlite3.OperationalError):
            self._take(receipt)

    def _take(self, receipt: Mapping[str, Any]) -> None:
        boot = receipt["boot"]
        for first, last in receipt["ranges"]:
            self._store.forget(boot, first, last)
        for seq, reason in receipt["refused"]:
            if reason != "too_old" or not self._send_as_history(boot, seq):
                logger.warning("Message %s refused: %s", seq, reason)
                self._store.refuse(boot, seq, reason)
        if "again" in receipt:
            # By the clock of the platform, which may be another one: never wait for long.
            wait = receipt["again"]["at"] / 1000 - time.time()
            self._not_before = time.monotonic() + min(max(wait, 0.5), LONGEST_PAUSE_SECONDS)
            for first, last in receipt["again"]["ranges"]:
                for seq in range(first, last + 1):
                    self._sent_at.pop((boot, seq), None)

    def _send_as_history(self, boot: str, seq: int) -> bool:
        """Mark a message as history that waited for more than seven days; it was not stored."""
        payload = self._store.payload_of(boot, seq)
        members = open_sealed(payload, self._identity.key) if payload else None
        if members is None or members["hist"]:
            return False
        sealed = seal({**members, "hist": True}, self._identity.key, self._identity.cbor)
        self._store.replace(boot, seq, sealed)
        self._sent_at.pop((boot, seq), None)
        return True


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
    parser.add_argument("--megabytes", type=int, default=1024, help="largest size of that file")
    parser.add_argument("--cbor", action="store_true", help="write CBOR in place of JSON")
    return parser.parse_args()


def main() -> None:
    """Publish invented readings until Ctrl-C."""
    given = arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    key = bytes.fromhex(given.key)
    identity = Identity(given.tenant, given.gateway, given.device, given.key_id, key, given.cbor)
    gateway = Gateway(given.url, identity, Store(given.store, given.megabytes))
    pause = threading.Event()
    try:
        while True:
            try:
                gateway.record(sample_values(given.point, time.time()))
            except StoreFullError as error:
                logger.error("THE DISK IS FULL, NOTHING IS SAMPLED: %s", error)
            print(f"not receipted yet: {gateway.pump()}")
            pause.wait(given.every)
    except KeyboardInterrupt:
        gateway.close()


if __name__ == "__main__":
    main()
