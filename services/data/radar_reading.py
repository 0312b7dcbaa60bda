"""What the radar reads of submissions below a place: their rows, and what their runs come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.data.organizations import ACCOUNTED_KINDS
from services.data.submissions import StoredRow
from services.data.work import Work

# The newest submission of each organization, with the first of that year and the newest of the
# year before. A place's own inventory is no firm's.
_NEWEST = text("""
    SELECT DISTINCT ON (s.organization_id) s.organization_id, s.access_path::text AS access_path,
      s.submission_id, s.method, s.version, s.submitted_at,
      first_value(s.submission_id) OVER (
        PARTITION BY s.organization_id ORDER BY s.version) AS first_id,
      (SELECT b.submission_id FROM collected.submission b
       WHERE b.organization_id = s.organization_id AND b.year = s.year - 1
       ORDER BY b.version DESC LIMIT 1) AS before_id,
      EXISTS (SELECT FROM business.decision d
        JOIN collected.submission r ON r.organization_id = d.organization_id
          AND r.submission_id = d.submission_id AND r.year = s.year
        WHERE d.organization_id = s.organization_id AND d.state = 'returned') AS returned
    FROM collected.submission s
    JOIN base.organization o ON o.organization_id = s.organization_id
    WHERE s.year = :year AND s.access_path <@ CAST(:path AS ltree) AND o.kind = ANY (:kinds)
    ORDER BY s.organization_id, s.version DESC
""")
_YEARS = text("""
    SELECT DISTINCT s.year FROM collected.submission s
    JOIN base.organization o ON o.organization_id = s.organization_id
    WHERE s.access_path <@ CAST(:path AS ltree) AND o.kind = ANY (:kinds)
    ORDER BY s.year DESC
""")
_ROWS = text("""
    SELECT a.submission_id, a.source, a.item, a.cells, a.note
    FROM unnest(CAST(:organizations AS bigint[]), CAST(:submissions AS uuid[])) AS k (o, s)
    JOIN collected.activity a ON a.organization_id = k.o AND a.submission_id = k.s
    ORDER BY a.organization_id, a.submission_id, a.record
""")
# Of the run that was made when it was submitted; what was computed anew later is no edit.
_SUMS = text("""
    SELECT r.submission_id, l.source, l.item, l.month, sum(l.sign * l.co2e_t) AS tonnes
    FROM (
      SELECT DISTINCT ON (n.submission_id) n.organization_id, n.submission_id, n.run_id
      FROM unnest(CAST(:organizations AS bigint[]), CAST(:submissions AS uuid[])) AS k (o, s)
      JOIN business.run n ON n.organization_id = k.o AND n.submission_id = k.s
      WHERE n.restates IS NULL
      ORDER BY n.submission_id, n.computed_at DESC) r
    JOIN statistics.emission_line l
      ON l.organization_id = r.organization_id AND l.run_id = r.run_id
    WHERE l.sign <> 0
    GROUP BY r.submission_id, l.source, l.item, l.month
""")

# Whose a submission is, and which.
Key = tuple[int, UUID]
# Source, item and month (None the whole year) with tonnes of CO2e, negative where deducted.
Sums = Mapping[tuple[str, str, int | None], float]


@dataclass(frozen=True, slots=True)
class NewestSubmission:
    """A submission to be judged; `first_id` is the first of that year, its own where it is that."""

    organization_id: int
    access_path: str
    submission_id: UUID
    method: str
    version: int
    submitted_at: datetime
    first_id: UUID
    before_id: UUID | None
    returned: bool


def newest(work: Work, access_path: str, year: int) -> tuple[NewestSubmission, ...]:
    """Return the newest submissions of a year at a path and below, by organization."""
    asked = {"path": access_path, "year": year, "kinds": list(ACCOUNTED_KINDS)}
    names = tuple(NewestSubmission.__dataclass_fields__)
    return tuple(
        NewestSubmission(**{name: getattr(row, name) for name in names})
        for row in work.connection.execute(_NEWEST, asked)
    )


def years(work: Work, access_path: str) -> tuple[int, ...]:
    """Return the years for which something was submitted at a path or below, the newest first."""
    asked = {"path": access_path, "kinds": list(ACCOUNTED_KINDS)}
    return tuple(work.connection.scalars(_YEARS, asked))


def rows_of(work: Work, wanted: Sequence[Key]) -> dict[UUID, list[StoredRow]]:
    """Return the rows of submissions in their order."""
    found: dict[UUID, list[StoredRow]] = {}
    for row in work.connection.execute(_ROWS, _asked(wanted)):
        stored = StoredRow(row.source, row.item, row.cells, row.note)
        found.setdefault(row.submission_id, []).append(stored)
    return found


def sums_of(work: Work, wanted: Sequence[Key]) -> dict[UUID, Sums]:
    """Return what each source and item came to by month in the runs of submissions, in tCO2e."""
    found: dict[UUID, dict[tuple[str, str, int | None], float]] = {}
    for row in work.connection.execute(_SUMS, _asked(wanted)):
        found.setdefault(row.submission_id, {})[row.source, row.item, row.month] = row.tonnes
    return dict(found)


def _asked(wanted: Sequence[Key]) -> dict[str, Any]:
    return {
        "organizations": [organization for organization, _ in wanted],
        "submissions": [submission for _, submission in wanted],
    }
