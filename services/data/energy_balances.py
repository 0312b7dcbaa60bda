"""Energy balances of regions, kept as they came; the newest of a year counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from services.data.collected_tables import energy_balance
from services.data.organizations import Organization
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class NewBalance:
    """A balance to keep: `rows` are fields of a fuel balance; electricity None if not known."""

    year: int
    rows: Sequence[Mapping[str, Any]]
    electricity_mwh: float | None
    note: str
    recorded_by: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class StoredBalance:
    """A balance as it was kept."""

    balance_id: UUID
    year: int
    rows: tuple[Mapping[str, Any], ...]
    electricity_mwh: float | None
    note: str
    recorded_at: datetime


def add(work: Work, subject: Organization, new: NewBalance) -> UUID:
    """Keep a balance of a region; an older one of the year stays beside it."""
    names = ("year", "electricity_mwh", "note", "recorded_by", "recorded_at")
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
    query = (
        select(energy_balance)
        .where(
            energy_balance.c.organization_id == organization_id,
            energy_balance.c.year.in_(tuple(years)),
        )
        .order_by(energy_balance.c.recorded_at)
    )
    return {
        row.year: StoredBalance(
            balance_id=row.balance_id,
            year=row.year,
            rows=tuple(row.rows),
            electricity_mwh=row.electricity_mwh,
            note=row.note,
            recorded_at=row.recorded_at,
        )
        for row in work.connection.execute(query)
    }
