"""A connection to an MQTT broker that takes messages by the buffer, and not one at a time (4.2 c).

A client library waits, reads three times and writes once for every message, which costs more than
all that we do with it (docs/measurements.md, telemetry). Here a read of the socket gives all the
messages that are there, and a write acknowledges a whole batch of them. It knows what a listener
needs of MQTT 3.1.1 (OASIS standard, 2014): a clean session, one subscription, messages in with QoS
0 or 1, messages out with QoS 0. Whatever else comes is a breach, and ends the connection.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from services.settings import SettingError

PORTS = {"mqtt": 1883, "mqtts": 8883}
# What may take no longer: to connect, and for the other side to take or give what is on its way.
PATIENCE_SECONDS = 10.0
READ_BYTES = 262_144
# Kinds of packets with their flags (section 2.2).
CONNECT, CONNACK, PUBLISH, PUBACK = 0x10, 0x20, 0x30, 0x40
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 0x82, 0x90, 0xC0, 0xD0, 0xE0
RETURN_CODES = (
    "accepted",
    "unacceptable protocol version",
    "identifier rejected",
    "server unavailable",
    "bad user name or password",
    "not authorized",
)
REFUSED_SUBSCRIPTION = 0x80
_CLEAN, _WITH_USER, _WITH_PASSWORD = 0x02, 0x80, 0x40
_ACKNOWLEDGEMENT = struct.Struct("!BBH")


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


class Publication(NamedTuple):
    """A message as it came; its number is what is acknowledged, none with QoS 0."""

    topic: str
    payload: bytes
    number: int | None


class BrokerRefusesError(ConnectionError):
    """The broker answers, and will not have us or our subscription."""


class BrokerConnection:
    """A session with a broker, for one thread; OSError once it is over, from every method."""

    def __init__(self, address: BrokerAddress, name: str, keep_alive_s: int) -> None:
        self._keep_alive_s = keep_alive_s
        self._buffer = bytearray()
        self._publications: list[Publication] = []
        self._answers: dict[int, bytes] = {}
        self._asked_at: float | None = None
        self._sent_at = time.monotonic()
        self._socket = _connected(address)
        try:
            self._send(_connect_packet(address, name, keep_alive_s))
            code = self._answer(CONNACK)[1]
            if code:
                raise BrokerRefusesError(RETURN_CODES[min(code, len(RETURN_CODES) - 1)])
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """Return what select() waits on."""
        return self._socket.fileno()

    def subscribe(self, topics: str, qos: int) -> None:
        """Subscribe and wait until the broker says that we are."""
        self._send(packet(SUBSCRIBE, b"\x00\x01" + text(topics) + bytes([qos])))
        if self._answer(SUBACK)[-1] == REFUSED_SUBSCRIPTION:
            raise BrokerRefusesError(f"not authorized to subscribe to {topics}")

    def read(self) -> list[Publication]:
        """Return the messages that are there; waits only where there is nothing at all."""
        self._receive()
        found, self._publications = self._publications, []
        return found

    def acknowledge(self, numbers: Iterable[int | None]) -> None:
        """Tell the broker that these messages need not come again."""
        self._send(b"".join(_ACKNOWLEDGEMENT.pack(PUBACK, 2, n) for n in numbers if n))

    def publish(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Publish messages with QoS 0, all in one go."""
        self._send(b"".join(packet(PUBLISH, text(topic) + said) for topic, said in messages))

    def give_sign(self) -> None:
        """Say that we are there, where we said nothing for a while."""
        if time.monotonic() - self._sent_at > self._keep_alive_s / 2:
            self._send(packet(PINGREQ, b""))
            self._asked_at = self._asked_at or time.monotonic()

    def miss_sign(self) -> None:
        """End with a broker that was read from and has not answered for as long as it may take."""
        if self._asked_at and time.monotonic() - self._asked_at > self._keep_alive_s:
            raise ConnectionError("the broker is silent")

    def close(self) -> None:
        """Leave; the broker forgets the session."""
        with suppress(OSError):
            self._send(packet(DISCONNECT, b""))
        self._socket.close()

    def _send(self, data: bytes) -> None:
        if data:
            self._socket.sendall(data)
            self._sent_at = time.monotonic()

    def _receive(self) -> None:
        received = self._socket.recv(READ_BYTES)
        if not received:
            raise ConnectionError("the broker has closed the connection")
        self._asked_at = None
        self._buffer += received
        # What was decrypted and not taken would make no socket readable.
        while isinstance(self._socket, ssl.SSLSocket) and (left := self._socket.pending()):
            self._buffer += self._socket.recv(left)
        taken = 0
        with memoryview(self._buffer) as view:
            for kind, start, taken in _packets(view):
                self._take(kind, bytes(view[start:taken]))
        del self._buffer[:taken]

    def _take(self, kind: int, body: bytes) -> None:
        if kind & 0xF0 == PUBLISH:
            self._publications.append(_publication(kind, body))
        elif kind in (CONNACK, SUBACK, PINGRESP):
            self._answers[kind] = body
        else:
            raise ConnectionError(f"unexpected packet {kind:#x}")

    def _answer(self, kind: int) -> bytes:
        while kind not in self._answers:
            self._receive()
        return self._answers.pop(kind)


def _connected(address: BrokerAddress) -> socket.socket:
    raw = socket.create_connection((address.host, address.port), PATIENCE_SECONDS)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not address.encrypted:
        return raw
    context = ssl.create_default_context(cafile=address.authority or None)
    try:
        return context.wrap_socket(raw, server_hostname=address.host)
    except BaseException:
        raw.close()
        raise


def _connect_packet(address: BrokerAddress, name: str, keep_alive_s: int) -> bytes:
    """Return the first packet (section 3.1): who we are, and that nothing is kept for us."""
    flags, who = _CLEAN, text(name)
    if address.user is not None:
        flags |= _WITH_USER
        who += text(address.user)
    if address.password is not None:
        flags |= _WITH_PASSWORD
        who += text(address.password)
    head = text("MQTT") + bytes([4, flags]) + struct.pack("!H", keep_alive_s)
    return packet(CONNECT, head + who)


def _packets(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield kind, begin and end of the contents of each packet that is there whole."""
    at, size = 0, len(data)
    while at + 2 <= size:
        length, digits = data[at + 1] & 0x7F, 1
        # Seven bits in each byte, the highest says that another follows (section 2.2.3).
        while data[at + digits] & 0x80:
            digits += 1
            if digits > 4:
                raise ConnectionError("a length that has no end")
            if at + digits >= size:
                return
            length |= (data[at + digits] & 0x7F) << 7 * (digits - 1)
        start = at + 1 + digits
        if start + length > size:
            return
        yield data[at], start, start + length
        at = start + length


def _publication(kind: int, body: bytes) -> Publication:
    """Return the message of a packet (section 3.3); with QoS 1 its number follows the topic."""
    if len(body) < 2 or len(body) < (end := 2 + (body[0] << 8 | body[1])) + (kind & 0x06):
        raise ConnectionError("a message that is shorter than it says")
    topic = _topic(body[2:end])
    if not kind & 0x06:
        return Publication(topic, body[end:], None)
    return Publication(topic, body[end + 2 :], body[end] << 8 | body[end + 1])


@lru_cache(10_000)
def _topic(name: bytes) -> str:
    """Return the topic; what is not UTF-8 becomes a topic that nobody may publish to."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


def text(value: str) -> bytes:
    """Return a text as MQTT writes it."""
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind: int, body: bytes) -> bytes:
    """Return a packet with its length in front (section 2.2.3)."""
    length, head = len(body), bytearray([kind])
    while True:
        length, digit = length // 128, length % 128
        head.append(digit | (128 if length else 0))
        if not length:
            return bytes(head) + body
