"""That somebody looked through a draft as it stood at a revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.campaign_tables import draft_check
from services.data.drafts import DraftVersion
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """Who checked a revision, when, and what they said."""

    checked_by: int
    checked_by_name: str
    checked_at: datetime
    comment: str


def add(work: Work, subject: Organization, version: DraftVersion, check: StoredCheck) -> bool:
    """Keep the check of a revision; False when somebody had checked it before."""
    values = {
        "organization_id": subject.organization_id,
        "access_path": subject.access_path,
        "year": version.year,
        "revision": version.revision,
        "comment": check.comment,
        "checked_by": check.checked_by,
        "checked_at": check.checked_at,
    }
    fresh = upsert(draft_check).values(values).on_conflict_do_nothing()
    written = work.connection.execute(fresh.returning(draft_check.c.year))
    return written.one_or_none() is not None


def get(work: Work, version: DraftVersion) -> StoredCheck | None:
    """Return the check of a revision, or None."""
    columns = draft_check.c
    query = (
        select(draft_check, person.c.name)
        .outerjoin(person, person.c.person_id == columns.checked_by)
        .where(
            columns.organization_id == version.organization_id,
            columns.year == version.year,
            columns.revision == version.revision,
        )
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return None
    return StoredCheck(row.checked_by, row.name or "", row.checked_at, row.comment)
