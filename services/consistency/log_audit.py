"""The self-check of the log: every covered record against its leaf, every leaf against the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services import clock
from services.algorithms import merkle
from services.algorithms.checkpoints import Checkpoint, NoteError, PublicKey, read_checkpoint
from services.algorithms.leaves import canonical, commitment_of, leaf_content
from services.consistency.stored_parts import check_parts
from services.data import log_records
from services.data.log_kinds import KINDS, Kind
from services.data.log_records import Entry, Recorded
from services.data.log_rules import EVENT, LEAF_KINDS, Story, believed, sealed_by
from services.data.work import Work
from services.errors import NotFoundError
from services.security.signing import is_signed

WITHOUT_EVENT = "without_event"


@dataclass(frozen=True, slots=True)
class Difference:
    """One record, leaf or checkpoint that is not as it was sealed; `what` is a text key."""

    kind: str
    record: str
    what: str


@dataclass(slots=True)
class Audit:
    """What a check found; `removed` counts records of a sample that was removed openly."""

    differences: list[Difference] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)
    size: int = 0
    erased: int = 0
    removed: int = 0

    def add(self, kind: str, record: str, what: str) -> None:
        """Note a difference."""
        self.differences.append(Difference(kind, record, what))


@dataclass(frozen=True, slots=True)
class Pinned:
    """What an auditor brings along: keys to trust, and checkpoints kept from earlier visits."""

    keys: Sequence[PublicKey] = ()
    kept: Sequence[Checkpoint] = ()


def _onward(_share: float) -> None:
    """Go on; a job tells how far it is."""


def audit_log(work: Work, pinned: Pinned, beat: Callable[[float], None] = _onward) -> Audit:
    """Return every record that was changed, removed or added behind the log's back.

    `beat` is told the share done, at every leaf and record.
    """
    found = Audit()
    roots = _check_tree(work, found, pinned, beat)
    story = log_records.story(work, clock.now())
    sealed = _sealed(work, story, roots, pinned)
    for at, kind in enumerate(KINDS, start=1):
        _check_records(work, found, kind, partial(beat, at / (len(KINDS) + 1)))
        _check_gone(work, found, kind, (story, sealed))
    for difference in check_parts(work):
        found.add(*difference)
    for kind_name, record in log_records.without_event(work):
        found.add(kind_name, record, WITHOUT_EVENT)
    _check_rewritten(work, found, story)
    return found


def _sealed(
    work: Work, story: Story, roots: Mapping[int, bytes], pinned: Pinned
) -> Mapping[datetime, int]:
    """Return for each limit of forgetting how many leaves were sealed by then."""

    def is_good(each: Checkpoint) -> bool:
        is_ours = roots.get(each.size) == each.root
        return is_ours and any(is_signed(each, key) for key in pinned.keys)

    limits = story.limits()
    notes = (note for _, _, note, _ in log_records.checkpoints(work) if limits)
    readable = [each for note in notes for each in _readable(note)]
    return {until: sealed_by(readable, until, is_good) for until in limits}


def _readable(note: str) -> Iterator[Checkpoint]:
    with suppress(NoteError):
        yield read_checkpoint(note)


def _check_records(work: Work, found: Audit, kind: Kind, beat: Callable[[], None]) -> None:
    suspects = []
    count = 0
    for row in log_records.recorded(work, kind):
        count += 1
        beat()
        if not _fits(kind, row):
            suspects.append(row)
    found.records[kind.name] = count
    for row in suspects:
        found.add(kind.name, row.record, _what_of(work, kind, row))


def _fits(kind: Kind, row: Recorded) -> bool:
    if row.leaf_kind != kind.name or row.salt is None:
        return False
    return commitment_of(row.salt, canonical(kind.name, row.fields)) == row.commitment


def _what_of(work: Work, kind: Kind, row: Recorded) -> str:
    if row.leaf_kind is None:
        return "added"
    if row.leaf_kind != kind.name:
        return "added_again"
    if row.salt is None:
        return "salt_gone"
    content = canonical(kind.name, row.fields)
    earlier = log_records.earlier_commitments(work, kind, row.record)
    was_so = any(commitment_of(salt, content) == commitment for salt, commitment in earlier)
    return "put_back" if was_so else "changed"


def _check_gone(
    work: Work, found: Audit, kind: Kind, told: tuple[Story, Mapping[datetime, int]]
) -> None:
    story, sealed = told
    for each in log_records.gone(work, kind):
        how = story.explains_gone(each, sealed)
        if how == "removed":
            found.removed += 1
        elif how == "erased":
            found.erased += 1
        else:
            found.add(kind.name, each.record, "missing")


def _check_rewritten(work: Work, found: Audit, story: Story) -> None:
    """Name what was sealed a second time, but for events from which a name was erased.

    It comes last: what else is wrong may be what makes an account look closed.
    """
    people = log_records.accounts(work, story.people())
    accounts = believed(people, ((each.kind, each.record) for each in found.differences))
    for kind in (each for each in KINDS if not each.changes):
        for record, leaves in log_records.rewritten(work, kind):
            try:
                row = log_records.one(work, kind, record)
            except NotFoundError:
                continue
            told = dict(zip(kind.names, row.fields, strict=True))
            if kind.name != EVENT or not story.explains_rewritten(told, leaves, accounts):
                found.add(kind.name, record, "rewritten")


def _check_tree(
    work: Work, found: Audit, pinned: Pinned, beat: Callable[[float], None]
) -> Mapping[int, bytes]:
    """Compare leaves, tree and checkpoints; return the roots at the sizes that are told of."""
    checkpoints = log_records.checkpoints(work)
    wanted = {size for size, *_ in checkpoints} | {each.size for each in pinned.kept}
    walk = _Walk(found, wanted)
    for entry in log_records.tree(work):
        walk.take(entry)
        beat(0.0)
    found.size = walk.size
    _check_nodes(work, found, walk.known)
    roots = walk.roots
    for size, root, note, _bound in checkpoints:
        _check_checkpoint(found, roots, (size, root, note), pinned.keys)
    for each in pinned.kept:
        if roots.get(each.size) != each.root:
            found.add("checkpoint", str(each.size), "kept_differs")
    if checkpoints:
        for kind, record in log_records.left_out(work, checkpoints[-1][3]):
            found.add(kind, record, "left_out")
        if walk.size > checkpoints[-1][0]:
            found.add("checkpoint", str(walk.size), "unsigned")
    return roots


class _Walk:
    """Walks over the places of the tree in order and keeps its roots where they are wanted."""

    def __init__(self, found: Audit, wanted: set[int]) -> None:
        self._found = found
        self._wanted = wanted
        self.size = 0
        self.known: dict[merkle.Subtree, bytes] = {}
        self.roots = {0: merkle.EMPTY_ROOT}

    def take(self, entry: Entry) -> None:
        """Compare one place with its leaf, and go on from what is stored there."""
        while self.size < entry.position:
            self._found.add("position", str(self.size), "place_missing")
            self._append(merkle.EMPTY_ROOT)
        self._compare(entry)
        self._append(entry.hash)

    def _compare(self, entry: Entry) -> None:
        if entry.kind is None or entry.record is None or entry.commitment is None:
            self._found.add("position", str(entry.position), "leaf_missing")
            return
        if entry.kind not in LEAF_KINDS:
            self._found.add(entry.kind, entry.record, "leaf_unknown")
        content = leaf_content(entry.kind, entry.record, entry.commitment)
        if merkle.leaf_hash(content) != entry.hash:
            self._found.add(entry.kind, entry.record, "leaf_changed")

    def _append(self, leaf: bytes) -> None:
        self.known |= merkle.appended(self.size, [leaf], self.known)
        self.size += 1
        if self.size in self._wanted:
            self.roots[self.size] = merkle.root(self.size, self.known)


def _check_nodes(work: Work, found: Audit, known: Mapping[merkle.Subtree, bytes]) -> None:
    stored = {(level, index): node for level, index, node in log_records.nodes(work)}
    wanted = {place for place in known if place[0]}
    for place in sorted(wanted | stored.keys()):
        if stored.get(place) != known.get(place):
            found.add("node", f"{place[0]}/{place[1]}", "node_changed")


def _check_checkpoint(
    found: Audit,
    roots: Mapping[int, bytes],
    stored: tuple[int, bytes, str],
    keys: Sequence[PublicKey],
) -> None:
    size, root, note = stored
    for what in _faults(note, (size, root), roots.get(size), keys):
        found.add("checkpoint", str(size), what)


def _faults(
    note: str, stored: tuple[int, bytes], root: bytes | None, keys: Sequence[PublicKey]
) -> Iterator[str]:
    try:
        checkpoint = read_checkpoint(note)
    except NoteError:
        yield "checkpoint_unreadable"
        return
    if (checkpoint.size, checkpoint.root) != stored or checkpoint.root != root:
        yield "root_differs"
    if not any(is_signed(checkpoint, key) for key in keys):
        yield "signature_bad"
