"""What was signed of the gaps of a region and year; the newest entry of a gap counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from services.data.finding_tables import discrepancy_entry
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A gap with its cause and its owner, as somebody signs it."""

    year: int
    estimate: str
    gap_t: float
    cause: str
    owner: str
    note: str
    signed_by: int
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A signed entry, with the name of who signed."""

    estimate: str
    gap_t: float
    cause: str
    owner: str
    note: str
    signed_by: str
    signed_at: datetime


def add(work: Work, subject: Organization, new: NewEntry) -> None:
    """Keep a signed entry beside the earlier ones."""
    place = {"organization_id": subject.organization_id, "access_path": subject.access_path}
    values = {name: getattr(new, name) for name in NewEntry.__dataclass_fields__}
    work.connection.execute(insert(discrepancy_entry).values(**place, **values))


def newest(work: Work, organization_id: int, year: int) -> dict[str, StoredEntry]:
    """Return the newest entry of each gap of a region and year, by estimate."""
    columns = discrepancy_entry.c
    query = (
        select(discrepancy_entry, person.c.name)
        .outerjoin(person, person.c.person_id == columns.signed_by)
        .where(columns.organization_id == organization_id, columns.year == year)
        .order_by(columns.signed_at)
    )
    same = set(StoredEntry.__dataclass_fields__) - {"signed_by"}
    return {
        row.estimate: StoredEntry(
            signed_by=row.name or "", **{name: getattr(row, name) for name in same}
        )
        for row in work.connection.execute(query)
    }
