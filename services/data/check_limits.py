"""Limits of rules as organizations set them: who, when and why; nothing is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.data.finding_tables import check_limit
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A limit to be written down; `value` is None where it is given up for the rule's own."""

    rule: str
    limit: str
    point: str
    value: float | None
    reason: str
    set_by: int
    set_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLimit:
    """A limit as somebody set it; `point` is empty where it holds for the whole organization."""

    organization_id: int
    rule: str
    limit: str
    point: str
    value: float | None
    reason: str
    set_by: int
    set_by_name: str
    set_at: datetime


def add(work: Work, subject: Organization, new: NewLimit) -> None:
    """Write a limit down; those before it stay."""
    values = {name: getattr(new, name) for name in NewLimit.__dataclass_fields__}
    place = {"organization_id": subject.organization_id, "access_path": subject.access_path}
    work.connection.execute(insert(check_limit).values(place | values))


def newest(work: Work, organization_id: int) -> tuple[StoredLimit, ...]:
    """Return what holds now: the newest of each rule, limit and point."""
    columns = check_limit.c
    which = (columns.rule, columns.limit, columns.point)
    query = (
        select(check_limit, person.c.name)
        .outerjoin(person, person.c.person_id == columns.set_by)
        .where(columns.organization_id == organization_id)
        .ext(distinct_on(*which))
        .order_by(*which, columns.set_at.desc(), columns.limit_id)
    )
    return tuple(_limit(row) for row in work.connection.execute(query))


def history(work: Work, organization_id: int, most: int) -> tuple[StoredLimit, ...]:
    """Return what was set of an organization's limits, the newest first."""
    columns = check_limit.c
    query = (
        select(check_limit, person.c.name)
        .outerjoin(person, person.c.person_id == columns.set_by)
        .where(columns.organization_id == organization_id)
        .order_by(columns.set_at.desc(), columns.limit_id)
        .limit(most)
    )
    return tuple(_limit(row) for row in work.connection.execute(query))


def _limit(row: Row[Any]) -> StoredLimit:
    same = set(StoredLimit.__dataclass_fields__) - {"set_by_name"}
    values = {name: getattr(row, name) for name in same}
    return StoredLimit(set_by_name=row.name or "", **values)
