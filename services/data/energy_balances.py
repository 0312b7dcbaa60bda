"""Energy balances of regions, kept as they came; the newest of a year counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.business_tables import balance_draft
from services.data.collected_tables import energy_balance
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewBalance:
    """A balance to keep: `rows` are fields of a fuel balance; electricity None if not known."""

    year: int
    rows: Sequence[Mapping[str, Any]]
    electricity_mwh: float | None
    note: str
    document: str
    recorded_by: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class StoredBalance:
    """A balance as it was kept; `document` is where its numbers are published."""

    balance_id: UUID
    year: int
    rows: tuple[Mapping[str, Any], ...]
    electricity_mwh: float | None
    note: str
    recorded_at: datetime
    document: str = ""
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class BalanceDraft:
    """Rows as typed, with the papers named so far."""

    rows: tuple[Mapping[str, str], ...]
    document: str
    note: str
    revision: int
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What is to be kept as a draft; `revision` is the one it began from, 0 for none."""

    year: int
    rows: Sequence[Mapping[str, str]]
    document: str
    note: str
    revision: int
    edited_by: int
    edited_at: datetime


def add(work: Work, subject: Organization, new: NewBalance) -> UUID:
    """Keep a balance of a region; an older one of the year stays beside it."""
    names = ("year", "electricity_mwh", "note", "document", "recorded_by", "recorded_at")
    values = {
        "organization_id": subject.organization_id,
        "access_path": subject.access_path,
        "rows": [dict(row) for row in new.rows],
        **{name: getattr(new, name) for name in names},
    }
    made = insert(energy_balance).values(values).returning(energy_balance.c.balance_id)
    balance_id: UUID = work.connection.scalars(made).one()
    return balance_id


def newest(work: Work, organization_id: int, years: Sequence[int]) -> dict[int, StoredBalance]:
    """Return the newest balance of each of the years that has one."""
    query = _query(organization_id).where(energy_balance.c.year.in_(tuple(years)))
    oldest_first = query.order_by(energy_balance.c.recorded_at)
    return {row.year: _stored(row) for row in work.connection.execute(oldest_first)}


def versions(work: Work, organization_id: int, year: int) -> tuple[StoredBalance, ...]:
    """Return every balance of a year, the newest, which counts, first."""
    query = _query(organization_id).where(energy_balance.c.year == year)
    newest_first = query.order_by(energy_balance.c.recorded_at.desc())
    return tuple(_stored(row) for row in work.connection.execute(newest_first))


def years_of(work: Work, organization_id: int) -> set[int]:
    """Return the years of a region that have a balance or a draft of one."""
    found: set[int] = set()
    for table in (energy_balance, balance_draft):
        query = select(table.c.year).where(table.c.organization_id == organization_id)
        found |= set(work.connection.scalars(query.distinct()))
    return found


def draft_of(work: Work, organization_id: int, year: int) -> BalanceDraft | None:
    """Return what somebody began to enter, as typed; None where nobody did."""
    query = select(balance_draft).where(
        balance_draft.c.organization_id == organization_id, balance_draft.c.year == year
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return None
    return BalanceDraft(tuple(row.rows), row.document, row.note, row.revision, row.edited_at)


def save_draft(work: Work, subject: Organization, new: NewDraft) -> bool:
    """Keep a draft over the revision that it began from; False when somebody was faster."""
    values = {
        "rows": [dict(row) for row in new.rows],
        "document": new.document,
        "note": new.note,
        "revision": new.revision + 1,
        "edited_by": new.edited_by,
        "edited_at": new.edited_at,
    }
    place = {"organization_id": subject.organization_id, "access_path": subject.access_path}
    written = (
        upsert(balance_draft)
        .values(**place, year=new.year, **values)
        .on_conflict_do_update(
            index_elements=("organization_id", "year"),
            set_=values,
            where=balance_draft.c.revision == new.revision,
        )
        .returning(balance_draft.c.revision)
    )
    return work.connection.execute(written).one_or_none() is not None


def _query(organization_id: int) -> Select[Any]:
    named = select(energy_balance, person.c.name).outerjoin(
        person, person.c.person_id == energy_balance.c.recorded_by
    )
    return named.where(energy_balance.c.organization_id == organization_id)


def _stored(row: Row[Any]) -> StoredBalance:
    return StoredBalance(
        balance_id=row.balance_id,
        year=row.year,
        rows=tuple(row.rows),
        electricity_mwh=row.electricity_mwh,
        note=row.note,
        recorded_at=row.recorded_at,
        document=row.document,
        recorded_by=row.name or "",
    )
