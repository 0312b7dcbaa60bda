"""Runs of a batch whose stored totals and lines may disagree: those of a part asked at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Double, Text, case, cast, func, literal, or_, select, true

from services.data.business_tables import run
from services.data.runs import StoredRun, run_of
from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.standards.totals import DEDUCT, DIRECT, INDIRECT, WHOLE_YEAR

# The database adds in any order, so this only chooses whom to ask exactly.
TOLERANCE = 1e-9
_LINE = emission_line.c
# What a line adds to the total of its run.
_ADDED = case(
    (_LINE.emission_scope == DIRECT, _LINE.co2e_t),
    (_LINE.emission_scope == DEDUCT, -_LINE.co2e_t),
    (_LINE.emission_scope == INDIRECT, _LINE.sign * _LINE.co2e_t),
)


def doubtful(work: Work, batch: UUID, organization_ids: Collection[int]) -> tuple[StoredRun, ...]:
    """Return the runs of a batch that have to be checked one by one, by organization."""
    lines = _sums_of_lines()
    direct, deducted, indirect = (
        func.coalesce(lines.c[name], 0.0) for name in ("direct_t", "deducted_t", "indirect_t")
    )
    query = (
        select(run)
        .join(lines, true())
        .where(
            run.c.batch == batch,
            run.c.organization_id.in_(organization_ids),
            or_(
                _differ(direct, run.c.direct_t),
                _differ(deducted, run.c.deducted_t),
                _differ(indirect, run.c.indirect_t),
                _differ(direct - deducted + indirect, run.c.total_t),
                lines.c.products > 0,
                lines.c.misplaced > 0,
                (lines.c.dated > 0) != run.c.by_month.is_not(None),
                # Only runs that have parts by month are asked for them.
                case((run.c.by_month.is_(None), False), else_=_months_differ()),
            ),
        )
        .order_by(run.c.organization_id)
    )
    return tuple(run_of(row) for row in work.connection.execute(query))


def _sums_of_lines() -> Any:
    """Return for each run what its own lines add up to, and how many of them are out of order."""
    # For each run its own lines by their key: what has just been stored has no statistics yet, and
    # any other plan may cost the square of it.
    return (
        select(
            _in_scope(DIRECT, _LINE.co2e_t).label("direct_t"),
            _in_scope(DEDUCT, _LINE.co2e_t).label("deducted_t"),
            _in_scope(INDIRECT, _LINE.sign * _LINE.co2e_t).label("indirect_t"),
            func.count().filter(_differ(_LINE.gas_t * _LINE.gwp, _LINE.co2e_t)).label("products"),
            func.count()
            .filter(or_(_LINE.access_path != run.c.access_path, _LINE.year != run.c.year))
            .label("misplaced"),
            func.count(_LINE.month).label("dated"),
        )
        .where(_LINE.organization_id == run.c.organization_id, _LINE.run_id == run.c.run_id)
        .lateral("lines")
    )


def _months_differ() -> Any:
    """Return whether the parts of a run by month are not its lines, or not its total."""
    month = func.coalesce(cast(_LINE.month, Text), literal(WHOLE_YEAR))
    part = cast(run.c.by_month.op("->>")(month), Double)
    added = func.coalesce(func.sum(_ADDED), 0.0)
    differing = (
        select(literal(1))
        .where(_LINE.organization_id == run.c.organization_id, _LINE.run_id == run.c.run_id)
        .group_by(_LINE.month)
        .having(_differ(added, func.coalesce(part, 0.0)))
        .correlate(run)
    )
    parts = func.jsonb_each_text(run.c.by_month).table_valued("key", "value")
    whole = select(func.sum(cast(parts.c.value, Double))).correlate(run).scalar_subquery()
    return or_(differing.exists(), _differ(whole, run.c.total_t))


def _in_scope(scope: str, amount: Any) -> Any:
    return func.sum(amount).filter(_LINE.emission_scope == scope)


def _differ(left: Any, right: Any) -> Any:
    return func.abs(left - right) > TOLERANCE * (1 + func.abs(right))
