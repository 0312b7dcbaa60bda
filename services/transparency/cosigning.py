"""Cosignatures of witnesses: others who saw a checkpoint and that the log only grew."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from services.algorithms.checkpoints import (
    COSIGNATURE,
    Checkpoint,
    NoteError,
    PublicKey,
    Signature,
    cosigned,
    read_checkpoint,
    read_key,
    read_timed,
    signature_line,
)
from services.data import log
from services.data.engine import SYSTEM_SCOPE, Database
from services.errors import PlatformError
from services.security.signing import verifies

logger = logging.getLogger(__name__)


class CosignatureError(PlatformError):
    """A cosignature that cannot be kept; `status` is how C2SP's witness protocol tells it."""

    status = 400


class UnreadableCosignatureError(CosignatureError):
    """A text that is no signed checkpoint."""

    text_key = "cosignature_unreadable"


class UnknownWitnessError(CosignatureError):
    """Nobody that this platform knows as a witness signed, or not with that key."""

    text_key = "cosignature_witness"
    status = 403


class UnknownCheckpointError(CosignatureError):
    """This log has no checkpoint of that size."""

    text_key = "cosignature_checkpoint"
    status = 404


class SplitViewError(CosignatureError):
    """A witness saw another tree of the same size under our name."""

    text_key = "cosignature_split"
    status = 409


def witnesses_of(text: str) -> tuple[PublicKey, ...]:
    """Return the known witnesses from their published keys, with spaces between."""
    keys = tuple(read_key(word) for word in text.split())
    if any(key.algorithm != COSIGNATURE for key in keys):
        raise NoteError("a witness has a key for cosignatures")
    return keys


def take_cosignature(database: Database, witnesses: Sequence[PublicKey], note: str) -> int:
    """Keep the cosignatures of known witnesses over one of our checkpoints; return how many."""
    try:
        checkpoint = read_checkpoint(note)
    except NoteError as error:
        raise UnreadableCosignatureError("checkpoint", value=str(error)) from error
    found = list(_good(checkpoint, witnesses))
    if not found:
        raise UnknownWitnessError("signature", value=len(checkpoint.signatures))
    with database.work(SYSTEM_SCOPE) as work:
        sealed = log.first_over(work, checkpoint.size)
        ours = log.origin(work) == checkpoint.origin
        if not ours or sealed is None or sealed.size != checkpoint.size:
            raise UnknownCheckpointError("checkpoint", value=checkpoint.size)
        if sealed.root != checkpoint.root:
            logger.error("A witness saw another tree of size %s", checkpoint.size)
            raise SplitViewError("checkpoint", value=checkpoint.size)
        for signed in found:
            at = datetime.fromtimestamp(read_timed(signed.signature)[0], UTC)
            log.add_cosignature(work, sealed, signed.name, signature_line(signed).rstrip(), at)
        work.commit()
    return len(found)


def _good(checkpoint: Checkpoint, witnesses: Sequence[PublicKey]) -> list[Signature]:
    known = {(key.name, key.key_hash): key for key in witnesses}
    found = []
    for line in checkpoint.signatures:
        key = known.get((line.name, line.key_hash))
        if key is not None and _is_good(checkpoint, key, line):
            found.append(line)
    return found


def _is_good(checkpoint: Checkpoint, key: PublicKey, line: Signature) -> bool:
    try:
        instant, signature = read_timed(line.signature)
    except NoteError:
        return False
    return verifies(key.public, cosigned(checkpoint.body, instant), signature)
