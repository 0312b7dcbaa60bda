"""The keys that sign the transparency log, and whoever verifies what was signed (Ed25519)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from services.algorithms.checkpoints import (
    ED25519,
    Checkpoint,
    PublicKey,
    Signature,
    signed_by,
)
from services.errors import PlatformError

SEED_CHARACTERS = 64


class SigningKeyError(PlatformError):
    """What is given as a key to sign with is none."""

    text_key = "signing_key"


@dataclass(frozen=True, slots=True)
class Signer:
    """One key, or while one takes over from another both; each signs every checkpoint."""

    keys: tuple[Ed25519PrivateKey, ...]

    @classmethod
    def from_text(cls, text: str, where: str) -> Signer:
        """Return the keys from their seeds: 64 hexadecimal characters each, one a line."""
        seeds = text.split()
        for seed in seeds:
            if len(seed) != SEED_CHARACTERS or not set(seed) <= set("0123456789abcdef"):
                raise SigningKeyError(where, value=len(seed))
        if not seeds:
            raise SigningKeyError(where, value=0)
        made = (Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)) for seed in seeds)
        return cls(tuple(made))

    def name(self) -> str:
        """Return the name a new log takes: it follows from its first key, so that none has two."""
        first = self.keys[0].public_key().public_bytes_raw()
        return f"shuangtan.log/{hashlib.sha256(first).hexdigest()[:16]}"

    def public_keys(self, name: str, algorithm: int = ED25519) -> tuple[PublicKey, ...]:
        """Return what is published of each key."""
        raw = (key.public_key().public_bytes_raw() for key in self.keys)
        return tuple(PublicKey(name, algorithm, public) for public in raw)

    def signatures(self, name: str, body: str) -> list[Signature]:
        """Return the signature of each key over a checkpoint."""
        pairs = zip(self.keys, self.public_keys(name), strict=True)
        return [Signature(name, public.key_hash, key.sign(body.encode())) for key, public in pairs]


def is_signed(checkpoint: Checkpoint, key: PublicKey) -> bool:
    """Return whether a checkpoint bears a good signature of a key."""
    return any(
        verifies(key.public, message, signature)
        for message, signature in signed_by(checkpoint, key)
    )


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature is one over the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
