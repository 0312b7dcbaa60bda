"""Comments on single rows of a year, which stay with the row until they are settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, func, insert, select, update

from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.review_tables import row_comment
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewComment:
    """What is said of a row; `line` counts from 1 as the row stood in that submission."""

    year: int
    submission_id: UUID
    row_key: str
    line: int
    body: str
    made_by: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredComment:
    """An open comment with its answer, empty where there is none yet."""

    comment_id: UUID
    year: int
    submission_id: UUID
    row_key: str
    line: int
    body: str
    made_by_name: str
    made_at: datetime
    answer: str
    answered_by_name: str
    answered_at: datetime | None


def add(work: Work, subject: Organization, new: NewComment) -> UUID:
    """Keep a comment and return its id."""
    comment_id = uuid4()
    place = {"organization_id": subject.organization_id, "access_path": subject.access_path}
    values = place | {name: getattr(new, name) for name in NewComment.__dataclass_fields__}
    values |= {"comment_id": comment_id, "answer": ""}
    work.connection.execute(insert(row_comment).values(values))
    return comment_id


def open_of(work: Work, organization_id: int, year: int) -> tuple[StoredComment, ...]:
    """Return the comments of a year that are not settled, by the line they were made at."""
    columns = row_comment.c
    found = _rows().where(
        columns.organization_id == organization_id,
        columns.year == year,
        columns.settled_at.is_(None),
    )
    return tuple(
        map(_comment, work.connection.execute(found.order_by(columns.line, columns.made_at)))
    )


def get_open(work: Work, organization_id: int, comment_id: UUID) -> StoredComment | None:
    """Return a comment that is not settled, or None."""
    columns = row_comment.c
    found = _rows().where(
        columns.organization_id == organization_id,
        columns.comment_id == comment_id,
        columns.settled_at.is_(None),
    )
    row = work.connection.execute(found).one_or_none()
    return None if row is None else _comment(row)


def count_on(work: Work, organization_id: int, submission_id: UUID) -> int:
    """Return how many comments on a submission are not settled."""
    columns = row_comment.c
    found = select(func.count()).where(
        columns.organization_id == organization_id,
        columns.submission_id == submission_id,
        columns.settled_at.is_(None),
    )
    return int(work.connection.scalar(found) or 0)


def answer(
    work: Work, organization_id: int, comment_id: UUID, said: tuple[str, int, datetime]
) -> bool:
    """Keep an answer (words, by whom, when); False when the comment is settled."""
    words, person_id, at = said
    values = {"answer": words, "answered_by": person_id, "answered_at": at}
    return _change(work, organization_id, values, row_comment.c.comment_id == comment_id) == 1


def settle(
    work: Work, organization_id: int, comment_id: UUID, person_id: int, at: datetime
) -> bool:
    """Settle a comment; False when it was settled before."""
    values = {"settled_by": person_id, "settled_at": at}
    return _change(work, organization_id, values, row_comment.c.comment_id == comment_id) == 1


def settle_year(work: Work, organization_id: int, year: int, by: tuple[int, datetime]) -> int:
    """Settle all comments of a year and return how many were open."""
    values = {"settled_by": by[0], "settled_at": by[1]}
    return _change(work, organization_id, values, row_comment.c.year == year)


def _change(work: Work, organization_id: int, values: dict[str, Any], which: Any) -> int:
    columns = row_comment.c
    changed = (
        update(row_comment)
        .where(columns.organization_id == organization_id, columns.settled_at.is_(None), which)
        .values(values)
        .returning(columns.comment_id)
    )
    return len(work.connection.execute(changed).all())


def _rows() -> Select[Any]:
    maker, answering = person.alias("maker"), person.alias("answering")
    return (
        select(
            row_comment,
            maker.c.name.label("made_by_name"),
            answering.c.name.label("answered_by_name"),
        )
        .outerjoin(maker, maker.c.person_id == row_comment.c.made_by)
        .outerjoin(answering, answering.c.person_id == row_comment.c.answered_by)
    )


def _comment(row: Row[Any]) -> StoredComment:
    own = set(StoredComment.__dataclass_fields__) - {"made_by_name", "answered_by_name"}
    return StoredComment(
        made_by_name=row.made_by_name or "",
        answered_by_name=row.answered_by_name or "",
        **{name: getattr(row, name) for name in own},
    )
