"""Signing of messages and receipts with the key of a device.

The signature covers bytes, not values, so that no two writers can disagree: write the object
without a signature and take HMAC-SHA256 over exactly these bytes. In JSON, `,"mac":"<64 hex>"`
goes before the closing brace; in CBOR the 32 bytes follow the map as a byte string, which makes a
sequence of two items (RFC 8742). The receiver cuts the same bytes out again.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from services.collection.refusals import Reason, RefusedError

KEY_BYTES = 32
_SEALED = re.compile(rb'(\{.*),"mac":"([0-9a-f]{64})"\}', re.DOTALL)
# The head of a CBOR byte string of 32 bytes (RFC 8949, 3.1).
MAC_HEAD = b"\x58\x20"
_MAC_ITEM = len(MAC_HEAD) + hashlib.sha256().digest_size


def sign(signed: bytes, key: bytes) -> str:
    """Return the HMAC-SHA256 of the bytes as 64 hexadecimal digits."""
    return hmac.digest(key, signed, "sha256").hex()


def seal_json(signed: bytes, key: bytes) -> bytes:
    """Return a JSON object with its signature as the last member."""
    return signed[:-1] + b',"mac":"' + sign(signed, key).encode() + b'"}'


def seal_cbor(signed: bytes, key: bytes) -> bytes:
    """Return a CBOR map followed by its signature."""
    return signed + MAC_HEAD + bytes.fromhex(sign(signed, key))


def split_mac(payload: bytes) -> tuple[bytes, str]:
    """Return the signed bytes and the signature of a JSON payload, or raise RefusedError."""
    match = _SEALED.fullmatch(payload)
    if match is None:
        raise RefusedError(Reason.NO_MAC, "mac")
    return match[1] + b"}", match[2].decode()


def split_cbor_mac(payload: bytes) -> tuple[bytes, str]:
    """Return the signed bytes and the signature of a CBOR payload, or raise RefusedError."""
    signed, item = payload[:-_MAC_ITEM], payload[-_MAC_ITEM:]
    if len(item) < _MAC_ITEM or not item.startswith(MAC_HEAD):
        raise RefusedError(Reason.NO_MAC, "mac")
    return signed, item[len(MAC_HEAD) :].hex()


def is_authentic(signed: bytes, mac: str, key: bytes) -> bool:
    """Return whether the signature was made with this key over these bytes."""
    return hmac.compare_digest(sign(signed, key), mac)
