"""A file of activity: looked at first, then its good rows put into the drafts (4.2 a).

One reader and one validator serve both: what a preview calls good is what goes in, and the rest
waits with its reasons. A row that stands in the draft already is left alone, and one that stands
there otherwise is put in its place only when that was asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from services.collection import manual
from services.collection.cells import WHOLE_ENTRY, CellProblem, parse_cell
from services.collection.file_cells import FileCellError, RowReader, TypedRow
from services.collection.files import (
    FileFormatError,
    FileRow,
    ReadFile,
    Template,
    normal,
    read_file,
)
from services.collection.layouts import Layouts, known_layouts, rows_by
from services.collection.manual import Entry
from services.collection.merging import Merge, compare, taken_over
from services.collection.reasons import ReasonMissingError
from services.collection.rows import Row
from services.collection.vocabulary import Vocabulary, plain_key
from services.data import organizations
from services.data.drafts import DraftVersion
from services.data.engine import Database
from services.errors import ConflictError, NotFoundError, PlatformError
from services.security.permissions import Action, Actor
from services.security.scopes import scope_for
from services.standards.catalog import Catalog

TEMPLATE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose year the rows belong to that name none: the code of an organization, and a year."""

    code: str
    year: int


@dataclass(frozen=True, slots=True)
class SentRows:
    """A file of rows as it came, by the name that its sender gave it.

    `origin` names what sent it where that was no person: a connector.
    """

    name: str
    content: bytes
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Return the fingerprint of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one organization and year: good ones, and bad ones with what is wrong.

    `merge` says what the good ones are to the draft, by their positions among them.
    """

    entry: Entry
    good: tuple[TypedRow, ...]
    bad: tuple[FileRow, ...]
    errors: tuple[FileCellError, ...]
    warnings: tuple[FileCellError, ...]
    merge: Merge

    @property
    def changes(self) -> int:
        """Return how many rows would be new or different."""
        return len(self.merge.new) + len(self.merge.differing)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do, without any of it done.

    `lost` are rows that belong to no year that the actor may fill in; `unread` are headings that
    name nothing, with the number of cells below them; `skipped` are sheets without headings.
    """

    parts: tuple[Part, ...]
    lost: tuple[FileCellError, ...]
    unread: Mapping[str, int]
    skipped: tuple[str, ...]

    @property
    def errors(self) -> tuple[FileCellError, ...]:
        """Return every error, in the order of the parts."""
        return (*self.lost, *(error for part in self.parts for error in part.errors))

    @property
    def bad(self) -> tuple[FileRow, ...]:
        """Return every row that waits to be mended."""
        lost = {(error.place.sheet, error.place.row): error.place for error in self.lost}
        return (*lost.values(), *(row for part in self.parts for row in part.bad))


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What was put into one draft; nothing was written where both counts are 0."""

    part: Part
    version: DraftVersion
    new: int
    replaced: int


def preview(
    actor: Actor, database: Database, catalog: Catalog, file: SentRows, place: Place | None
) -> Preview:
    """Return what stands in a file and what is wrong with it, row by row; nothing is written."""
    layouts: Layouts = {}
    if place is not None:
        with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
            organization_id = organizations.by_code(work, place.code).organization_id
        layouts = known_layouts(actor, database, organization_id)
    found = read_file(file.name, file.content, partial(rows_by, layouts))
    if place is None:
        _need_places(file.name, found)
    groups, lost = _groups(found, place)
    words: dict[str, Vocabulary] = {}
    parts: list[Part] = []
    unread: dict[str, int] = {}
    for (code, year), rows in groups.items():
        try:
            entry = _entry(actor, database, Place(code, year))
        except PlatformError as error:
            reason = "organization" if isinstance(error, NotFoundError) else error
            lost += [FileCellError(row, _title(row, "organization"), reason) for row in rows]
            continue
        _refuse_template(file.name, found.template, entry)
        # Names of a method take longer to list than a hundred rows to read.
        if entry.method not in words:
            words[entry.method] = Vocabulary(catalog.describe(entry.method))
        reader = RowReader(words[entry.method])
        parts.append(_part(catalog, entry, reader, rows))
        unread |= reader.unread
    # The sheet of a template that says how to fill it in holds no rows.
    skipped = () if found.template.version else found.skipped
    return Preview(tuple(parts), tuple(lost), unread, skipped)


def take_over(
    actor: Actor,
    database: Database,
    file: SentRows,
    shown: Preview,
    replaces: bool = False,
) -> tuple[TakenOver, ...]:
    """Put the good rows of a preview into their drafts; those that differ only if they replace.

    ConflictError when a draft was changed after it was compared.
    """
    return tuple(_put_in(actor, database, file, part, replaces) for part in shown.parts)


def expect(shown: Preview, revisions: Mapping[tuple[int, int], int]) -> None:
    """Raise ConflictError where a draft is no longer what it was when somebody looked at it."""
    for part in shown.parts:
        version = part.entry.version
        seen = revisions.get((version.organization_id, version.year))
        if seen != version.revision:
            raise ConflictError("draft", value=version.year)


def _put_in(
    actor: Actor, database: Database, file: SentRows, part: Part, replaces: bool
) -> TakenOver:
    entry, merge = part.entry, part.merge
    replaced = len(merge.differing) if replaces else 0
    if not merge.new and not replaced:
        return TakenOver(part, entry.version, 0, 0)
    rows = taken_over(entry.rows, [row.cells for row in part.good], merge, replaces)
    counts = {"new_rows": len(merge.new), "replaced_rows": replaced}
    came = {"file": file.name[:200], "sha256": file.sha256, **file.origin, **counts}
    draft = manual.save_draft(actor, database, entry.version, rows, came)
    return TakenOver(part, draft.version, len(merge.new), replaced)


def _groups(
    found: ReadFile, place: Place | None
) -> tuple[dict[tuple[str, int], list[FileRow]], list[FileCellError]]:
    groups: dict[tuple[str, int], list[FileRow]] = {}
    lost = []
    for row in found.rows:
        code, year = _place_of(row, place)
        if year is None:
            lost.append(FileCellError(row, _title(row, "year"), "year"))
        else:
            groups.setdefault((code, year), []).append(row)
    return groups, lost


def _place_of(row: FileRow, place: Place | None) -> tuple[str, int | None]:
    code = row.cells.get(_title(row, "organization"), place.code if place else "")
    typed = row.cells.get(_title(row, "year"))
    if typed is None:
        return code, place.year if place else None
    number = parse_cell(typed)
    if not isinstance(number, float) or not number.is_integer() or not 1000 <= number <= 9999:
        return code, None
    return code, int(number)


def _title(row: FileRow, key: str) -> str:
    """Return the heading under which a row has a key, or the key where it has none."""
    return next((title for title in row.cells if _key_of(title) == key), key)


@lru_cache(maxsize=1_024)
def _key_of(title: str) -> str:
    return plain_key(normal(title))


def _need_places(name: str, found: ReadFile) -> None:
    for key in ("organization", "year"):
        if not any(_title(row, key) in row.cells for row in found.rows):
            raise FileFormatError(name, "header", column=key)


def _entry(actor: Actor, database: Database, place: Place) -> Entry:
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        found = organizations.by_code(work, place.code)
    entry = manual.read_entry(actor, database, found.organization_id, place.year)
    if not entry.method:
        raise manual.NoMethodError("method", value=place.year)
    if not entry.may_edit:
        raise ClosedYearError("year", value=place.year)
    return entry


class ClosedYearError(PlatformError):
    """The year takes no rows from this person now."""

    text_key = "import_closed"


def _refuse_template(name: str, template: Template, entry: Entry) -> None:
    """Refuse what an outdated template, or one of another place, would put in wrongly."""
    if not template.version:
        return
    told = {"version": template.version, "method": template.method, "asked": entry.method}
    if template.version != TEMPLATE_VERSION:
        raise FileFormatError(name, "template_version", **told)
    if template.method != entry.method:
        raise FileFormatError(name, "template_method", **told)
    made_for = (template.organization or entry.subject.code, template.year or str(entry.year))
    if made_for != (entry.subject.code, str(entry.year)):
        place = {"organization": made_for[0], "year": made_for[1]}
        raise FileFormatError(name, "template_place", **place)


def _part(catalog: Catalog, entry: Entry, reader: RowReader, read_rows: Sequence[FileRow]) -> Part:
    rows = [reader.typed(row) for row in read_rows]
    found = manual.check_rows(catalog, entry, [row.cells for row in rows])
    errors = [(at, error) for at, row in enumerate(rows) for error in row.problems]
    told = {(at, error.values["column"]) for at, error in errors}
    warnings = []
    for problem in found:
        at = max(problem.record, 0)
        place = rows[at].place
        error = FileCellError(place, reader.column(place.sheet, problem.field), problem.error)
        if not _waits(problem):
            warnings.append(error)
        # A cell that says why it cannot be read is not wrong for another reason as well.
        elif (at, error.values["column"]) not in told:
            errors.append((at, error))
        if problem.record == WHOLE_ENTRY:
            errors += [(each, error) for each in range(1, len(rows))]
    waiting = {at for at, _ in errors}
    good = tuple(row for at, row in enumerate(rows) if at not in waiting)
    return Part(
        entry=entry,
        good=good,
        bad=tuple(row.place for at, row in enumerate(rows) if at in waiting),
        errors=tuple(dict.fromkeys(error for _, error in sorted(errors, key=lambda e: e[0]))),
        warnings=tuple(warnings),
        merge=_fitting(entry, [row.cells for row in good]),
    )


def _fitting(entry: Entry, rows: Sequence[Row]) -> Merge:
    """Compare rows with the draft; raise EntryTooLargeError where it cannot hold the new ones."""
    merge = compare(entry.rows, rows)
    together = len(entry.rows) + len(merge.new)
    if together > manual.MOST_ROWS:
        raise manual.EntryTooLargeError("rows", value=together, most=manual.MOST_ROWS)
    return merge


def _waits(problem: CellProblem) -> bool:
    # A reason for an unusual value can be given in the grid, and nothing is submitted without.
    return problem.severity == "error" and not isinstance(problem.error, ReasonMissingError)
