"""Signatures of Standard Webhooks 1.0: HMAC-SHA-256 over id, time and body (4.2 b)."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from datetime import datetime

PREFIX = "whsec_"
# Between 24 and 64 bytes by the specification.
SECRET_BYTES = 32


def secret_text(secret: bytes) -> str:
    """Return a secret as a person hands it on: `whsec_` and base64."""
    return PREFIX + b64encode(secret).decode("ascii")


def secret_from(text: str) -> bytes:
    """Return the secret that a text stands for; ValueError for one that is none."""
    return b64decode(text.removeprefix(PREFIX), validate=True)


def signature(secret: bytes, message_id: str, seconds: int, body: bytes) -> str:
    """Return the signature of a message: `v1,` and base64; seconds are those since 1970."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + b64encode(hmac.digest(secret, signed, "sha256")).decode("ascii")


def headers(secret: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers by which the receiver knows who sent a body, which one, and when."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, message_id, seconds, body),
    }
