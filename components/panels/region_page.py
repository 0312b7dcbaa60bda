"""The region's page as a whole: its frame before the data, its pieces after (5.1.1)."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import select
from components.ids import government_accounting as ids
from components.panels import (
    region_chain,
    region_coverage,
    region_national,
    region_parts,
    region_provinces,
    region_reference,
    region_sectors,
    region_subregions,
)
from components.panels.findings import findings_card
from components.panels.region_words import name_of
from components.panels.states import loading
from components.shell.filters import filter_bar
from components.shell.page import breadcrumb_of, grid, page, stack
from services.accounting.region_results import (
    COUNTRY,
    Coverage,
    PlaceChoice,
    RegionView,
    ViewKind,
)
from services.i18n.texts import t

SKELETON_HEIGHTS = (region_national.HEIGHT + 120, region_provinces.MAP_HEIGHT + 120)


def region_frame(region: str = COUNTRY, year: str = "", edition: str = "") -> html.Div:
    """Return the page before its data: title, filters as the address has them, a skeleton."""
    return page(
        t("region.title"),
        dcc.Store(id=ids.ASKED, data={"region": region, "year": year, "edition": edition}),
        dcc.Store(id=ids.SHOWN),
        html.Div(skeleton(), id=ids.CONTENT, className="stack"),
        filters=filter_bar(
            select(ids.REGION, t("region.choose_place"), (), region),
            select(ids.YEAR, t("region.choose_year"), ()),
        ),
        subtitle=t("region.subtitle"),
    )


def skeleton() -> list[Component]:
    """Return the shape of the page while its data is on the way."""
    return [
        loading("tiles"),
        grid(*(loading("chart", SKELETON_HEIGHTS[0]) for _ in range(2))),
    ]


def region_content(view: RegionView) -> list[Component]:
    """Return every piece of the chosen place and year."""
    if view.kind == ViewKind.COUNTRY:
        return _country(view)
    if view.kind == ViewKind.PROVINCE:
        return [_crumbs(view), *_province(view)]
    return [_crumbs(view), *_inventory(view)]


def place_options(places: Sequence[PlaceChoice]) -> list[dict[str, str]]:
    """Return the places as choices, sample ones marked."""
    return [{"value": place.region_code, "label": _place_name(place)} for place in places]


def year_options(view: RegionView) -> list[dict[str, str]]:
    """Return the years of the place as choices, the newest first."""
    return [
        {"value": str(year), "label": t("region.year_value", year=year)}
        for year in reversed(view.years)
    ]


def _country(view: RegionView) -> list[Component]:
    national, chain, ranking = view.national, view.chain, view.ranking
    if national is None or chain is None or ranking is None:
        return []
    year = view.year
    return [
        region_national.national_tiles(national, year),
        grid(
            region_national.fuel_chart(national, year),
            region_national.comparison_chart(national, year),
        ),
        grid(
            region_national.difference_chart(national, year),
            region_national.reasons_card(national.of(year)),
        ),
        _map_and_ranking(view),
        *_coverage(view),
        region_chain.national_chain_card(chain),
    ]


def _province(view: RegionView) -> list[Component]:
    province, ranking = view.province, view.ranking
    if province is None or ranking is None:
        return []
    return [
        region_provinces.province_tiles(province, ranking, view.year),
        region_provinces.province_chart(province, view.year),
        _map_and_ranking(view),
    ]


def _inventory(view: RegionView) -> list[Component]:
    coverage = view.coverage
    if coverage is None:
        return []
    disagreeing = findings_card(view.findings, may_resolve=False)
    return [
        *([disagreeing] if disagreeing else []),
        *_sectors(view, coverage),
        region_coverage.coverage_tiles(coverage),
        grid(
            region_coverage.coverage_card(coverage, whole=True),
            region_coverage.gap_card(coverage, whole=True),
        ),
        region_subregions.subregions_card(coverage),
        region_chain.inventory_lines_card(coverage),
    ]


def _sectors(view: RegionView, coverage: Coverage) -> list[Component]:
    inventory, certainty = view.inventory, view.certainty
    if inventory is None or certainty is None:
        return [region_sectors.edition_card(view)] if view.edition_error else []
    return [
        region_sectors.edition_card(view),
        region_sectors.sector_tiles(inventory, certainty),
        grid(
            region_sectors.sector_card(coverage, inventory, certainty),
            region_sectors.beside_card(coverage, inventory),
        ),
        region_reference.reference_card(coverage, inventory, view.reference),
        region_parts.parts_card(coverage, inventory, certainty),
    ]


def _map_and_ranking(view: RegionView) -> Component:
    if view.ranking is None:
        return stack()
    pieces = grid(
        region_provinces.map_card(view.ranking, view.region_code),
        region_provinces.ranking_card(view.ranking, view.region_code),
    )
    pieces.className = f"{pieces.className} region-places"
    return pieces


def _coverage(view: RegionView) -> list[Component]:
    if view.coverage is None:
        return [region_coverage.no_coverage_card()]
    return [
        grid(
            region_coverage.coverage_card(view.coverage, whole=False),
            region_coverage.gap_card(view.coverage, whole=False),
        )
    ]


def _crumbs(view: RegionView) -> html.Nav:
    here = next(place for place in view.places if place.region_code == view.region_code)
    return breadcrumb_of(
        [(t("region.country"), ids.address(COUNTRY, view.year)), (_place_name(here), "")]
    )


def _place_name(place: PlaceChoice) -> str:
    name = name_of(place.names)
    return t("region.sample_name", name=name) if place.is_sample else name
