"""The unit of work: one transaction that sees only what its scope admits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from services.labels import Readable

NOTHING = Readable()


@dataclass(frozen=True, slots=True)
class Scope:
    """Place paths that row-level security admits, and the person on whose behalf we act.

    `readable` names the data sets whose label admits reading; without it, what is labelled is shut.
    """

    access_paths: tuple[str, ...] = ()
    person_id: int | None = None
    readable: Readable = NOTHING


@dataclass(slots=True)
class Work:
    """An open transaction; leaving it without commit() undoes everything."""

    connection: Connection
    committed: bool = False

    def commit(self) -> None:
        """Make every change of this unit permanent, at once."""
        self.connection.commit()
        self.committed = True
