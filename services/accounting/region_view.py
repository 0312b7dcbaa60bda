"""Everything the page of a region shows for one choice of place and year (5.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.accounting.energy_balance import region_reference
from services.accounting.finding import finding_of
from services.accounting.region import (
    national_account,
    national_chain,
    province_ranking,
    province_series,
)
from services.accounting.region_coverage import OwnRegion, own_regions, region_coverage
from services.accounting.region_results import (
    COUNTRY,
    Coverage,
    PlaceChoice,
    ProvinceRanking,
    RegionView,
    ViewKind,
)
from services.accounting.sector_certainty import sector_certainty
from services.accounting.sector_inventory import (
    SectorInventory,
    editions,
    filed_inventory,
    other_edition,
)
from services.accounting.stored import RunMaterial, material_of_run
from services.data import energy_balances, findings
from services.data.engine import Database
from services.errors import NotFoundError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_to_add_up
from services.standards.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Order:
    """What the page asks for; without a year the newest there is, else the nearest before it.

    `edition` is the designation of a method for regions; without it the filed one.
    """

    region_code: str
    year: int | None
    known_on: date
    edition: str = ""


@dataclass(frozen=True, slots=True)
class _Asker:
    """On whose behalf, and with what, a view is put together."""

    actor: Actor
    database: Database
    catalog: Catalog
    own: tuple[OwnRegion, ...]


def region_view(actor: Actor, database: Database, catalog: Catalog, order: Order) -> RegionView:
    """Return what is to be shown of a place: the country, a province, or an own inventory."""
    require(actor, Action.VIEW_REGION)
    asker = _Asker(actor, database, catalog, own_regions(actor, database))
    if order.region_code == COUNTRY:
        return _country(asker, order)
    if order.region_code in {place.region_code for place in asker.own}:
        return _inventory(asker, order)
    return _province(asker, order)


def _country(asker: _Asker, order: Order) -> RegionView:
    given = (asker.actor, asker.database, asker.catalog)
    national = national_account(*given, order.known_on)
    years = tuple(found.year for found in national.years)
    year = nearest(order.year, years)
    ranking = province_ranking(asker.actor, asker.database, year)
    return RegionView(
        kind=ViewKind.COUNTRY,
        region_code=COUNTRY,
        year=year,
        years=years,
        places=_places(asker.own, ranking),
        national=national,
        chain=national_chain(*given, year, order.known_on),
        ranking=ranking,
        coverage=_coverage(asker, asker.own[0], year) if asker.own else None,
    )


def _province(asker: _Asker, order: Order) -> RegionView:
    province = province_series(asker.actor, asker.database, order.region_code)
    years = tuple(found.year for found in province.years)
    year = nearest(order.year, years)
    ranking = province_ranking(asker.actor, asker.database, year)
    return RegionView(
        kind=ViewKind.PROVINCE,
        region_code=order.region_code,
        year=year,
        years=years,
        places=_places(asker.own, ranking),
        ranking=ranking,
        province=province,
    )


def _inventory(asker: _Asker, order: Order) -> RegionView:
    chosen = next(place for place in asker.own if place.region_code == order.region_code)
    coverage = _coverage(asker, chosen, order.year)
    ranking = province_ranking(asker.actor, asker.database, coverage.year)
    view = RegionView(
        kind=ViewKind.INVENTORY,
        region_code=order.region_code,
        year=coverage.year,
        years=chosen.years,
        places=_places(asker.own, ranking),
        coverage=coverage,
        editions=editions(asker.catalog),
    )
    return _by_edition(asker, view, order.edition) if coverage.run_id else view


def _by_edition(asker: _Asker, view: RegionView, edition: str) -> RegionView:
    """Add the inventory by the chosen edition, or why the activity does not fit it."""
    if view.coverage is None:
        return view
    run_id, year = UUID(view.coverage.run_id), view.coverage.year
    with asker.database.work(scope_to_add_up(asker.actor, Action.VIEW_REGION)) as work:
        material = material_of_run(work, asker.actor, Action.VIEW_REGION, run_id)
        balance = energy_balances.newest(work, view.coverage.organization_id, [year]).get(year)
        found = findings.standing(work, view.coverage.organization_id, year)
    filed = asker.catalog.describe(material.run.method).designation
    chosen = edition if edition in {m.designation for m in view.editions} else filed
    view = replace(view, edition=chosen, findings=tuple(map(finding_of, found)))
    try:
        inventory = _inventory_of(asker.catalog, material, chosen)
        certainty = sector_certainty(asker.catalog, inventory)
        view = replace(view, inventory=inventory, certainty=certainty)
        return replace(view, reference=region_reference(asker.catalog, inventory, balance))
    except PlatformError as error:
        return replace(view, edition_error=error)


def _inventory_of(catalog: Catalog, material: RunMaterial, edition: str) -> SectorInventory:
    if edition == catalog.describe(material.run.method).designation:
        return filed_inventory(catalog, material)
    return other_edition(catalog, material, edition)


def _coverage(asker: _Asker, place: OwnRegion, year: int | None) -> Coverage:
    shown = nearest(year, place.years)
    return region_coverage(asker.actor, asker.database, asker.catalog, place.region_code, shown)


def nearest(year: int | None, years: Sequence[int]) -> int:
    """Return the year itself or the last before it, else the first; the newest for None."""
    if not years:
        raise NotFoundError("year", value=year)
    if year is None:
        return max(years)
    return max((found for found in years if found <= year), default=min(years))


def _places(own: Sequence[OwnRegion], ranking: ProvinceRanking) -> tuple[PlaceChoice, ...]:
    named = {place.region_code for place in own}
    provinces = sorted(
        (row.province for row in ranking.rows), key=lambda province: province.region_code
    )
    return (
        PlaceChoice(COUNTRY, {}),
        *(PlaceChoice(p.region_code, p.names, p.is_sample) for p in own),
        *(PlaceChoice(p.region_code, p.names) for p in provinces if p.region_code not in named),
    )
