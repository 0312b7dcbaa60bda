"""How far the check of a night has come, so that it goes on after a crash and ends once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data import organizations
from services.data.business_tables import run_pointer
from services.data.finding_tables import check_round
from services.data.organizations import Organization
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class Round:
    """The check of one night: where it stands, what it counted, and when it ended."""

    day: date
    after_organization: int
    after_year: int
    checked: int
    findings: int
    ended_at: datetime | None


def begin(work: Work, day: date) -> Round:
    """Return the round of a day, begun when there is none; locked until the work ends."""
    fresh = upsert(check_round).values(
        day=day, after_organization=0, after_year=0, checked=0, findings=0
    )
    work.connection.execute(fresh.on_conflict_do_nothing())
    query = select(check_round).where(check_round.c.day == day).with_for_update()
    return Round(**work.connection.execute(query).one()._mapping)


def write(work: Work, now: Round) -> None:
    """Write how far the round has come."""
    names = ("after_organization", "after_year", "checked", "findings", "ended_at")
    values = {name: getattr(now, name) for name in names}
    work.connection.execute(
        update(check_round).where(check_round.c.day == now.day).values(**values)
    )


def next_years(work: Work, now: Round, limit: int) -> list[tuple[Organization, int]]:
    """Return the next organizations and years that have a run, after where the round stands."""
    pointer = run_pointer.c
    query = (
        select(pointer.organization_id, pointer.year)
        .where(
            tuple_(pointer.organization_id, pointer.year)
            > tuple_(now.after_organization, now.after_year)
        )
        .order_by(pointer.organization_id, pointer.year)
        .limit(limit)
    )
    pairs = list(work.connection.execute(query))
    known = {number: organizations.get(work, number) for number in {pair[0] for pair in pairs}}
    return [(known[number], year) for number, year in pairs]
