"""Quantities of the heat and power split, versions kept with the submission of a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select

from services.data.business_tables import heat_power_split as table
from services.data.identity_tables import person
from services.data.submissions import StoredSubmission
from services.data.work import Work

QUANTITIES = ("heat_supplied", "heat_generated", "power_supplied")


@dataclass(frozen=True, slots=True)
class StoredSplit:
    """What was kept with a submission: the quantities, which version, by whom and when."""

    submission_id: UUID
    version: int
    quantities: Mapping[str, float]
    recorded_by: str
    recorded_at: datetime

    def about(self) -> dict[str, object]:
        """Return which version it is, and by whom and when, as plain values."""
        at = self.recorded_at.isoformat()
        return {"version": self.version, "recorded_by": self.recorded_by, "recorded_at": at}


@dataclass(frozen=True, slots=True)
class NewSplit:
    """Quantities to keep with a submission."""

    sent: StoredSubmission
    access_path: str
    quantities: Mapping[str, float]
    recorded_by: int
    recorded_at: datetime


def add(work: Work, new: NewSplit) -> None:
    """Keep quantities as the next version of their submission."""
    sent = new.sent
    newest = select(func.coalesce(func.max(table.c.version), 0) + 1).where(
        table.c.organization_id == sent.organization_id,
        table.c.submission_id == sent.submission_id,
    )
    values = {
        "organization_id": sent.organization_id,
        "submission_id": sent.submission_id,
        "version": newest.scalar_subquery(),
        "access_path": new.access_path,
        "year": sent.year,
        "recorded_by": new.recorded_by,
        "recorded_at": new.recorded_at,
        **{name: new.quantities[name] for name in QUANTITIES},
    }
    work.connection.execute(insert(table).values(values))


def of_submission(
    work: Work, organization_id: int, submission_id: UUID, version: int | None = None
) -> StoredSplit | None:
    """Return a version kept with a submission, the newest one when none is named."""
    query = _query(organization_id).where(table.c.submission_id == submission_id)
    if version is not None:
        query = query.where(table.c.version == version)
    row = work.connection.execute(query.order_by(table.c.version.desc()).limit(1)).one_or_none()
    return None if row is None else _stored(row)


def of_year(work: Work, organization_id: int, year: int) -> StoredSplit | None:
    """Return what was kept last with any submission of a year."""
    query = _query(organization_id).where(table.c.year == year)
    newest = query.order_by(table.c.recorded_at.desc(), table.c.version.desc()).limit(1)
    row = work.connection.execute(newest).one_or_none()
    return None if row is None else _stored(row)


def _query(organization_id: int) -> Select[Any]:
    named = select(table, person.c.name).join(person, person.c.person_id == table.c.recorded_by)
    return named.where(table.c.organization_id == organization_id)


def _stored(row: Row[Any]) -> StoredSplit:
    return StoredSplit(
        submission_id=row.submission_id,
        version=row.version,
        quantities={name: getattr(row, name) for name in QUANTITIES},
        recorded_by=row.name,
        recorded_at=row.recorded_at,
    )
