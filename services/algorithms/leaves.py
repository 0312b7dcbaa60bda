"""What a leaf commits to, made from the record in hand: the offline verifier holds the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

FORM = "shuangtan.leaf/1"


def canonical(kind: str, fields: Sequence[str | None]) -> bytes:
    """Return the bytes of a record from its fields as text, in the order of its kind."""
    return json.dumps([FORM, kind, *fields], ensure_ascii=False).encode()


def commitment_of(salt: bytes, content: bytes) -> bytes:
    """Return what stands for a record; without the salt nobody can guess at it."""
    return hashlib.sha256(salt + content).digest()


def leaf_content(kind: str, record: str, commitment: bytes) -> bytes:
    """Return the content of a leaf: kind, name of the record, commitment."""
    return f"{FORM}\n{kind}\n{record}\n{commitment.hex()}\n".encode()
