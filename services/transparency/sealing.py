"""Sealing: what was written since is appended to the tree, and its root signed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from services import clock
from services.algorithms import merkle
from services.algorithms.checkpoints import Checkpoint, body_of, note_of, read_checkpoint
from services.algorithms.leaves import leaf_content
from services.data import log
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.log import Sealed, Unsealed
from services.data.work import Work
from services.errors import PlatformError
from services.security.signing import Signer

logger = logging.getLogger(__name__)
# Longer than this, and somebody should look: a transaction that does not end holds the sealer up.
LAG_ALARM = timedelta(seconds=120)


def _onward(_point: str) -> None:
    """Go on; tests put an end to the process instead."""


class ForkError(PlatformError):
    """The database holds another tree than the one that was signed before: it was put back."""

    text_key = "log_fork"


def seal(
    database: Database,
    signer: Signer,
    reached: Callable[[str], None] = _onward,
    signed: Checkpoint | None = None,
) -> Sealed | None:
    """Seal every leaf of a finished transaction; None when there is none, or another one seals.

    Nothing is signed that did not grow out of the checkpoint that was `signed` before.

    All of it is one transaction: whoever is killed before its end has done nothing, and whoever
    comes after that does the same.
    """
    with database.work(SYSTEM_SCOPE) as work:
        if not log.take_lock(work):
            return None
        reached("locked")
        before = log.latest(work)
        if signed is not None:
            _refuse_fork(work, before, signed)
            _refuse_other_log(work, signer, signed)
        bound = log.finished_before(work)
        leaves = log.unsealed(work, before.sealed_before if before else log.BEGINNING, bound)
        reached("read")
        if not leaves and not _has_new_key(before, signer):
            return None
        made = _append(work, before, leaves, reached)
        _sign(work, signer, made, bound)
        reached("signed")
        work.commit()
        reached("committed")
        return log.latest(work)


def lag(database: Database, now: datetime) -> timedelta:
    """Return for how long the oldest leaf has waited to be sealed."""
    with database.work(SYSTEM_SCOPE) as work:
        before = log.latest(work)
        _, since = log.waiting(work, before.sealed_before if before else log.BEGINNING)
    return timedelta() if since is None else max(timedelta(), now - since)


def alarm(database: Database, now: datetime) -> bool:
    """Say so, and return True, when sealing is so late that somebody should look."""
    late = lag(database, now)
    if late <= LAG_ALARM:
        return False
    logger.error("The oldest leaf of the log has waited %d s to be sealed", late.total_seconds())
    return True


def _refuse_fork(work: Work, before: Sealed | None, signed: Checkpoint) -> None:
    size = before.size if before else 0
    if size < signed.size:
        raise ForkError("log", value=size, signed=signed.size)
    known = log.hashes(work, merkle.subtrees(0, signed.size))
    if merkle.root(signed.size, known) != signed.root:
        raise ForkError("log", value=size, signed=signed.size)


def _refuse_other_log(work: Work, signer: Signer, signed: Checkpoint) -> None:
    """Refuse to go on under another name than the log had when it was signed last."""
    if (log.origin(work) or signer.name()) != signed.origin:
        raise ForkError("log", value=log.origin(work), signed=signed.origin)


def _append(
    work: Work, before: Sealed | None, leaves: list[Unsealed], reached: Callable[[str], None]
) -> tuple[int, bytes]:
    """Append leaves to the tree and return its new size and root."""
    size = before.size if before else 0
    new_size = size + len(leaves)
    known = log.hashes(work, merkle.subtrees(0, size))
    found = [merkle.leaf_hash(leaf_content(e.kind, e.record, e.commitment)) for e in leaves]
    made = merkle.appended(size, found, known)
    log.append(work, [each.leaf_id for each in leaves], made, size)
    reached("appended")
    return new_size, merkle.root(new_size, known | made)


def _sign(work: Work, signer: Signer, tree: tuple[int, bytes], bound: str) -> None:
    size, root = tree
    name = log.origin(work) or signer.name()
    known = log.keys(work)
    for key in signer.public_keys(name):
        if key.written() not in known:
            log.add_key(work, key.written(), name)
    body = body_of(name, size, root, clock.now())
    log.add_checkpoint(work, size, root, bound, note_of(body, signer.signatures(name, body)))


def _has_new_key(before: Sealed | None, signer: Signer) -> bool:
    """Return whether the newest checkpoint was signed by other keys than now."""
    if before is None:
        return False
    checkpoint = read_checkpoint(before.note)
    now = {key.key_hash for key in signer.public_keys(checkpoint.origin)}
    return {signed.key_hash for signed in checkpoint.signatures} != now
