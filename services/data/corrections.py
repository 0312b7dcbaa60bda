"""Accepted years that were opened to be corrected, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.organizations import Organization
from services.data.review_tables import correction
from services.data.submissions import StoredSubmission
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """Why an accepted year is opened again, by whom and when."""

    reason: str
    opened_by: int
    opened_at: datetime


def is_open(work: Work, accepted: StoredSubmission) -> bool:
    """Return whether an accepted submission was opened to be corrected."""
    columns = correction.c
    found = select(func.count()).where(
        columns.organization_id == accepted.organization_id,
        columns.submission_id == accepted.submission_id,
    )
    return bool(work.connection.scalar(found))


def add(work: Work, subject: Organization, accepted: StoredSubmission, new: NewCorrection) -> bool:
    """Open an accepted submission to be corrected; False when it was open already."""
    values = {
        "organization_id": subject.organization_id,
        "access_path": subject.access_path,
        "submission_id": accepted.submission_id,
        "year": accepted.year,
        "reason": new.reason,
        "opened_by": new.opened_by,
        "opened_at": new.opened_at,
    }
    fresh = upsert(correction).values(values).on_conflict_do_nothing()
    written = work.connection.execute(fresh.returning(correction.c.year))
    return written.one_or_none() is not None
