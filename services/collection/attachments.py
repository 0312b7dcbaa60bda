"""Evidence files of an entry: an invoice, a meter's log, a laboratory's report (4.2 a).

A file belongs to an organization's year; a row names it by its SHA-256 in the cell `files`, so
that the hash of what was submitted covers its evidence too. Taking a name off a row is an edit
like any other. What no submission names is removed with the next one; what one names stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services import clock
from services.accounting.filing import refuse_unless_open
from services.collection.cells import CellProblem
from services.collection.file_kinds import kind_of, name_of
from services.collection.receiving import MEGABYTE, Upload, refuse_large
from services.collection.years import check_year
from services.data import attachments, organizations
from services.data.attachments import NewAttachment
from services.data.engine import Database
from services.data.evidence_files import FILES, Attachment, files_in
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import PlatformError
from services.labels import DataSet
from services.security.permissions import Action, Actor, require, require_cleared
from services.security.readings import note_read
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed


class FilesFullError(PlatformError):
    """The files of the year would together be more than they may be."""

    text_key = "files_full"


class FileNotKeptError(PlatformError):
    """A row names a file that is not kept for this year."""

    text_key = "file_not_kept"


@dataclass(frozen=True, slots=True)
class EntryYear:
    """Whose year a file belongs to."""

    organization_id: int
    year: int

    def refuse_closed(self, work: Work) -> None:
        """Raise WaitingError or AcceptedError while the year takes no files."""
        refuse_unless_open(work, self.organization_id, self.year)


@dataclass(frozen=True, slots=True)
class ValueYear(EntryYear):
    """The year in which the evidence of a measured value came; it closes for no decision."""

    def refuse_closed(self, _work: Work) -> None:
        """Raise nothing: what a submission of that year holds has nothing to do with it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one file, and all files of a year, may be; megabytes."""

    file_mb: int
    year_mb: int


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it is handed out."""

    name: str
    kind: str
    sha256: str
    content: bytes


def refuse_before(
    actor: Actor, database: Database, place: EntryYear, sent: tuple[str, int], limits: Limits
) -> None:
    """Raise what speaks against a file of that name and size before any of it is read."""
    name, size = sent
    check_year(place.year)
    refuse_large(name_of(name), size, limits.file_mb)
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        _open_place(work, actor, place)
        _check_size(work, place, (name, size), limits)


def attach(
    actor: Actor, database: Database, place: EntryYear, upload: Upload, limits: Limits
) -> Attachment:
    """Keep a file for a year and write down who brought it; the same content is kept once."""
    check_year(place.year)
    name = name_of(upload.name)
    refuse_large(name, upload.size, limits.file_mb)
    # It may take a while, which no transaction should.
    kind = kind_of(name, upload.content)
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = _open_place(work, actor, place)
        _check_size(work, place, (name, upload.size), limits)
        new = NewAttachment(
            place.year, name, kind, upload.size, upload.sha256, upload.content,
            actor.person_id, clock.now(),
        )  # fmt: skip
        stored = attachments.add(work, subject, new)
        record_deed(work, actor.person_id, subject, _deed("attach_file", stored))
        work.commit()
    return stored


def take(actor: Actor, database: Database, place: EntryYear, sha256: str) -> SentFile:
    """Return a file for whoever may see the year's result, and write down who took it."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, place.organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        require_cleared(actor, Action.VIEW_RESULT, [DataSet.EVIDENCE], subject.access_path)
        found = attachments.get(work, place.organization_id, place.year, sha256)
        content = attachments.content_of(work, found)
        note_read(work, actor, Action.VIEW_RESULT, subject, _deed("take_file", found))
        work.commit()
    return SentFile(found.name, found.kind, found.sha256, content)


def files_not_kept(
    rows: Sequence[Mapping[str, object]], kept: Mapping[str, Attachment]
) -> list[CellProblem]:
    """Return an error at each row that names a file which is not kept."""
    return [
        CellProblem(record, FILES, "error", FileNotKeptError(FILES, value=sha256[:12]))
        for record, row in enumerate(rows)
        for sha256 in files_in(row)
        if sha256 not in kept
    ]


def _open_place(work: Work, actor: Actor, place: EntryYear) -> Organization:
    """Return whose year it is, once the actor may add files to it and it takes some."""
    subject = organizations.get(work, place.organization_id)
    require(actor, Action.EDIT_ACTIVITY, subject.access_path)
    place.refuse_closed(work)
    return subject


def _check_size(work: Work, place: EntryYear, sent: tuple[str, int], limits: Limits) -> None:
    """Raise FilesFullError where a file does not fit into its year any more."""
    name, size = sent
    kept = attachments.of_year(work, place.organization_id, place.year)
    if sum(file.size for file in kept.values()) + size > limits.year_mb * MEGABYTE:
        raise FilesFullError("file", value=name, most=limits.year_mb)


def _deed(action: str, file: Attachment) -> Deed:
    told = {"name": file.name, "kind": file.kind, "size": file.size}
    return Deed(action, f"{file.year}/{file.sha256}", after=told)
