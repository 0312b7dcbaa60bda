"""Layouts of files that are not our template: which column holds what, told once (4.2 a).

A column holds a part of every row (its source, its month), a quantity of every row, or a quantity
of one source and item alone: then each row of the file is as many rows as it has such columns.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from services import clock
from services.collection.file_cells import OUTSIDE, WORDS
from services.collection.files import (
    HEADING_WITHIN,
    FileRow,
    Lines,
    RawSheet,
    normal,
    titles_of,
)
from services.collection.vocabulary import Vocabulary
from services.data import import_layouts, organizations
from services.data.engine import Database
from services.errors import PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.balance_forms import PREFIX
from services.standards.catalog import Catalog

MOST_COLUMNS = 60
LONGEST = 200


class LayoutError(PlatformError):
    """The columns as they were told do not make rows."""

    text_key = "import_layout"


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """What a column holds; an empty key means that it is not read.

    `source` and `item` are those of the column alone, `unit` is the one it is given in.
    """

    title: str
    key: str = ""
    source: str = ""
    item: str = ""
    unit: str = ""


Layout = tuple[LayoutColumn, ...]
Layouts = Mapping[str, Layout]


def fingerprint_of(titles: Sequence[str]) -> str:
    """Return what tells headings from others, whatever their spaces and widths."""
    text = json.dumps([normal(title) for title in titles], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def known_layouts(actor: Actor, database: Database, organization_id: int) -> Layouts:
    """Return the layouts of an organization by the fingerprint of their headings."""
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        found = import_layouts.of_organization(work, organization_id)
    return {key: tuple(LayoutColumn(**one) for one in columns) for key, columns in found.items()}


def keep_layout(
    actor: Actor, database: Database, catalog: Catalog, place: tuple[int, str], layout: Layout
) -> None:
    """Remember what the columns of a layout hold, for the files of an organization."""
    organization_id, method = place
    _check(Vocabulary(catalog.describe(method)), layout)
    key = fingerprint_of([column.title for column in layout])
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        at = clock.now()
        columns = [asdict(column) for column in layout]
        import_layouts.save(work, subject, (key, columns), (actor.person_id, at))
        deed = Deed("keep_layout", key[:12], after={"columns": len(layout)}, at=at)
        record_deed(work, actor.person_id, subject, deed)
        work.commit()


def rows_by(layouts: Layouts, sheet: RawSheet) -> list[FileRow] | None:
    """Return the rows of a sheet by a layout that is known, or None where none fits."""
    for at, (_, line) in enumerate(sheet.lines[:HEADING_WITHIN]):
        layout = layouts.get(fingerprint_of(titles_of(line)))
        if layout:
            return list(_rows(sheet, layout, sheet.lines[at + 1 :]))
    return None


def _rows(sheet: RawSheet, layout: Layout, below: Lines) -> Iterator[FileRow]:
    for number, line in below:
        marks = sheet.marks.get(number, {})
        filled = [
            _Filled(column, text, marks.get(at))
            for at, (column, text) in enumerate(zip(layout, line, strict=False))
            if text and column.key
        ]
        alone = [each for each in filled if each.column.source]
        plain = [each for each in filled if not each.column.source]
        common = [each for each in plain if each.column.key in (*WORDS, *OUTSIDE)]
        for some in _by_source(alone):
            first = some[0].column
            fixed = {"source": first.source} | ({"item": first.item} if first.item else {})
            yield _row(sheet, number, fixed, [*common, *some])
        if len(plain) > len(common) or (plain and not alone):
            yield _row(sheet, number, {}, plain)


@dataclass(frozen=True, slots=True)
class _Filled:
    column: LayoutColumn
    text: str
    mark: tuple[str, str] | None


def _by_source(alone: Sequence[_Filled]) -> Iterator[list[_Filled]]:
    """Group columns of the same source and item: they are quantities of one row."""
    groups: dict[tuple[str, str], list[_Filled]] = {}
    for each in alone:
        groups.setdefault((each.column.source, each.column.item), []).append(each)
    yield from groups.values()


def _row(
    sheet: RawSheet, number: int, fixed: Mapping[str, str], filled: Sequence[_Filled]
) -> FileRow:
    return FileRow(
        sheet.name,
        number,
        {**{each.column.key: each.text for each in filled}, **fixed},
        {each.column.key: each.mark for each in filled if each.mark},
        {each.column.key: each.column.unit for each in filled if each.column.unit},
        {each.column.key: each.column.title for each in filled},
    )


def _check(words: Vocabulary, layout: Layout) -> None:
    """Raise LayoutError for columns that name nothing, the same twice, or no source at all."""
    if not 0 < len(layout) <= MOST_COLUMNS:
        raise LayoutError("columns", value=len(layout))
    used = [(column.key, column.source, column.item) for column in layout if column.key]
    if len(set(used)) < len(used):
        raise LayoutError("columns", value=_twice(used))
    known = {s.symbol for source in words.sources.values() for s in source.symbols}
    for column in layout:
        is_known = column.key in ("", *WORDS, *known) or column.key.startswith(PREFIX)
        if not is_known or (column.source and column.source not in words.sources):
            raise LayoutError("columns", value=column.key[:40])
        if max(map(len, (column.title, column.unit, column.item))) > LONGEST:
            raise LayoutError("columns", value=column.title[:40])
    if not any(column.key == "source" or (column.source and column.key) for column in layout):
        raise LayoutError("columns", value="source")


def _twice(used: Sequence[tuple[str, str, str]]) -> str:
    return next(" ".join(filter(None, each)) for each in used if used.count(each) > 1)
