"""Rounds of the radar as they were stored, their hits, and the newest mark of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, Select, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.data.base_tables import organization
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.radar_tables import radar_hit, radar_mark, radar_round
from services.data.work import Work
from services.errors import NotFoundError

Names = Mapping[str, str]
PASSED = "passed"


@dataclass(frozen=True, slots=True)
class NewRound:
    """What a round was over and what it says; `unable` counts submissions by test."""

    round_id: UUID
    year: int
    rules: str
    parameters: Mapping[str, Any]
    judged: int
    listed: int
    unable: Mapping[str, int]
    ordered_by: int
    ordered_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRound:
    """A round with the place over which it went, and who ordered it."""

    round_id: UUID
    organization_id: int
    access_path: str
    names: Names
    year: int
    rules: str
    parameters: Mapping[str, Any]
    judged: int
    listed: int
    unable: Mapping[str, int]
    ordered_by_name: str
    ordered_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class NewHit:
    """A submission that is worth a look, with its place on the list and its reasons."""

    organization_id: int
    access_path: str
    submission_id: UUID
    year: int
    method: str
    place: int
    chance: float
    rate: float
    reasons: Sequence[Mapping[str, Any]]
    unable: Sequence[str]


@dataclass(frozen=True, slots=True)
class NewMark:
    """What somebody found who looked."""

    round_id: UUID
    submission_id: UUID
    verdict: str
    comment: str
    marked_by: int
    marked_at: datetime


@dataclass(frozen=True, slots=True)
class StoredMark:
    """What somebody found who looked, with the name."""

    verdict: str
    comment: str
    marked_by_name: str
    marked_at: datetime


@dataclass(frozen=True, slots=True)
class StoredHit:
    """A hit with whom it is about and all its marks, the newest first."""

    round_id: UUID
    organization_id: int
    access_path: str
    names: Names
    code: str
    submission_id: UUID
    year: int
    method: str
    place: int
    chance: float
    rate: float
    reasons: Sequence[Mapping[str, Any]]
    unable: Sequence[str]
    marks: tuple[StoredMark, ...] = ()


def add(work: Work, place: Organization, new: NewRound, hits: Sequence[NewHit]) -> None:
    """Store a round with its hits."""
    values = {name: getattr(new, name) for name in NewRound.__dataclass_fields__}
    values |= {"organization_id": place.organization_id, "access_path": place.access_path}
    work.connection.execute(insert(radar_round).values(values))
    if hits:
        names = tuple(NewHit.__dataclass_fields__)
        rows = [{name: getattr(hit, name) for name in names} for hit in hits]
        work.connection.execute(insert(radar_hit), [r | {"round_id": new.round_id} for r in rows])


def rounds(work: Work, limit: int) -> tuple[StoredRound, ...]:
    """Return the rounds in scope, the newest first."""
    query = _rounds().order_by(radar_round.c.ended_at.desc()).limit(limit)
    return tuple(_round(row) for row in work.connection.execute(query))


def get(work: Work, round_id: UUID) -> StoredRound:
    """Return a round in scope, or raise NotFoundError."""
    row = work.connection.execute(_rounds().where(radar_round.c.round_id == round_id)).one_or_none()
    if row is None:
        raise NotFoundError("radar_round", value=str(round_id)[:8])
    return _round(row)


def hits_of(work: Work, round_id: UUID, start: int, limit: int) -> tuple[StoredHit, ...]:
    """Return hits of a round in their order, from the `start`-th on."""
    query = _hits().where(radar_hit.c.round_id == round_id)
    found = query.order_by(radar_hit.c.place).offset(start).limit(limit)
    return _marked(work, work.connection.execute(found).all())


def hit(work: Work, round_id: UUID, submission_id: UUID) -> StoredHit:
    """Return one hit, or raise NotFoundError."""
    query = _hits().where(
        radar_hit.c.round_id == round_id, radar_hit.c.submission_id == submission_id
    )
    found = _marked(work, work.connection.execute(query).all())
    if not found:
        raise NotFoundError("radar_hit", value=str(submission_id)[:8])
    return found[0]


def passed(work: Work, limit: int) -> tuple[StoredHit, ...]:
    """Return the hits whose newest mark passes them to the verifier, the last passed first."""
    newest = (
        select(radar_mark)
        .ext(distinct_on(radar_mark.c.round_id, radar_mark.c.submission_id))
        .order_by(radar_mark.c.round_id, radar_mark.c.submission_id, radar_mark.c.marked_at.desc())
        .subquery()
    )
    query = (
        _hits()
        .join(
            newest,
            (newest.c.round_id == radar_hit.c.round_id)
            & (newest.c.submission_id == radar_hit.c.submission_id),
        )
        .where(newest.c.verdict == PASSED)
        .order_by(newest.c.marked_at.desc())
        .limit(limit)
    )
    return _marked(work, work.connection.execute(query).all())


def organizations_of(work: Work, keys: Collection[int]) -> dict[int, tuple[str, Names]]:
    """Return the paths and names of organizations by number."""
    columns = organization.c
    query = select(
        columns.organization_id, columns.access_path, columns.name_zh, columns.name_en
    ).where(columns.organization_id.in_(keys))
    return {
        row.organization_id: (row.access_path, {"zh-CN": row.name_zh, "en": row.name_en})
        for row in work.connection.execute(query)
    }


def verdicts(work: Work, round_id: UUID) -> dict[str, int]:
    """Return how many hits of a round have which newest mark."""
    newest = (
        select(radar_mark.c.verdict)
        .ext(distinct_on(radar_mark.c.submission_id))
        .where(radar_mark.c.round_id == round_id)
        .order_by(radar_mark.c.submission_id, radar_mark.c.marked_at.desc())
        .subquery()
    )
    counted = select(newest.c.verdict, func.count()).group_by(newest.c.verdict)
    return {row.verdict: row[1] for row in work.connection.execute(counted)}


def mark(work: Work, found: StoredHit, new: NewMark) -> None:
    """Keep a mark beside the earlier ones."""
    values = {name: getattr(new, name) for name in NewMark.__dataclass_fields__}
    values |= {"organization_id": found.organization_id, "access_path": found.access_path}
    work.connection.execute(insert(radar_mark).values(mark_id=uuid4(), **values))


def _rounds() -> Select[Any]:
    return (
        select(
            radar_round,
            organization.c.name_zh,
            organization.c.name_en,
            person.c.name.label("ordered_by_name"),
        )
        .join(organization, organization.c.organization_id == radar_round.c.organization_id)
        .outerjoin(person, person.c.person_id == radar_round.c.ordered_by)
    )


def _round(row: Row[Any]) -> StoredRound:
    same = set(StoredRound.__dataclass_fields__) - {"names", "ordered_by_name"}
    return StoredRound(
        names=_names(row),
        ordered_by_name=row.ordered_by_name or "",
        **{name: getattr(row, name) for name in same},
    )


def _hits() -> Select[Any]:
    return select(
        radar_hit, organization.c.name_zh, organization.c.name_en, organization.c.code
    ).join(organization, organization.c.organization_id == radar_hit.c.organization_id)


def _marked(work: Work, rows: Sequence[Row[Any]]) -> tuple[StoredHit, ...]:
    """Return hits with what people found of that submission, in this round or another."""
    marks: dict[UUID, list[StoredMark]] = {}
    for row in work.connection.execute(_marks(radar_mark.c.submission_id.in_(
        [row.submission_id for row in rows]))):  # fmt: skip
        found = StoredMark(row.verdict, row.comment, row.name or "", row.marked_at)
        marks.setdefault(row.submission_id, []).append(found)
    same = set(StoredHit.__dataclass_fields__) - {"names", "marks"}
    return tuple(
        StoredHit(
            names=_names(row),
            marks=tuple(marks.get(row.submission_id, ())),
            **{name: getattr(row, name) for name in same},
        )
        for row in rows
    )


def _marks(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(radar_mark, person.c.name)
        .outerjoin(person, person.c.person_id == radar_mark.c.marked_by)
        .where(which)
        .order_by(radar_mark.c.marked_at.desc())
    )


def _names(row: Row[Any]) -> Names:
    return {"zh-CN": row.name_zh, "en": row.name_en}
