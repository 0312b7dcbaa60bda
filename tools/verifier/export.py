"""The whole log offline: every record against its leaf, every leaf against a signed checkpoint."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.accounting.filing import fingerprint
from services.algorithms.checkpoints import Checkpoint, read_checkpoint
from services.algorithms.leaves import canonical, commitment_of, leaf_content
from services.algorithms.merkle import EMPTY_ROOT, Subtree, appended, leaf_hash, root
from services.consistency.export_form import (
    ABOUT,
    EXPORT_FORM,
    LEAVES,
    LINES,
    ROWS,
    UNSEALED,
)
from services.data.line_digest import lines_digest
from services.data.log_kinds import BY_NAME, KINDS, Kind
from services.data.log_rules import (
    ALWAYS_TOLD,
    CREDENTIAL,
    EVENT,
    LEAF_KINDS,
    MEMBERSHIP,
    REMOVED,
    Account,
    GoneRecord,
    Story,
    believed,
    sealed_by,
)
from tools.verifier.findings import Finding
from tools.verifier.opening import NotABundleError
from tools.verifier.proofs import Kept, has_signature


@dataclass(frozen=True)
class Told:
    """What a leaf says: kind, record, the transaction that wrote it, salt and commitment."""

    kind: str
    record: str
    xid: int
    salt: bytes | None
    commitment: bytes


@dataclass(frozen=True)
class Tree:
    """How many leaves are listed, and the roots at the sizes that are told of."""

    size: int
    roots: Mapping[int, bytes]


@dataclass
class Export:
    """An exported log; `newest` has the last leaf about each record, `earlier` those before."""

    archive: zipfile.ZipFile
    newest: dict[tuple[str, str], Told] = field(default_factory=dict)
    earlier: dict[tuple[str, str], list[Told]] = field(default_factory=dict)
    first: dict[tuple[str, str], int | None] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    leaves: list[Told] = field(default_factory=list)
    story: Story = field(default_factory=lambda: Story(datetime.now(UTC)))
    roots: Mapping[int, bytes] = field(default_factory=dict)
    rewritten: dict[str, dict[str, str | None]] = field(default_factory=dict)
    records: int = 0
    removed: int = 0
    erased: int = 0

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the rows of a member."""
        with self.archive.open(name) as stream:
            yield from map(json.loads, stream)

    def take(self, leaf: Told, place: int | None) -> None:
        """Keep what a leaf says of its record."""
        self.counts[leaf.kind, leaf.record] += 1
        self.first.setdefault((leaf.kind, leaf.record), place)
        self.leaves.append(leaf)
        name = leaf.kind.removesuffix(REMOVED)
        # Of what can only be added, no leaf may say that it was removed.
        if leaf.kind not in LEAF_KINDS:
            return
        about = (name, leaf.record)
        if about in self.newest:
            self.earlier.setdefault(about, []).append(self.newest[about])
        self.newest[about] = leaf

    def has_twice(self, kind: Kind, record: str) -> bool:
        """Return whether what never changes was sealed more often than it was there."""
        removed = self.counts[kind.name + REMOVED, record]
        return not kind.changes and self.counts[kind.name, record] > 1 + removed


def verify_export(data: bytes, kept: Kept) -> tuple[list[Finding], Export]:
    """Return every record, leaf and checkpoint that is not as it was sealed."""
    try:
        export = Export(zipfile.ZipFile(io.BytesIO(data)))
        about = json.loads(export.archive.read(ABOUT))
        if about["form"] != EXPORT_FORM:
            raise NotABundleError(ABOUT)
        findings = list(_check_tree(export, about, kept))
        for kind in KINDS:
            findings += _check_kind(export, kind)
        findings += _check_gone(export, _sealed(export, about, kept))
        findings += _check_told(export.leaves)
        findings += _check_parts(export)
        findings += _check_rewritten(export, findings)
    except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise NotABundleError(f"{type(error).__name__}: {error}") from None
    return findings, export


def is_export(data: bytes) -> bool:
    """Return whether a file is the export of a log."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return LEAVES in archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False


def _check_tree(export: Export, about: Mapping[str, Any], kept: Kept) -> Iterator[Finding]:
    checkpoints = [read_checkpoint(note) for note in about["checkpoints"]]
    earlier = [read_checkpoint(note) for note in kept.checkpoints]
    roots: dict[int, bytes] = {0: EMPTY_ROOT}
    wanted = {each.size for each in (*checkpoints, *earlier)}
    known: dict[Subtree, bytes] = {}
    size = 0
    for size, row in enumerate(export.rows(LEAVES), start=1):
        leaf = None if row is None else _told_leaf(row)
        if leaf is None:
            yield Finding(f"position {size - 1}", "", "leaf_gone")
        else:
            export.take(leaf, size - 1)
            if leaf.kind not in LEAF_KINDS:
                yield Finding(f"{leaf.kind} {leaf.record}", "", "leaf_unknown")
        known |= appended(size - 1, [_hash(leaf)], known)
        if size in wanted:
            roots[size] = root(size, known)
    for row in export.rows(UNSEALED):
        leaf = _told_leaf(row)
        export.take(leaf, None)
        yield Finding(f"{leaf.kind} {leaf.record}", "", "not_sealed")
    export.roots = roots
    tree = Tree(size, roots)
    yield from _check_checkpoints(tree, (checkpoints, earlier), kept)


def _check_checkpoints(
    tree: Tree, told: tuple[Sequence[Checkpoint], Sequence[Checkpoint]], kept: Kept
) -> Iterator[Finding]:
    """Hold the newest checkpoint and those kept from before to a key, and all to the leaves."""
    checkpoints, earlier = told
    newest = checkpoints[-1:]
    for each in (*newest, *earlier):
        if not has_signature(each, kept.keys):
            yield Finding(f"checkpoint {each.size}", "", "signature")
    for each in (*checkpoints, *earlier):
        if tree.roots.get(each.size) != each.root:
            yield Finding(f"checkpoint {each.size}", "", "root")
    if not newest or newest[0].size != tree.size:
        yield Finding(f"checkpoint {tree.size}", "", "root")


def _told_leaf(row: Sequence[Any]) -> Told:
    kind, record, xid, salt, commitment = row
    salted = None if salt is None else base64.b64decode(salt)
    return Told(kind, record, int(xid), salted, base64.b64decode(commitment))


def _hash(leaf: Told | None) -> bytes:
    if leaf is None:
        return EMPTY_ROOT
    return leaf_hash(leaf_content(leaf.kind, leaf.record, leaf.commitment))


def _check_kind(export: Export, kind: Kind) -> Iterator[Finding]:
    """Compare the records of a kind with the newest leaves about them."""
    for record, *fields in export.rows(f"records/{kind.name}.jsonl"):
        export.records += 1
        told = dict(zip(kind.names, fields, strict=True))
        if kind.name == EVENT:
            export.story.take(told)
        if export.has_twice(kind, record):
            export.rewritten[record] = told | {"": kind.name}
        leaf = export.newest.pop((kind.name, record), None)
        content = canonical(kind.name, fields)
        named = "/".join(str(fields[kind.names.index(column)]) for column in kind.key)
        if leaf is not None and leaf.kind == kind.name and named == record:
            if _fits(leaf, content):
                continue
            before = export.earlier.get((kind.name, record), [])
            how = "put_back" if any(_fits(each, content) for each in before) else "not_in_log"
            yield Finding(f"{kind.name} {record}", "", how)
            continue
        yield Finding(f"{kind.name} {record}", "", "no_leaf")


def _fits(leaf: Told, content: bytes) -> bool:
    return leaf.salt is not None and commitment_of(leaf.salt, content) == leaf.commitment


def _check_gone(export: Export, sealed: Mapping[datetime, int]) -> Iterator[Finding]:
    """Name what leaves tell of and is not there, but for what the log itself explains."""
    for (kind, record), leaf in export.newest.items():
        if leaf.kind.endswith(REMOVED):
            continue
        leaves = export.counts[kind, record] - export.counts[kind + REMOVED, record]
        place = export.first[kind, record]
        gone = GoneRecord(kind, record, place, leaves, leaf.salt, leaf.commitment)
        how = export.story.explains_gone(gone, sealed)
        if how == "removed":
            export.removed += 1
        elif how == "erased":
            export.erased += 1
        else:
            yield Finding(f"{kind} {record}", "", "gone")


def _sealed(export: Export, about: Mapping[str, Any], kept: Kept) -> Mapping[datetime, int]:
    """Return for each limit of forgetting how many leaves were sealed by then."""

    def is_good(each: Checkpoint) -> bool:
        return export.roots.get(each.size) == each.root and has_signature(each, kept.keys)

    checkpoints = [read_checkpoint(note) for note in about["checkpoints"]]
    return {until: sealed_by(checkpoints, until, is_good) for until in export.story.limits()}


def _check_rewritten(export: Export, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Name what was sealed a second time, but for events from which a name was erased."""
    names = (each.where.partition(" ") for each in findings)
    differing = ((kind, record) for kind, _, record in names)
    accounts = believed(_accounts(export), differing) if export.rewritten else {}
    for record, told in export.rewritten.items():
        kind = str(told[""])
        leaves = export.counts[kind, record]
        if kind != EVENT or not export.story.explains_rewritten(told, leaves, accounts):
            yield Finding(f"{kind} {record}", "", "rewritten")


def _accounts(export: Export) -> dict[str, Account]:
    """Return what records show of the people whose accounts are said to be closed."""
    roles: dict[str, list[str]] = {}
    for told in _of_kind(export, MEMBERSHIP):
        if told["ended_at"] is None:
            until = told["valid_to"] or "9999-12-31"
            roles.setdefault(str(told["person_id"]), []).append(until)
    return {
        person: Account(_is_shut(export, person), tuple(roles.get(person, ())))
        for person in export.story.people()
    }


def _is_shut(export: Export, person: str) -> bool:
    newest = export.newest.get((CREDENTIAL, person))
    return newest is not None and newest.kind.endswith(REMOVED)


def _of_kind(export: Export, kind: str) -> Iterator[dict[str, str | None]]:
    for _, *fields in export.rows(f"records/{kind}.jsonl"):
        yield dict(zip(BY_NAME[kind].names, fields, strict=True))


def _check_told(leaves: Sequence[Told]) -> Iterator[Finding]:
    """Name what was changed, the triggers standing, in a transaction that left no event."""
    told = {leaf.xid for leaf in leaves if leaf.kind == EVENT}
    begun = min((leaf.xid for leaf in leaves), default=0)
    named = {
        (leaf.kind.removesuffix(REMOVED), leaf.record)
        for leaf in leaves
        if leaf.kind in ALWAYS_TOLD and leaf.xid > begun and leaf.xid not in told
    }
    for kind, record in sorted(named):
        yield Finding(f"{kind} {record}", "", "without_event")


def _check_parts(export: Export) -> Iterator[Finding]:
    """Compare lines and rows with the digests that runs and submissions keep of them."""
    digests = dict(_digests(export, "run", "lines_digest"))
    for run_id, texts in export.rows(LINES):
        expected = digests.pop(run_id, "")
        if expected is not None and lines_digest(texts) != expected:
            yield Finding(f"run {run_id}", "lines", "not_in_log")
    for run_id, expected in digests.items():
        if expected not in (None, lines_digest(())):
            yield Finding(f"run {run_id}", "lines", "not_in_log")
    hashes = dict(_digests(export, "submission", "rows_hash"))
    for submission_id, rows in export.rows(ROWS):
        if fingerprint(rows) != hashes.get(submission_id):
            yield Finding(f"submission {submission_id}", "rows", "not_in_log")


def _digests(export: Export, kind: str, name: str) -> Iterator[tuple[str, str | None]]:
    (found,) = (each for each in KINDS if each.name == kind)
    place = found.names.index(name)
    for record, *fields in export.rows(f"records/{kind}.jsonl"):
        yield record, fields[place]
