"""Signing of messages and receipts with the key of a device.

The signature covers bytes, not values, so that no two JSON writers can disagree: write the object
without `mac`, take HMAC-SHA256 over exactly these bytes, then put `,"mac":"<64 hex>"` before the
closing brace. The receiver cuts the same bytes out again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from services.collection.refusals import Reason, RefusedError

KEY_BYTES = 32
_SEALED = re.compile(rb'(\{.*),"mac":"([0-9a-f]{64})"\}', re.DOTALL)


def sign(signed: bytes, key: bytes) -> str:
    """Return the HMAC-SHA256 of the bytes as 64 hexadecimal digits."""
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def seal(members: Mapping[str, object], key: bytes) -> bytes:
    """Return the members as a signed JSON object."""
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    signed = text.encode()
    return signed[:-1] + b',"mac":"' + sign(signed, key).encode() + b'"}'


def split_mac(payload: bytes) -> tuple[bytes, str]:
    """Return the signed bytes and the signature of a payload, or raise RefusedError."""
    match = _SEALED.fullmatch(payload)
    if match is None:
        raise RefusedError(Reason.NO_MAC, "mac")
    return match[1] + b"}", match[2].decode()


def is_authentic(signed: bytes, mac: str, key: bytes) -> bool:
    """Return whether the signature was made with this key over these bytes."""
    return hmac.compare_digest(sign(signed, key), mac)
