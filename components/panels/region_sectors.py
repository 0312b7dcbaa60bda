"""A region's inventory by sector on its page: totals with and without land use, what is beside."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from components.figures.sectors import GasBand, SectorName, sector_bars
from components.forms.controls import select
from components.ids import government_accounting as ids
from components.panels.badge import badge, sample_badge
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.region_parts import inventory_table, surety_text
from components.panels.region_words import gas_name, method_text, name_of, scaled
from components.panels.states import error
from components.panels.tile import tile
from components.panels.uncertainty import band_text
from components.shell.page import tiles
from components.tables.table import Cell, Column, data_table
from services.accounting.region_results import Coverage, RegionView
from services.accounting.sector_certainty import (
    WITH_LAND_USE,
    WITHOUT_LAND_USE,
    SectorCertainty,
    Surety,
)
from services.accounting.sector_inventory import InventoryPart, SectorInventory
from services.formatting import date_text, mass_co2, mass_scale, mass_unit, number
from services.i18n.texts import t
from services.standards.descriptions import LAND_USE, SECTORS, MethodDescription

# Gases other than CO2 count here, so that the substance is the equivalent.
SUBSTANCE = "CO₂e"
GAS_COLOURS = {"CO2": "gas-co2", "CH4": "gas-ch4", "N2O": "gas-n2o"}
FLUORINATED = "gas-fluorinated"
ROW_HEIGHT, AXIS_HEIGHT = 48, 80


def edition_card(view: RegionView) -> html.Section:
    """Let the reader choose the edition, and say what is shown: potentials, filed or compared."""
    options = [(m.designation, method_text(m)) for m in view.editions]
    choice = select(ids.EDITION, t("region.sectors.edition"), options, view.edition)
    return card("", html.Div([choice, *_standing(view)], className="region-edition"), card_id=None)


def sector_tiles(inventory: SectorInventory, certainty: SectorCertainty) -> html.Div:
    """Show the total without land use, land use, the total with it, and how much is unknown."""
    gaps = [w for w in inventory.without_number if w.is_gap]
    sure = certainty.totals
    return tiles(
        _tile(WITHOUT_LAND_USE, inventory.total_t, sure[WITHOUT_LAND_USE]),
        _tile(LAND_USE, inventory.land_use_t, sure[LAND_USE]),
        _tile(WITH_LAND_USE, inventory.total_with_land_use_t, sure[WITH_LAND_USE]),
        tile(
            t("region.tiles.not_estimated"),
            str(len(gaps)),
            t("region.tiles.not_estimated_unit"),
            t("region.tiles.not_estimated_note"),
            "unknown" if gaps else "good",
            href=ids.here(ids.PARTS),
        ),
    )


def sector_card(
    coverage: Coverage, inventory: SectorInventory, certainty: SectorCertainty
) -> html.Section:
    """Draw the sectors by gas; the table tells every source and adds up to the totals."""
    sure = [certainty.sectors.get(sector) for sector in SECTORS]
    totals = [inventory.by_gas(sector) for sector in SECTORS]
    largest = max((abs(v) for by_gas in totals for v in by_gas.values()), default=None)
    size, unit = mass_scale(largest, SUBSTANCE)
    bands = [
        GasBand(
            gas_name(gas),
            GAS_COLOURS.get(gas, FLUORINATED),
            scaled([x.get(gas) for x in totals], size),
            scaled([x.estimated_t.get(gas) if x else None for x in sure], size),
        )
        for gas in inventory.gases
    ]
    names = [
        SectorName(t(f"sectors.{sector}"), _gap(inventory, sector), _interval(each, size))
        for sector, each in zip(SECTORS, sure, strict=True)
    ]
    return chart_card(
        ids.SECTORS,
        t("region.charts.sectors", name=name_of(coverage.names)),
        sector_bars(names, bands, unit),
        inventory_table(inventory, certainty),
        _meta(coverage, inventory, unit),
        height=AXIS_HEIGHT + ROW_HEIGHT * len(SECTORS),
        note=html.Div(
            [
                sample_badge() if coverage.is_sample else None,
                html.Span(certainty.why_unknown or t("region.sectors.explained")),
            ],
            className="region-note",
        ),
        summary=_spoken(inventory, certainty),
    )


def beside_card(coverage: Coverage, inventory: SectorInventory) -> html.Section:
    """List what is stated beside the total: bunkers, electricity trade, CO2 of biomass."""
    columns = (
        Column("name", t("region.columns.part")),
        Column("co2e", t("region.columns.memo"), numeric=True, unit=mass_unit("t", SUBSTANCE)),
    )
    rows = [_beside_row(_part_name(part), part.co2e_t) for part in inventory.beside]
    rows += [
        _beside_row(t("region.sectors.net_import"), inventory.net_import_t),
        _beside_row(t("region.sectors.biomass"), inventory.biomass_co2_t),
    ]
    title = t("region.charts.beside")
    return card(
        title,
        data_table(columns, rows, caption=title, sortable=False),
        t("region.sectors.beside_note"),
        _source(coverage, inventory),
        card_id=ids.BESIDE,
    )


def _standing(view: RegionView) -> list[html.Span | html.Div]:
    inventory = view.inventory
    failed = [error(view.edition_error.explain())] if view.edition_error else []
    if inventory is None:
        return failed
    shown = [
        *failed,
        badge(t("region.sectors.gwp", name=inventory.gwp_set), "accent"),
        badge(t("region.sectors.known_on", day=date_text(inventory.known_on))),
    ]
    if not inventory.is_recomputed:
        return [*shown, badge(t("region.sectors.filed"), "good")]
    filed = method_text(view.coverage.method if view.coverage else None)
    compared = html.Span(
        t("region.sectors.recomputed", filed=filed), className="region-edition-note"
    )
    return [*shown, badge(t("region.sectors.compared"), "watch"), compared]


def _tile(key: str, tonnes: float | None, sure: Surety) -> html.Div:
    value, unit = mass_co2(tonnes, SUBSTANCE)
    told = html.Span([t(f"region.tiles.{key}_note"), " · ", surety_text(sure)])
    return tile(
        t(f"region.tiles.{key}"),
        value,
        unit,
        told if tonnes is not None else t(f"region.tiles.{key}_note"),
        exact_text=t("region.chain.exact", value=number(tonnes, 2)),
        band=band_text(sure.band),
        href=ids.here(ids.PARTS),
        estimated=sure.estimated_share > 0,
    )


def _interval(sure: Surety | None, size: float) -> tuple[float, float] | None:
    band = sure.band if sure else None
    return (band.low_t / size, band.high_t / size) if band and band.half_width_t else None


def _gap(inventory: SectorInventory, sector: str) -> str:
    gaps = inventory.gaps(sector)
    return t("region.sectors.gap_short", count=len(gaps)) if gaps else ""


def _spoken(inventory: SectorInventory, certainty: SectorCertainty) -> str:
    told = []
    for sector, tonnes in inventory.sectors.items():
        value, unit = mass_co2(tonnes, SUBSTANCE)
        band = band_text(certainty.sectors[sector].band)
        told.append(f"{t(f'sectors.{sector}')} {value} {unit} {band}".strip())
    return "; ".join(told)


def _meta(coverage: Coverage, inventory: SectorInventory, unit: str) -> ChartMeta:
    return ChartMeta(
        unit=unit,
        period=str(coverage.year),
        source=t("region.source.inventory", name=name_of(coverage.names)),
        as_of=date_text(inventory.known_on),
        factor_set=_factor_set(inventory.method, inventory.gwp_set),
        filters={
            t("region.choose_place"): name_of(coverage.names),
            t("region.choose_year"): str(coverage.year),
        },
        where_from_href=ids.here(ids.CHAIN),
    )


def _factor_set(method: MethodDescription, gwp_set: str) -> str:
    return f"{method_text(method)}, {t('region.sectors.gwp', name=gwp_set)}"


def _source(coverage: Coverage, inventory: SectorInventory) -> Sequence[html.Span | html.P | None]:
    source = t("region.source.inventory", name=name_of(coverage.names))
    factors = _factor_set(inventory.method, inventory.gwp_set)
    words = [t("chart.source", source=source), html.Span(t("chart.factors", name=factors))]
    mark = sample_badge() if coverage.is_sample else None
    return [mark, html.P(words, className="chart-source")]


def _part_name(part: InventoryPart) -> str:
    item = name_of(part.item_names) if part.item_names else ""
    return f"{name_of(part.names)} · {item}" if item else name_of(part.names)


def _beside_row(name: str, tonnes: float | None) -> dict[str, object]:
    shown = None if tonnes is None else Cell(number(tonnes, 0), tonnes)
    return {"name": name, "co2e": shown}
