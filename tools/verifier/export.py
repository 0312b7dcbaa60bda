"""The whole log offline: every record against its leaf, every leaf against a signed checkpoint."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from services.data.log_kinds import KINDS, Kind
from tools.verifier.findings import Finding
from tools.verifier.opening import NotABundleError
from tools.verifier.proofs import Kept, has_signature

REMOVED = ".removed"
REMOVE_SAMPLE = "remove_sample"


@dataclass(frozen=True)
class Told:
    """What a leaf says: kind, record, where it lies, salt and commitment."""

    kind: str
    record: str
    access_path: str
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
    places: list[str] = field(default_factory=list)
    records: int = 0
    removed: int = 0

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the rows of a member."""
        with self.archive.open(name) as stream:
            yield from map(json.loads, stream)

    def take(self, leaf: Told) -> None:
        """Keep what a leaf says of its record."""
        about = (leaf.kind.removesuffix(REMOVED), leaf.record)
        if about in self.newest:
            self.earlier.setdefault(about, []).append(self.newest[about])
        self.newest[about] = leaf


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
        findings += _check_gone(export)
        findings += _check_parts(export)
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
            export.take(leaf)
        known |= appended(size - 1, [_hash(leaf)], known)
        if size in wanted:
            roots[size] = root(size, known)
    for row in export.rows(UNSEALED):
        leaf = _told_leaf(row)
        export.take(leaf)
        yield Finding(f"{leaf.kind} {leaf.record}", "", "not_sealed")
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
    kind, record, access_path, salt, commitment = row
    salted = None if salt is None else base64.b64decode(salt)
    return Told(kind, record, access_path, salted, base64.b64decode(commitment))


def _hash(leaf: Told | None) -> bytes:
    if leaf is None:
        return EMPTY_ROOT
    return leaf_hash(leaf_content(leaf.kind, leaf.record, leaf.commitment))


def _check_kind(export: Export, kind: Kind) -> Iterator[Finding]:
    """Compare the records of a kind with the newest leaves about them."""
    for record, *fields in export.rows(f"records/{kind.name}.jsonl"):
        export.records += 1
        if kind.name == "audit_event":
            _keep_removal(export, dict(zip(kind.names, fields, strict=True)))
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


def _keep_removal(export: Export, event: Mapping[str, Any]) -> None:
    if event["action"] == REMOVE_SAMPLE:
        export.places.append(event["resource"])


def _check_gone(export: Export) -> Iterator[Finding]:
    """Name what leaves tell of and is not there, but for a sample that was removed openly."""
    for (kind, record), leaf in export.newest.items():
        below = any(f"{leaf.access_path}.".startswith(f"{place}.") for place in export.places)
        if below:
            export.removed += 1
            continue
        if leaf.kind.endswith(REMOVED):
            continue
        yield Finding(f"{kind} {record}", "", "gone")


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
