"""Opening an evidence bundle: every byte of the archive is accounted for."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.accounting.archive import archive_of, directory_entry, local_header
from services.accounting.bundle import (
    FILES_FOLDER,
    HEAT_POWER,
    LOG,
    MANIFEST,
    SCHEMA,
    SEAL,
    VERIFIER,
)
from tools.verifier.findings import Finding

MEMBERS = (
    MANIFEST,
    SEAL,
    "README.txt",
    "request.json",
    "activity.json",
    "method.json",
    "factors.json",
    "result.json",
    VERIFIER,
)
# Only some bundles have these: a split of heat and power, proofs of the transparency log.
BESIDE = (HEAT_POWER, LOG)
HEADER_BYTES, END_BYTES = 30, 22
# Where the checksum and the size stand in a header, and the checksum in an entry at the end.
CRC_AT, SIZE_AT, CRC_IN_ENTRY = 14, 18, 16
DIGEST_LETTERS = 64


class NotABundleError(Exception):
    """The file is no evidence bundle, or of a kind that this verifier does not know."""


def members_of(data: bytes) -> tuple[dict[str, bytes], list[Finding]]:
    """Return the files of the archive as far as they can be read, and what of it was changed."""
    if b"PK" not in data:
        raise NotABundleError("不是压缩包 · no archive")
    members: dict[str, bytes] = {}
    findings: list[Finding] = []
    place = 0
    waiting = list(MEMBERS)
    while waiting:
        name = waiting.pop(0)
        found = _member(data, place, name)
        if found is None:
            return members, [*findings, Finding(name, f"header at byte {place}", "archive")]
        members[name], is_intact = found
        if not is_intact:
            findings.append(Finding(name, "CRC-32", "crc"))
        place += HEADER_BYTES + len(name) + len(members[name])
        if name == MANIFEST:
            # The first file says what stands behind the last of those that every bundle has.
            waiting += _enclosed(members[name])
    return members, [*findings, *_changed_end(data, members, place)]


def _enclosed(manifest: bytes) -> list[str]:
    """Return the names of what only some bundles have; none of an unreadable manifest."""
    try:
        listed = json.loads(manifest.decode())["members"]
    except (LookupError, TypeError, ValueError):
        return []
    beside = [name for name in BESIDE if name in listed]
    return beside + sorted(name for name in listed if name.startswith(FILES_FOLDER))


def _member(data: bytes, place: int, name: str) -> tuple[bytes, bool] | None:
    """Return a content and whether its checksum fits; nothing when its header was changed."""
    start = place + HEADER_BYTES + len(name)
    header = data[place:start]
    if len(header) < HEADER_BYTES + len(name):
        return None
    size = struct.unpack_from("<L", header, SIZE_AT)[0]
    content = data[start : start + size]
    expected = local_header(name, content)
    # A changed content is named for itself; the rest of the header has to be as it was made.
    if _without(header, CRC_AT) != _without(expected, CRC_AT):
        return None
    return content, header == expected


def _changed_end(data: bytes, members: Mapping[str, bytes], at: int) -> Iterator[Finding]:
    """Compare the directory, entry by entry, and the end with those that belong to the files."""
    offset = 0
    for name, content in members.items():
        entry = directory_entry(name, content, offset)
        header = data[offset : offset + HEADER_BYTES]
        stated = data[at : at + len(entry)]
        # Here too a changed content is no change of the entry: its checksum is that of the header.
        is_known = stated[CRC_IN_ENTRY:][:4] == header[CRC_AT:][:4]
        if _without(stated, CRC_IN_ENTRY) != _without(entry, CRC_IN_ENTRY) or not is_known:
            yield Finding(name, f"directory entry at byte {at}", "archive")
        offset += HEADER_BYTES + len(name) + len(content)
        at += len(entry)
    expected = archive_of(members, data[-DIGEST_LETTERS:])
    end = slice(at, at + END_BYTES)
    if data[end] != expected[end] or len(data) != len(expected):
        yield Finding("archive", f"end, from byte {at}", "archive")


def _without(text: bytes, place: int) -> bytes:
    return text[:place] + text[place + 4 :]


def check_seal(data: bytes, members: Mapping[str, bytes]) -> Iterator[Finding]:
    """Compare the manifest with its two seals: the file beside it and the archive's comment."""
    if not {MANIFEST, SEAL} <= members.keys():
        return
    digest = hashlib.sha256(members[MANIFEST]).hexdigest()
    beside = members[SEAL] == f"{digest}  {MANIFEST}\n".encode()
    behind = data[-DIGEST_LETTERS:] == digest.encode()
    if beside and not behind:
        yield Finding("archive", "comment", "seal")
    elif behind and not beside:
        yield Finding(SEAL, "", "seal")
    elif not (beside or behind):
        yield Finding(MANIFEST, "", "seal")


def check_hashes(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare every file with the hash that the manifest holds of it."""
    listed = manifest["members"]
    others = {name for name in listed if not name.startswith(FILES_FOLDER)}
    if others - {*BESIDE} != set(MEMBERS) - {MANIFEST, SEAL}:
        yield Finding(MANIFEST, "members", "members")
    for name, content in members.items():
        if name not in listed:
            continue
        digest = hashlib.sha256(content).hexdigest()
        if (listed[name]["sha256"], listed[name]["bytes"]) != (digest, len(content)):
            yield Finding(name, "SHA-256", "sha256")


def check_enclosures(
    members: Mapping[str, bytes], activity: Mapping[str, Any], request: Mapping[str, Any]
) -> Iterator[Finding]:
    """Compare the evidence files, named by their content, with those that rows and values name."""
    told = {_digest_in(file["member"]): file["member"] for file in activity["files"]}
    for name in sorted({n for n in members if n.startswith(FILES_FOLDER)} | set(told.values())):
        if name not in members:
            yield Finding(name, "", "missing")
        elif hashlib.sha256(members[name]).hexdigest() != _digest_in(name):
            yield Finding(name, "SHA-256", "file_name")
        elif name not in told.values():
            yield Finding("activity.json", name, "members")
    named = dict([*_files_of_rows(activity["rows"]), *_files_of_values(request["records"])])
    for digest in sorted(named.keys() - told.keys()):
        yield Finding("activity.json", named[digest], "missing", digest)
    for digest in sorted(told.keys() - named.keys()):
        yield Finding("activity.json", "files", "no_row", digest)


def _files_of_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each file that a row names, and where it stands."""
    for number, row in enumerate(rows):
        for digest in row["cells"].get("files", "").split():
            yield digest, f"rows[{number}] · files"


def _files_of_values(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each file behind a measured value of the organization, and where it stands."""
    for number, record in enumerate(records):
        for symbol, cell in (record.get("inputs") or {}).items():
            own = cell.get("own_value") if isinstance(cell, dict) else None
            for digest in (own or {}).get("files", []):
                yield digest, f"records[{number}].inputs.{symbol}"


def _digest_in(name: str) -> str:
    return name.removeprefix(FILES_FOLDER).partition(".")[0]


def documents_of(members: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Finding]]:
    """Return the JSON files as documents, and which of them cannot be read."""
    documents, findings = {}, []
    beside = [name for name in BESIDE if name in members]
    for name in (*MEMBERS, *beside):
        if not name.endswith(".json"):
            continue
        if name not in members:
            findings.append(Finding(name, "", "missing"))
            continue
        try:
            documents[name] = json.loads(members[name].decode())
        except ValueError:
            findings.append(Finding(name, "", "json"))
    return documents, findings


def check_schema(documents: Mapping[str, Any]) -> None:
    """Raise NotABundleError for a bundle of another kind."""
    manifest = documents.get(MANIFEST)
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    if schema != SCHEMA and str(schema).startswith(SCHEMA.partition("/")[0]):
        raise NotABundleError(f"版本 · schema {schema!r} ≠ {SCHEMA!r}")
