"""Who holds which role where, from which day to which; rows end and are never removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.errors import Error
from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from services.data.base_tables import organization
from services.data.identity_tables import membership, person
from services.data.work import Work
from services.errors import Explanation, PlatformError
from services.i18n.texts import t

LAST = "last_administrator"


class LastAdministratorError(PlatformError):
    """The only administrator of a kind would be gone, and nobody could make another."""

    text_key = "last_administrator"

    def __init__(self, role: str) -> None:
        super().__init__("role", role=role)

    def explain(self) -> Explanation:
        """Return the explanation with the role in words."""
        self.values["value"] = t(f"role.{self.values['role']}")
        return super().explain()


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A role to give; both days belong to it, and None is open. `delegated_from` is another's."""

    person_id: int
    role: str
    organization_id: int
    valid_from: date
    valid_to: date | None = None
    granted_by: int | None = None
    delegated_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A membership as an administrator sees it; names of the organization by language code."""

    membership_id: UUID
    person_id: int
    login: str
    role: str
    organization_id: int
    access_path: str
    names: dict[str, str]
    valid_from: date
    valid_to: date | None
    delegated_from: UUID | None
    ended_at: datetime | None


def add(work: Work, new: NewMembership) -> UUID:
    """Give a person a role on an organization in scope; return the id of the membership."""
    path = select(organization.c.access_path).where(
        organization.c.organization_id == new.organization_id
    )
    values = {name: getattr(new, name) for name in NewMembership.__dataclass_fields__}
    query = insert(membership).values(values | {"access_path": path.scalar_subquery()})
    made: UUID = work.connection.execute(query.returning(membership.c.membership_id)).scalar_one()
    return made


def held_on(day: Any) -> ColumnElement[bool]:
    """Return the condition that a membership counts on a day."""
    columns = membership.c
    return and_(
        columns.ended_at.is_(None),
        columns.valid_from <= day,
        or_(columns.valid_to.is_(None), columns.valid_to >= day),
    )


def of_person(work: Work, person_id: int) -> tuple[HeldRole, ...]:
    """Return every membership of a person in scope that has not ended, by place and role."""
    return _found(work, membership.c.person_id == person_id, membership.c.ended_at.is_(None))


def of_people(work: Work, people: Sequence[int]) -> tuple[HeldRole, ...]:
    """Return every membership of people in scope that has not ended, by sign-in name."""
    return _found(work, membership.c.person_id.in_(people), membership.c.ended_at.is_(None))


def below(work: Work, limit: int, login: str = "") -> tuple[HeldRole, ...]:
    """Return the memberships in scope that have not ended; those of one sign-in name if given."""
    wanted: list[ColumnElement[bool]] = [membership.c.ended_at.is_(None)]
    if login:
        wanted.append(person.c.login == login)
    return _found(work, *wanted, limit=limit)


def at(work: Work, organization_id: int) -> tuple[HeldRole, ...]:
    """Return the memberships at an organization itself that have not ended."""
    wanted = (membership.c.organization_id == organization_id, membership.c.ended_at.is_(None))
    return _found(work, *wanted)


def delegated_from(work: Work, ids: Sequence[UUID]) -> tuple[HeldRole, ...]:
    """Return what was delegated from memberships and has not ended by hand."""
    return _found(work, membership.c.delegated_from.in_(ids), membership.c.ended_at.is_(None))


def get(work: Work, membership_id: UUID) -> HeldRole | None:
    """Return a membership in scope, ended or not, or None."""
    found = _found(work, membership.c.membership_id == membership_id)
    return found[0] if found else None


def end(work: Work, ids: Sequence[UUID], at: datetime) -> None:
    """End memberships, and those that were delegated from them.

    Raise LastAdministratorError where nobody would be left of a kind: the database says so, by
    whatever way the role ends.
    """
    ending = (
        update(membership)
        .where(
            or_(membership.c.membership_id.in_(ids), membership.c.delegated_from.in_(ids)),
            membership.c.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    try:
        work.connection.execute(ending)
    except IntegrityError as error:
        found = error.orig.diag if isinstance(error.orig, Error) else None
        if found is None or found.constraint_name != LAST:
            raise
        raise LastAdministratorError(found.message_detail or "") from error


def _found(work: Work, *wanted: ColumnElement[bool], limit: int = 1000) -> tuple[HeldRole, ...]:
    query = (
        select(membership, person.c.login, organization.c.name_zh, organization.c.name_en)
        .join(person, person.c.person_id == membership.c.person_id)
        .join(organization, organization.c.organization_id == membership.c.organization_id)
        .where(*wanted)
        .order_by(person.c.login, membership.c.organization_id, membership.c.role)
        .limit(limit)
    )
    return tuple(_held(row) for row in work.connection.execute(query))


def _held(row: Any) -> HeldRole:
    return HeldRole(
        membership_id=row.membership_id,
        person_id=row.person_id,
        login=row.login,
        role=row.role,
        organization_id=row.organization_id,
        access_path=row.access_path,
        names={"zh-CN": row.name_zh, "en": row.name_en},
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        delegated_from=row.delegated_from,
        ended_at=row.ended_at,
    )
