"""From the payload of a device to readings: strict, pure, nothing guessed (4.2 c).

The format is described for device makers in docs/telemetry.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from services.collection.payloads import Encoding, open_payload
from services.collection.refusals import Reason, RefusedError
from services.collection.topics import CODE
from services.instants import Instants, Value, instant

MAX_BYTES = 16_384
VERSION = 1
TIME_QUALITIES = 3  # 0 unknown, 1 own clock, 2 synchronized
QUALITIES = 4  # 0 good, 1 uncertain, 2 bad, 3 substituted
MAX_SEQUENCE = 2**53 - 1  # what every JSON reader keeps exactly
LAST_MS = 4_102_444_800_000  # 2100-01-01
_BOOT = re.compile(r"[0-9a-f]{16}")

# In JSON the signature stands among the members, in CBOR behind them.
ENVELOPE = frozenset({"v", "gw", "dev", "boot", "seq", "hist", "kid"})
# When the gateway wrote the message down, by its own clock.
OPTIONAL = frozenset({"gts"})
SAMPLE = frozenset({"ts", "tq", "q", "vals"})
SINGLE, BATCH = ENVELOPE | SAMPLE, ENVELOPE | {"readings"}


Reading = Value[str]


class Message(NamedTuple):
    """One signed payload: stored whole or set aside whole; `digest` tells a resend from a reuse."""

    gateway: str
    device: str
    boot: str
    sequence: int
    historical: bool
    key_id: str
    signed: bytes
    mac: str
    digest: bytes
    instants: Instants[str]
    gateway_at: datetime | None = None
    encoding: Encoding = Encoding.JSON

    @property
    def key(self) -> tuple[str, int]:
        """Return what makes the message one of its kind within its device."""
        return self.boot, self.sequence

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Return its values one by one."""
        return tuple(self.instants.each())


def strict_message(payload: bytes) -> Message:
    """Return the message in a payload, or raise RefusedError with reason and member."""
    if len(payload) > MAX_BYTES:
        raise RefusedError(Reason.TOO_LARGE)
    members, signed, mac, encoding = open_payload(payload)
    if encoding is Encoding.JSON:
        members = {name: value for name, value in members.items() if name != "mac"}
    _require(members.get("v") == VERSION and not isinstance(members["v"], bool), "v")
    # The names are checked here, before any of them is read.
    samples = list(_samples(members))
    return Message(
        gateway=_code(members, "gw"),
        device=_code(members, "dev"),
        boot=_boot(members),
        sequence=_whole(members, "seq", MAX_SEQUENCE + 1),
        historical=_flag(members, "hist"),
        key_id=_code(members, "kid"),
        signed=signed,
        mac=mac,
        digest=hashlib.sha256(payload).digest(),
        instants=_instants(samples),
        gateway_at=_instant(members, "gts") if "gts" in members else None,
        encoding=encoding,
    )


def _samples(members: Mapping[str, object]) -> Iterator[tuple[Mapping[str, object], str]]:
    """Yield each instant's members with the place they stand at."""
    if "readings" not in members:
        _exactly(members, SINGLE, "")
        yield members, ""
        return
    _exactly(members, BATCH, "")
    batch = members["readings"]
    if not isinstance(batch, list) or not batch:
        raise RefusedError(Reason.SHAPE, "readings")
    for number, sample in enumerate(batch):
        place = f"readings[{number}]"
        if not isinstance(sample, dict):
            raise RefusedError(Reason.SHAPE, place)
        _exactly(sample, SAMPLE, place)
        yield sample, f"{place}."


def _instants(samples: Sequence[tuple[Mapping[str, object], str]]) -> Instants[str]:
    found = Instants[str]([], [], [], [], [])
    for sample, place in samples:
        found.taken_ms.append(_whole(sample, "ts", LAST_MS, place))
        found.qualities.append(_whole(sample, "q", QUALITIES, place))
        found.time_qualities.append(_whole(sample, "tq", TIME_QUALITIES, place))
        values = _values(sample["vals"], f"{place}vals")
        found.points.append(tuple(values))
        found.values.extend(values.values())
    return found


def _values(values: object, place: str) -> dict[str, float]:
    if not isinstance(values, dict) or not values:
        raise RefusedError(Reason.SHAPE, place)
    for point, value in values.items():
        if not is_code(point):
            raise RefusedError(Reason.SHAPE, place)
        if type(value) is not float and type(value) is not int:
            raise RefusedError(Reason.SHAPE, f"{place}.{point}")
    return {point: float(value) for point, value in values.items()}


@lru_cache(4096)
def is_code(text: str) -> bool:
    """Return whether a text may be the name of a gateway, device, point or key."""
    return CODE.fullmatch(text) is not None


def _exactly(members: Mapping[str, object], names: frozenset[str], place: str) -> None:
    if members.keys() == names:
        return
    # A name too many is a misspelt one or another version; both would lose data silently.
    odd = sorted(names ^ (members.keys() - OPTIONAL))
    _require(not odd, ".".join(part for part in (place, odd[0][:64] if odd else "") if part))


def _checked(
    members: Mapping[str, object], name: str, admits: Callable[[object], bool], place: str = ""
) -> object:
    value = members[name]
    _require(admits(value), f"{place}{name}")
    return value


def _code(members: Mapping[str, object], name: str) -> str:
    return str(_checked(members, name, lambda v: isinstance(v, str) and is_code(v)))


@lru_cache(4096)
def is_boot(text: str) -> bool:
    """Return whether a text may be the number of a start of a device."""
    return _BOOT.fullmatch(text) is not None


def _boot(members: Mapping[str, object]) -> str:
    return str(_checked(members, "boot", lambda v: isinstance(v, str) and is_boot(v)))


def _whole(members: Mapping[str, object], name: str, below: int, place: str = "") -> int:
    value = members[name]
    # bool is a kind of int in Python, not in JSON.
    if type(value) is not int or not 0 <= value < below:
        raise RefusedError(Reason.SHAPE, f"{place}{name}")
    return value


def _instant(members: Mapping[str, object], name: str, place: str = "") -> datetime:
    return instant(_whole(members, name, LAST_MS, place))


def _flag(members: Mapping[str, object], name: str) -> bool:
    return bool(_checked(members, name, lambda v: isinstance(v, bool)))


def _require(holds: bool, where: str) -> None:
    if not holds:
        raise RefusedError(Reason.SHAPE, where)
