"""Verifications with their teams: assigned, taken from step to step, never removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, func, insert, select, text, true, update

from services.data.base_tables import organization
from services.data.identity_tables import person
from services.data.institution_tables import institution
from services.data.verification_tables import verification, verification_member
from services.data.work import Work
from services.errors import NotFoundError

PLANNED, AT_WORK, FINDINGS_OUT = "planned", "at_work", "findings_out"
CLOSED, LOCKED, WITHDRAWN = "closed", "locked", "withdrawn"
STATES = (PLANNED, AT_WORK, FINDINGS_OUT, CLOSED, LOCKED, WITHDRAWN)
OPEN_STATES = (PLANNED, AT_WORK, FINDINGS_OUT)
# With an opinion: the year is locked.
SETTLED = (CLOSED, LOCKED)


@dataclass(frozen=True, slots=True)
class NewVerification:
    """Which accepted submission is to be verified by which institution, and why."""

    year: int
    submission_id: UUID
    institution_id: UUID
    purpose: str
    note: str
    assigned_by: int
    assigned_at: datetime


@dataclass(frozen=True, slots=True)
class StoredVerification:
    """A verification as it stands; names by language code. `reason` is why it was withdrawn."""

    verification_id: UUID
    organization_id: int
    access_path: str
    names: Mapping[str, str]
    code: str
    is_sample: bool
    year: int
    submission_id: UUID
    institution_id: UUID
    institution: Mapping[str, str]
    purpose: str
    state: str
    note: str
    assigned_by: int
    assigned_at: datetime
    changed_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a team; `left_at` is None while they belong to it."""

    person_id: int
    name: str
    is_lead: bool
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verifier who may be of a team today, with the institution that employs them."""

    institution_id: UUID
    institution: Mapping[str, str]
    person_id: int
    name: str
    login: str


class Subject:
    """What a row of a verification starts with: whose, and where."""

    __slots__ = ("values",)

    def __init__(self, found: StoredVerification) -> None:
        self.values = {
            "organization_id": found.organization_id,
            "verification_id": found.verification_id,
            "access_path": found.access_path,
        }


def add(work: Work, place: tuple[int, str], new: NewVerification) -> UUID:
    """Assign a verification at a place (organization, path) and return its id."""
    made = uuid4()
    values: dict[str, Any] = {n: getattr(new, n) for n in NewVerification.__dataclass_fields__}
    values |= {"organization_id": place[0], "access_path": place[1], "verification_id": made}
    values |= {"state": PLANNED, "reason": ""}
    values |= {"changed_by": new.assigned_by, "changed_at": new.assigned_at}
    work.connection.execute(insert(verification).values(values))
    return made


def page(
    work: Work, state: str, start: int, size: int
) -> tuple[tuple[StoredVerification, ...], int]:
    """Return a part of what the scope admits, the newest year first, and how many there are.

    Of one state, or of all where none is named.
    """
    columns = verification.c
    wanted = columns.state == state if state else true()
    count = work.connection.scalar(select(func.count()).select_from(verification).where(wanted))
    ordered = (
        _rows()
        .where(wanted)
        .order_by(columns.year.desc(), columns.assigned_at.desc(), columns.verification_id)
    )
    part = work.connection.execute(ordered.offset(start).limit(size))
    return tuple(map(_stored, part)), int(count or 0)


def ids_in_scope(work: Work) -> tuple[UUID, ...]:
    """Return the ids of all that the scope admits."""
    return tuple(work.connection.scalars(select(verification.c.verification_id)))


def get(work: Work, verification_id: UUID, *, lock: bool = False) -> StoredVerification:
    """Return a verification, held until the transaction ends where asked, or NotFoundError."""
    if lock:
        held = select(verification.c.state).where(verification.c.verification_id == verification_id)
        work.connection.execute(held.with_for_update())
    query = _rows().where(verification.c.verification_id == verification_id)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("verification", value=verification_id)
    return _stored(row)


def move(
    work: Work, found: StoredVerification, state: str, by: tuple[int, datetime], reason: str = ""
) -> None:
    """Take a verification to another state; the database refuses what is no step."""
    changed = {"state": state, "changed_by": by[0], "changed_at": by[1], "reason": reason}
    work.connection.execute(update(verification).where(*_key(found)).values(changed))


def state_of_year(work: Work, organization_id: int, year: int) -> str:
    """Return how far the verification of a year is, empty without one, whoever asks."""
    asked = text("SELECT base.verification_state(:firm, :year)")
    return str(work.connection.scalar(asked, {"firm": organization_id, "year": year}))


def add_member(
    work: Work, found: StoredVerification, person_id: int, is_lead: bool, by: tuple[int, datetime]
) -> None:
    """Take somebody into the team; the database refuses who may not verify there."""
    row = {"person_id": person_id, "is_lead": is_lead, "added_by": by[0], "joined_at": by[1]}
    work.connection.execute(insert(verification_member).values(Subject(found).values | row))


def remove_member(work: Work, found: StoredVerification, person_id: int, at: datetime) -> bool:
    """Let somebody leave the team; False when they were not of it."""
    columns = verification_member.c
    left = update(verification_member).where(
        columns.organization_id == found.organization_id,
        columns.verification_id == found.verification_id,
        columns.person_id == person_id,
        columns.left_at.is_(None),
        columns.is_lead.is_(False),
    )
    return work.connection.execute(left.values(left_at=at)).rowcount == 1


def team(work: Work, found: StoredVerification) -> tuple[Member, ...]:
    """Return who is and was of the team, the lead first."""
    columns = verification_member.c
    query = (
        select(verification_member, person.c.name)
        .join(person, person.c.person_id == columns.person_id)
        .where(
            columns.organization_id == found.organization_id,
            columns.verification_id == found.verification_id,
        )
        .order_by(columns.is_lead.desc(), columns.joined_at, columns.person_id)
    )
    return tuple(
        Member(row.person_id, row.name, row.is_lead, row.joined_at, row.left_at)
        for row in work.connection.execute(query)
    )


def of_member(work: Work, person_id: int) -> tuple[UUID, ...]:
    """Return to the teams of which verifications a person belongs, as far as the scope reaches."""
    columns = verification_member.c
    query = select(columns.verification_id).where(
        columns.person_id == person_id, columns.left_at.is_(None)
    )
    return tuple(work.connection.scalars(query))


def candidates(work: Work, organization_id: int, year: int, day: date) -> tuple[Candidate, ...]:
    """Return who may verify a year of an organization in scope, by institution and name."""
    asked = func.base.verifiers_at(organization_id, year, day).table_valued(
        "institution_id", "person_id"
    )
    query = (
        select(
            institution.c.institution_id,
            institution.c.name_zh,
            institution.c.name_en,
            person.c.person_id,
            person.c.name,
            person.c.login,
        )
        .select_from(asked)
        .join(institution, institution.c.institution_id == asked.c.institution_id)
        .join(person, person.c.person_id == asked.c.person_id)
        .where(person.c.is_active)
        .order_by(institution.c.code, person.c.login)
    )
    return tuple(
        Candidate(
            row.institution_id,
            {"zh-CN": row.name_zh, "en": row.name_en},
            row.person_id,
            row.name,
            row.login,
        )
        for row in work.connection.execute(query)
    )


def names_of(work: Work, people: Iterable[int]) -> Mapping[int, str]:
    """Return the names of people by number."""
    query = select(person.c.person_id, person.c.name).where(person.c.person_id.in_(set(people)))
    return {row.person_id: row.name for row in work.connection.execute(query)}


def _key(found: StoredVerification) -> Sequence[Any]:
    return (
        verification.c.organization_id == found.organization_id,
        verification.c.verification_id == found.verification_id,
    )


def _rows() -> Select[Any]:
    return (
        select(
            verification,
            organization.c.name_zh,
            organization.c.name_en,
            organization.c.code,
            organization.c.is_sample,
            institution.c.name_zh.label("institution_zh"),
            institution.c.name_en.label("institution_en"),
        )
        .join(organization, organization.c.organization_id == verification.c.organization_id)
        .join(institution, institution.c.institution_id == verification.c.institution_id)
    )


def _stored(row: Row[Any]) -> StoredVerification:
    told = {"names", "institution"}
    plain = (name for name in StoredVerification.__dataclass_fields__ if name not in told)
    return StoredVerification(
        names={"zh-CN": row.name_zh, "en": row.name_en},
        institution={"zh-CN": row.institution_zh, "en": row.institution_en},
        **{name: getattr(row, name) for name in plain},
    )
