"""A tiny witness: it keeps the last checkpoint it saw, and cosigns only what grew out of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.algorithms import merkle
from services.algorithms.checkpoints import (
    COSIGNATURE,
    Checkpoint,
    NoteError,
    PublicKey,
    Signature,
    cosigned,
    note_of,
    read_checkpoint,
    timed,
)
from services.errors import PlatformError
from services.security.signing import Signer, is_signed

LAST = "checkpoint.txt"


class WitnessError(PlatformError):
    """The log shows something that a witness must not sign."""

    text_key = "witness"


class UnreachableLogError(PlatformError):
    """The log gives no answer, or refuses what a witness hands in."""

    text_key = "log_unreachable"


class Log(Protocol):
    """How a witness reaches a log."""

    def checkpoint(self) -> str:
        """Return the newest checkpoint."""

    def growth(self, first: int, second: int) -> str:
        """Return the proof from one size to another."""

    def cosign(self, note: str) -> None:
        """Hand a cosigned checkpoint in."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Who cosigns: a name, a key, the log's key, and where the last checkpoint lies."""

    name: str
    signer: Signer
    log_key: PublicKey
    folder: Path

    @property
    def public(self) -> PublicKey:
        """Return the key that the operator of the log is told."""
        return self.signer.public_keys(self.name, COSIGNATURE)[0]

    def visit(self, log: Log, instant: int) -> Checkpoint:
        """Check the newest checkpoint against the last one, keep it, and cosign it."""
        text = log.checkpoint()
        seen = self._checked(text)
        last = self._last()
        if last is not None:
            self._compare(log, last, seen)
        # Kept before it is signed: nothing is ever signed that the next visit would not know of.
        (self.folder / LAST).write_text(text, encoding="utf-8")
        signature = self.signer.keys[0].sign(cosigned(seen.body, instant))
        line = Signature(self.name, self.public.key_hash, timed(instant, signature))
        log.cosign(note_of(seen.body, [line]))
        return seen

    def _checked(self, text: str) -> Checkpoint:
        try:
            found = read_checkpoint(text)
        except NoteError as error:
            raise WitnessError("checkpoint", value=str(error)) from error
        if found.origin != self.log_key.name or not is_signed(found, self.log_key):
            raise WitnessError("checkpoint", value=f"{found.origin}: signature")
        return found

    def _last(self) -> Checkpoint | None:
        path = self.folder / LAST
        return read_checkpoint(path.read_text(encoding="utf-8")) if path.exists() else None

    def _compare(self, log: Log, last: Checkpoint, seen: Checkpoint) -> None:
        path: list[bytes] = []
        if last.size < seen.size:
            path = read_growth(log.growth(last.size, seen.size))[1]
        roots = (last.root, seen.root)
        if not merkle.is_consistent((last.size, seen.size), roots, path):
            raise WitnessError("checkpoint", value=f"{last.size} → {seen.size}")


def read_growth(text: str) -> tuple[int, list[bytes], str]:
    """Return old size, path and checkpoint of a proof of growth, or raise NoteError."""
    head, _, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or not (size.isascii() and size.isdecimal()):
        raise NoteError("no proof of growth")
    try:
        return int(size), [base64.b64decode(line, validate=True) for line in lines], checkpoint
    except ValueError:
        raise NoteError("no base64") from None
