"""Checkpoints of a transparency log as text: the forms that C2SP gives notes, keys and signatures.

https://c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature. Text and bytes only; who signs and
verifies is elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

DASH = "\u2014 "
ED25519, COSIGNATURE = 1, 4
ROOT_BYTES, PUBLIC_BYTES, SIGNATURE_BYTES, TIMED_BYTES = 32, 32, 64, 72
MOST_CHARACTERS = 20_000
# An extension line of ours: when the checkpoint was signed, in seconds since 1970.
TIME = "time "


class NoteError(ValueError):
    """A text that is no checkpoint, key or signature of the known form."""


@dataclass(frozen=True)
class Signature:
    """One signature line: who, the first bytes of the key's hash, and the signature itself."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """A tree at one size; `body` is what signatures are over."""

    origin: str
    size: int
    root: bytes
    body: str
    signatures: tuple[Signature, ...]

    @property
    def signed_at(self) -> datetime | None:
        """Return when it says that it was signed; None where it says nothing of that."""
        line = self.body.split("\n")[3]
        seconds = line.removeprefix(TIME)
        if seconds == line or not _is_number(seconds):
            return None
        return datetime.fromtimestamp(int(seconds), UTC)


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies, as it is published: `name+hash+base64`."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Return the four bytes that signature lines name the key by."""
        content = f"{self.name}\n".encode() + bytes([self.algorithm]) + self.public
        return hashlib.sha256(content).digest()[:4]

    def written(self) -> str:
        """Return the key as it is published."""
        return f"{self.name}+{self.key_hash.hex()}+{_coded(bytes([self.algorithm]) + self.public)}"


def body_of(origin: str, size: int, root: bytes, at: datetime) -> str:
    """Return what the log signs, and with it the instant: what is covered was written before."""
    return f"{origin}\n{size}\n{_coded(root)}\n{TIME}{int(at.timestamp())}\n"


def note_of(body: str, signatures: list[Signature]) -> str:
    """Return a signed checkpoint."""
    return body + "\n" + "".join(signature_line(each) for each in signatures)


def signature_line(signed: Signature) -> str:
    """Return one line of a signature."""
    return f"{DASH}{signed.name} {_coded(signed.key_hash + signed.signature)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Return a signed checkpoint, or raise NoteError."""
    body, gap, signatures = text.rpartition("\n\n")
    if not gap or len(text) > MOST_CHARACTERS or not signatures.endswith("\n"):
        raise NoteError("no signed note")
    body += "\n"
    lines = body.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise NoteError("not three lines")
    size, root = _size(lines[1]), _decoded(lines[2], ROOT_BYTES)
    signed = tuple(read_signature(line) for line in signatures.splitlines())
    return Checkpoint(lines[0], size, root, body, signed)


def read_signature(line: str) -> Signature:
    """Return a signature line, or raise NoteError."""
    name, gap, coded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not gap or not name or "+" in name:
        raise NoteError("no signature line")
    content = _decoded(coded)
    if len(content) < 5:
        raise NoteError("a signature is too short")
    return Signature(name, content[:4], content[4:])


def read_key(text: str) -> PublicKey:
    """Return a published key, or raise NoteError; its hash has to be its own."""
    name, _, rest = text.strip().partition("+")
    shown, _, coded = rest.partition("+")
    content = _decoded(coded, PUBLIC_BYTES + 1)
    key = PublicKey(name, content[0], content[1:])
    if not name or key.algorithm not in (ED25519, COSIGNATURE) or key.key_hash.hex() != shown:
        raise NoteError("no key of a known kind")
    return key


def cosigned(body: str, instant: int) -> bytes:
    """Return what a witness signs: the checkpoint and when it saw it, in seconds since 1970."""
    return f"cosignature/v1\ntime {instant}\n{body}".encode()


def timed(instant: int, signature: bytes) -> bytes:
    """Return a witness' signature with its time."""
    return struct.pack(">Q", instant) + signature


def read_timed(content: bytes) -> tuple[int, bytes]:
    """Return time and signature of a witness, or raise NoteError."""
    if len(content) != TIMED_BYTES:
        raise NoteError("no cosignature")
    return int.from_bytes(content[:8], "big"), content[8:]


def signed_by(checkpoint: Checkpoint, key: PublicKey) -> list[tuple[bytes, bytes]]:
    """Return message and signature of each line that claims to be of a key."""
    found = []
    for line in checkpoint.signatures:
        if (line.name, line.key_hash) != (key.name, key.key_hash):
            continue
        if key.algorithm == ED25519:
            found.append((checkpoint.body.encode(), line.signature))
        elif len(line.signature) == TIMED_BYTES:
            instant, signature = read_timed(line.signature)
            found.append((cosigned(checkpoint.body, instant), signature))
    return found


def _size(text: str) -> int:
    if not _is_number(text):
        raise NoteError("no size")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str, length: int | None = None) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("no base64") from None
    if length is not None and len(content) != length:
        raise NoteError("wrong length")
    return content
