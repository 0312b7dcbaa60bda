"""Rows of the year before, to begin a year with, with their numbers or without (4.2 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collection.manual import read_entry
from services.collection.month_cells import month_in
from services.collection.rows import KEY, Row, as_row, symbols_of
from services.data import submissions
from services.data.engine import Database
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.months import MONTH


@dataclass(frozen=True, slots=True)
class Earlier:
    """The rows of a year as they were typed, and those of them that this year's method asks for."""

    year: int
    rows: tuple[Row, ...]
    usable: tuple[Row, ...]


def rows_before(
    actor: Actor, database: Database, sources: Sequence[str], organization_id: int, year: int
) -> Earlier:
    """Return the rows of the year before: of its draft, else of what was filed last."""
    entry = read_entry(actor, database, organization_id, year - 1)
    require(actor, Action.EDIT_ACTIVITY, entry.subject.access_path)
    rows: tuple[Row, ...] = entry.rows
    if not rows:
        with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
            filed = submissions.latest(work, organization_id, year - 1)
            kept = submissions.rows_of(work, organization_id, filed.submission_id) if filed else ()
        rows = tuple(as_row(row) for row in kept)
    return Earlier(year - 1, rows, tuple(r for r in rows if r.get("source") in sources))


def begun_with(rows: Sequence[Row], keeps_numbers: bool) -> tuple[dict[str, str], ...]:
    """Return the rows that a year begins with; notes and evidence stay with their own year.

    Without numbers two bills of one month are one row to fill in.

    >>> begun_with([{"source": "fuel", "month": "2022-03", "FC": "5", "note": "x"}], False)
    ({'source': 'fuel', 'month': '3'},)
    """
    begun = []
    for row in rows:
        named = {key: str(row[key]).strip() for key in ("source", "item", KEY) if row.get(key)}
        numbers = symbols_of(row) if keeps_numbers else {}
        begun.append({**named, **_month(row), **numbers})
    return tuple(begun) if keeps_numbers else tuple(_each_once(begun))


def _month(row: Row) -> dict[str, str]:
    month = month_in(str(row.get(MONTH) or ""))
    # A month that names its year is that month of the new one.
    return {} if month is None else {MONTH: str(month)[-2:].lstrip("-0")}


def _each_once(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [row for at, row in enumerate(rows) if row not in rows[:at]]
