"""What an operator does from the command line with files of activity (`shuangtan data import`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.collection.files import MOST_BYTES, FileFormatError
from services.collection.imports import ImportedDraft, import_file
from services.data.engine import Database
from services.i18n.texts import t
from services.security.actors import actor_of_login
from services.standards.catalog import Catalog


def import_as(
    database: Database, catalog: Catalog, login: str, file: Path
) -> tuple[ImportedDraft, ...]:
    """Store a file's organizations and years as drafts with the rights of a person."""
    actor = actor_of_login(database, login)
    return import_file(actor, database, catalog, file.name, read_file(file))


def read_file(file: Path) -> bytes:
    """Return the bytes of a file, or raise FileFormatError; a huge one is not read at all."""
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            megabytes, most = size // 2**20, MOST_BYTES // 2**20
            raise FileFormatError(file.name, "too_large", megabytes=megabytes, most=most)
        return file.read_bytes()
    except OSError as error:
        raise FileFormatError(file.name, "missing") from error


def told(draft: ImportedDraft) -> Iterator[str]:
    """Yield what an operator reads of one draft: a summary, then each problem."""
    counts = {"rows": draft.rows, "errors": len(draft.errors), "warnings": len(draft.warnings)}
    place = {"code": draft.organization_code, "year": draft.version.year}
    yield t("administration.imported", **place, **counts)
    for problem in (*draft.errors, *draft.warnings):
        yield f"  {problem}"
