"""Walls: screens that show a region without a person, and the token that each of them holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update

from services.clock import today
from services.data.base_tables import organization
from services.data.identity_tables import membership, person, wall_device
from services.data.memberships import held_on
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewWall:
    """A wall to enrol: its account and membership, what it is called and where it hangs."""

    organization_id: int
    access_path: str
    person_id: int
    membership_id: UUID
    name: str
    place: str
    networks: str
    made_by: int


@dataclass(frozen=True, slots=True)
class StoredWall:
    """A wall as it is kept; `is_held` says whether account and membership still let it in.

    `token_hash` is of the token it was enrolled with; services/security/wall_tokens.py says what
    the numbers of its tokens mean. `networks` are the only ones it is seen from, where any are.
    """

    wall_id: UUID
    organization_id: int
    access_path: str
    person_id: int
    membership_id: UUID
    login: str
    name: str
    place: str
    names: dict[str, str]
    invited_until: datetime
    expires_at: datetime
    made_at: datetime
    enrolled_at: datetime | None
    seen_at: datetime | None
    address: str
    agent: str
    ended_at: datetime | None
    ended_why: str
    networks: str
    token_hash: str = field(repr=False)
    generation: int
    rotated_at: datetime | None
    taken_at: datetime | None
    is_settled: bool
    is_held: bool


_COLUMNS = wall_device.c


def add(work: Work, new: NewWall, at: datetime, expires_at: datetime) -> UUID:
    """Store a wall that nobody has enrolled yet, and return its id."""
    values = {name: getattr(new, name) for name in NewWall.__dataclass_fields__}
    values |= {"made_at": at, "expires_at": expires_at, "invited_until": at}
    values |= dict.fromkeys(("invited_hash", "token_hash", "address", "agent"), "")
    made: UUID = work.connection.execute(
        insert(wall_device).values(values).returning(_COLUMNS.wall_id)
    ).scalar_one()
    return made


def every(work: Work, most: int = 500) -> tuple[StoredWall, ...]:
    """Return the walls in scope, those that have ended last."""
    order = (_COLUMNS.ended_at.is_not(None), _COLUMNS.name, _COLUMNS.made_at)
    return tuple(map(_wall, work.connection.execute(_rows().order_by(*order).limit(most))))


def get(work: Work, wall_id: UUID) -> StoredWall | None:
    """Return a wall in scope, or None."""
    return _one(work, _rows().where(_COLUMNS.wall_id == wall_id))


def by_invitation(work: Work, invited_hash: str) -> StoredWall | None:
    """Return the wall that an invitation is for, held until the work ends, or None."""
    return _one(work, _rows(lock=True).where(_COLUMNS.invited_hash == invited_hash))


def of_person(work: Work, person_id: int) -> StoredWall | None:
    """Return the wall of an account, or None."""
    return _one(work, _rows().where(_COLUMNS.person_id == person_id))


def advance(work: Work, wall: StoredWall, at: datetime) -> None:
    """Go on to the next token, unless another request of the wall has done so already."""
    following = wall.generation + 1
    write_present(work, wall, generation=following, rotated_at=at, taken_at=None, is_settled=False)


def write_present(work: Work, wall: StoredWall, **values: Any) -> None:
    """Change what is known of the present token, unless the wall has gone on to another."""
    work.connection.execute(
        update(wall_device)
        .where(
            _COLUMNS.organization_id == wall.organization_id,
            _COLUMNS.wall_id == wall.wall_id,
            _COLUMNS.generation == wall.generation,
        )
        .values(values)
    )


def forget_invitations(work: Work, person_id: int, at: datetime) -> None:
    """Let no wall be enrolled any more by what a person handed out."""
    work.connection.execute(
        update(wall_device)
        .where(_COLUMNS.invited_by == person_id, _COLUMNS.invited_hash != "")
        .values(invited_hash="", invited_until=at)
    )


def write(work: Work, wall: StoredWall, **values: Any) -> None:
    """Change a wall."""
    work.connection.execute(
        update(wall_device)
        .where(_COLUMNS.organization_id == wall.organization_id, _COLUMNS.wall_id == wall.wall_id)
        .values(values)
    )


def _rows(lock: bool = False) -> Select[Any]:
    held = (
        select(membership.c.membership_id)
        .where(
            membership.c.membership_id == _COLUMNS.membership_id,
            membership.c.person_id == _COLUMNS.person_id,
            membership.c.role == "wall",
            held_on(today()),
        )
        .exists()
    )
    found = (
        select(
            wall_device, person.c.login, person.c.is_active, held.label("held"),
            organization.c.name_zh, organization.c.name_en,
        )
        .join(person, person.c.person_id == _COLUMNS.person_id)
        .outerjoin(organization, organization.c.organization_id == _COLUMNS.organization_id)
    )  # fmt: skip
    return found.with_for_update(of=wall_device) if lock else found


def _one(work: Work, query: Select[Any]) -> StoredWall | None:
    row = work.connection.execute(query).one_or_none()
    return None if row is None else _wall(row)


def _wall(row: Any) -> StoredWall:
    derived = ("names", "is_held")
    values = {
        name: getattr(row, name) for name in StoredWall.__dataclass_fields__ if name not in derived
    }
    names = {"zh-CN": row.name_zh or "", "en": row.name_en or ""}
    return StoredWall(**values, names=names, is_held=row.is_active and row.held)
