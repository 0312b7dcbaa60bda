"""The living sessions of everybody, or of people within a scope, with whose they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, cast, func, select

from services.data.identity_tables import membership, person, session
from services.data.memberships import held_on
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class LivingSession:
    """A session that has not ended; whoever holds it may be idle for too long."""

    session_id: UUID
    person_id: int
    login: str
    name: str
    began_at: datetime
    seen_at: datetime
    address: str
    agent: str
    is_open: bool


def people_within(work: Work, day: date, roles: Sequence[str]) -> frozenset[int]:
    """Return who holds nothing but some of the roles, and nowhere but within the scope."""
    asked = func.base.people_within(day, cast(list(roles), ARRAY(Text))).column_valued("person_id")
    return frozenset(work.connection.scalars(select(asked)))


def living(
    work: Work, at: datetime, most: int, within: Collection[int] | None = None
) -> list[LivingSession]:
    """Return the sessions that have not ended, the one used last first; of these people alone."""
    columns = session.c
    query = (
        select(
            columns.session_id,
            columns.person_id,
            person.c.login,
            person.c.name,
            columns.began_at,
            columns.seen_at,
            columns.address,
            columns.agent,
            columns.stepped_up_at.is_not(None),
        )
        .join(person, person.c.person_id == columns.person_id)
        .where(columns.ended_at.is_(None), columns.expires_at > at)
        .order_by(columns.seen_at.desc())
        .limit(most)
    )
    if within is not None:
        query = query.where(columns.person_id.in_(within))
    return [LivingSession(*row) for row in work.connection.execute(query)]


def roles_of(work: Work, people: Sequence[int], day: date) -> dict[int, tuple[str, ...]]:
    """Return the roles within the scope that people hold on a day."""
    query = (
        select(membership.c.person_id, membership.c.role)
        .where(membership.c.person_id.in_(people), held_on(day))
        .distinct()
        .order_by(membership.c.person_id, membership.c.role)
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, role in work.connection.execute(query):
        found[person_id] = (*found.get(person_id, ()), role)
    return found
