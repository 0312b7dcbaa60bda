"""The country on the region's page: what we compute, what was published, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from components.figures.region import Band, difference_bars, paired_lines, stacked_area
from components.ids import government_accounting as ids
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.region_words import (
    COLOURS,
    mass,
    method_text,
    percent_cell,
    scale_of,
    scaled,
    signed_percent,
    source_text,
    tonnes_cell,
    tonnes_unit,
)
from components.panels.tile import tile
from components.shell.page import tiles
from components.tables.table import Column, DataTable, data_table
from services.accounting.region_results import FUELS, NationalAccount, NationalYear
from services.formatting import number, percent
from services.i18n.texts import t

HEIGHT = 340


def national_tiles(account: NationalAccount, year: int) -> html.Div:
    """Show the year's total, its growth, its difference to the published, its structure."""
    found = account.of(year)
    total, unit = mass(found.computed_total_t)
    published, published_unit = mass(found.published_total_t)
    return tiles(
        tile(
            t("region.tiles.fossil"),
            total,
            unit,
            t("region.tiles.fossil_note", year=year),
            help_text=t("region.tiles.fossil_help"),
            exact_text=t("region.chain.exact", value=number(found.computed_total_t, 2)),
            href=ids.here(ids.CHAIN),
        ),
        growth_tile(account.growth(year), year, _total_before(account, year)),
        tile(
            t("region.tiles.difference"),
            signed_percent(found.difference).rstrip("%"),
            "%",
            t("region.tiles.difference_note", value=published, unit=published_unit),
            help_text=t("region.tiles.difference_help"),
        ),
        tile(
            t("region.tiles.structure"),
            percent(_share(found, "coal")).rstrip("%"),
            "%",
            t(
                "region.tiles.structure_note",
                oil=percent(_share(found, "oil")),
                gas=percent(_share(found, "gas")),
            ),
        ),
    )


def growth_tile(growth: float | None, year: int, before_t: float | None) -> Component:
    """Show a change against the year before, with that year's figure."""
    if growth is None:
        return tile(t("region.tiles.growth"), "—", "", t("region.tiles.growth_none"))
    value, unit = mass(before_t)
    note = t("region.tiles.growth_note", year=year - 1, value=value, unit=unit)
    return tile(t("region.tiles.growth"), signed_percent(growth).rstrip("%"), "%", note)


def fuel_chart(account: NationalAccount, year: int) -> html.Section:
    """Show the computed emissions of every year by fuel, on each other."""
    years = _years(account)
    totals = [found.computed_total_t for found in account.years]
    size, unit = scale_of(totals)
    bands = [
        Band(t(f"region.fuels.{f}"), COLOURS[f], scaled(_computed(account, f), size)) for f in FUELS
    ]
    first, last = (mass(total)[0] for total in (totals[0], totals[-1]))
    return chart_card(
        ids.FUELS,
        t("region.charts.fuels"),
        stacked_area(years, bands, unit, year),
        _fuel_table(account),
        _meta(account, unit, computed=True),
        height=HEIGHT,
        summary=t(
            "region.charts.fuels_summary",
            first=years[0],
            last=years[-1],
            start=first,
            end=last,
            unit=unit,
        ),
    )


def comparison_chart(account: NationalAccount, year: int) -> html.Section:
    """Show the computed totals beside the published ones."""
    ours = [found.computed_total_t for found in account.years]
    published = [found.published_total_t for found in account.years]
    size, unit = scale_of([*ours, *published])
    figure = paired_lines(
        _years(account),
        Band(t("region.charts.ours"), "brand", scaled(ours, size)),
        Band(t("region.charts.published"), "accent", scaled(published, size)),
        unit,
        year,
    )
    return chart_card(
        ids.COMPARISON,
        t("region.charts.comparison"),
        figure,
        _comparison_table(account),
        _meta(account, unit),
        height=HEIGHT,
    )


def difference_chart(account: NationalAccount, year: int) -> html.Section:
    """Show the difference in per cent for the total and each fuel, on one scale."""
    return chart_card(
        ids.DIFFERENCE,
        t("region.charts.difference"),
        _difference_figure(account, year),
        _difference_table(account),
        _meta(account, t("region.charts.difference_unit")),
        height=HEIGHT,
    )


def reasons_card(found: NationalYear) -> html.Section:
    """Say in tonnes and words why the computed and the published figures differ."""
    outside = {name: value for name, value in found.outside_t.items() if value is not None}
    value, unit = mass(sum(outside.values()))
    facts = {
        "year": found.year,
        "oil": signed_percent(found.difference_of("oil")),
        "coal": signed_percent(found.difference_of("coal")),
        "items": t("region.reasons.and").join(t(f"region.outside.{name}") for name in outside),
        "value": value,
        "unit": unit,
    }
    reasons = [
        html.Li(
            [html.Strong(t(f"region.reasons.{key}_title")), t(f"region.reasons.{key}", **facts)]
        )
        for key in ("feedstock", "factors", "outside")
    ]
    return card(
        t("region.reasons.title"),
        [_year_table(found), html.Ul(reasons, className="region-reasons")],
        t("region.reasons.subtitle", year=found.year),
    )


def _year_table(found: NationalYear) -> html.Div:
    rows = [
        _compared(t(f"region.fuels.{f}"), found.computed_t[f], found.published_t[f]) for f in FUELS
    ]
    rows.append(_compared(t("region.fuels.total"), found.computed_total_t, found.published_total_t))
    columns = (
        Column("fuel", t("region.columns.part")),
        Column("computed", t("region.columns.computed"), numeric=True, unit=tonnes_unit()),
        Column("published", t("region.columns.published"), numeric=True, unit=tonnes_unit()),
        Column("gap", t("region.columns.difference_t"), numeric=True, unit=tonnes_unit()),
        Column("difference", t("region.columns.difference"), numeric=True, unit="%"),
    )
    return data_table(
        columns,
        rows,
        caption=t("region.reasons.title"),
        row_classes=("", "", "", "total"),
        sortable=False,
    )


def _compared(name: str, computed: float, published: float | None) -> dict[str, object]:
    gap = None if published is None else computed - published
    return {
        "fuel": name,
        "computed": tonnes_cell(computed),
        "published": tonnes_cell(published),
        "gap": tonnes_cell(gap),
        "difference": percent_cell(None if not published or gap is None else gap / published),
    }


def _difference_figure(account: NationalAccount, year: int) -> go.Figure:
    def per_cent(values: Sequence[float | None]) -> list[float | None]:
        return [None if value is None else value * 100 for value in values]

    total = [found.difference for found in account.years]
    bands = [Band(t("region.fuels.total"), "brand", per_cent(total))]
    for fuel in FUELS:
        values = [found.difference_of(fuel) for found in account.years]
        bands.append(Band(t(f"region.fuels.{fuel}"), COLOURS[fuel], per_cent(values)))
    return difference_bars(_years(account), bands, year)


def _fuel_table(account: NationalAccount) -> DataTable:
    columns = [Column("year", t("region.columns.year"))]
    columns += [
        Column(fuel, t(f"region.fuels.{fuel}"), numeric=True, unit=tonnes_unit()) for fuel in FUELS
    ]
    columns.append(Column("total", t("region.columns.total"), numeric=True, unit=tonnes_unit()))
    columns.append(Column("growth", t("region.columns.growth"), numeric=True, unit="%"))
    rows = [
        {
            "year": str(found.year),
            **{fuel: tonnes_cell(found.computed_t[fuel]) for fuel in FUELS},
            "total": tonnes_cell(found.computed_total_t),
            "growth": percent_cell(account.growth(found.year)),
        }
        for found in reversed(account.years)
    ]
    return DataTable(tuple(columns), rows)


def _comparison_table(account: NationalAccount) -> DataTable:
    columns = (
        Column("year", t("region.columns.year")),
        Column("computed", t("region.columns.computed"), numeric=True, unit=tonnes_unit()),
        Column("published", t("region.columns.published"), numeric=True, unit=tonnes_unit()),
        Column("difference", t("region.columns.difference"), numeric=True, unit="%"),
    )
    rows = [
        {
            "year": str(found.year),
            "computed": tonnes_cell(found.computed_total_t),
            "published": tonnes_cell(found.published_total_t),
            "difference": percent_cell(found.difference, 2),
        }
        for found in reversed(account.years)
    ]
    return DataTable(columns, rows)


def _difference_table(account: NationalAccount) -> DataTable:
    columns = [Column("year", t("region.columns.year"))]
    columns += [
        Column(name, t(f"region.fuels.{name}"), numeric=True, unit="%")
        for name in ("total", *FUELS)
    ]
    rows = [
        {
            "year": str(found.year),
            "total": percent_cell(found.difference, 2),
            **{fuel: percent_cell(found.difference_of(fuel), 2) for fuel in FUELS},
        }
        for found in reversed(account.years)
    ]
    return DataTable(tuple(columns), rows)


def _meta(account: NationalAccount, unit: str, *, computed: bool = False) -> ChartMeta:
    years = _years(account)
    source = source_text(account.energy)
    if not computed:
        source = t("region.source.both", first=source, second=source_text(account.published))
    return ChartMeta(
        unit=unit,
        period=f"{years[0]}–{years[-1]}",
        source=source,
        factor_set=method_text(account.method),
        filters={t("region.choose_place"): t("region.country")},
        where_from_href=ids.here(ids.CHAIN),
    )


def _years(account: NationalAccount) -> list[int]:
    return [found.year for found in account.years]


def _computed(account: NationalAccount, fuel: str) -> list[float]:
    return [found.computed_t[fuel] for found in account.years]


def _total_before(account: NationalAccount, year: int) -> float | None:
    before = next((found for found in account.years if found.year == year - 1), None)
    return before.computed_total_t if before else None


def _share(found: NationalYear, fuel: str) -> float:
    return found.computed_t[fuel] / found.computed_total_t
