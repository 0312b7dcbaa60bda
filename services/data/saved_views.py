"""Searches that somebody keeps under a name; each is seen by its person alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.identity_tables import saved_view
from services.data.work import Work

_COLUMNS = saved_view.c


@dataclass(frozen=True, slots=True)
class SavedView:
    """What is looked for, under a name of one's own."""

    name: str
    query: Mapping[str, str]


def of_person(work: Work, person_id: int) -> tuple[SavedView, ...]:
    """Return the views of a person, by name; the scope must be that person's own."""
    query = (
        select(_COLUMNS.name, _COLUMNS.query)
        .where(_COLUMNS.person_id == person_id)
        .order_by(_COLUMNS.name)
    )
    return tuple(SavedView(*row) for row in work.connection.execute(query))


def keep(work: Work, person_id: int, view: SavedView, at: datetime) -> None:
    """Keep a view; one of the same name is replaced."""
    values = {"query": dict(view.query), "made_at": at}
    fresh = upsert(saved_view).values(person_id=person_id, name=view.name, **values)
    replaced = fresh.on_conflict_do_update(index_elements=["person_id", "name"], set_=values)
    work.connection.execute(replaced)


def remove(work: Work, person_id: int, name: str) -> bool:
    """Remove a view; False when there is none of that name."""
    gone = delete(saved_view).where(_COLUMNS.person_id == person_id, _COLUMNS.name == name)
    return work.connection.execute(gone).rowcount == 1
