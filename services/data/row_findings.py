"""What rules found in submitted rows: kept once, seen again, gone, or cleared with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    insert,
    not_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.base_tables import organization
from services.data.collected_tables import submission
from services.data.finding_tables import finding, finding_clearing
from services.data.identity_tables import person
from services.data.metadata import Ltree
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError

OPEN, CLEARED = "open", "cleared"
# What a check writes anew, and what is shown of it.
_TOLD = ("submission_id", "version", "severity", "expected", "found", "evidence")


@dataclass(frozen=True, slots=True)
class NewRowFinding:
    """What a rule of a version found: where, both numbers, and what was compared."""

    rule: str
    version: int
    severity: str
    part: str
    expected: float | None
    found: float | None
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A finding as it stands, with whose it is and who handed the rows in."""

    finding_id: UUID
    organization_id: int
    names: Mapping[str, str]
    access_path: str
    year: int
    submission_id: UUID
    method: str
    rule: str
    version: int
    severity: str
    part: str
    expected: float | None
    found: float | None
    evidence: Mapping[str, Any]
    found_at: datetime
    gone_at: datetime | None
    makers: tuple[int, ...]
    resolved_by: str
    resolved_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; empty texts and None ask for all."""

    access_path: str = ""
    year: int | None = None
    rule: str = ""
    severity: str = ""
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class Clearing:
    """Who cleared a finding of which numbers, when and why."""

    found: float | None
    expected: float | None
    version: int
    reason: str
    cleared_by_name: str
    cleared_at: datetime


def keep(
    work: Work,
    checked: tuple[Organization, int, UUID],
    found: Sequence[NewRowFinding],
    at: datetime,
) -> int:
    """Keep what rules found in the rows of a year; what they find no more is gone. Return how many.

    What was cleared stays so, in a later version too, unless its numbers or the rule changed.
    """
    subject, year, _ = checked
    for each in found:
        work.connection.execute(_kept(checked, each, at))
    named = [(each.rule, each.part) for each in found]
    columns = finding.c
    gone = update(finding).where(
        columns.organization_id == subject.organization_id,
        columns.year == year,
        columns.submission_id.is_not(None),
        columns.gone_at.is_(None),
        *([not_(tuple_(columns.invariant, columns.part).in_(named))] if named else []),
    )
    work.connection.execute(gone.values(gone_at=at))
    return len(found)


def page(work: Work, wanted: Wanted, first: int, limit: int) -> tuple[RowFinding, ...]:
    """Return some findings, the gravest first, then the newest year and the rows in their order."""
    columns = finding.c
    grave = case({"error": 0, "warning": 1}, value=columns.severity, else_=2)
    query = (
        _query()
        .where(*_asked(wanted))
        .order_by(grave, columns.year.desc(), columns.organization_id)
        .order_by(columns.invariant, columns.part, columns.finding_id)
    )
    rows = work.connection.execute(query.offset(first).limit(limit))
    return tuple(_finding(row) for row in rows)


def counts(work: Work, wanted: Wanted) -> dict[tuple[str, str], int]:
    """Return how many there are by rule and severity."""
    columns = finding.c
    query = (
        select(columns.invariant, columns.severity, func.count())
        .join(submission, _of_submission())
        .where(*_asked(wanted))
        .group_by(columns.invariant, columns.severity)
    )
    return {(rule, severity): n for rule, severity, n in work.connection.execute(query)}


def years(work: Work) -> tuple[int, ...]:
    """Return the years of which something is found, the newest first."""
    query = select(finding.c.year).distinct().where(finding.c.submission_id.is_not(None))
    return tuple(sorted(work.connection.scalars(query), reverse=True))


def get(work: Work, finding_id: UUID) -> RowFinding:
    """Return a finding of the scope, or raise NotFoundError."""
    query = _query().where(finding.c.finding_id == finding_id)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("finding", value=finding_id)
    return _finding(row)


def clear(work: Work, found: RowFinding, person_id: int, reason: str, at: datetime) -> bool:
    """Write who cleared an open finding and why, for good; False when it is not so any more."""
    values = {"resolved_by": person_id, "resolved_at": at, "reason": reason}
    mine = (
        finding.c.organization_id == found.organization_id,
        finding.c.finding_id == found.finding_id,
        finding.c.resolved_at.is_(None),
        finding.c.gone_at.is_(None),
        # The reason is for what was read: a check between the reading and this may find another.
        *(finding.c[name].is_not_distinct_from(getattr(found, name)) for name in _TOLD),
    )
    if not work.connection.execute(update(finding).where(*mine).values(**values)).rowcount:
        return False
    clearing = {
        "organization_id": found.organization_id,
        "access_path": found.access_path,
        **{"finding_id": found.finding_id, "version": found.version},
        **{"expected": found.expected, "found": found.found},
        **{"reason": reason, "cleared_by": person_id, "cleared_at": at},
    }
    work.connection.execute(insert(finding_clearing).values(clearing))
    return True


def clearings(work: Work, found: Iterable[tuple[int, UUID]]) -> dict[UUID, tuple[Clearing, ...]]:
    """Return every time that findings were cleared, the newest first: also of earlier numbers."""
    columns = finding_clearing.c
    query = (
        select(finding_clearing, person.c.name)
        .outerjoin(person, person.c.person_id == columns.cleared_by)
        .where(tuple_(columns.organization_id, columns.finding_id).in_(list(found)))
        .order_by(columns.cleared_at.desc())
    )
    told: dict[UUID, tuple[Clearing, ...]] = {}
    for row in work.connection.execute(query):
        numbers = (row.found, row.expected, row.version, row.reason)
        one = Clearing(*numbers, row.name or "", row.cleared_at)
        told[row.finding_id] = (*told.get(row.finding_id, ()), one)
    return told


def submitted_below(work: Work, access_path: str) -> tuple[tuple[int, int], ...]:
    """Return every organization and year below a place of which something was handed in."""
    columns = submission.c
    query = (
        select(columns.organization_id, columns.year)
        .distinct()
        .where(columns.access_path.op("<@")(cast(access_path, Ltree)))
        .order_by(columns.organization_id, columns.year)
    )
    return tuple((row.organization_id, row.year) for row in work.connection.execute(query))


def _kept(checked: tuple[Organization, int, UUID], new: NewRowFinding, at: datetime) -> Any:
    subject, year, submission_id = checked
    fresh = upsert(finding).values(
        organization_id=subject.organization_id,
        access_path=subject.access_path,
        year=year,
        submission_id=submission_id,
        invariant=new.rule,
        version=new.version,
        severity=new.severity,
        part=new.part,
        expected=new.expected,
        found=new.found,
        evidence=dict(new.evidence),
        found_at=at,
        seen_at=at,
        reason="",
    )
    came, columns = fresh.excluded, finding.c
    is_same = and_(
        *(
            columns[name].is_not_distinct_from(came[name])
            for name in ("expected", "found", "version", "severity")
        )
    )
    kept = {
        name: case((is_same, columns[name]), else_=came[name])
        for name in ("resolved_by", "resolved_at", "reason")
    }
    return fresh.on_conflict_do_update(
        index_elements=["organization_id", "year", "invariant", "part"],
        index_where=columns.submission_id.is_not(None),
        set_={**kept, **{name: came[name] for name in _TOLD}, "seen_at": at, "gone_at": None},
    )


def _query() -> Select[Any]:
    # The rows of a submission that the reader may not see take their findings with them.
    return (
        select(
            finding,
            person.c.name.label("resolved_by_name"),
            organization.c.name_zh,
            organization.c.name_en,
            submission.c.method,
            submission.c.submitted_by,
            submission.c.typed_by,
        )
        .join(submission, _of_submission())
        .join(organization, organization.c.organization_id == finding.c.organization_id)
        .outerjoin(person, person.c.person_id == finding.c.resolved_by)
    )


def _of_submission() -> ColumnElement[bool]:
    return and_(
        submission.c.organization_id == finding.c.organization_id,
        submission.c.submission_id == finding.c.submission_id,
    )


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = finding.c
    asked: list[ColumnElement[bool]] = [
        columns.submission_id.is_not(None),
        columns.gone_at.is_(None),
    ]
    if wanted.access_path:
        asked.append(columns.access_path.op("<@")(cast(wanted.access_path, Ltree)))
    if wanted.year is not None:
        asked.append(columns.year == wanted.year)
    if wanted.rule:
        asked.append(columns.invariant == wanted.rule)
    if wanted.severity:
        asked.append(columns.severity == wanted.severity)
    if wanted.state == OPEN:
        asked.append(columns.resolved_at.is_(None))
    elif wanted.state == CLEARED:
        asked.append(columns.resolved_at.is_not(None))
    return asked


def _finding(row: Row[Any]) -> RowFinding:
    told: dict[str, Any] = {"rule": row.invariant, "resolved_by": row.resolved_by_name or ""}
    told["names"] = {"zh-CN": row.name_zh, "en": row.name_en}
    told["makers"] = tuple({row.submitted_by, *row.typed_by})
    same = set(RowFinding.__dataclass_fields__) - set(told)
    return RowFinding(**told, **{name: getattr(row, name) for name in same})
