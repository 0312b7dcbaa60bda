"""From the bytes that a device sent to members, in JSON or in CBOR, and what of them is signed.

Both are read with the same strictness: nothing but objects, lists, texts, finite numbers and truth
values, no name twice, nothing after the end (4.2 c).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import StrEnum
from io import BytesIO
from typing import Any, NamedTuple, NoReturn

import cbor2

from services.collection.refusals import Reason, RefusedError
from services.collection.signatures import seal_cbor, seal_json, split_cbor_mac, split_mac

MAX_DIGITS = 18
MAX_DEPTH = 8
MAPS = range(0xA0, 0xC0)
# Every tag that the library would turn into something of its own: shared parts grow without end
# when they are followed, and a regular expression is a program.
TAGS = (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 100, 256, 258, 260, 261, 1004, 43000, 55799)


class Encoding(StrEnum):
    """How a device writes; its receipts are written in the same way."""

    JSON = "json"
    CBOR = "cbor"


class Opened(NamedTuple):
    """The members of a payload, the bytes that are signed, and the signature in hexadecimal."""

    members: Mapping[str, object]
    signed: bytes
    mac: str
    encoding: Encoding


def open_payload(payload: bytes) -> Opened:
    """Return what a payload holds, or raise RefusedError; its first byte tells how it is written.

    A JSON text never begins with a byte that opens a CBOR map.
    """
    if payload[:1] and payload[0] in MAPS:
        signed, mac = split_cbor_mac(payload)
        members = read_cbor(signed)
        _check_plain(members)
        return Opened(members, signed, mac, Encoding.CBOR)
    return Opened(_json(payload), *split_mac(payload), Encoding.JSON)


def _json(payload: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(
            payload.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_whole_number,
        )
    except UnicodeDecodeError:
        raise RefusedError(Reason.NOT_UTF8) from None
    except RecursionError:
        raise RefusedError(Reason.TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise RefusedError(Reason.NOT_JSON, f"{error.pos}") from None
    if not isinstance(found, dict):
        raise RefusedError(Reason.SHAPE, "")
    members: Mapping[str, object] = found
    return members


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # JSON readers differ in which of two equal names wins; a signature must not depend on it.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedError(Reason.NAME_TWICE)
    return members


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _not_finite(text)


def _whole_number(text: str) -> int:
    return int(text) if len(text) <= MAX_DIGITS else _not_finite(text)


def _not_finite(text: str) -> NoReturn:
    raise RefusedError(Reason.NOT_FINITE, text[:20])


def read_cbor(signed: bytes) -> Mapping[str, object]:
    """Return a map without tags, streams and names twice, its values not looked at yet."""
    source = BytesIO(signed)
    decoder = cbor2.CBORDecoder(
        source,
        tag_hook=_no_tag,
        semantic_decoders=dict.fromkeys(TAGS, _no_tag),
        max_depth=MAX_DEPTH,
        allow_indefinite=False,
        allow_duplicate_keys=False,
        strict_hashable_types=True,
    )
    try:
        found = decoder.decode()
    except cbor2.CBORDecodeError as error:
        raise RefusedError(Reason.NOT_CBOR, f"{source.tell()} {error}"[:200]) from None
    if source.tell() != len(signed):
        raise RefusedError(Reason.NOT_CBOR, f"{source.tell()}")
    members: Mapping[str, object] = found
    return members


def _no_tag(*_: Any) -> NoReturn:
    raise RefusedError(Reason.NOT_CBOR, "tag")


def _check_plain(value: object) -> None:
    """Raise RefusedError for what JSON could not say; the decoder has bounded the depth."""
    if isinstance(value, dict):
        for name, member in value.items():
            if not isinstance(name, str):
                raise RefusedError(Reason.SHAPE, repr(name)[:64])
            _check_plain(member)
    elif isinstance(value, list):
        for member in value:
            _check_plain(member)
    else:
        _check_single(value)


def _check_single(value: object) -> None:
    if isinstance(value, float):
        if not math.isfinite(value):
            _not_finite(repr(value))
    elif isinstance(value, int):
        if abs(value) >= 10**MAX_DIGITS:
            _not_finite(str(value))
    elif not isinstance(value, str):
        raise RefusedError(Reason.SHAPE, type(value).__name__)


def seal(members: Mapping[str, object], key: bytes, encoding: Encoding = Encoding.JSON) -> bytes:
    """Return the members as a signed payload."""
    if encoding is Encoding.CBOR:
        return seal_cbor(cbor2.dumps(members), key)
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return seal_json(text.encode(), key)
