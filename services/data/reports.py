"""Finished reports and their files; one report a job, so that making it twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from services.data.business_tables import report, report_file
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class NewReport:
    """What a report is made from, in which language, by which template."""

    run_id: UUID
    job_id: UUID
    language: str
    template_version: str
    made_by: int


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of a report; `format` is docx, pdf or xlsx."""

    format: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A finished report."""

    report_id: UUID
    organization_id: int
    access_path: str
    run_id: UUID
    job_id: UUID
    language: str
    template_version: str
    made_by: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is sent: its name, bytes and their SHA-256."""

    format: str
    name: str
    sha256: str
    content: bytes


def add(
    work: Work, organization: Organization, new: NewReport, files: Sequence[NewFile]
) -> StoredReport:
    """Store a report with its files, or return the one that the job already made."""
    place = {
        "organization_id": organization.organization_id,
        "report_id": uuid4(),
        "access_path": organization.access_path,
    }
    names = tuple(NewReport.__dataclass_fields__)
    values = place | {name: getattr(new, name) for name in names}
    fresh = insert(report).values(values).on_conflict_do_nothing()
    written = work.connection.execute(fresh.returning(report.c.report_id)).one_or_none()
    if written is not None:
        rows = [place | _file_values(file) for file in files]
        work.connection.execute(insert(report_file), rows)
    found = of_job(work, organization.organization_id, new.job_id)
    if found is None:
        raise NotFoundError("report", value=new.job_id)
    return found


def of_job(work: Work, organization_id: int, job_id: UUID) -> StoredReport | None:
    """Return the report that a job made, or None."""
    query = select(report).where(
        report.c.organization_id == organization_id, report.c.job_id == job_id
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else _report(row)


def get(work: Work, report_id: UUID) -> StoredReport:
    """Return a report in scope by its id alone, or raise NotFoundError."""
    query = select(report).where(report.c.report_id == report_id)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("report", value=report_id)
    return _report(row)


def of_organization(work: Work, organization_id: int, limit: int = 50) -> tuple[StoredReport, ...]:
    """Return the newest reports of an organization, newest first."""
    query = (
        select(report)
        .where(report.c.organization_id == organization_id)
        .order_by(report.c.made_at.desc())
        .limit(limit)
    )
    return tuple(_report(row) for row in work.connection.execute(query))


def file_of(work: Work, organization_id: int, report_id: UUID, format: str) -> StoredFile:
    """Return a file of a report, or raise NotFoundError."""
    query = select(report_file).where(
        report_file.c.organization_id == organization_id,
        report_file.c.report_id == report_id,
        report_file.c.format == format,
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("report", value=f"{report_id}.{format}")
    return StoredFile(row.format, row.name, row.sha256, row.content)


def _file_values(file: NewFile) -> dict[str, Any]:
    digest = hashlib.sha256(file.content).hexdigest()
    return {"format": file.format, "name": file.name, "content": file.content, "sha256": digest}


def _report(row: Row[Any]) -> StoredReport:
    names = StoredReport.__dataclass_fields__
    return StoredReport(**{name: getattr(row, name) for name in names})
