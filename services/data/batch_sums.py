"""Runs of a batch whose stored totals and lines may disagree: all of them asked at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true

from services.data.business_tables import run
from services.data.runs import StoredRun, run_of
from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.standards.totals import DEDUCT, DIRECT, INDIRECT

# The database adds in any order, so this only chooses whom to ask exactly.
TOLERANCE = 1e-9
_LINE = emission_line.c


def doubtful(work: Work, batch: UUID) -> tuple[StoredRun, ...]:
    """Return the runs of a batch that have to be checked one by one, by organization."""
    # For each run its own lines by their key: what has just been stored has no statistics yet, and
    # any other plan may cost the square of it.
    lines = (
        select(
            _in_scope(DIRECT, _LINE.co2e_t).label("direct_t"),
            _in_scope(DEDUCT, _LINE.co2e_t).label("deducted_t"),
            _in_scope(INDIRECT, _LINE.sign * _LINE.co2e_t).label("indirect_t"),
            func.count().filter(_differ(_LINE.gas_t * _LINE.gwp, _LINE.co2e_t)).label("products"),
            func.count()
            .filter(or_(_LINE.access_path != run.c.access_path, _LINE.year != run.c.year))
            .label("misplaced"),
        )
        .where(_LINE.organization_id == run.c.organization_id, _LINE.run_id == run.c.run_id)
        .lateral("lines")
    )
    direct, deducted, indirect = (
        func.coalesce(lines.c[name], 0.0) for name in ("direct_t", "deducted_t", "indirect_t")
    )
    query = (
        select(run)
        .join(lines, true())
        .where(
            run.c.batch == batch,
            or_(
                _differ(direct, run.c.direct_t),
                _differ(deducted, run.c.deducted_t),
                _differ(indirect, run.c.indirect_t),
                _differ(direct - deducted + indirect, run.c.total_t),
                lines.c.products > 0,
                lines.c.misplaced > 0,
            ),
        )
        .order_by(run.c.organization_id)
    )
    return tuple(run_of(row) for row in work.connection.execute(query))


def _in_scope(scope: str, amount: Any) -> Any:
    return func.sum(amount).filter(_LINE.emission_scope == scope)


def _differ(left: Any, right: Any) -> Any:
    return func.abs(left - right) > TOLERANCE * (1 + func.abs(right))
