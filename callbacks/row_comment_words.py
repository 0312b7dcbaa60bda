"""From comments on rows to what the result page and the entry page show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from components.forms.method_columns import name_of
from components.panels.row_comments import CommentRow
from services.collection.row_comments import lines_of, parts_of
from services.collection.rows import symbols_of
from services.data.row_comments import StoredComment
from services.formatting import datetime_text
from services.i18n.texts import t
from services.standards.catalog import Catalog

Row = Mapping[str, object]


def comment_rows(
    catalog: Catalog, method: str, comments: Sequence[StoredComment], rows: Sequence[Row]
) -> list[CommentRow]:
    """Return comments in words, each with the row of the grid where it stands now."""
    names = names_of(catalog, method)
    places = lines_of(comments, rows)
    return [_told(each, names, places) for each in comments]


def names_of(catalog: Catalog, method: str) -> dict[str, str]:
    """Return the names of the sources and items of a method by their codes."""
    if not method:
        return {}
    described = catalog.describe(method)
    found = {
        item.item: name_of(item.names, item.item) for s in described.sources for item in s.items
    }
    return found | {s.source: name_of(s.names, s.source) for s in described.sources}


def row_words(line: int, row: Row, names: Mapping[str, str]) -> str:
    """Return a row in words: its number, source, item, month and what it states."""
    cells = {str(key): str(value) for key, value in row.items()}
    parts = [names.get(part, part) for part in parts_of(row) if part]
    stated = " ".join(f"{symbol} {text}" for symbol, text in symbols_of(cells).items())
    return " · ".join([t("row_comments.line", line=line), *parts, *([stated] if stated else [])])


def _told(each: StoredComment, names: Mapping[str, str], places: Mapping[UUID, int]) -> CommentRow:
    at = places.get(each.comment_id)
    parts = [names.get(part, part) for part in parts_of(each.row_key) if part]
    gone = [] if at is not None else [t("row_comments.gone")]
    line = t("row_comments.line", line=each.line if at is None else at + 1)
    answered = f"{each.answered_by_name} {datetime_text(each.answered_at)}"
    return CommentRow(
        str(each.comment_id),
        " · ".join([line, *parts, *gone]),
        each.body,
        f"{each.made_by_name} {datetime_text(each.made_at)}",
        each.answer,
        answered if each.answer else "",
        "" if at is None else f"r{at + 1}:source",
    )
