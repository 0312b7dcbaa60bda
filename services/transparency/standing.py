"""How the log stands, and proofs that show no record: for the audit administrator (7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.algorithms import merkle
from services.algorithms.checkpoints import PublicKey
from services.algorithms.leaves import leaf_content
from services.data import log, log_reading
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.log_kinds import BY_NAME
from services.data.log_reading import Cosigned, PlacedLeaf
from services.errors import NotFoundError
from services.security.permissions import Action, Actor, require
from services.security.trail import PLATFORM, Deed, record_deed
from services.transparency.proofs import coded
from services.transparency.sealing import LAG_ALARM

__all__ = ["Cosigned", "PlacedLeaf", "Standing"]

KIND_NAMES = tuple(BY_NAME)
# What is written is sealed within this time; later, and the page says so in words and marks.
LATE = timedelta(seconds=60)
PROOF_FORM = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Standing:
    """The log at a moment: the newest checkpoint (none: no note), and what waits for the next."""

    at: datetime
    size: int
    sealed_at: datetime | None
    note: str
    waiting: int
    waiting_since: datetime | None
    keys: tuple[str, ...]
    cosigned: tuple[Cosigned, ...]
    awaited: tuple[str, ...]

    @property
    def lag(self) -> timedelta:
        """Return for how long the oldest leaf has waited."""
        since = self.waiting_since
        return timedelta() if since is None else max(timedelta(), self.at - since)

    @property
    def is_late(self) -> bool:
        """Return whether something waits for longer than it may."""
        return self.lag > LATE

    @property
    def is_alarming(self) -> bool:
        """Return whether it waits for so long that somebody should look at once."""
        return self.lag > LAG_ALARM


def standing(
    actor: Actor, database: Database, witnesses: Sequence[PublicKey], now: datetime
) -> Standing:
    """Return how the log stands; `awaited` are known witnesses that have not cosigned yet."""
    require(actor, Action.VIEW_AUDIT)
    with database.work(SYSTEM_SCOPE) as work:
        newest = log.latest(work)
        waiting, since = log.waiting(work, newest.sealed_before if newest else log.BEGINNING)
        cosigned = log_reading.cosigned(work)
        lines = log.cosignatures(work, newest) if newest else ()
        keys = log.keys(work)
    seen = {each.witness for each in cosigned}
    return Standing(
        at=now,
        size=newest.size if newest else 0,
        sealed_at=newest.sealed_at if newest else None,
        note=newest.note + "".join(f"{line}\n" for line in lines) if newest else "",
        waiting=waiting,
        waiting_since=since,
        keys=keys,
        cosigned=cosigned,
        awaited=tuple(key.name for key in witnesses if key.name not in seen),
    )


def find_leaves(actor: Actor, database: Database, kind: str, record: str) -> tuple[PlacedLeaf, ...]:
    """Return the leaves about a record, without the record; whoever looks leaves a trace."""
    require(actor, Action.VIEW_AUDIT)
    if kind not in BY_NAME:
        raise NotFoundError("record", value=kind)
    with database.work(SYSTEM_SCOPE) as work:
        found = log_reading.leaves_of(work, kind, record)
        told = {"kind": kind, "leaves": len(found)}
        record_deed(work, actor.person_id, PLATFORM, Deed("find_leaf", record, after=told))
        work.commit()
    return found


def inclusion(actor: Actor, database: Database, position: int) -> str:
    """Return the proof that a leaf is at a place of the tree, in the form of C2SP's tlog-proof.

    `extra` is the leaf itself: kind, name and commitment, none of which tells what the record
    says. Whoever holds the record and its salt makes the same leaf from them.
    """
    require(actor, Action.VIEW_AUDIT)
    with database.work(SYSTEM_SCOPE) as work:
        leaf = log_reading.leaf_at(work, position)
        sealed = log.first_over(work, position + 1)
        if leaf is None or sealed is None:
            raise NotFoundError("position", value=position)
        known = log.hashes(work, merkle.inclusion_needs(position, sealed.size))
        path = merkle.inclusion_path(position, sealed.size, known)
        cosigned = "".join(f"{line}\n" for line in log.cosignatures(work, sealed))
        content = leaf_content(leaf.kind, leaf.record, leaf.commitment)
        lines = [PROOF_FORM, f"extra {coded(content)}", f"index {position}", *map(coded, path)]
        record_deed(work, actor.person_id, PLATFORM, Deed("take_proof", str(position)))
        work.commit()
    return "".join(f"{line}\n" for line in lines) + "\n" + sealed.note + cosigned
