"""Submissions and their activity rows, kept as they came; a correction is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.business_tables import decision
from services.data.collected_tables import activity, submission
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.review_tables import correction
from services.data.work import Work
from services.errors import NotFoundError

SUBMITTED, APPROVED, RETURNED = "submitted", "approved", "returned"


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One activity row: the text of each cell as the person left it."""

    source: str
    item: str
    cells: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """What is written down when an organization submits its year.

    `records` are the rows as they were understood, so that no later reader changes a filed year.
    """

    year: int
    method: str
    purpose: str
    region: str
    channel: str
    rows_hash: str
    records: Sequence[Mapping[str, object]]
    submitted_by: int
    submitted_at: datetime
    typed_by: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission with what became of it; `state` is submitted, approved or returned."""

    submission_id: UUID
    organization_id: int
    year: int
    version: int
    method: str
    purpose: str
    region: str
    channel: str
    rows_hash: str
    state: str
    submitted_by: int
    submitted_by_name: str
    submitted_at: datetime
    decided_by: int | None
    decided_by_name: str
    decided_at: datetime | None
    comment: str
    typed_by: tuple[int, ...] = ()
    # Why the accepted version before it was opened again, empty where none was.
    correction: str = ""


@dataclass(frozen=True, slots=True)
class NewDecision:
    """An approval or a return, by whom, when, and why."""

    submission_id: UUID
    state: str
    comment: str
    decided_by: int
    decided_at: datetime


def add(
    work: Work, organization: Organization, new: NewSubmission, rows: Sequence[StoredRow]
) -> UUID:
    """Store a submission with its rows as the next version of that year; return its id."""
    earlier = latest(work, organization.organization_id, new.year)
    submission_id = uuid4()
    place = {
        "organization_id": organization.organization_id,
        "submission_id": submission_id,
        "access_path": organization.access_path,
    }
    names = tuple(NewSubmission.__dataclass_fields__)
    values = place | {name: getattr(new, name) for name in names}
    values["typed_by"] = list(new.typed_by)
    values["version"] = earlier.version + 1 if earlier else 1
    values["corrects"] = earlier.submission_id if earlier else None
    work.connection.execute(insert(submission).values(values))
    work.connection.execute(insert(activity), [_activity(place, *pair) for pair in enumerate(rows)])
    return submission_id


def get(work: Work, organization_id: int, submission_id: UUID) -> StoredSubmission:
    """Return a submission, or raise NotFoundError."""
    query = _query().where(
        submission.c.organization_id == organization_id,
        submission.c.submission_id == submission_id,
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("submission", value=submission_id)
    return _submission(row)


def latest(work: Work, organization_id: int, year: int) -> StoredSubmission | None:
    """Return the newest submission of a year, or None."""
    query = (
        _query()
        .where(submission.c.organization_id == organization_id, submission.c.year == year)
        .order_by(submission.c.version.desc())
        .limit(1)
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else _submission(row)


def accepted(work: Work, organization_id: int, year: int) -> StoredSubmission | None:
    """Return the newest submission of a year that was approved, or None."""
    query = (
        _query()
        .where(
            submission.c.organization_id == organization_id,
            submission.c.year == year,
            decision.c.state == APPROVED,
        )
        .order_by(submission.c.version.desc())
        .limit(1)
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else _submission(row)


def latest_of_years(work: Work, organization_id: int) -> dict[int, StoredSubmission]:
    """Return the newest submission of every year of an organization that has one."""
    query = (
        _query()
        .where(submission.c.organization_id == organization_id)
        .ext(distinct_on(submission.c.year))
        .order_by(submission.c.year, submission.c.version.desc())
    )
    return {row.year: _submission(row) for row in work.connection.execute(query)}


def pending(work: Work) -> tuple[StoredSubmission, ...]:
    """Return what waits for a decision within the scope, oldest first."""
    query = _query().where(decision.c.state.is_(None)).order_by(submission.c.submitted_at)
    return tuple(_submission(row) for row in work.connection.execute(query))


def rows_of(work: Work, organization_id: int, submission_id: UUID) -> tuple[StoredRow, ...]:
    """Return the activity rows of a submission in their order."""
    query = (
        select(activity)
        .where(
            activity.c.organization_id == organization_id,
            activity.c.submission_id == submission_id,
        )
        .order_by(activity.c.record)
    )
    return tuple(
        StoredRow(row.source, row.item, row.cells, row.note)
        for row in work.connection.execute(query)
    )


def records_of(work: Work, organization_id: int, submission_id: UUID) -> list[dict[str, object]]:
    """Return the rows of a submission as they were understood; none for one of before."""
    query = select(submission.c.records).where(
        submission.c.organization_id == organization_id,
        submission.c.submission_id == submission_id,
    )
    found: list[dict[str, object]] = work.connection.execute(query).scalar_one()
    return found


def decide(work: Work, organization: Organization, new: NewDecision) -> bool:
    """Write the decision; False when somebody had decided on this submission before."""
    names = tuple(NewDecision.__dataclass_fields__)
    place = {
        "organization_id": organization.organization_id,
        "access_path": organization.access_path,
    }
    values = place | {name: getattr(new, name) for name in names}
    fresh = upsert(decision).values(values).on_conflict_do_nothing()
    written = work.connection.execute(fresh.returning(decision.c.submission_id))
    return written.one_or_none() is not None


def _activity(place: Mapping[str, Any], record: int, row: StoredRow) -> dict[str, Any]:
    return {
        **place,
        "record": record,
        "source": row.source,
        "item": row.item,
        "cells": dict(row.cells),
        "note": row.note,
    }


def _query() -> Select[Any]:
    maker, checker = person.alias("maker"), person.alias("checker")
    return (
        select(
            *(column for column in submission.c if column.name != "records"),
            decision.c.state,
            decision.c.comment,
            decision.c.decided_by,
            decision.c.decided_at,
            maker.c.name.label("submitted_by_name"),
            checker.c.name.label("decided_by_name"),
            correction.c.reason.label("correction"),
        )
        .join(maker, maker.c.person_id == submission.c.submitted_by)
        .outerjoin(
            decision,
            (decision.c.organization_id == submission.c.organization_id)
            & (decision.c.submission_id == submission.c.submission_id),
        )
        .outerjoin(checker, checker.c.person_id == decision.c.decided_by)
        .outerjoin(
            correction,
            (correction.c.organization_id == submission.c.organization_id)
            & (correction.c.submission_id == submission.c.corrects),
        )
    )


def _submission(row: Row[Any]) -> StoredSubmission:
    return StoredSubmission(
        submission_id=row.submission_id,
        organization_id=row.organization_id,
        year=row.year,
        version=row.version,
        method=row.method,
        purpose=row.purpose,
        region=row.region,
        channel=row.channel,
        rows_hash=row.rows_hash,
        state=row.state or SUBMITTED,
        submitted_by=row.submitted_by,
        submitted_by_name=row.submitted_by_name,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_by_name=row.decided_by_name or "",
        decided_at=row.decided_at,
        comment=row.comment or "",
        typed_by=tuple(row.typed_by),
        correction=row.correction or "",
    )
