"""Secrets at rest, sealed with AES-256-GCM under a key that is not in the database."""

from __future__ import annotations

import os

NONCE_BYTES, TAG_BYTES = 12, 16


def seal(key: bytes, plain: bytes, owner: str) -> bytes:
    """Return the nonce and the sealed bytes; they open only with the same owner beside them."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, owner.encode())


def unseal(key: bytes, sealed: bytes, owner: str) -> bytes:
    """Return what was sealed; raise InvalidTag of `cryptography` when a bit of it is another."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, rest, owner.encode())
