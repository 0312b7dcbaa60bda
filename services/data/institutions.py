"""Institutions, their staff and their ties to organizations; rows end and are never removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, cast, func, insert, or_, select, update

from services.data.base_tables import organization
from services.data.identity_tables import membership, person
from services.data.institution_tables import institution, institution_staff, institution_tie
from services.data.metadata import Ltree
from services.data.organizations import Organization
from services.data.work import Work

VERIFIES, VERIFIER = "verifies", "verifier"


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution; names by language code, and how many staff and ties count for now."""

    institution_id: UUID
    kind: str
    code: str
    names: Mapping[str, str]
    staff: int
    ties: int


@dataclass(frozen=True, slots=True)
class Term:
    """A first and a last day, both of which belong to it; no last day is open."""

    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Employed:
    """Somebody who works for an institution."""

    staff_id: UUID
    person_id: int
    login: str
    term: Term


@dataclass(frozen=True, slots=True)
class Tie:
    """For which organization an institution acts or has an interest, for reports of which years."""

    tie_id: UUID
    organization_id: int
    access_path: str
    names: Mapping[str, str]
    relation: str
    years: tuple[int, int] | None
    term: Term


@dataclass(frozen=True, slots=True)
class Verifying:
    """The role of a verifier that a person holds at a place."""

    membership_id: UUID
    person_id: int
    access_path: str
    term: Term


def every(work: Work) -> tuple[Institution, ...]:
    """Return all institutions in the order of their codes."""
    counted = [
        select(func.count())
        .where(t.c.institution_id == institution.c.institution_id, t.c.withdrawn_at.is_(None))
        .scalar_subquery()
        for t in (institution_staff, institution_tie)
    ]
    query = select(
        institution, *(c.label(n) for c, n in zip(counted, ("staff", "ties"), strict=True))
    )
    rows = work.connection.execute(query.order_by(institution.c.code))
    return tuple(
        Institution(
            row.institution_id, row.kind, row.code, {"zh-CN": row.name_zh, "en": row.name_en},
            row.staff, row.ties,
        )
        for row in rows
    )  # fmt: skip


def add(work: Work, kind: str, code: str, names: Mapping[str, str], by: int | None) -> UUID:
    """Add an institution and return its id."""
    values = {"kind": kind, "code": code, "name_zh": names["zh-CN"], "name_en": names["en"]}
    query = insert(institution).values(**values, recorded_by=by)
    made: UUID = work.connection.scalar(query.returning(institution.c.institution_id))
    return made


def employ(work: Work, institution_id: UUID, person_id: int, term: Term, by: int | None) -> UUID:
    """Write down that a person works for an institution; return the row's id."""
    query = insert(institution_staff).values(
        institution_id=institution_id, person_id=person_id, access_path="cn",
        valid_from=term.first, valid_to=term.last, recorded_by=by,
    )  # fmt: skip
    made: UUID = work.connection.scalar(query.returning(institution_staff.c.staff_id))
    return made


def staff_of(work: Work, institution_id: UUID) -> tuple[Employed, ...]:
    """Return who works or worked for an institution, by sign-in name."""
    query = (
        select(institution_staff, person.c.login)
        .join(person, person.c.person_id == institution_staff.c.person_id)
        .where(_counts(institution_staff), institution_staff.c.institution_id == institution_id)
        .order_by(person.c.login, institution_staff.c.valid_from)
    )
    return tuple(
        Employed(row.staff_id, row.person_id, row.login, Term(row.valid_from, row.valid_to))
        for row in work.connection.execute(query)
    )


def tie(  # noqa: PLR0913  # each is one fact of the row
    work: Work,
    institution_id: UUID,
    place: Organization,
    relation: str,
    years: tuple[int, int] | None,
    term: Term,
    by: int | None,
) -> UUID:
    """Write down that an institution acts for an organization; return the row's id."""
    first, last = years or (None, None)
    query = insert(institution_tie).values(
        organization_id=place.organization_id, access_path=place.access_path,
        institution_id=institution_id, relation=relation, first_year=first, last_year=last,
        valid_from=term.first, valid_to=term.last, recorded_by=by,
    )  # fmt: skip
    made: UUID = work.connection.scalar(query.returning(institution_tie.c.tie_id))
    return made


def ties_of(work: Work, institution_id: UUID) -> tuple[Tie, ...]:
    """Return the ties of an institution in scope, by place."""
    query = (
        select(institution_tie, organization.c.name_zh, organization.c.name_en)
        .join(organization, organization.c.organization_id == institution_tie.c.organization_id)
        .where(_counts(institution_tie), institution_tie.c.institution_id == institution_id)
        .order_by(institution_tie.c.access_path, institution_tie.c.valid_from)
    )
    return tuple(
        Tie(
            row.tie_id, row.organization_id, row.access_path,
            {"zh-CN": row.name_zh, "en": row.name_en}, row.relation,
            (row.first_year, row.last_year) if row.first_year is not None else None,
            Term(row.valid_from, row.valid_to),
        )
        for row in work.connection.execute(query)
    )  # fmt: skip


def end(work: Work, row: Employed | Tie, last: date, at: datetime) -> None:
    """Give a row its last day; what would not even begin is withdrawn and counts no more."""
    table, key = (
        (institution_staff, institution_staff.c.staff_id == row.staff_id)
        if isinstance(row, Employed)
        else (institution_tie, institution_tie.c.tie_id == row.tie_id)
    )
    change: dict[str, Any] = {"valid_to": last}
    if last < row.term.first:
        change = {"withdrawn_at": at}
    work.connection.execute(update(table).where(key).values(change))


def end_all_of(work: Work, person_id: int, last: date, at: datetime) -> None:
    """End whatever a person's employments are, on a day."""
    columns = institution_staff.c
    theirs = and_(columns.person_id == person_id, _counts(institution_staff))
    later = and_(theirs, columns.valid_from > last)
    work.connection.execute(update(institution_staff).where(later).values(withdrawn_at=at))
    goes_on = or_(columns.valid_to.is_(None), columns.valid_to > last)
    work.connection.execute(update(institution_staff).where(theirs, goes_on).values(valid_to=last))


def is_appointed(work: Work, person_id: int, access_path: str, term: Term) -> bool:
    """Return whether one institution employs a person and verifies at a place, on all the days."""
    query = (
        select(institution_tie.c.tie_id)
        .join(
            institution_staff,
            institution_staff.c.institution_id == institution_tie.c.institution_id,
        )
        .where(
            institution_staff.c.person_id == person_id,
            institution_tie.c.relation == VERIFIES,
            institution_tie.c.access_path.op("@>")(cast(access_path, Ltree)),
            *(_covers(table, term) for table in (institution_staff, institution_tie)),
        )
    )
    return work.connection.execute(query.limit(1)).first() is not None


def verifying(work: Work, institution_id: UUID) -> tuple[Verifying, ...]:
    """Return the verifiers' roles of those who work or worked for an institution."""
    columns = membership.c
    query = (
        select(columns.membership_id, columns.person_id, columns.access_path,
               columns.valid_from, columns.valid_to)
        .where(
            columns.role == VERIFIER,
            columns.ended_at.is_(None),
            columns.person_id.in_(
                select(institution_staff.c.person_id).where(
                    institution_staff.c.institution_id == institution_id
                )
            ),
        )
    )  # fmt: skip
    return tuple(
        Verifying(
            row.membership_id, row.person_id, row.access_path, Term(row.valid_from, row.valid_to)
        )
        for row in work.connection.execute(query)
    )


def _counts(table: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.c.withdrawn_at.is_(None)
    return found


def _covers(table: Any, term: Term) -> ColumnElement[bool]:
    columns = table.c
    until: ColumnElement[bool] = columns.valid_to.is_(None)
    if term.last is not None:
        until = or_(until, columns.valid_to >= bindparam(f"last_{table.name}", term.last))
    return and_(_counts(table), columns.valid_from <= term.first, until)
