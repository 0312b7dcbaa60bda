"""The columns of a file that was sent to a year, to be told what they hold (4.2 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collection.attachments import EntryYear
from services.collection.cells import parse_cell
from services.collection.files import HEADING_WITHIN, FileFormatError, Lines, raw_sheets, titles_of
from services.collection.layouts import (
    MOST_COLUMNS,
    Layout,
    LayoutColumn,
    Layouts,
    fingerprint_of,
    keep_layout,
    known_layouts,
)
from services.collection.manual import read_entry
from services.collection.sent_rows import sent_file
from services.collection.vocabulary import Vocabulary
from services.data.engine import Database
from services.security.permissions import Actor
from services.standards.catalog import Catalog

# A line of headings names at least so many columns in words.
FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A file by its first sheet: lines that may hold headings, the one chosen, and its columns."""

    name: str
    vocabulary: Vocabulary
    method: str
    lines: tuple[tuple[int, Sequence[str]], ...]
    at: int
    columns: tuple[tuple[LayoutColumn, str], ...]

    @property
    def titles(self) -> list[str]:
        """Return the headings as they are told apart."""
        return [column.title for column, _ in self.columns]


def unmapped(
    actor: Actor,
    database: Database,
    catalog: Catalog,
    sent: tuple[EntryYear, str],
    at: int | None = None,
) -> Unmapped:
    """Return the columns of a sent file, as they are known or can be guessed by their headings."""
    place, sha256 = sent
    file = sent_file(actor, database, place, sha256)
    entry = read_entry(actor, database, place.organization_id, place.year)
    words = Vocabulary(catalog.describe(entry.method))
    layouts = known_layouts(actor, database, place.organization_id)
    sheets, _ = raw_sheets(file.name, file.content)
    lines = next((sheet.lines for sheet in sheets if len(sheet.lines) > 1), None)
    if lines is None:
        raise FileFormatError(file.name, "nothing")
    first = tuple((n, line) for n, (_, line) in enumerate(lines[:HEADING_WITHIN]))
    chosen = _heading(lines, layouts) if at is None or not 0 <= at < len(first) else at
    titles = titles_of(lines[chosen][1])
    if len(titles) > MOST_COLUMNS:
        raise FileFormatError(file.name, "columns", most=MOST_COLUMNS)
    known = layouts.get(fingerprint_of(titles)) or tuple(_guess(words, each) for each in titles)
    samples = [_sample(lines[chosen + 1 :], column) for column in range(len(titles))]
    pairs = tuple(zip(known, samples, strict=True))
    return Unmapped(file.name, words, entry.method, first, chosen, pairs)


def keep_told(
    actor: Actor, database: Database, catalog: Catalog, place: EntryYear, layout: Layout
) -> None:
    """Remember the layout for the files of the organization."""
    entry = read_entry(actor, database, place.organization_id, place.year)
    keep_layout(actor, database, catalog, (place.organization_id, entry.method), layout)


def _heading(lines: Lines, layouts: Layouts) -> int:
    """Return the line of headings: a known one, else the first that names columns in words."""
    for at, (_, line) in enumerate(lines[:HEADING_WITHIN]):
        if fingerprint_of(titles_of(line)) in layouts:
            return at
    for at, (_, line) in enumerate(lines[:HEADING_WITHIN]):
        words = [text for text in line if text and not isinstance(parse_cell(text), float)]
        if len(words) >= FEWEST_WORDS and len(words) == len(list(filter(None, line))):
            return at
    return 0


def _guess(words: Vocabulary, title: str) -> LayoutColumn:
    heading = words.heading(title)
    return LayoutColumn(title, heading.key, unit=heading.unit if heading.key else "")


def _sample(below: Lines, column: int) -> str:
    return next((line[column] for _, line in below if column < len(line) and line[column]), "")
