"""What an operator does from the command line with files of activity (`shuangtan data`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.collection.files import MOST_BYTES, FileFormatError
from services.collection.imports import (
    Place,
    Preview,
    SentRows,
    TakenOver,
    preview,
    take_over,
)
from services.collection.template_files import template_csv, template_xlsx
from services.collection.templates import TemplatePlace
from services.data.engine import Database
from services.i18n.texts import t
from services.security.actors import actor_of_login
from services.standards.catalog import Catalog


def look_at(
    database: Database, catalog: Catalog, login: str, file: Path, place: Place | None = None
) -> Preview:
    """Return what a file would put into drafts, with the rights of a person; nothing is stored."""
    return preview(actor_of_login(database, login), database, catalog, _sent(file), place)


def import_as(  # noqa: PLR0913  # who, what, where, and whether rows that differ are replaced
    database: Database,
    catalog: Catalog,
    login: str,
    file: Path,
    place: Place | None = None,
    replaces: bool = False,
) -> tuple[Preview, tuple[TakenOver, ...]]:
    """Put the good rows of a file into drafts with the rights of a person."""
    actor, sent = actor_of_login(database, login), _sent(file)
    found = preview(actor, database, catalog, sent, place)
    return found, take_over(actor, database, sent, found, replaces)


def template_for(catalog: Catalog, method: str, kind: str) -> bytes:
    """Return the template of a method, as xlsx or csv, in the language in use."""
    described = catalog.describe(method)
    write = template_csv if kind == "csv" else template_xlsx
    return write(described, TemplatePlace())


def _sent(file: Path) -> SentRows:
    return SentRows(file.name, read_file(file))


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


def told(found: Preview, taken: tuple[TakenOver, ...] = ()) -> Iterator[str]:
    """Yield what an operator reads: a line for each year, then each problem and difference."""
    put = {id(each.part): each for each in taken}
    for part in found.parts:
        entry, merge = part.entry, part.merge
        done = put.get(id(part))
        counts = {
            **{"same": len(merge.same), "new": len(merge.new), "bad": len(part.bad)},
            **{"differing": len(merge.differing), "warnings": len(part.warnings)},
            "written": done.new + done.replaced if done else 0,
        }
        key = "administration.imported" if taken else "administration.looked_at"
        yield t(key, code=entry.subject.code, year=entry.year, **counts)
        for each in merge.differing:
            place = part.good[each.row].place
            cells = ", ".join(f"{k}: {old or '—'} → {new}" for k, (old, new) in each.cells.items())
            yield "  " + t("administration.differs", row=place.row, sheet=place.sheet, cells=cells)
    for problem in found.errors:
        yield f"  {problem}"
    for part in found.parts:
        yield from (f"  {warning}" for warning in part.warnings)
    for title, count in found.unread.items():
        yield "  " + t("administration.unread", title=title, count=count)
    for sheet in found.skipped:
        yield "  " + t("administration.skipped", sheet=sheet)
