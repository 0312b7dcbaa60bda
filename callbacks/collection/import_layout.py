"""Reactions around layouts of files: the form, another line of headings, keeping it (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.forms.controls import Options
from components.forms.method_columns import name_of
from components.panels.import_layout import LayoutView, ToldColumn
from services.collection.file_cells import WORDS
from services.collection.layouts import LayoutColumn
from services.collection.sent_layouts import Unmapped
from services.collection.vocabulary import Vocabulary
from services.i18n.texts import t

# What is chosen where a column names no source or item of its own: a choice of "" shows no words.
NONE = "none"
SHOWN_LETTERS = 60


def layout_view(unmapped: Unmapped, shown: Mapping[str, object], why: str) -> LayoutView:
    """Return the form for a file, with what is known or guessed of its columns."""
    words = unmapped.vocabulary
    return LayoutView(
        name=unmapped.name,
        why=why,
        headings=[(str(at), _line(at, line)) for at, line in unmapped.lines],
        heading=str(unmapped.at),
        columns=[_told(column, sample) for column, sample in unmapped.columns],
        keys=_keys(words),
        sources=_choices({s.source: s.names for s in words.sources.values()}, "by_row"),
        items=_choices(
            {i.item: i.names for s in words.sources.values() for i in s.items}, "by_row"
        ),
        shown=shown,
    )


def told_columns(titles: Sequence[str], given: Sequence[Sequence[Any]]) -> tuple[LayoutColumn, ...]:
    """Return the columns as the form tells them: key, source, item and unit of each."""
    keys, sources, items, units = ([_text(each) for each in values] for values in given)
    rows = zip(titles, keys, sources, items, units, strict=False)
    return tuple(LayoutColumn(*row) if row[1] else LayoutColumn(row[0]) for row in rows)


def _text(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text == NONE else text


def _line(at: int, line: Sequence[str]) -> str:
    return f"{at + 1}: {' | '.join(filter(None, line))[:SHOWN_LETTERS]}"


def _told(column: LayoutColumn, sample: str) -> ToldColumn:
    chosen = (column.key or NONE, column.source or NONE, column.item or NONE)
    return ToldColumn(column.title, sample[:SHOWN_LETTERS], *chosen, column.unit)


def _keys(words: Vocabulary) -> Options:
    plain = [(NONE, t("import_layout.not_read"))]
    outside = {key: t(f"import_layout.{key}") for key in ("organization", "year")}
    plain += [(key, outside.get(key) or words.label(key)) for key in WORDS]
    symbols = dict.fromkeys(s.symbol for source in words.sources.values() for s in source.symbols)
    return [*plain, *((symbol, words.label(symbol)) for symbol in symbols)]


def _choices(named: Mapping[str, Mapping[str, str]], none: str) -> Options:
    chosen = [(code, name_of(names, code)) for code, names in named.items()]
    return [(NONE, t(f"import_layout.{none}")), *chosen]
