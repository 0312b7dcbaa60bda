"""What is filed below a place, in the order of organizations, some of them at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Join,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    select,
)

from services.data.base_tables import organization
from services.data.business_tables import run, run_pointer
from services.data.collected_tables import submission
from services.data.metadata import Ltree
from services.data.organizations import ACCOUNTED_KINDS
from services.data.runs import StoredRun, run_of
from services.data.work import Work
from services.standards.request import Record


@dataclass(frozen=True, slots=True)
class FiledYear:
    """A filed run of an organization, and the rows it was computed from as understood."""

    organization_id: int
    access_path: str
    run: StoredRun
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch changes for one organization, in tCO2e; names by language code."""

    organization_id: int
    names: Mapping[str, str]
    filed_t: float
    restated_t: float


def keys(work: Work, access_path: str, year: int) -> tuple[int, ...]:
    """Return the keys of the organizations below a place that have a filed year, in order."""
    query = (
        select(run.c.organization_id)
        .select_from(_filed())
        .where(_below(access_path, year))
        .order_by(run.c.organization_id)
    )
    return tuple(work.connection.execute(query).scalars())


def years(work: Work, access_path: str) -> tuple[int, ...]:
    """Return the years for which something below a place is filed, the newest first."""
    query = (
        select(run_pointer.c.year)
        .distinct()
        .where(
            run_pointer.c.access_path.op("<@")(cast(access_path, Ltree)),
            run_pointer.c.filed_run.is_not(None),
        )
    )
    return tuple(sorted(work.connection.execute(query).scalars(), reverse=True))


def some(work: Work, organization_ids: Sequence[int], year: int) -> tuple[FiledYear, ...]:
    """Return the filed year of each of these organizations, in the order of their keys."""
    wanted = literal(list(organization_ids), ARRAY(BigInteger))
    query = (
        select(run, cast(submission.c.records, Text).label("filed_records"))
        .select_from(
            _filed().join(
                submission,
                (submission.c.organization_id == run.c.organization_id)
                & (submission.c.submission_id == run.c.submission_id),
            )
        )
        .where(run_pointer.c.organization_id == any_(wanted))
        .where(run_pointer.c.year == year)
        .order_by(run.c.organization_id)
    )
    return tuple(
        FiledYear(
            row.organization_id, row.access_path, run_of(row), orjson.loads(row.filed_records)
        )
        for row in work.connection.execute(query)
    )


def last_of_batch(work: Work, batch: UUID) -> int:
    """Return the highest key of an organization that a batch has computed; 0 before the first."""
    query = select(func.max(run.c.organization_id)).where(run.c.batch == batch)
    return work.connection.execute(query).scalar_one() or 0


def count_of_batch(work: Work, batch: UUID) -> int:
    """Return how many organizations a batch has computed."""
    query = select(func.count()).select_from(run).where(run.c.batch == batch)
    return int(work.connection.execute(query).scalar_one())


def of_batch(work: Work, batch: UUID) -> tuple[Change, ...]:
    """Return what a batch computed, beside what was filed, in the order of organizations."""
    base = run.alias("base")
    query = (
        select(
            run.c.organization_id,
            organization.c.name_zh,
            organization.c.name_en,
            base.c.total_t.label("filed_t"),
            run.c.total_t.label("restated_t"),
        )
        .join(organization, organization.c.organization_id == run.c.organization_id)
        .join(
            base,
            (base.c.organization_id == run.c.organization_id) & (base.c.run_id == run.c.restates),
        )
        .where(run.c.batch == batch)
        .order_by(run.c.organization_id)
    )
    return tuple(
        Change(
            row.organization_id,
            {"zh-CN": row.name_zh, "en": row.name_en},
            row.filed_t,
            row.restated_t,
        )
        for row in work.connection.execute(query)
    )


def _filed() -> Join:
    """Return filed runs joined to their organizations."""
    return run.join(
        run_pointer,
        (run_pointer.c.organization_id == run.c.organization_id)
        & (run_pointer.c.filed_run == run.c.run_id),
    ).join(organization, organization.c.organization_id == run.c.organization_id)


def _below(access_path: str, year: int) -> ColumnElement[bool]:
    return and_(
        run_pointer.c.year == year,
        run.c.access_path.op("<@")(cast(access_path, Ltree)),
        organization.c.kind.in_(ACCOUNTED_KINDS),
    )
