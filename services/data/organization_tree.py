"""The tree of organizations as its administrators keep it: what lies below, names, closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from services.data.base_tables import organization
from services.data.identity_tables import membership
from services.data.memberships import held_on
from services.data.work import Work

# What a person looks through on one page; of more there are pages and a search.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Child:
    """What lies directly below a place: how much is below it in turn, and how many hold a role."""

    organization_id: int
    kind: str
    code: str
    names: Mapping[str, str]
    closed_on: date | None
    below: int
    roles: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a long list: what its names or codes contain, where it begins, how long it is."""

    words: str = ""
    start: int = 0
    size: int = PAGE


WHOLE_PAGE = Slice()


def count_children(work: Work, parent_id: int, words: str = "") -> int:
    """Return how many lie directly below with the words in name or code."""
    query = select(func.count()).select_from(organization).where(*_below(parent_id, words))
    return int(work.connection.scalar(query) or 0)


def children(work: Work, parent_id: int, day: date, part: Slice = WHOLE_PAGE) -> tuple[Child, ...]:
    """Return a part of what lies directly below, in the order of codes."""
    shown = (
        select(organization)
        .where(*_below(parent_id, part.words))
        .order_by(organization.c.sort_order, organization.c.code)
        .limit(part.size)
        .offset(part.start)
        .subquery()
    )
    # Only of what is shown is it counted what lies below and who is there.
    columns, lower = shown.c, aliased(organization)
    below = select(func.count()).where(lower.c.parent_id == columns.organization_id)
    roles = select(func.count()).where(
        membership.c.organization_id == columns.organization_id, held_on(day)
    )
    query = select(
        columns.organization_id,
        columns.kind,
        columns.code,
        columns.name_zh,
        columns.name_en,
        columns.closed_on,
        below.scalar_subquery().label("below"),
        roles.scalar_subquery().label("roles"),
    ).order_by(columns.sort_order, columns.code)
    return tuple(
        Child(
            row.organization_id,
            row.kind,
            row.code,
            {"zh-CN": row.name_zh, "en": row.name_en},
            row.closed_on,
            row.below,
            row.roles,
        )
        for row in work.connection.execute(query)
    )


def _below(parent_id: int, words: str) -> list[ColumnElement[bool]]:
    columns = organization.c
    wanted: list[ColumnElement[bool]] = [columns.parent_id == parent_id]
    if words:
        found = (columns.name_zh, columns.name_en, columns.code)
        wanted.append(or_(*(column.icontains(words, autoescape=True) for column in found)))
    return wanted


def rename(work: Work, organization_id: int, names: Mapping[str, str]) -> None:
    """Give an organization in scope other names."""
    work.connection.execute(
        update(organization)
        .where(organization.c.organization_id == organization_id)
        .values(name_zh=names["zh-CN"], name_en=names["en"])
    )


def close(work: Work, organization_id: int, day: date) -> None:
    """Write down the last day of an organization in scope."""
    work.connection.execute(
        update(organization)
        .where(organization.c.organization_id == organization_id)
        .values(closed_on=day)
    )


def open_below(work: Work, organization_id: int, day: date) -> int:
    """Return how many directly below go on after a day."""
    columns = organization.c
    query = select(func.count()).where(
        columns.parent_id == organization_id,
        or_(columns.closed_on.is_(None), columns.closed_on > day),
    )
    return int(work.connection.scalar(query) or 0)
