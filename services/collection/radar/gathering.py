"""What a round judges: submissions below a place, with their rows, their shares and their edits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.collection.radar.reading import Edits, Filed
from services.data import radar_reading
from services.data.engine import Database
from services.data.radar_reading import NewestSubmission, Sums
from services.data.submissions import StoredRow
from services.data.work import Scope

CHUNK = 100
# Tonnes that differ by less were not changed, but added up in another order.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Sought:
    """Which year below which place, as who may read it."""

    scope: Scope
    access_path: str
    year: int


def gather(
    database: Database,
    sought: Sought,
    found: Sequence[NewestSubmission],
    told: Callable[[float], None],
) -> Iterator[Filed]:
    """Yield submissions as they are judged, some at a time; `told` is given the share done."""
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        wanted = [(each.organization_id, each.submission_id) for each in part]
        before = [(each.organization_id, each.before_id) for each in part if each.before_id]
        firsts = [
            (each.organization_id, each.first_id)
            for each in part
            if each.first_id != each.submission_id
        ]
        with database.work(sought.scope) as work:
            rows = radar_reading.rows_of(work, [*wanted, *before])
            sums = radar_reading.sums_of(work, [*wanted, *firsts])
        for each in part:
            yield _filed(sought.year, each, rows, sums)
        told((start + len(part)) / len(found))


def edits_between(first: Sums, last: Sums, made: NewestSubmission) -> Edits | None:
    """Return what changed from the first to the last version; None where it is unknown."""
    if not first or not last:
        return None
    changes = [last.get(key, 0.0) - first.get(key, 0.0) for key in first.keys() | last.keys()]
    moved = [change for change in changes if abs(change) > SAME]
    return Edits(
        changed=len(moved),
        lowered=sum(change < 0 for change in moved),
        first_t=math.fsum(first.values()),
        last_t=math.fsum(last.values()),
        versions=made.version,
        returned=made.returned,
        last_at=made.submitted_at.isoformat(),
    )


def shares_of(sums: Sums) -> dict[tuple[str, str], float]:
    """Return which part of the emission each source and item makes, deducted ones by their size."""
    sizes: dict[tuple[str, str], float] = {}
    for (source, item, _month), tonnes in sums.items():
        key = (source, item.lower())
        sizes[key] = sizes.get(key, 0.0) + abs(tonnes)
    whole = math.fsum(sizes.values())
    return {key: size / whole for key, size in sizes.items()} if whole > 0 else {}


def _filed(
    year: int,
    made: NewestSubmission,
    rows: dict[UUID, list[StoredRow]],
    sums: dict[UUID, Sums],
) -> Filed:
    last = sums.get(made.submission_id, {})
    was_edited = made.first_id != made.submission_id
    return Filed(
        organization_id=made.organization_id,
        submission_id=made.submission_id,
        year=year,
        method=made.method,
        rows=rows.get(made.submission_id, ()),
        before=rows.get(made.before_id, ()) if made.before_id else (),
        edits=edits_between(sums.get(made.first_id, {}), last, made) if was_edited else None,
        shares=shares_of(last),
    )
