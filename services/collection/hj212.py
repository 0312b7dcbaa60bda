"""HJ 212 by TCP: from bytes to checked data segments, strict and pure (4.2 c).

HJ/T 212-2005, HJ 212-2017 and HJ 212-2025, told apart by the bits of `Flag`. Neither the check sum
nor the clear password proves who sent what: what comes this way is marked `weak`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.collection.refusals import Reason, RefusedError

HEAD, END = b"##", b"\r\n"
DIGITS = 4
CRC_DIGITS = 4
MOST_PACKETS = 99
MOST_OPEN = 16
NEEDS_ANSWER, HAS_PACKETS = 1, 2
EDITIONS = {0: "2005", 1: "2017", 2: "2025"}

_NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")
_AREA = re.compile(r"(.*?);?CP=&&(.*)&&", re.DOTALL)
_FORM = {
    "QN": re.compile(r"\d{17}"),
    "ST": re.compile(r"\d{2}"),
    "CN": re.compile(r"\d{4}"),
    "PW": re.compile(r"[!-:<-~]{1,32}"),
    "MN": re.compile(r"[A-Za-z0-9]{1,24}"),
    "Flag": re.compile(r"\d{1,3}"),
    "PNUM": re.compile(r"[1-9]\d{0,3}"),
    "PNO": re.compile(r"[1-9]\d{0,3}"),
}
_HIGHEST_FLAG = 255


def crc(data: bytes) -> int:
    """Return the check sum of annex A: shifted before each byte is added, unlike that of Modbus."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            odd = register & 1
            register >>= 1
            if odd:
                register ^= 0xA001
    return register


def frame(segment: str) -> bytes:
    """Return a data segment as it goes over the line."""
    data = segment.encode("ascii")
    return HEAD + f"{len(data):04d}".encode() + data + f"{crc(data):04X}".encode() + END


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no frame, with the reason."""

    raw: bytes
    reason: Reason
    where: str


class Frames:
    """Cuts what one connection sends into frames; what is none is given back with its reason."""

    def __init__(self) -> None:
        self._waiting = b""

    def feed(self, more: bytes) -> Iterator[bytes | Broken]:
        """Yield the data of each whole frame, and what could not be read, in order."""
        self._waiting += more
        while True:
            found = self._next()
            if found is None:
                return
            yield found

    def _next(self) -> bytes | Broken | None:
        begin = self._waiting.find(HEAD)
        if begin < 0:
            # The last byte may be the first half of a head.
            keep = 1 if self._waiting.endswith(HEAD[:1]) else 0
            return self._cut(len(self._waiting) - keep, Reason.FRAME, "head")
        if begin > 0:
            return self._cut(begin, Reason.FRAME, "head")
        digits = self._waiting[len(HEAD) : len(HEAD) + DIGITS]
        if not re.fullmatch(rb"\d*", digits):
            return self._cut(len(HEAD), Reason.FRAME, "length")
        if len(digits) < DIGITS:
            return None
        return self._whole(int(digits))

    def _whole(self, length: int) -> bytes | Broken | None:
        start = len(HEAD) + DIGITS
        end = start + length + CRC_DIGITS
        if len(self._waiting) < end + len(END):
            return None
        if self._waiting[end : end + len(END)] != END:
            return self._cut(len(HEAD), Reason.FRAME, "end")
        data, told = self._waiting[start : start + length], self._waiting[end - CRC_DIGITS : end]
        if told.upper() != f"{crc(data):04X}".encode():
            return self._cut(end + len(END), Reason.CRC, told.decode("ascii", "replace"))
        self._waiting = self._waiting[end + len(END) :]
        return data

    def _cut(self, count: int, reason: Reason, where: str) -> Broken | None:
        if count == 0:
            return None
        raw, self._waiting = self._waiting[:count], self._waiting[count:]
        return Broken(raw, reason, where)


@dataclass(frozen=True, slots=True)
class Segment:
    """One data segment; `area` is what stands between the pairs of &&."""

    edition: str
    station: str
    command: str
    password: str
    asks_answer: bool
    area: str
    request: str = ""
    system: str = ""
    packets: int = 1
    packet: int = 1


def parse_segment(data: bytes) -> Segment:
    """Return the parts of a data segment, or raise RefusedError with reason and place."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise RefusedError(Reason.SEGMENT, f"byte {error.start}") from None
    match = _AREA.fullmatch(text)
    if match is None or "&&" in match[2]:
        raise RefusedError(Reason.SEGMENT, "CP")
    parts = _parts(match[1])
    flag = int(parts.get("Flag", "0"))
    edition = EDITIONS.get(flag >> 2)
    if edition is None or flag > _HIGHEST_FLAG:
        raise RefusedError(Reason.SEGMENT, f"Flag={flag}")
    packets, packet = _packets(parts, flag)
    return Segment(
        edition=edition,
        station=parts["MN"],
        command=parts["CN"],
        password=parts["PW"],
        asks_answer=bool(flag & NEEDS_ANSWER),
        area=match[2],
        request=parts.get("QN", ""),
        system=parts.get("ST", ""),
        packets=packets,
        packet=packet,
    )


def _parts(head: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in head.split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _NAMES or name in found or not _FORM[name].fullmatch(value):
            raise RefusedError(Reason.SEGMENT, part[:40])
        found[name] = value
    for name in ("CN", "PW", "MN"):
        if name not in found:
            raise RefusedError(Reason.SEGMENT, name)
    return found


def _packets(parts: Mapping[str, str], flag: int) -> tuple[int, int]:
    if not flag & HAS_PACKETS:
        return 1, 1
    packets, packet = int(parts.get("PNUM", "0")), int(parts.get("PNO", "0"))
    if not (1 <= packet <= packets <= MOST_PACKETS and "QN" in parts):
        raise RefusedError(Reason.SEGMENT, f"PNUM={packets};PNO={packet}")
    return packets, packet


class Packets:
    """Puts the packets of one connection together again, in whatever order they come."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str], dict[int, Segment]] = {}

    def add(self, segment: Segment) -> Segment | None:
        """Return the whole once its last packet is there; raise RefusedError for a misfit."""
        if segment.packets == 1:
            return segment
        key = segment.station, segment.command, segment.request
        parts = self._open.setdefault(key, {})
        first = next(iter(parts.values()), segment)
        if (first.packets, first.password) != (segment.packets, segment.password):
            raise RefusedError(Reason.PACKETS, f"PNUM={segment.packets}")
        parts[segment.packet] = segment
        if len(parts) == segment.packets:
            del self._open[key]
            area = ";".join(parts[number].area for number in sorted(parts))
            return replace(segment, area=area, packets=1, packet=1)
        if len(self._open) > MOST_OPEN:
            # Nothing of it was answered, so that its station still has it.
            del self._open[next(iter(self._open))]
            raise RefusedError(Reason.PACKETS, "too many open")
        return None
