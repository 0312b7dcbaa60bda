"""With which libraries of factors a database was used, and who answers for what is filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.data.base_tables import known_library, organization
from services.data.business_tables import run_pointer
from services.data.identity_tables import membership, person
from services.data.organizations import ACCOUNTED_KINDS
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class Keeper:
    """A person with one of the roles asked for, and where."""

    person_id: int
    organization_id: int
    access_path: str


@dataclass(frozen=True, slots=True)
class FiledAt:
    """An organization's year that has a filed run, and where it lies."""

    organization_id: int
    access_path: str
    year: int


def note(work: Work, fingerprint: str) -> bool:
    """Write down that a library is used; return whether another one was, and this one not."""
    fresh = insert(known_library).values(fingerprint=fingerprint).on_conflict_do_nothing()
    is_new = work.connection.execute(fresh.returning(known_library.c.fingerprint)).one_or_none()
    count = select(func.count()).select_from(known_library)
    return is_new is not None and int(work.connection.scalar(count) or 0) > 1


def keepers(work: Work, roles: Sequence[str]) -> tuple[Keeper, ...]:
    """Return who has one of the roles now, those with the widest view and the oldest first."""
    query = (
        select(person.c.person_id, membership.c.organization_id, membership.c.access_path)
        .join(membership, membership.c.person_id == person.c.person_id)
        .where(
            membership.c.role.in_(roles),
            membership.c.ended_at.is_(None),
            person.c.is_active,
        )
        .order_by(func.nlevel(membership.c.access_path), person.c.person_id)
    )
    return tuple(Keeper(*row) for row in work.connection.execute(query))


def filed_years(work: Work) -> tuple[FiledAt, ...]:
    """Return every filed year of a firm or park within the scope."""
    query = (
        select(run_pointer.c.organization_id, run_pointer.c.access_path, run_pointer.c.year)
        .join(organization, organization.c.organization_id == run_pointer.c.organization_id)
        .where(run_pointer.c.filed_run.is_not(None), organization.c.kind.in_(ACCOUNTED_KINDS))
        .order_by(run_pointer.c.organization_id, run_pointer.c.year)
    )
    return tuple(FiledAt(*row) for row in work.connection.execute(query))
