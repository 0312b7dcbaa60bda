"""What marks the state of an organization's years: small, read before every result page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, func, select, union

from services.data.asking import question
from services.data.base_tables import organization
from services.data.business_tables import decision, draft, heat_power_split, run, run_pointer
from services.data.collected_tables import submission
from services.data.engine import Database
from services.data.work import Scope
from services.errors import NotFoundError

_ID: BindParameter[int] = bindparam("organization_id", type_=BigInteger)
_years = union(
    select(draft.c.year).where(draft.c.organization_id == _ID),
    select(run_pointer.c.year).where(run_pointer.c.organization_id == _ID),
).subquery()
_splits = (
    select(func.max(heat_power_split.c.version))
    .where(
        heat_power_split.c.organization_id == _ID,
        heat_power_split.c.submission_id == run.c.submission_id,
    )
    .scalar_subquery()
)
_MARKS = question(
    "marks_of_organization",
    select(
        organization.c.name_zh,
        organization.c.name_en,
        organization.c.access_path,
        _years.c.year,
        run_pointer.c.current_run,
        submission.c.submitted_by,
        decision.c.state,
        decision.c.decided_at,
        _splits.label("heat_power"),
    )
    .select_from(organization)
    .outerjoin(_years, _years.c.year.is_not(None))
    .outerjoin(
        run_pointer,
        and_(run_pointer.c.organization_id == _ID, run_pointer.c.year == _years.c.year),
    )
    .outerjoin(run, and_(run.c.organization_id == _ID, run.c.run_id == run_pointer.c.current_run))
    .outerjoin(
        submission,
        and_(
            submission.c.organization_id == _ID,
            submission.c.submission_id == run.c.submission_id,
        ),
    )
    .outerjoin(
        decision,
        and_(decision.c.organization_id == _ID, decision.c.submission_id == run.c.submission_id),
    )
    .where(organization.c.organization_id == _ID)
    .order_by(_years.c.year.desc()),
)


@dataclass(frozen=True, slots=True)
class YearMark:
    """The current run of a year, who submitted it, the decision so far, its kept split."""

    year: int
    run_id: UUID | None
    submitted_by: int | None
    decision: str | None
    decided_at: datetime | None
    heat_power: int | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """An organization with the marks of its years, newest first; equal marks, equal content."""

    names: tuple[str, str]
    access_path: str
    years: tuple[YearMark, ...]


def get(database: Database, scope: Scope, organization_id: int) -> Marks:
    """Return the marks of an organization, or raise NotFoundError when it is not in scope."""
    rows = database.ask(scope, _MARKS, organization_id=organization_id)
    if not rows:
        raise NotFoundError("organization", value=organization_id)
    first = rows[0]
    years = tuple(YearMark(*row[3:]) for row in rows if row.year is not None)
    return Marks((first.name_zh, first.name_en), str(first.access_path), years)
