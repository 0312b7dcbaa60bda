"""What is done in a verification: plans, rows looked at, answers, findings, the opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Row, Table, func, insert, select, update

from services.data.verification_tables import (
    verification_answer,
    verification_finding,
    verification_look,
    verification_opinion,
    verification_plan,
)
from services.data.verifications import StoredVerification, Subject
from services.data.work import Work

MAJOR, MINOR, OPPORTUNITY = "major", "minor", "opportunity"
GRADES = (MAJOR, MINOR, OPPORTUNITY)


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A sampling plan as it was drawn; `picks` say which rows, how large, and why."""

    number: int
    submission_id: UUID
    run_id: UUID
    parameters: Mapping[str, Any]
    picks: Sequence[Mapping[str, Any]]
    made_by: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLook:
    """That somebody looked at a row, what it said then (as a hash), and what they noted."""

    submission_id: UUID
    row_key: str
    row_hash: str
    note: str
    looked_by: int
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The newest answer to an item of the checklist."""

    item: str
    version: int
    answer: str
    note: str
    files: Sequence[str]
    answered_by: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class NewFinding:
    """What a verifier finds: about which version, rows and files; `effect_t` where it is known."""

    submission_id: UUID
    grade: str
    body: str
    row_keys: Sequence[str]
    files: Sequence[str]
    effect_t: float | None
    raised_by: int
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with what the firm answered and how it was closed; texts are empty before."""

    number: int
    submission_id: UUID
    grade: str
    body: str
    row_keys: Sequence[str]
    files: Sequence[str]
    effect_t: float | None
    raised_by: int
    raised_at: datetime
    answer: str
    answered_by: int | None
    answered_at: datetime | None
    verdict: str
    closed_by: int | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Return whether nobody has closed it."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a verification comes to, about which version: tonnes and hashes as they were."""

    submission_id: UUID
    version: int
    rows_hash: str
    run_id: UUID
    input_hash: str
    total_t: float
    plan: int
    form: str
    conclusion: str
    words: str
    issued_by: int
    issued_at: datetime


T = TypeVar("T")


def add_plan(work: Work, found: StoredVerification, plan: StoredPlan) -> None:
    """Keep a plan beside those before it."""
    _add(work, found, verification_plan, _values(plan))


def plans(work: Work, found: StoredVerification) -> tuple[StoredPlan, ...]:
    """Return all plans, the newest last."""
    return _read(work, found, verification_plan, StoredPlan, "number")


def add_look(work: Work, found: StoredVerification, look: StoredLook) -> None:
    """Keep that a row was looked at."""
    _add(work, found, verification_look, _values(look) | {"look_id": uuid4()})


def looks(work: Work, found: StoredVerification) -> tuple[StoredLook, ...]:
    """Return what was looked at, the newest last."""
    return _read(work, found, verification_look, StoredLook, "looked_at")


def add_answer(work: Work, found: StoredVerification, answer: StoredAnswer) -> None:
    """Keep an answer to an item; those before it stay."""
    _add(work, found, verification_answer, _values(answer))


def answers(work: Work, found: StoredVerification) -> dict[str, StoredAnswer]:
    """Return the newest answer to each item that was answered."""
    every = _read(work, found, verification_answer, StoredAnswer, "version")
    return {each.item: each for each in every}


def add_finding(work: Work, found: StoredVerification, new: NewFinding) -> int:
    """Keep a finding and return its number: 1 for the first; the verification must be held."""
    columns = verification_finding.c
    last = work.connection.scalar(
        select(func.max(columns.number)).where(
            columns.organization_id == found.organization_id,
            columns.verification_id == found.verification_id,
        )
    )
    number = (last or 0) + 1
    blank = {"number": number, "answer": "", "verdict": ""}
    _add(work, found, verification_finding, _values(new) | blank)
    return number


def findings(work: Work, found: StoredVerification) -> tuple[StoredFinding, ...]:
    """Return all findings in the order of their numbers."""
    return _read(work, found, verification_finding, StoredFinding, "number")


def change_finding(
    work: Work, found: StoredVerification, number: int, changed: Mapping[str, Any]
) -> bool:
    """Write an answer or a verdict; False when the finding was closed before."""
    columns = verification_finding.c
    written = update(verification_finding).where(
        columns.organization_id == found.organization_id,
        columns.verification_id == found.verification_id,
        columns.number == number,
        columns.closed_at.is_(None),
    )
    return work.connection.execute(written.values(dict(changed))).rowcount == 1


def add_opinion(work: Work, found: StoredVerification, opinion: Opinion) -> None:
    """Keep the opinion; there is one."""
    _add(work, found, verification_opinion, _values(opinion))


def opinion_of(work: Work, found: StoredVerification) -> Opinion | None:
    """Return the opinion, or None before there is one."""
    return next(iter(_read(work, found, verification_opinion, Opinion, "issued_at")), None)


def _values(record: Any) -> dict[str, Any]:
    names = type(record).__dataclass_fields__
    lists = {name: list(getattr(record, name)) for name in ("files", "row_keys") if name in names}
    return {name: getattr(record, name) for name in names} | lists


def _add(work: Work, found: StoredVerification, table: Table, values: Mapping[str, Any]) -> None:
    work.connection.execute(insert(table).values({**values, **Subject(found).values}))


def _read(
    work: Work, found: StoredVerification, table: Table, made: type[T], order: str
) -> tuple[T, ...]:
    query = (
        select(table)
        .where(
            table.c.organization_id == found.organization_id,
            table.c.verification_id == found.verification_id,
        )
        .order_by(table.c[order])
    )
    return tuple(_made(row, made) for row in work.connection.execute(query))


def _made(row: Row[Any], made: Any) -> Any:
    return made(**{name: getattr(row, name) for name in made.__dataclass_fields__})
