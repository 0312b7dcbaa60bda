"""Proofs that a record is in the log, and that the log only grew: what an auditor takes along."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.algorithms import merkle
from services.data import log, log_records
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.log import Leaf, Sealed
from services.data.log_kinds import BY_NAME, Kind
from services.data.work import Scope, Work
from services.errors import NotFoundError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.readings import note_taken
from services.security.scopes import scope_for
from services.security.trail import PLATFORM, Deed

FORM = "shuangtan.proofs/1"
# A record is proved to whoever may see it.
_SEEN_WITH: Mapping[str, Action] = MappingProxyType(
    {
        "audit_event": Action.VIEW_AUDIT,
        "membership": Action.GRANT_ROLE,
        "library": Action.VIEW_STANDARDS,
        "energy_balance": Action.VIEW_REGION,
        "discrepancy_entry": Action.VIEW_REGION,
    }
)


class NotSealedError(PlatformError):
    """A record was written a moment ago and is not sealed yet."""

    text_key = "not_sealed"


@dataclass(frozen=True, slots=True)
class Proved:
    """Leaves with the checkpoint that covers them all, as a document."""

    records: Sequence[Mapping[str, object]]
    checkpoint: str

    def as_json(self) -> dict[str, object]:
        """Return the file that the verifier reads."""
        return {"form": FORM, "checkpoint": self.checkpoint, "records": [*self.records]}


def newest_checkpoint(database: Database) -> str:
    """Return the newest signed checkpoint, with the lines of witnesses; anybody may have it."""
    with database.work(SYSTEM_SCOPE) as work:
        return _written(work, _latest(work))


def published_keys(database: Database) -> str:
    """Return the keys that ever signed, the oldest first, one a line; anybody may have them."""
    with database.work(SYSTEM_SCOPE) as work:
        return "".join(f"{key}\n" for key in log.keys(work))


def growth(database: Database, first: int, second: int | None) -> str:
    """Return the proof that the log of one size grew into that of another, with its checkpoint.

    It has the form in which C2SP's witnesses take a new checkpoint; anybody may have it.
    """
    with database.work(SYSTEM_SCOPE) as work:
        newest = _latest(work)
        sealed = newest if second is None else log.first_over(work, second)
        if sealed is None or sealed.size != (second or sealed.size) or first > sealed.size:
            raise NotFoundError("checkpoint", value=second or first)
        known = log.hashes(work, merkle.consistency_needs(first, sealed.size))
        path = merkle.consistency_path(first, sealed.size, known)
        lines = [f"old {first}", *map(coded, path)]
        return "".join(f"{line}\n" for line in lines) + "\n" + _written(work, sealed)


def prove(actor: Actor, database: Database, kind: str, record: str) -> Proved:
    """Return a record with the proof that it is in the log, for whoever may see the record.

    The record is told whole, or it proves nothing; taking it out is an event.
    """
    covered = BY_NAME.get(kind)
    # What row security shows to its person alone is proved by the whole log only.
    if covered is None or covered.is_personal:
        raise NotFoundError("record", value=kind)
    action = _SEEN_WITH.get(kind, Action.VIEW_RESULT)
    with database.work(_scope(actor, action, covered)) as work:
        leaf = log.leaf_of(work, kind, record)
        if leaf is None:
            raise NotFoundError("record", value=record)
        require(actor, action, leaf.access_path if covered.has_place else None)
        proved = proofs_of(work, [(kind, record)])
    note_taken(database, actor, action, PLATFORM, Deed("prove_record", f"{kind} {record}"))
    return proved


def proofs_of(work: Work, wanted: Sequence[tuple[str, str]]) -> Proved:
    """Return records within the scope with their proofs, under the oldest checkpoint over all.

    What is proved once is proved by the same bytes for ever.
    """
    leaves = [log.leaf_of(work, kind, record) for kind, record in wanted]
    known = [leaf for leaf in leaves if leaf is not None and leaf.salt is not None]
    positions = [leaf.position for leaf in known if leaf.position is not None]
    sealed = log.first_over(work, max(positions) + 1) if positions else None
    if sealed is None or len(positions) < len(known):
        raise NotSealedError(wanted[0][0], value=wanted[0][1])
    return Proved([_proof(work, leaf, sealed.size) for leaf in known], sealed.note)


def coded(content: bytes) -> str:
    """Return bytes as text (base64)."""
    return base64.b64encode(content).decode()


def _proof(work: Work, leaf: Leaf, size: int) -> dict[str, object]:
    kind = BY_NAME[leaf.kind]
    row = log_records.one(work, kind, leaf.record)
    index = leaf.position or 0
    hashes = log.hashes(work, merkle.inclusion_needs(index, size))
    path = merkle.inclusion_path(index, size, hashes)
    return {
        "kind": leaf.kind,
        "record": leaf.record,
        "fields": dict(zip(kind.names, row.fields, strict=True)),
        "salt": coded(leaf.salt or b""),
        "index": index,
        "path": [coded(step) for step in path],
    }


def _scope(actor: Actor, action: Action, kind: Kind) -> Scope:
    return scope_for(actor, action) if kind.has_place else SYSTEM_SCOPE


def _latest(work: Work) -> Sealed:
    sealed = log.latest(work)
    if sealed is None:
        raise NotFoundError("checkpoint", value=0)
    return sealed


def _written(work: Work, sealed: Sealed) -> str:
    return sealed.note + "".join(f"{line}\n" for line in log.cosignatures(work, sealed))
