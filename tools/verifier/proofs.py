"""Proofs of the transparency log: document → commitment → leaf → tree → signed checkpoint."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.accounting.bundle import FILES_FOLDER, LOG, MANIFEST
from services.algorithms.checkpoints import (
    Checkpoint,
    NoteError,
    PublicKey,
    read_checkpoint,
    signed_by,
)
from services.algorithms.leaves import canonical, commitment_of, leaf_content
from services.algorithms.merkle import is_consistent, is_included, leaf_hash
from services.data.line_digest import document_text, lines_digest
from services.data.log_kinds import BY_NAME
from tools.verifier.ed25519 import is_signature
from tools.verifier.findings import Finding, same

PROOFS = "shuangtan.proofs/1"
GROWTH = "old "
TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")
SALT_BYTES = 16


@dataclass(frozen=True)
class Kept:
    """What an auditor brings along: keys to trust, earlier checkpoints, proofs of growth."""

    keys: Sequence[PublicKey] = ()
    checkpoints: Sequence[str] = ()
    growth: Sequence[str] = ()


def check_proofs(proofs: Mapping[str, Any], kept: Kept) -> Iterator[Finding]:
    """Check every record of a file of proofs, its checkpoint, and what was kept from before."""
    try:
        checkpoint = read_checkpoint(proofs["checkpoint"])
    except NoteError as error:
        yield Finding(LOG, f"checkpoint: {error}", "shape")
        return
    if not has_signature(checkpoint, kept.keys):
        yield Finding(LOG, f"checkpoint {checkpoint.size}", "signature")
    for told in proofs["records"]:
        if not _is_proved(told, checkpoint):
            yield Finding(f"{told['kind']} {told['record']}", "", "not_in_log")
    yield from _check_growth(checkpoint, kept)


def has_signature(checkpoint: Checkpoint, keys: Sequence[PublicKey]) -> bool:
    """Return whether a checkpoint is signed by one of the keys, which name the log too."""
    return any(
        key.name == checkpoint.origin and is_signature(key.public, message, signature)
        for key in keys
        for message, signature in signed_by(checkpoint, key)
    )


def check_run(
    documents: Mapping[str, Any], members: Mapping[str, bytes], proofs: Mapping[str, Any]
) -> Iterator[Finding]:
    """Compare the proved records with the documents in hand: what is proved is what is here."""
    manifest = documents[MANIFEST]
    records = {(told["kind"], told["record"]): told["fields"] for told in proofs["records"]}
    run = records.get(("run", manifest["run"]["id"]))
    sent = records.get(("submission", documents["activity.json"]["submission"]["id"]))
    if run is None or sent is None:
        yield Finding(LOG, "run" if run is None else "submission", "no_proof")
        return
    for name, stated, found in (*_of_run(documents, run), *_of_submission(documents, run, sent)):
        if not same(stated, found):
            yield Finding(LOG, name, "unlike", stated, found)
    yield from _of_files(members, records)


def check_document(proofs: Mapping[str, Any], content: bytes) -> Iterator[Finding]:
    """Compare a document with the record about it: a report's file, an evidence file."""
    digest = hashlib.sha256(content).hexdigest()
    told = [each["fields"].get("content") for each in proofs["records"]]
    if digest not in told:
        yield Finding(LOG, "SHA-256", "sha256", told, digest)


def _is_proved(told: Mapping[str, Any], checkpoint: Checkpoint) -> bool:
    """Return whether a record, made from its fields as they are here, is in the tree."""
    kind = BY_NAME.get(told["kind"])
    if kind is None or set(told["fields"]) != set(kind.names):
        return False
    values = [told["fields"][name] for name in kind.names]
    key = "/".join(str(told["fields"][name]) for name in kind.key)
    salt = base64.b64decode(told["salt"])
    if key != told["record"] or len(salt) != SALT_BYTES:
        return False
    commitment = commitment_of(salt, canonical(kind.name, values))
    leaf = leaf_hash(leaf_content(kind.name, told["record"], commitment))
    path = [base64.b64decode(step) for step in told["path"]]
    return is_included(leaf, told["index"], checkpoint.size, path, checkpoint.root)


def _of_run(
    documents: Mapping[str, Any], run: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    manifest, result = documents[MANIFEST], documents["result.json"]
    for name in TOTALS:
        yield f"run.{name}", float(run[name]), result["totals"][name]
    for name in ("method", "known_on", "gwp_set"):
        yield f"run.{name}", run[name], manifest[name]
    yield "run.year", int(run["year"]), manifest["year"]
    yield "run.input_hash", run["input_hash"], manifest["run"]["input_hash"]
    if run["lines_digest"] is not None:
        digest = lines_digest([document_text(line) for line in result["lines"]])
        yield "run.lines_digest", run["lines_digest"], digest


def _of_submission(
    documents: Mapping[str, Any], run: Mapping[str, Any], sent: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    told = documents["activity.json"]["submission"]
    yield "run.submission_id", run["submission_id"], told["id"]
    yield "submission.rows_hash", sent["rows_hash"], told["rows_sha256"]
    yield "submission.version", int(sent["version"]), told["version"]
    own = run["own_records"]
    records = json.loads(sent["records"] if own is None else own)
    # The log keeps texts in one form of Unicode (NFC), whichever was typed.
    here = json.dumps(documents["request.json"]["records"], ensure_ascii=False)
    yield "submission.records", records, json.loads(unicodedata.normalize("NFC", here))


def _of_files(
    members: Mapping[str, bytes], records: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[Finding]:
    proved = {fields["content"] for (kind, _), fields in records.items() if kind == "attachment"}
    for name, content in members.items():
        if not name.startswith(FILES_FOLDER):
            continue
        if hashlib.sha256(content).hexdigest() not in proved:
            yield Finding(name, "", "no_proof")


def _check_growth(checkpoint: Checkpoint, kept: Kept) -> Iterator[Finding]:
    """Check that what was kept from before and what is here are one log that only grew."""
    earlier = []
    for text in kept.checkpoints:
        try:
            earlier.append(read_checkpoint(text))
        except NoteError as error:
            yield Finding("checkpoint", str(error), "shape")
    steps = list(_steps(kept))
    for each in earlier:
        if not has_signature(each, kept.keys):
            yield Finding("checkpoint", str(each.size), "signature")
        if not _is_one_log(each, checkpoint, steps):
            yield Finding("checkpoint", f"{each.size} → {checkpoint.size}", "no_growth")


def _steps(kept: Kept) -> Iterator[tuple[int, Checkpoint, list[bytes]]]:
    for text in kept.growth:
        head, _, note = text.partition("\n\n")
        size, *path = head.removeprefix(GROWTH).split("\n")
        try:
            found = read_checkpoint(note)
            yield int(size), found, [base64.b64decode(step, validate=True) for step in path]
        except ValueError:
            continue


def _is_one_log(
    left: Checkpoint, right: Checkpoint, steps: Sequence[tuple[int, Checkpoint, list[bytes]]]
) -> bool:
    first, second = sorted((left, right), key=lambda each: each.size)
    if first.size == second.size:
        return first.root == second.root
    return any(
        (size, found.size, found.root) == (first.size, second.size, second.root)
        and is_consistent((first.size, second.size), (first.root, second.root), path)
        for size, found, path in steps
    )
