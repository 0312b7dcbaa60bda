"""Answers to programs by the key that they gave a request, of each person for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.data.identity_tables import api_answer
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request of a person that is to be done once: its key, and what it asks."""

    person_id: int
    key: str
    operation: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered; `status` is None while the request is still being done."""

    operation: str
    digest: bytes
    begun_at: datetime
    status: int | None
    headers: Sequence[Sequence[str]]
    document: str


def begin(work: Work, asked: KeyedRequest, at: datetime) -> bool:
    """Write that a request is being done; False where its key is known."""
    values = {name: getattr(asked, name) for name in KeyedRequest.__dataclass_fields__}
    fresh = insert(api_answer).values(values | {"begun_at": at}).on_conflict_do_nothing()
    return work.connection.execute(fresh.returning(api_answer.c.key)).one_or_none() is not None


def get(work: Work, asked: KeyedRequest) -> StoredAnswer | None:
    """Return what stands under the key of a request."""
    columns = [api_answer.c[name] for name in StoredAnswer.__dataclass_fields__]
    row = work.connection.execute(select(*columns).where(*_of(asked))).one_or_none()
    return None if row is None else StoredAnswer(*row)


def take_over(work: Work, asked: KeyedRequest, since: datetime, at: datetime) -> bool:
    """Begin a request anew that somebody else began at an instant and did not end."""
    again = update(api_answer).where(
        *_of(asked), api_answer.c.begun_at == since, api_answer.c.status.is_(None)
    )
    return work.connection.execute(again.values(begun_at=at)).rowcount == 1


def finish(
    work: Work, asked: KeyedRequest, answered: tuple[int, Sequence[tuple[str, str]], str]
) -> None:
    """Keep the answer of a request: status, headers and document."""
    status, headers, document = answered
    values = {"status": status, "headers": [list(each) for each in headers], "document": document}
    work.connection.execute(update(api_answer).where(*_of(asked)).values(values))


def release(work: Work, asked: KeyedRequest) -> None:
    """Forget a request that came to nothing, so that it may be sent again under its key."""
    work.connection.execute(delete(api_answer).where(*_of(asked), api_answer.c.status.is_(None)))


def _of(asked: KeyedRequest) -> tuple[ColumnElement[bool], ...]:
    return api_answer.c.person_id == asked.person_id, api_answer.c.key == asked.key
