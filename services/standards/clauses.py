"""The clause register of T/ISC 0029-2023 part 1: what answers each item, and how far."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.i18n.texts import language

FILE = Path(__file__).parent / "data" / "clauses.toml"
STATUSES = ("done", "partial", "planned", "not_software")


@dataclass(frozen=True, slots=True)
class ClauseItem:
    """One item of a clause; `service` is module:name, `tests` are files that show it.

    `also` are further pages of the item.
    """

    id: str
    wants: Mapping[str, str]
    status: str
    service: str
    page: str
    callbacks: str
    tests: tuple[str, ...]
    note: Mapping[str, str]
    also: tuple[str, ...] = ()

    @property
    def pages(self) -> tuple[str, ...]:
        """Return every page of the item."""
        return tuple(page for page in (self.page, *self.also) if page)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with its items; `page` and `callbacks` are modules, `side` whose it is."""

    id: str
    title: Mapping[str, str]
    side: str
    page: str
    callbacks: str
    items: tuple[ClauseItem, ...]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the conformance table, in the language in use."""

    number: str
    title: str
    wants: str
    status: str
    answered_by: tuple[str, ...]
    tests: tuple[str, ...]
    note: str


@cache
def load_clauses() -> tuple[Clause, ...]:
    """Return the whole register in the order of the standard."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_clause(entry) for entry in found["clause"])


def conformance(status: str | None = None) -> tuple[RegisterRow, ...]:
    """Return a line for every item, or for those of one status."""
    return tuple(
        _row(clause, item)
        for clause in load_clauses()
        for item in clause.items
        if status in (None, item.status)
    )


def counts() -> dict[str, int]:
    """Return how many items have each status, in the order done to not_software."""
    found = Counter(item.status for clause in load_clauses() for item in clause.items)
    return {status: found[status] for status in STATUSES}


def _clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        entry["id"],
        entry["title"],
        entry.get("side", ""),
        entry.get("page", ""),
        entry.get("callbacks", ""),
        tuple(_item(item, entry) for item in entry["item"]),
    )


def _item(entry: Mapping[str, Any], clause: Mapping[str, Any]) -> ClauseItem:
    # Most clauses have one page; the ways of collection (4.2) have one each.
    return ClauseItem(
        entry["id"],
        entry["wants"],
        entry["status"],
        entry.get("service", ""),
        entry.get("page", clause.get("page", "")),
        entry.get("callbacks", clause.get("callbacks", "")),
        tuple(entry.get("tests", ())),
        entry.get("note", {}),
        tuple(entry.get("also", ())),
    )


def _row(clause: Clause, item: ClauseItem) -> RegisterRow:
    code = language()
    number = clause.id if item.id == "-" else f"{clause.id} {item.id})"
    return RegisterRow(
        number,
        clause.title[code],
        item.wants[code],
        item.status,
        tuple(name for name in (*item.pages, item.service) if name),
        item.tests,
        item.note.get(code, ""),
    )
