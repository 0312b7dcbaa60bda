"""Files of rows that were sent to a year: templates for it, a look, the import, what waits (4.2 a).

A file comes by the one way for files and is kept with the year like evidence, so that what was
imported can be looked at again by its SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from services.collection.attachments import EntryYear, SentFile
from services.collection.imports import (
    Place,
    Preview,
    SentRows,
    TakenOver,
    expect,
    preview,
    take_over,
)
from services.collection.manual import NoMethodError, read_entry
from services.collection.template_files import mending_xlsx, template_csv, template_xlsx
from services.collection.templates import TemplatePlace
from services.data import attachments, organizations
from services.data.engine import Database
from services.errors import NotFoundError
from services.i18n.texts import language, t
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.catalog import Catalog

KINDS = ("xlsx", "csv")
Revisions = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was sent to a year, with what it would do."""

    file: SentRows
    found: Preview

    @property
    def revisions(self) -> dict[tuple[int, int], int]:
        """Return the revision of each draft that the file was compared with."""
        versions = (part.entry.version for part in self.found.parts)
        return {(v.organization_id, v.year): v.revision for v in versions}


def template_of(
    actor: Actor, database: Database, catalog: Catalog, place: EntryYear, kind: str
) -> SentFile:
    """Return the template of a year's method as xlsx or csv, in the language in use."""
    entry = read_entry(actor, database, place.organization_id, place.year)
    require(actor, Action.EDIT_ACTIVITY, entry.subject.access_path)
    if kind not in KINDS:
        raise NotFoundError("template", value=kind[:20])
    if not entry.method:
        raise NoMethodError("method", value=place.year)
    named = entry.subject.names.get(language()) or entry.subject.code
    given = TemplatePlace(entry.subject.code, named, str(place.year))
    write = template_csv if kind == "csv" else template_xlsx
    content = write(catalog.describe(entry.method), given)
    name = t("import_template.file_name", method=entry.method, year=place.year)
    return _file(f"{name.replace('/', ' ')}.{kind}", kind, content)


def look(
    actor: Actor, database: Database, catalog: Catalog, place: EntryYear, sha256: str
) -> Looked:
    """Return what a file that was sent to a year would put into drafts; nothing is written."""
    file = sent_file(actor, database, place, sha256)
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, place.organization_id)
    found = preview(actor, database, catalog, file, Place(subject.code, place.year))
    return Looked(file, found)


def sent_file(actor: Actor, database: Database, place: EntryYear, sha256: str) -> SentRows:
    """Return a file that was sent to a year, for whoever may fill that year in."""
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, place.organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        kept = attachments.get(work, place.organization_id, place.year, sha256)
        return SentRows(kept.name, attachments.content_of(work, kept))


def put_in(
    actor: Actor, database: Database, looked: Looked, seen: Revisions, replaces: bool
) -> tuple[TakenOver, ...]:
    """Put good rows into drafts as they were when somebody looked, or raise ConflictError."""
    expect(looked.found, seen)
    return take_over(actor, database, looked.file, looked.found, replaces)


def rows_to_mend(
    actor: Actor, database: Database, catalog: Catalog, place: EntryYear, sha256: str
) -> SentFile:
    """Return the bad rows of a file as a workbook with their reasons in the last column."""
    looked = look(actor, database, catalog, place, sha256)
    if not looked.found.bad:
        raise NotFoundError("rows", value=sha256[:12])
    content = mending_xlsx(looked.found.bad, looked.found.errors)
    stem = looked.file.name.rpartition(".")[0] or looked.file.name
    return _file(f"{stem} {t('import_template.to_mend')}.xlsx", "xlsx", content)


def _file(name: str, kind: str, content: bytes) -> SentFile:
    return SentFile(name, kind, sha256(content).hexdigest(), content)
