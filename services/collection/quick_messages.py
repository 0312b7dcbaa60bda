"""The usual payload read in a few steps over all of its values; others go the strict way (4.2 c).

What is found here is what the strict reader (readings.py) would find: a property test holds them
together. Whatever is odd in any way is left to it, which also knows the reason.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from services.collection.payloads import MAPS, Encoding, read_cbor
from services.collection.readings import (
    LAST_MS,
    MAX_BYTES,
    MAX_SEQUENCE,
    QUALITIES,
    SAMPLE,
    TIME_QUALITIES,
    VERSION,
    Message,
    is_boot,
    is_code,
    strict_message,
)
from services.collection.refusals import RefusedError
from services.collection.signatures import split_cbor_mac
from services.instants import Instants, instant

_SEAL = b',"mac":"'
_SEAL_BYTES = len(_SEAL) + 64 + len(b'"}')
_MAC = re.compile("[0-9a-f]{64}")
# A name that is not followed by its colon at once would not be counted.
_SPACED = re.compile(rb'"\s')
# Beyond this it matters how a number was written.
_LARGE = 1e17
_NUMBERS = {int, float}
_QUALITIES, _TIME_QUALITIES = frozenset(range(QUALITIES)), frozenset(range(TIME_QUALITIES))
_ENVELOPE = ("v", "gw", "dev", "boot", "seq", "hist", "kid")
_COLUMNS = itemgetter("ts", "q", "tq", "vals")


class _Sealed(NamedTuple):
    """A payload taken apart; `written` are the names in it as JSON, where two may be equal."""

    members: dict[str, Any]
    signed: bytes
    mac: str
    encoding: Encoding
    written: int | None


def parse_payload(payload: bytes) -> Message:
    """Return the message in a payload, or raise RefusedError with reason and member."""
    return quick_message(payload) or strict_message(payload)


def quick_message(payload: bytes) -> Message | None:
    """Return the message in a payload of the usual form, or None."""
    if not 0 < len(payload) <= MAX_BYTES:
        return None
    try:
        sealed = _cbor(payload) if payload[0] in MAPS else _json(payload)
        return _message(payload, sealed) if sealed else None
    # What is missing or of another kind than usual, wherever it stands.
    except (KeyError, TypeError, ValueError, AttributeError, RefusedError):
        return None


def _json(payload: bytes) -> _Sealed | None:
    seal = payload[-_SEAL_BYTES:]
    if not (payload.startswith(b"{") and seal.startswith(_SEAL) and seal.endswith(b'"}')):
        return None
    if len(payload.split(None, 1)) > 1 and _SPACED.search(payload):
        return None
    members = orjson.loads(payload)
    mac = members.pop("mac")
    if mac.encode() != seal[len(_SEAL) : -2] or not _MAC.fullmatch(mac):
        return None
    written = payload.count(b'":') - len(("mac",))
    return _Sealed(members, payload[:-_SEAL_BYTES] + b"}", mac, Encoding.JSON, written)


def _cbor(payload: bytes) -> _Sealed:
    signed, mac = split_cbor_mac(payload)
    return _Sealed(dict(read_cbor(signed)), signed, mac, Encoding.CBOR, None)


def _message(payload: bytes, sealed: _Sealed) -> Message | None:
    """Return the message of members that are all there, and no others, each of its kind."""
    members = sealed.members
    gateway, device, boot, sequence, historical, key_id = _head(members)
    samples = members.get("readings")
    single = samples is None
    instants = _instants([members] if samples is None else samples, single)
    written_at = _written_at(members["gts"]) if "gts" in members else None
    names = len(_ENVELOPE) + ("gts" in members) + (len(SAMPLE) if single else 1)
    if instants is None or len(members) != names:
        return None
    # Of two equal names the reader keeps the last: there are fewer than were written.
    inside = len(instants.values) + (0 if single else len(SAMPLE) * len(instants.points))
    if sealed.written not in (None, names + inside):
        return None
    return Message(
        gateway,
        device,
        boot,
        sequence,
        historical,
        key_id,
        sealed.signed,
        sealed.mac,
        hashlib.sha256(payload).digest(),
        instants,
        written_at,
        sealed.encoding,
    )


def _head(members: Mapping[str, Any]) -> tuple[str, str, str, int, bool, str]:
    version, *head = [members[name] for name in _ENVELOPE]
    gateway, device, boot, sequence, historical, key_id = head
    are_names = is_code(gateway) and is_code(device) and is_code(key_id) and is_boot(boot)
    are_numbers = type(version) is type(sequence) is int and 0 <= sequence <= MAX_SEQUENCE
    if not (are_names and are_numbers and version == VERSION and type(historical) is bool):
        raise ValueError
    return gateway, device, boot, sequence, historical, key_id


def _written_at(gts: object) -> datetime:
    if type(gts) is not int or not 0 <= gts < LAST_MS:
        raise ValueError
    return instant(gts)


def _instants(samples: Sequence[Mapping[str, Any]], single: bool) -> Instants[str] | None:
    """Return the values of samples by column, or None where one of them is odd."""
    taken, qualities, time_qualities, values = map(list, zip(*map(_COLUMNS, samples), strict=True))
    if not single and set(map(len, samples)) != {len(SAMPLE)}:
        return None
    if set(map(type, chain(taken, qualities, time_qualities))) != {int}:
        return None
    if not (set(qualities) <= _QUALITIES and set(time_qualities) <= _TIME_QUALITIES):
        return None
    if not 0 <= min(taken) <= max(taken) < LAST_MS:
        return None
    points = _points(values)
    numbers = _numbers(list(chain.from_iterable(map(dict.values, values))))
    if points is None or numbers is None:
        return None
    return Instants(taken, qualities, time_qualities, points, numbers)


def _points(values: list[dict[str, Any]]) -> list[tuple[str, ...]] | None:
    different = set(map(tuple, values))
    if not all(names and all(map(is_code, names)) for names in different):
        return None
    # As a rule every instant names the same points.
    return [different.pop()] * len(values) if len(different) == 1 else list(map(tuple, values))


def _numbers(values: list[Any]) -> list[float] | None:
    kinds = set(map(type, values))
    if not kinds <= _NUMBERS or not -_LARGE < min(values) <= max(values) < _LARGE:
        return None
    # Nothing compares with what is no number; it shows in the sum.
    if not math.isfinite(sum(values)):
        return None
    return list(map(float, values)) if int in kinds else values
