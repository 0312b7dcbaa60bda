"""Tokens of programs that act for a person; only the SHA-256 of a token is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from services.data.asking import question
from services.data.engine import Database
from services.data.identity_tables import api_token, membership
from services.data.people import (
    IDENTITY_COLUMNS,
    StoredIdentity,
    identity_from,
    with_identity,
)
from services.data.work import Scope, Work


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token of one person: what it may do, and until when."""

    token_id: UUID
    person_id: int
    name: str
    token_hash: str
    actions: list[str]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


_NAMES = tuple(StoredToken.__dataclass_fields__)
_OPENED = question(
    "api_token_opened",
    select(*(api_token.c[name].label(f"token_{name}") for name in _NAMES), *IDENTITY_COLUMNS)
    .select_from(with_identity(api_token))
    .where(
        api_token.c.token_hash == bindparam("token_hash"),
        api_token.c.person_id == bindparam("person_id"),
    )
    .order_by(membership.c.organization_id, membership.c.role),
)


def add(work: Work, new: StoredToken) -> None:
    """Store a token; the scope must be its person's own."""
    values = {name: getattr(new, name) for name in _NAMES}
    work.connection.execute(insert(api_token).values(values).inline())


def opened(
    database: Database, token_hash: str, person_id: int, day: date
) -> tuple[StoredToken, StoredIdentity] | None:
    """Return the token of a hash with whose it is, or None; asked in that person's scope."""
    scope = Scope(person_id=person_id)
    rows = database.ask(scope, _OPENED, token_hash=token_hash, person_id=person_id, today=day)
    if not rows:
        return None
    return StoredToken(*rows[0][: len(_NAMES)]), identity_from(rows)


def of_person(work: Work, person_id: int) -> list[StoredToken]:
    """Return the tokens of a person that were not ended, the newest first."""
    query = (
        select(*(api_token.c[name] for name in _NAMES))
        .where(api_token.c.person_id == person_id, api_token.c.ended_at.is_(None))
        .order_by(api_token.c.made_at.desc())
    )
    return [StoredToken(*row) for row in work.connection.execute(query)]


def touch(work: Work, token_id: UUID, at: datetime) -> None:
    """Remember that a token was used."""
    work.connection.execute(
        update(api_token).where(api_token.c.token_id == token_id).values(used_at=at)
    )


def end(work: Work, person_id: int, at: datetime, only: UUID | None = None) -> int:
    """End all tokens of a person, or only one; return how many."""
    ended = update(api_token).where(
        api_token.c.person_id == person_id, api_token.c.ended_at.is_(None)
    )
    if only is not None:
        ended = ended.where(api_token.c.token_id == only)
    return work.connection.execute(ended.values(ended_at=at)).rowcount
