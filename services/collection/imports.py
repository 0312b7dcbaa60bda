"""Importing activity from a file as drafts, checked by the rules of the entry grid (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.collection import manual
from services.collection.cells import CellProblem, parse_cell
from services.collection.files import FileFormatError, FileRow, read_rows
from services.collection.manual import Entry
from services.data import organizations
from services.data.drafts import DraftVersion
from services.data.engine import Database
from services.errors import Explanation, NotFoundError, PlatformError
from services.i18n.texts import t
from services.security.permissions import Action, Actor
from services.security.scopes import scope_for
from services.standards.catalog import Catalog
from services.standards.months import MONTH

# What a header may be called; every other column is a symbol of the method.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organization": ("organization", "单位代码", "统一社会信用代码"),
    "year": ("year", "年份", "年度"),
    "source": ("source", "排放源"),
    "item": ("item", "品种"),
    MONTH: (MONTH, "月份", "月"),
    "note": ("note", "备注"),
}
NEEDED = ("organization", "year", "source")


class FileCellError(PlatformError):
    """One cell of an import file is wrong, named by sheet, row, column and value."""

    text_key = "file_cell"

    def __init__(self, place: FileRow, column: str, reason: str | PlatformError) -> None:
        value = place.cells.get(column, "")
        where = {"sheet": place.sheet, "row": place.row, "column": column, "value": value}
        super().__init__(f"{place.sheet}!{place.row}", **where)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with the reason in the language in use."""
        known = self.reason
        why = str(known) if isinstance(known, PlatformError) else t(f"import_file.{known}")
        return replace(super().explain(), why=why)


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """A draft made from a file, with every problem named as in the file."""

    version: DraftVersion
    organization_code: str
    rows: int
    errors: tuple[FileCellError, ...]
    warnings: tuple[FileCellError, ...]


Groups = Mapping[tuple[str, int], Sequence[FileRow]]


def import_file(
    actor: Actor, database: Database, catalog: Catalog, name: str, content: bytes
) -> tuple[ImportedDraft, ...]:
    """Store each organization and year of a file as a draft in place of the one before.

    A file that cannot be read, an unknown organization or a bad year refuses all of it. Cells
    that are wrong are kept in the draft, as those that a person typed, and named.
    """
    groups = _groups(name, read_rows(name, content))
    entries = {
        key: _entry(actor, database, catalog, (key, rows[0])) for key, rows in groups.items()
    }
    return tuple(
        _store(actor, database, catalog, (entries[key], rows)) for key, rows in groups.items()
    )


def _groups(name: str, rows: Sequence[FileRow]) -> Groups:
    renamed = [_renamed(row) for row in rows]
    for column in NEEDED:
        if not any(column in row.cells for row in renamed):
            raise FileFormatError(name, "header", column=column)
    groups: dict[tuple[str, int], list[FileRow]] = {}
    for row in renamed:
        groups.setdefault((row.cells.get("organization", ""), _year(row)), []).append(row)
    return groups


def _renamed(row: FileRow) -> FileRow:
    names = {alias.lower(): key for key, aliases in COLUMNS.items() for alias in aliases}
    cells = {names.get(title.lower(), title): text for title, text in row.cells.items()}
    return replace(row, cells=cells)


def _year(row: FileRow) -> int:
    number = parse_cell(row.cells.get("year", ""))
    if not isinstance(number, float) or not number.is_integer() or not 1000 <= number <= 9999:
        raise FileCellError(row, "year", "year")
    return int(number)


def _entry(
    actor: Actor,
    database: Database,
    catalog: Catalog,
    group: tuple[tuple[str, int], FileRow],
) -> Entry:
    (code, year), first = group
    try:
        with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
            found = organizations.by_code(work, code)
        entry = manual.open_entry(actor, database, catalog, found.organization_id, year)
    except NotFoundError as error:
        raise FileCellError(first, "organization", "organization") from error
    if not entry.method:
        raise FileCellError(first, "organization", manual.NoMethodError("method", value=year))
    return entry


def _store(
    actor: Actor,
    database: Database,
    catalog: Catalog,
    group: tuple[Entry, Sequence[FileRow]],
) -> ImportedDraft:
    entry, rows = group
    outside = ("organization", "year")
    typed = [{k: text for k, text in row.cells.items() if k not in outside} for row in rows]
    draft = manual.save_draft(actor, database, entry.version, typed)
    problems = manual.check_rows(catalog, entry, typed)
    return ImportedDraft(
        version=draft.version,
        organization_code=rows[0].cells["organization"],
        rows=len(typed),
        errors=_placed(rows, problems, "error"),
        warnings=_placed(rows, problems, "warning"),
    )


def _placed(
    rows: Sequence[FileRow], problems: Sequence[CellProblem], severity: str
) -> tuple[FileCellError, ...]:
    return tuple(
        # A method that does not fit the year is told at the first row of that year.
        FileCellError(rows[max(problem.record, 0)], problem.field, problem.error)
        for problem in problems
        if problem.severity == severity
    )
