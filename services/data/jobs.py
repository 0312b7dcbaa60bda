"""Jobs: the row is the truth; whoever holds the newest fence may write, nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.data.business_tables import job
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"


@dataclass(frozen=True, slots=True)
class NewJob:
    """An order: the same effect key in one organization is the same job."""

    kind: str
    arguments: Mapping[str, Any]
    effect_key: str
    ordered_by: int
    ordered_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job; `progress` is the share done from 0 to 1, `fence` rises with each taking."""

    job_id: UUID
    organization_id: int
    access_path: str
    kind: str
    arguments: Mapping[str, Any]
    effect_key: str
    state: str
    attempt: int
    fence: int
    lease_until: datetime
    progress: float
    result: Mapping[str, Any]
    error: Mapping[str, Any]
    stop_asked: bool
    ordered_by: int
    ordered_at: datetime
    ended_at: datetime | None


def add(work: Work, organization: Organization, new: NewJob) -> StoredJob:
    """Store an order, or return the job that already has its effect key."""
    values = {
        "organization_id": organization.organization_id,
        "job_id": uuid4(),
        "access_path": organization.access_path,
        "kind": new.kind,
        "arguments": dict(new.arguments),
        "effect_key": new.effect_key,
        "state": QUEUED,
        "attempt": 0,
        "fence": 0,
        "lease_until": new.lease_until,
        "progress": 0.0,
        "result": {},
        "error": {},
        "stop_asked": False,
        "ordered_by": new.ordered_by,
        "ordered_at": new.ordered_at,
    }
    work.connection.execute(insert(job).values(values).on_conflict_do_nothing())
    query = select(job).where(
        job.c.organization_id == organization.organization_id,
        job.c.effect_key == new.effect_key,
    )
    return _job(work.connection.execute(query).one())


def get(work: Work, job_id: UUID, lock: bool = False) -> StoredJob:
    """Return a job in scope by its id alone, or raise NotFoundError."""
    query = select(job).where(job.c.job_id == job_id)
    row = work.connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError("job", value=job_id)
    return _job(row)


def write(work: Work, held: StoredJob, **values: Any) -> bool:
    """Change a job if its fence is still the one held; return whether it was."""
    result = work.connection.execute(
        update(job)
        .where(
            job.c.organization_id == held.organization_id,
            job.c.job_id == held.job_id,
            job.c.fence == held.fence,
        )
        .values(values)
    )
    return result.rowcount == 1


def overdue(work: Work, now: datetime) -> tuple[StoredJob, ...]:
    """Return queued and running jobs whose lease is over, oldest first."""
    query = (
        select(job)
        .where(job.c.state.in_((QUEUED, RUNNING)), job.c.lease_until < now)
        .order_by(job.c.ordered_at)
    )
    return tuple(_job(row) for row in work.connection.execute(query))


def of_organization(
    work: Work, organization_id: int, kind: str, limit: int = 20
) -> tuple[StoredJob, ...]:
    """Return the newest jobs of one kind for an organization, newest first."""
    query = (
        select(job)
        .where(job.c.organization_id == organization_id, job.c.kind == kind)
        .order_by(job.c.ordered_at.desc())
        .limit(limit)
    )
    return tuple(_job(row) for row in work.connection.execute(query))


def page(
    work: Work,
    place: tuple[int, str],
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[StoredJob, ...]:
    """Return jobs of one kind for an organization, newest first, from behind one on."""
    organization_id, kind = place
    query = select(job).where(job.c.organization_id == organization_id, job.c.kind == kind)
    if before is not None:
        query = query.where(tuple_(job.c.ordered_at, job.c.job_id) < before)
    newest = query.order_by(job.c.ordered_at.desc(), job.c.job_id.desc()).limit(limit)
    return tuple(_job(row) for row in work.connection.execute(newest))


def is_ordered(work: Work, organization_id: int, effect_key: str) -> bool:
    """Return whether a job with this effect key was ever ordered for an organization."""
    query = select(job.c.job_id).where(
        job.c.organization_id == organization_id, job.c.effect_key == effect_key
    )
    return work.connection.execute(query).first() is not None


def _job(row: Row[Any]) -> StoredJob:
    return StoredJob(**{name: getattr(row, name) for name in StoredJob.__dataclass_fields__})
