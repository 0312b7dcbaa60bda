"""What the entry grid's script is given: choices, quantities, defaults, words and ids (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.forms.entry_view import ORIGINS, Choice, EntryView, GridSource
from components.forms.file_picker import ACCEPTED
from services.formatting import MONTHS, month_text
from services.i18n.texts import LANGUAGES, t, use_language

# Words that the script puts on screen itself; {places} are filled there.
SCRIPT_TEXTS = (
    "pasted",
    "pasted_beyond",
    "change_to",
    "hint",
    "no_copy",
    "restored",
    "saving",
    "saved",
    "stored",
    "dirty",
    "failed",
    "closed",
    "empty",
    "nothing_yet",
    "checking",
    "has_errors",
    "has_warnings",
    "conflict_first",
    "choose",
    "line",
    "delete_row",
    "source",
    "item",
    "key",
    "month",
    "spread_first",
    "origin",
    "note",
    "more_fields",
    "more_rows",
    "taken_over",
)

FILE_TEXTS = (
    "title",
    "pick_row",
    "none",
    "add",
    "take_off",
    "too_large",
    "too_many",
    "sending",
    "attached",
    "failed",
    "unknown",
)


def entry_payload(view: EntryView, grid_id: str) -> dict[str, Any]:
    """Return the whole entry as plain values for the script that fills the grid of this id."""
    keys = ["key"] if view.has_options else []
    return {
        "key": view.key,
        "organization": view.organization_id,
        "year": view.year,
        "revision": view.revision,
        "rows": [dict(row) for row in view.rows],
        "editable": view.state.is_editable,
        "may_submit": view.state.may_submit,
        "why_not": view.state.why_not,
        "symbols": list(view.symbols),
        "terms": list(view.terms),
        "fields": [
            *("source", "item", *keys, *(("month",) if view.has_evidence else ())),
            *(*view.symbols, *view.terms, *_papers(view)),
        ],
        "sources": [_source(source) for source in view.sources],
        "items": {item.code: _choice(item) for item in view.items},
        "origins": [_choice(origin) for origin in origin_choices() if view.has_evidence],
        "months": [_choice(month) for month in month_choices(view.year)],
        "cells": {source.choice.code: _cells(source) for source in view.sources},
        "defaults": {source.choice.code: _by_item(source.defaults) for source in view.sources},
        "monthly": {source.choice.code: _by_month(source) for source in view.sources},
        "units": {source.choice.code: _by_item(source.units) for source in view.sources},
        "texts": {name: t(f"entry.script.{name}") for name in SCRIPT_TEXTS},
        "files": _files(view) if view.has_evidence else None,
        "ids": {
            "grid": grid_id,
            "check": view.stores.check,
            "save": view.stores.save,
            "submit": view.stores.submit,
            "method": view.stores.method,
        },
    }


def _papers(view: EntryView) -> list[str]:
    return ["origin", "note"] if view.has_evidence else []


def _files(view: EntryView) -> dict[str, Any]:
    """Return the files kept for the year, where one is read and sent to, and the words about it."""
    place = f"{view.organization_id}/{view.year}"
    return {
        "known": {file.sha256: {"name": file.name, "size": file.size} for file in view.files},
        "read": f"/download/file/{place}/",
        "send": f"/api/v1/entries/{place}/files",
        "most_mb": view.file_mb,
        "accept": ACCEPTED,
        "texts": {name: t(f"files.{name}") for name in FILE_TEXTS},
    }


def origin_choices() -> tuple[Choice, ...]:
    """Return where a person may say that a value comes from, by its names in every language."""
    return tuple(Choice(code, t(f"entry.origins.{code}"), _names(code)) for code in ORIGINS)


def month_choices(year: int) -> tuple[Choice, ...]:
    """Return the months of a year by every name that people write; none is the whole year."""
    return tuple(
        Choice(str(month), month_text(month), (*_month_names(month), f"{year}-{month:02d}"))
        for month in MONTHS
    )


def _month_names(month: int) -> tuple[str, ...]:
    names = []
    for code in LANGUAGES:
        with use_language(code):
            names.append(month_text(month))
    return (*names, f"{month:02d}")


def _names(origin: str) -> tuple[str, ...]:
    names = []
    for code in LANGUAGES:
        with use_language(code):
            names.append(t(f"entry.origins.{origin}"))
    return tuple(names)


def _choice(choice: Choice) -> dict[str, Any]:
    return {"code": choice.code, "name": choice.name, "names": [choice.name, *choice.names]}


def _source(source: GridSource) -> dict[str, Any]:
    symbols = [quantity.symbol for quantity in source.symbols]
    return {
        **_choice(source.choice),
        "group": source.group,
        "items": list(source.items),
        "options": [_choice(option) for option in source.options],
        "symbols": symbols,
        "terms": [term.symbol for term in source.terms],
    }


def _cells(source: GridSource) -> dict[str, dict[str, Any]]:
    return {
        q.symbol: {"label": q.label, "unit": q.unit, "primary": q.is_primary}
        for q in (*source.symbols, *source.terms)
    }


def _by_month(source: GridSource) -> dict[str, dict[str, dict[str, str]]]:
    return {month: _by_item(texts) for month, texts in source.monthly.items()}


def _by_item(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {item: dict(found) for item, found in texts.items()}
