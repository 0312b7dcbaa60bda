"""Everything the log covers as one file, for whoever checks it without database and platform."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path

from services.consistency.export_form import (
    ABOUT,
    EXPORT_FORM,
    LEAVES,
    LINES,
    ROWS,
    UNSEALED,
)
from services.data import line_checks, log, log_records
from services.data.log_kinds import KINDS
from services.data.work import Work


def export_log(work: Work, path: Path) -> None:
    """Write records, leaves with their salts, parts of records, and checkpoints into a zip."""
    notes = [note for _, _, note, _ in log_records.checkpoints(work)]
    about = {"form": EXPORT_FORM, "keys": [*log.keys(work)], "checkpoints": notes}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ABOUT, json.dumps(about, ensure_ascii=False))
        _write(archive, LEAVES, _leaves(work))
        _write(archive, UNSEALED, map(_leaf, log_records.unsealed_leaves(work)))
        for kind in KINDS:
            rows = ([row.record, *row.fields] for row in log_records.recorded(work, kind))
            _write(archive, f"records/{kind.name}.jsonl", rows)
        _write(archive, LINES, ([run_id, text] for run_id, text in line_checks.run_texts(work)))
        activity = ([name, found] for name, _, found in line_checks.activity_rows(work))
        _write(archive, ROWS, activity)


def _leaves(work: Work) -> Iterator[list[str | None] | None]:
    position = 0
    for leaf in log_records.sealed_leaves(work):
        while position < leaf.position:
            position += 1
            yield None
        position += 1
        yield _leaf(leaf)


def _leaf(leaf: log_records.LeafRow) -> list[str | None] | None:
    if leaf.kind is None or leaf.commitment is None:
        return None
    salt = None if leaf.salt is None else _coded(leaf.salt)
    return [leaf.kind, leaf.record, leaf.xid, salt, _coded(leaf.commitment)]


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _write(archive: zipfile.ZipFile, name: str, rows: Iterable[object]) -> None:
    with archive.open(name, "w", force_zip64=True) as stream, TextIOWrapper(stream, "utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
