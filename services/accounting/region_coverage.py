"""A region's inventory beside the sum of what lies below it, direct with direct (5.1.1 b)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.accounting.reading import RegionTotals, totals_below
from services.accounting.region_results import Coverage, CoveragePart
from services.data import organizations, runs
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.work import Work
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.catalog import Catalog
from services.standards.results import EmissionLine

REGION_KINDS = ("province", "city", "county")
FILED, NOT_FILED = "filed", "not_filed"


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
    inventory = totals.inventory
    return Coverage(
        organization_id=place.organization_id,
        names=place.names,
        region_code=place.code,
        is_sample=place.is_sample,
        year=year,
        years=years,
        method=catalog.describe(inventory.method) if inventory else None,
        run_id=str(inventory.run_id) if inventory else "",
        inventory_t=inventory.direct_t if inventory else None,
        below_t=totals.direct_t,
        below_indirect_t=totals.indirect_t,
        parts=tuple(_parts(totals)),
        lines=_lines(actor, database, totals),
    )


def _lines(actor: Actor, database: Database, totals: RegionTotals) -> tuple[EmissionLine, ...]:
    if totals.inventory is None:
        return ()
    with database.work(scope_for(actor, Action.VIEW_REGION)) as work:
        return runs.lines(work, totals.region.organization_id, totals.inventory.run_id)


def _parts(totals: RegionTotals) -> Iterable[CoveragePart]:
    for run in totals.organizations:
        subject = run.subject
        yield CoveragePart(
            subject.organization_id, subject.names, run.direct_t, run.indirect_t, FILED
        )
    for subject in totals.missing:
        yield CoveragePart(subject.organization_id, subject.names, None, None, NOT_FILED)


def _filed_years(work: Work, place: Organization) -> tuple[int, ...]:
    found = runs.pointers(work, place.organization_id)
    return tuple(sorted(pointer.year for pointer in found if pointer.filed_run))
