"""Totals that disagree: kept once, seen again, gone, or resolved with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, and_, case, func, not_, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.business_tables import run, run_pointer
from services.data.finding_tables import finding
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.errors import NotFoundError


class Difference(Protocol):
    """What disagrees: an invariant, the part where, and both numbers."""

    @property
    def invariant(self) -> str:
        """Return which rule is broken."""

    @property
    def part(self) -> str:
        """Return where: a source, a gas, the number of a line, or nothing."""

    @property
    def expected(self) -> float:
        """Return what it ought to be."""

    @property
    def found(self) -> float:
        """Return what is stored or shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """The run that was checked, and whose it is."""

    subject: Organization
    year: int
    run_id: UUID


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A difference as it stands; resolved when somebody gave a reason."""

    finding_id: UUID
    organization_id: int
    year: int
    run_id: UUID
    invariant: str
    part: str
    expected: float
    found: float
    found_at: datetime
    resolved_by: str
    resolved_at: datetime | None
    reason: str


def keep(work: Work, place: Place, differences: Iterable[Difference], at: datetime) -> int:
    """Keep what a check found of a run; what it did not find any more is gone. Return how many.

    A finding that was resolved stays so, unless its numbers have changed since.
    """
    found = list(differences)
    for difference in found:
        work.connection.execute(_kept(place, difference, at))
    named = [(d.invariant, d.part) for d in found]
    gone = update(finding).where(
        finding.c.organization_id == place.subject.organization_id,
        finding.c.run_id == place.run_id,
        finding.c.gone_at.is_(None),
        *([not_(tuple_(finding.c.invariant, finding.c.part).in_(named))] if named else []),
    )
    work.connection.execute(gone.values(gone_at=at))
    return len(found)


def standing(work: Work, organization_id: int, year: int) -> tuple[StoredFinding, ...]:
    """Return what disagrees in the current or filed run of a year, open ones first."""
    pointed = select(run_pointer.c.current_run, run_pointer.c.filed_run).where(
        run_pointer.c.organization_id == organization_id, run_pointer.c.year == year
    )
    row = work.connection.execute(pointed).one_or_none()
    return _standing(work, organization_id, {run_id for run_id in row or () if run_id})


def standing_of_run(work: Work, organization_id: int, run_id: UUID) -> tuple[StoredFinding, ...]:
    """Return what disagrees in one run, open ones first."""
    return _standing(work, organization_id, {run_id})


def _standing(work: Work, organization_id: int, run_ids: set[UUID]) -> tuple[StoredFinding, ...]:
    query = (
        select(finding, person.c.name)
        .outerjoin(person, person.c.person_id == finding.c.resolved_by)
        .where(
            finding.c.organization_id == organization_id,
            finding.c.run_id.in_(run_ids),
            finding.c.gone_at.is_(None),
        )
        .order_by(finding.c.resolved_at.desc().nulls_first(), finding.c.found_at, finding.c.part)
    )
    return tuple(_finding(row) for row in work.connection.execute(query))


def page(
    work: Work, organization_id: int, before: tuple[datetime, UUID] | None, limit: int
) -> tuple[StoredFinding, ...]:
    """Return what disagrees in current and filed runs of all years, what was found last first."""
    pointed = run_pointer.c.organization_id == organization_id
    shown = select(run_pointer.c.current_run).where(pointed)
    filed = select(run_pointer.c.filed_run).where(pointed, run_pointer.c.filed_run.is_not(None))
    query = (
        select(finding, person.c.name)
        .outerjoin(person, person.c.person_id == finding.c.resolved_by)
        .where(
            finding.c.organization_id == organization_id,
            or_(finding.c.run_id.in_(shown), finding.c.run_id.in_(filed)),
            finding.c.gone_at.is_(None),
        )
        .order_by(finding.c.found_at.desc(), finding.c.finding_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(finding.c.found_at, finding.c.finding_id) < before)
    return tuple(_finding(row) for row in work.connection.execute(query))


def resolve(work: Work, found: StoredFinding, person_id: int, reason: str, at: datetime) -> bool:
    """Write who resolved an open finding and why; False when another was first."""
    values = {"resolved_by": person_id, "resolved_at": at, "reason": reason}
    done = work.connection.execute(
        update(finding)
        .where(
            finding.c.organization_id == found.organization_id,
            finding.c.finding_id == found.finding_id,
            finding.c.resolved_at.is_(None),
        )
        .values(**values)
    )
    return bool(done.rowcount)


def get(work: Work, organization_id: int, finding_id: UUID) -> StoredFinding:
    """Return a finding, or raise NotFoundError."""
    query = (
        select(finding, person.c.name)
        .outerjoin(person, person.c.person_id == finding.c.resolved_by)
        .where(
            finding.c.organization_id == organization_id,
            finding.c.finding_id == finding_id,
            # What a rule found in rows is cleared in its own way, by other persons.
            finding.c.run_id.is_not(None),
        )
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("finding", value=finding_id)
    return _finding(row)


def misplaced_lines(work: Work, place: Place) -> int:
    """Return how many lines of a run lie at another place than the run itself."""
    query = (
        select(func.count())
        .select_from(emission_line)
        .join(
            run,
            and_(
                run.c.organization_id == emission_line.c.organization_id,
                run.c.run_id == emission_line.c.run_id,
            ),
        )
        .where(
            emission_line.c.organization_id == place.subject.organization_id,
            emission_line.c.run_id == place.run_id,
            or_(
                emission_line.c.access_path != run.c.access_path,
                emission_line.c.year != run.c.year,
            ),
        )
    )
    return work.connection.scalar(query) or 0


def _kept(place: Place, difference: Difference, at: datetime) -> Any:
    fresh = upsert(finding).values(
        organization_id=place.subject.organization_id,
        access_path=place.subject.access_path,
        year=place.year,
        run_id=place.run_id,
        invariant=difference.invariant,
        part=difference.part,
        expected=difference.expected,
        found=difference.found,
        found_at=at,
        seen_at=at,
        reason="",
    )
    new = fresh.excluded
    is_same = and_(finding.c.expected == new.expected, finding.c.found == new.found)
    kept = {
        name: case((is_same, finding.c[name]), else_=new[name])
        for name in ("resolved_by", "resolved_at", "reason")
    }
    numbers = {"expected": new.expected, "found": new.found}
    return fresh.on_conflict_do_update(
        index_elements=["organization_id", "run_id", "invariant", "part"],
        set_={**kept, **numbers, "seen_at": at, "gone_at": None},
    )


def _finding(row: Row[Any]) -> StoredFinding:
    same = set(StoredFinding.__dataclass_fields__) - {"resolved_by"}
    values = {name: getattr(row, name) for name in same}
    return StoredFinding(resolved_by=row.name or "", **values)
