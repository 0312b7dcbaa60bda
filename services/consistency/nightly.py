"""The check of a night: every run again, its readings, and regions against their parts (7.1).

It goes on in small steps, so that the scheduler keeps looking after jobs, and where a step was
cut off the next one begins again.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.accounting.checking import inconsistencies
from services.accounting.invariants import PARTS_EXCEED, RECOMPUTED, Inconsistency, between
from services.accounting.region_coverage import REGION_KINDS, fossil_of, fossil_sources
from services.accounting.result_alarm import look_at
from services.accounting.stored import RunMaterial, material_of
from services.consistency.readings import readings
from services.data import check_rounds, findings, line_sums, runs
from services.data.check_rounds import Round
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.findings import Place
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.data.work import Work
from services.errors import PlatformError
from services.standards.calculate import calculate
from services.standards.catalog import Catalog

LOG = logging.getLogger(__name__)
UNREADABLE = "unreadable"
# From two o'clock on, by the clock of those who read the result in the morning; what the night
# did not reach, because the machine was off, is done later in the day.
ZONE, FROM_HOUR = ZoneInfo("Asia/Shanghai"), 2
STEP = 50


def advance(database: Database, catalog: Catalog, now: datetime, limit: int = STEP) -> Round | None:
    """Check the next organizations and years of the day; None before two or when all is done."""
    local = now.astimezone(ZONE)
    if local.hour < FROM_HOUR:
        return None
    with database.work(SYSTEM_SCOPE) as work:
        found = check_rounds.begin(work, local.date())
        if found.ended_at is not None:
            return None
        waiting = check_rounds.next_years(work, found, limit)
        for subject, year in waiting:
            count = check_year(work, catalog, subject, year, now)
            found = _stepped(found, subject, year, count)
        look_at(work, waiting, now)
        if len(waiting) < limit:
            found = replace(found, ended_at=now)
        check_rounds.write(work, found)
        work.commit()
    return found


def check_year(work: Work, catalog: Catalog, subject: Organization, year: int, at: datetime) -> int:
    """Check the current and the filed run of a year thoroughly; return how much disagrees."""
    pointer = runs.pointer(work, subject.organization_id, year)
    named = (pointer.current_run, pointer.filed_run) if pointer else ()
    count = 0
    for run_id in dict.fromkeys(filter(None, named)):
        run = runs.get(work, subject.organization_id, run_id)
        place = Place(subject, year, run_id)
        count += findings.keep(work, place, _found(work, catalog, place, run), at)
    return count


def _stepped(now: Round, subject: Organization, year: int, count: int) -> Round:
    return replace(
        now,
        after_organization=subject.organization_id,
        after_year=year,
        checked=now.checked + 1,
        findings=now.findings + count,
    )


def _found(work: Work, catalog: Catalog, place: Place, run: StoredRun) -> list[Inconsistency]:
    """Return what disagrees in a run; one that cannot even be read is a finding of its own."""
    try:
        return list(_differences(work, catalog, place, run))
    except (PlatformError, LookupError, TypeError, ValueError):
        LOG.exception("Run %s cannot be checked", run.run_id)
        return [Inconsistency(UNREADABLE, "", 0.0, 1.0)]


def _differences(
    work: Work, catalog: Catalog, place: Place, run: StoredRun
) -> Iterator[Inconsistency]:
    material = material_of(work, place.subject, run)
    yield from inconsistencies(work, catalog, place, run)
    yield from readings(catalog, material)
    yield from _recomputed(catalog, material)
    if place.subject.kind in REGION_KINDS:
        yield from _exceeded(work, catalog, place, material)


def _recomputed(catalog: Catalog, material: RunMaterial) -> Iterator[Inconsistency]:
    """Yield where the same inputs, as known then, give something else today."""
    # Records of the first submissions were not kept; they cannot be computed again.
    if not material.records:
        return
    try:
        again = calculate(catalog, material.request)
    except PlatformError:
        yield Inconsistency(RECOMPUTED, "", 0.0, material.run.total_t)
        return
    yield from between(material.calculation, again)


def _exceeded(
    work: Work, catalog: Catalog, place: Place, material: RunMaterial
) -> Iterator[Inconsistency]:
    """Yield a region whose organizations burn more than its whole inventory says."""
    sources = fossil_sources(catalog)
    path = place.subject.access_path
    below = math.fsum(line_sums.direct_below(work, path, place.year, sources).values())
    whole = fossil_of(material.calculation.lines, sources)
    if below > whole:
        yield Inconsistency(PARTS_EXCEED, "", whole, below)
