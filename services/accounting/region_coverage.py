"""A region's fossil combustion beside that of the organizations below it (5.1.1 b).

Like with like: the inventory also holds agriculture, waste and land use, which no firm reports, and
the firms also report processes; only the combustion of fossil fuels stands in both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.accounting.reading import RegionTotals, totals_below
from services.accounting.region_results import Coverage, CoveragePart
from services.accounting.subregions import subregions
from services.data import line_sums, organizations, runs
from services.data import lines as line_rows
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.work import Work
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for, scope_to_add_up
from services.standards.catalog import Catalog
from services.standards.results import EmissionLine
from services.standards.totals import DIRECT

REGION_KINDS = ("province", "city", "county")
FILED, NOT_FILED = "filed", "not_filed"
# The kind of source that is the combustion of a fossil fuel, in every method.
FOSSIL = "FUEL"


@dataclass(frozen=True, slots=True)
class OwnRegion:
    """A region within the actor's rights that has an inventory, with the years it has."""

    region_code: str
    names: Mapping[str, str]
    is_sample: bool
    years: tuple[int, ...]


def own_regions(actor: Actor, database: Database) -> tuple[OwnRegion, ...]:
    """Return the regions whose inventory the actor may see, in the order of codes."""
    require(actor, Action.VIEW_REGION)
    scope = scope_for(actor, Action.VIEW_REGION)
    with database.work(scope) as work:
        places = organizations.of_paths(work, scope.access_paths, REGION_KINDS)
        found = [(place, _filed_years(work, place)) for place in places]
    return tuple(
        OwnRegion(place.code, place.names, place.is_sample, years)
        for place, years in found
        if years
    )


def region_coverage(
    actor: Actor, database: Database, catalog: Catalog, region_code: str, year: int
) -> Coverage:
    """Return a region's filed inventory, the filed runs below it, and so the gap between them."""
    require(actor, Action.VIEW_REGION)
    with database.work(scope_for(actor, Action.VIEW_REGION)) as work:
        place = organizations.by_code(work, region_code)
        years = _filed_years(work, place)
    totals = totals_below(actor, database, place.organization_id, year)
    inventory, sources = totals.inventory, fossil_sources(catalog)
    lines, fossil_t = _amounts(actor, database, totals, sources)
    return Coverage(
        organization_id=place.organization_id,
        names=place.names,
        region_code=place.code,
        is_sample=place.is_sample,
        year=year,
        years=years,
        method=catalog.describe(inventory.method) if inventory else None,
        run_id=str(inventory.run_id) if inventory else "",
        inventory_t=fossil_of(lines, sources) if inventory else None,
        below_t=math.fsum(fossil_t.values()),
        below_direct_t=totals.direct_t,
        below_indirect_t=totals.indirect_t,
        parts=tuple(_parts(totals, fossil_t)),
        lines=lines,
        subregions=subregions(actor, database, totals),
    )


def fossil_sources(catalog: Catalog) -> frozenset[str]:
    """Return the sources of all methods that are the combustion of fossil fuels."""
    sources = (source for method in catalog.methods.values() for source in method.sources.values())
    return frozenset(s.code for s in sources if s.kind == FOSSIL and s.emission_scope == DIRECT)


def fossil_of(lines: Iterable[EmissionLine], sources: frozenset[str]) -> float:
    """Return the fossil combustion among the lines of a run."""
    counted = (x for x in lines if x.emission_scope == DIRECT and x.source in sources)
    return math.fsum(line.sign * line.co2e_t for line in counted)


def _amounts(
    actor: Actor, database: Database, totals: RegionTotals, sources: frozenset[str]
) -> tuple[tuple[EmissionLine, ...], dict[int, float]]:
    """Return the inventory's lines, and the fossil combustion of every part that is counted."""
    region, inventory = totals.region, totals.inventory
    with database.work(scope_to_add_up(actor, Action.VIEW_REGION)) as work:
        found = (
            line_rows.of_run(work, region.organization_id, inventory.run_id) if inventory else ()
        )
        below = line_sums.direct_below(work, region.access_path, totals.year, sources)
    counted = (run.subject.organization_id for run in totals.organizations)
    return found, {key: below.get(key, 0.0) for key in counted}


def _parts(totals: RegionTotals, fossil_t: Mapping[int, float]) -> Iterable[CoveragePart]:
    for run in totals.organizations:
        who = run.subject
        fossil = fossil_t[who.organization_id]
        yield CoveragePart(
            who.organization_id, who.names, fossil, run.direct_t, run.indirect_t, FILED
        )
    for subject in totals.missing:
        yield CoveragePart(subject.organization_id, subject.names, None, None, None, NOT_FILED)


def _filed_years(work: Work, place: Organization) -> tuple[int, ...]:
    found = runs.pointers(work, place.organization_id)
    return tuple(sorted(pointer.year for pointer in found if pointer.filed_run))
