"""The reference approach beside the sectoral one, its difference held against what is expected."""

from __future__ import annotations

from dash import html

from components.figures.reference import agreement_bars
from components.figures.region import Band
from components.forms.controls import link_button
from components.ids import government_accounting as ids
from components.ids.government_energy_balance import PATH
from components.panels.badge import sample_badge, status_mark, trust_badge
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.region_words import (
    method_text,
    name_of,
    percent_cell,
    scale_of,
    signed_percent,
    tonnes_cell,
    tonnes_unit,
)
from components.panels.states import empty
from components.panels.units import unit_text
from components.shell.filters import write_filters
from components.tables.table import Cell, Column, DataTable
from services.accounting.energy_balance import FuelComparison, RegionReference
from services.accounting.region_results import Coverage
from services.accounting.sector_inventory import SectorInventory
from services.formatting import date_text, number, percent
from services.i18n.texts import t

HEIGHT = 190


def reference_card(
    coverage: Coverage, inventory: SectorInventory, found: RegionReference | None
) -> html.Section:
    """Draw both approaches with the band the guideline expects; the table tells every fuel."""
    title = t("region.reference.title", name=name_of(coverage.names))
    if found is None:
        hint, place = t("region.reference.empty_hint"), coverage.organization_id
        address = PATH + write_filters({"organization": place, "year": coverage.year})
        enter = link_button(t("energy_balance.title"), address)
        return card(title, empty(t("region.reference.empty_title"), hint, enter))
    result = found.result
    size, unit = scale_of([result.co2_t, result.sectoral_t])
    bands = [
        Band(t("region.reference.reference"), "accent", [result.co2_t / size]),
        Band(t("region.reference.sectoral"), "fuel-coal", [result.sectoral_t / size]),
    ]
    limit, sectoral = result.expected.value, result.sectoral_t / size
    expected = (sectoral * (1 - limit), sectoral * (1 + limit))
    return chart_card(
        ids.REFERENCE,
        title,
        agreement_bars(bands, expected, unit),
        _table(found),
        _meta(coverage, inventory, found, unit),
        height=HEIGHT,
        note=_note(coverage, found),
        summary=_told(found),
    )


def _note(coverage: Coverage, found: RegionReference) -> html.Div:
    verdict, word = {
        True: ("good", "within"),
        False: ("over", "beyond"),
        None: ("unknown", "unknown"),
    }[found.result.is_expected]
    return html.Div(
        [
            sample_badge() if coverage.is_sample else None,
            html.Span(_told(found)),
            trust_badge(found.result.expected.status),
            status_mark(verdict),
            html.Span(t(f"region.reference.{word}")),
            html.Span(t("region.reference.compared")),
        ],
        className="region-note",
    )


def _told(found: RegionReference) -> str:
    result = found.result
    return t(
        "region.reference.difference",
        value=signed_percent(result.difference),
        limit=percent(result.expected.value, 0),
    )


def _table(found: RegionReference) -> DataTable:
    columns = (
        Column("fuel", t("region.reference.fuel")),
        Column("apparent", t("region.reference.apparent"), numeric=True),
        Column("unit", t("region.columns.unit")),
        Column("reference", t("region.reference.reference"), numeric=True, unit=tonnes_unit()),
        Column("sectoral", t("region.reference.sectoral"), numeric=True, unit=tonnes_unit()),
        Column("difference", t("region.columns.difference"), numeric=True, unit="%"),
    )
    result = found.result
    whole = {
        "fuel": html.Strong(t("region.columns.total")),
        "apparent": "",
        "unit": "",
        "reference": tonnes_cell(result.co2_t),
        "sectoral": tonnes_cell(result.sectoral_t),
        "difference": percent_cell(result.difference),
    }
    return DataTable(columns, [*(_row(fuel) for fuel in found.fuels), whole])


def _row(fuel: FuelComparison) -> dict[str, object]:
    sectoral = fuel.sectoral_t
    share = (fuel.reference_t - sectoral) / sectoral if sectoral else None
    return {
        "fuel": name_of(fuel.names),
        "apparent": Cell(number(fuel.apparent, 0), fuel.apparent),
        "unit": unit_text(fuel.unit),
        "reference": tonnes_cell(fuel.reference_t),
        "sectoral": tonnes_cell(sectoral, t("region.notation.not_entered")),
        "difference": percent_cell(share),
    }


def _meta(
    coverage: Coverage, inventory: SectorInventory, found: RegionReference, unit: str
) -> ChartMeta:
    name = name_of(coverage.names)
    day = date_text(found.recorded_at.date())
    return ChartMeta(
        unit=unit,
        period=str(coverage.year),
        source=t("region.reference.balance", name=name, note=found.note, day=day),
        as_of=date_text(inventory.known_on),
        factor_set=method_text(inventory.method),
        filters={
            t("region.choose_place"): name,
            t("region.choose_year"): str(coverage.year),
        },
        where_from_href=ids.here(ids.CHAIN),
    )
