"""Measured values of organizations: proposed by one, decided on by another, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, Text, cast, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data import attachments
from services.data.collected_tables import own_value, own_value_decision, submission
from services.data.evidence_files import Attachment
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError
from services.standards.own_values import own_in
from services.standards.request import Record

PROPOSED, ACCEPTED, REJECTED = "proposed", "accepted", "rejected"


@dataclass(frozen=True, slots=True)
class NewOwnValue:
    """A value as somebody proposes it; `files` are kept for `file_year`, by their SHA-256."""

    item: str
    symbol: str
    value: float
    unit: str
    valid_from: date
    valid_to: date | None
    laboratory: str
    note: str
    file_year: int
    files: Sequence[str]
    supersedes: UUID | None
    proposed_by: int
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredOwnValue:
    """A value with what became of it; `known_from` is the day of its acceptance."""

    value_id: UUID
    organization_id: int
    item: str
    symbol: str
    value: float
    unit: str
    valid_from: date
    valid_to: date | None
    laboratory: str
    note: str
    file_year: int
    files: tuple[str, ...]
    supersedes: UUID | None
    proposed_by: int
    proposed_by_name: str
    proposed_at: datetime
    state: str
    reason: str
    decided_by_name: str
    decided_at: datetime | None
    known_from: date | None


@dataclass(frozen=True, slots=True)
class NewValueDecision:
    """What a second person decides on a value, and the day from which it is known."""

    state: str
    reason: str
    decided_by: int
    decided_at: datetime
    known_from: date


def lock(work: Work, organization_id: int) -> None:
    """Let nobody else propose or decide on values of the organization in the meantime."""
    work.connection.execute(
        text("SELECT pg_advisory_xact_lock(12, hashint8(:key))"), {"key": organization_id}
    )


def add(work: Work, subject: Organization, new: NewOwnValue) -> UUID:
    """Store a proposed value and return its id."""
    values = {name: getattr(new, name) for name in NewOwnValue.__dataclass_fields__}
    values |= {"value_id": uuid4(), "files": list(new.files), **_place(subject)}
    work.connection.execute(insert(own_value).values(values))
    value_id: UUID = values["value_id"]
    return value_id


def decide(work: Work, subject: Organization, value: StoredOwnValue, new: NewValueDecision) -> bool:
    """Write the decision; False when somebody had decided on this value before."""
    values = {name: getattr(new, name) for name in NewValueDecision.__dataclass_fields__}
    values |= {"value_id": value.value_id, "proposed_by": value.proposed_by, **_place(subject)}
    fresh = upsert(own_value_decision).values(values).on_conflict_do_nothing()
    written = work.connection.execute(fresh.returning(own_value_decision.c.value_id))
    return written.one_or_none() is not None


def get(work: Work, organization_id: int, value_id: UUID) -> StoredOwnValue:
    """Return a value, or raise NotFoundError."""
    found = [v for v in of_organization(work, organization_id) if v.value_id == value_id]
    if not found:
        raise NotFoundError("own_value", value=str(value_id)[:8])
    return found[0]


def of_organization(work: Work, organization_id: int) -> tuple[StoredOwnValue, ...]:
    """Return every value of an organization by item, quantity and first day; newest last."""
    query = _query().where(own_value.c.organization_id == organization_id)
    columns = own_value.c
    order = (columns.item, columns.symbol, columns.valid_from, columns.proposed_at)
    return tuple(_stored(row) for row in work.connection.execute(query.order_by(*order)))


def standing(values: Iterable[StoredOwnValue], on: date | None = None) -> list[StoredOwnValue]:
    """Return the accepted values that no other has taken the place of, as known on a day."""
    accepted = [
        value
        for value in values
        if value.state == ACCEPTED and value.known_from and (on is None or value.known_from <= on)
    ]
    replaced = {value.supersedes for value in accepted}
    return [value for value in accepted if value.value_id not in replaced]


def used_in(work: Work, organization_id: int) -> Mapping[UUID, tuple[int, ...]]:
    """Return the years in whose submissions each value stands."""
    stands = func.strpos(cast(submission.c.records, Text), cast(own_value.c.value_id, Text)) > 0
    query = (
        select(own_value.c.value_id, submission.c.year)
        .distinct()
        .join(submission, submission.c.organization_id == own_value.c.organization_id)
        .where(own_value.c.organization_id == organization_id, stands)
        .order_by(submission.c.year)
    )
    found: dict[UUID, tuple[int, ...]] = {}
    for value_id, year in work.connection.execute(query):
        found[value_id] = (*found.get(value_id, ()), year)
    return found


def files_of(work: Work, values: Iterable[StoredOwnValue]) -> dict[str, Attachment]:
    """Return the evidence files of values, by their SHA-256."""
    found: dict[str, Attachment] = {}
    for key in dict.fromkeys((value.organization_id, value.file_year) for value in values):
        found |= attachments.of_year(work, *key)
    named = {sha256 for value in values for sha256 in value.files}
    return {sha256: file for sha256, file in found.items() if sha256 in named}


def files_behind(
    work: Work, organization_id: int, records: Sequence[Record]
) -> dict[str, Attachment]:
    """Return the evidence files of the own values in records; nothing is asked where none is."""
    ids = set(own_in(records))
    if not ids:
        return {}
    values = of_organization(work, organization_id)
    return files_of(work, [value for value in values if str(value.value_id) in ids])


def _place(subject: Organization) -> dict[str, Any]:
    return {"organization_id": subject.organization_id, "access_path": subject.access_path}


def _query() -> Select[Any]:
    maker, checker = person.alias("maker"), person.alias("checker")
    decision = own_value_decision.c
    return (
        select(
            own_value,
            decision.state,
            decision.reason,
            decision.decided_at,
            decision.known_from,
            maker.c.name.label("proposed_by_name"),
            checker.c.name.label("decided_by_name"),
        )
        .join(maker, maker.c.person_id == own_value.c.proposed_by)
        .outerjoin(
            own_value_decision,
            (decision.organization_id == own_value.c.organization_id)
            & (decision.value_id == own_value.c.value_id),
        )
        .outerjoin(checker, checker.c.person_id == decision.decided_by)
    )


def _stored(row: Row[Any]) -> StoredOwnValue:
    built = {"state", "reason", "decided_by_name", "files"}
    names = set(StoredOwnValue.__dataclass_fields__) - built
    return StoredOwnValue(
        state=row.state or PROPOSED,
        reason=row.reason or "",
        decided_by_name=row.decided_by_name or "",
        files=tuple(row.files),
        **{name: getattr(row, name) for name in names},
    )
