"""The provinces on the region's page: published figures on a map, ranked, and over the years."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dash import html

from components.figures.map import Area, MapWords, known_codes, province_map
from components.figures.region import Band, stacked_area
from components.ids import government_accounting as ids
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.region_national import growth_tile
from components.panels.region_words import (
    COLOURS,
    change_cell,
    mass,
    name_of,
    place_link,
    published_badge,
    scale_of,
    scaled,
    share_cell,
    source_text,
    tonnes_cell,
    tonnes_unit,
)
from components.panels.states import empty
from components.panels.tile import tile
from components.shell.page import tiles
from components.tables.table import Column, DataTable
from services.accounting.region_results import (
    ProvinceRanking,
    ProvinceRow,
    ProvinceSeries,
    ProvinceYear,
)
from services.formatting import change, number, percent
from services.i18n.texts import t

SOURCES = ("coal", "oil", "gas", "process")
# The same classes in every year, so that a shade always means the same amount.
CLASS_LIMITS_T = (1e8, 2e8, 4e8, 6e8)
CLASS_UNIT_T = 1e8
MAP_HEIGHT, HEIGHT = 520, 360


def map_card(ranking: ProvinceRanking, selected: str = "") -> html.Section:
    """Show the provinces in shades; the table view holds every figure by source."""
    areas = [_area(row) for row in ranking.rows if row.province.region_code in known_codes()]
    figure = province_map(areas, CLASS_LIMITS_T, _map_words(), selected)
    return chart_card(
        ids.MAP,
        t("region.charts.map"),
        figure,
        _province_table(ranking),
        _meta(ranking, scale_of([CLASS_UNIT_T])[1]),
        height=MAP_HEIGHT,
        note=_map_note(ranking),
    )


def ranking_card(ranking: ProvinceRanking, selected: str = "") -> html.Section:
    """Show every province with a bar, the highest first; unknown ones last, with the reason."""
    totals = [row.province.total_t for row in ranking.rows]
    size, unit = scale_of(totals)
    top = max((total for total in totals if total is not None), default=1.0)
    rows = [_ranked(row, ranking.asked_year, (size, top), selected) for row in ranking.rows]
    table = html.Table([html.Thead(_ranking_head()), html.Tbody(rows)], className="region-ranking")
    frame = html.Div(
        table,
        className="region-ranking-frame",
        tabIndex=0,
        role="region",
        **{"aria-label": t("region.charts.ranking")},
    )
    return card(
        t("region.charts.ranking"),
        frame,
        t("region.charts.ranking_subtitle", year=ranking.year, unit=unit),
        source_text(ranking.source),
        actions=published_badge(),
        card_id=ids.RANKING,
    )


def province_tiles(province: ProvinceSeries, ranking: ProvinceRanking, year: int) -> html.Div:
    """Show one province's published total, its growth, rank and share."""
    found = next(entry for entry in province.years if entry.year == year)
    row = ranking.of(province.region_code)
    before = next((entry for entry in province.years if entry.year == year - 1), None)
    value, unit = mass(found.total_t)
    whole, whole_unit = mass(ranking.known_total_t)
    reason = _reason(found)
    return tiles(
        tile(
            t("region.tiles.published"),
            value,
            unit if found.total_t is not None else "",
            reason or t("region.tiles.published_note", year=year),
            exact_text=t("region.chain.exact", value=number(found.total_t, 2)),
        ),
        growth_tile(row.growth if row else None, year, before.total_t if before else None),
        tile(
            t("region.tiles.rank"),
            str(row.rank) if row and row.rank else "—",
            t("region.tiles.rank_unit", count=ranking.known_count) if row and row.rank else "",
            t("region.tiles.rank_note", count=ranking.known_count),
        ),
        tile(
            t("region.tiles.share"),
            percent(row.share if row else None).rstrip("%"),
            "%" if row and row.share is not None else "",
            t("region.tiles.share_note", value=whole, unit=whole_unit),
        ),
    )


def province_chart(province: ProvinceSeries, year: int) -> html.Section:
    """Show one province's published years by fuel and process; gaps stay gaps."""
    title = t("region.charts.province", name=name_of(province.names))
    known = [entry for entry in province.years if entry.total_t is not None]
    if not known:
        reason = t(f"region.flags.{province.years[0].flag}")
        return card(title, empty(t("region.charts.no_data"), reason), card_id=ids.FUELS)
    years = [entry.year for entry in province.years]
    size, unit = scale_of(entry.total_t for entry in province.years)
    bands = [
        Band(
            t(f"region.fuels.{name}"),
            COLOURS[name],
            # A year whose energy is unknown shows no process band either: half a year misleads.
            scaled(
                [e.by_source_t[name] if e.total_t is not None else None for e in province.years],
                size,
            ),
        )
        for name in SOURCES
    ]
    meta = ChartMeta(
        unit=unit,
        period=f"{years[0]}–{years[-1]}",
        source=source_text(province.source),
        filters={t("region.choose_place"): name_of(province.names)},
    )
    return chart_card(
        ids.FUELS,
        title,
        stacked_area(years, bands, unit, year),
        _series_table(province),
        meta,
        height=HEIGHT,
        note=html.Div([published_badge(), *_gap_note(province.years)], className="region-note"),
    )


def _area(row: ProvinceRow) -> Area:
    province = row.province
    name, total = name_of(province.names), province.total_t
    if total is None:
        text = t("region.charts.hover_unknown", name=name, reason=_reason(province))
    else:
        value, unit = mass(total)
        text = t(
            "region.charts.hover_known",
            name=name,
            value=value,
            unit=unit,
            rank=row.rank,
            growth=change(row.growth),
        )
        if province.flag:
            text = f"{text}<br>▲ {_reason(province)}"
    return Area(province.region_code, name, total, text)


def _map_words() -> MapWords:
    size, _ = scale_of([CLASS_UNIT_T])
    limits = [number(limit / size, 0) for limit in CLASS_LIMITS_T]
    between = [
        t("region.charts.class_between", low=low, high=high) for low, high in pairwise(limits)
    ]
    return MapWords(
        classes=(
            t("region.charts.class_below", high=limits[0]),
            *between,
            t("region.charts.class_above", low=limits[-1]),
        ),
        unknown=t("region.charts.no_data"),
        inset=t("region.charts.inset"),
    )


def _map_note(ranking: ProvinceRanking) -> html.Div:
    other = ranking.year != ranking.asked_year
    return html.Div(
        [
            published_badge(),
            html.Span(t("region.charts.other_year", year=ranking.year)) if other else None,
            html.Small(t("region.charts.approval"), className="region-approval"),
        ],
        className="region-note",
    )


def _ranking_head() -> html.Tr:
    names = ("rank", "place", "total", "growth")
    return html.Tr(
        [
            html.Th(t(f"region.columns.{name}"), scope="col", className=f"region-{name}")
            for name in names
        ]
    )


def _ranked(row: ProvinceRow, year: int, scale: tuple[float, float], selected: str) -> html.Tr:
    province, (size, top) = row.province, scale
    total = province.total_t
    chosen = province.region_code == selected
    value = "—" if total is None else number(total / size, 2)
    return html.Tr(
        [
            html.Td(str(row.rank) if row.rank else "—", className="region-rank"),
            html.Th(
                place_link(province.region_code, province.names, year),
                scope="row",
                className="region-place",
            ),
            html.Td(_bar(total, top, value, _reason(province)), className="region-total"),
            html.Td(change(row.growth), className="region-growth"),
        ],
        className="region-chosen" if chosen else None,
        **({"aria-current": "true"} if chosen else {}),
    )


def _bar(total: float | None, top: float, value: str, reason: str) -> html.Div:
    if total is None:
        return html.Div(["— ", html.Small(reason)], className="region-unknown")
    width = {"width": f"{100 * total / top:.1f}%"}
    mark = html.Span("▲", className="region-flag", title=reason) if reason else None
    track = html.Span(html.Span(style=width), className="region-bar", **{"aria-hidden": "true"})
    return html.Div([track, html.Span([value, mark], className="region-value")])


def _province_table(ranking: ProvinceRanking) -> DataTable:
    columns = [
        Column("rank", t("region.columns.rank"), numeric=True),
        Column("place", t("region.columns.place")),
        Column("total", t("region.columns.total"), numeric=True, unit=tonnes_unit()),
    ]
    columns += [
        Column(name, t(f"region.fuels.{name}"), numeric=True, unit=tonnes_unit())
        for name in SOURCES
    ]
    columns += [
        Column("growth", t("region.columns.growth"), numeric=True, unit="%"),
        Column("share", t("region.columns.share"), numeric=True, unit="%"),
        Column("remark", t("region.columns.remark")),
    ]
    return DataTable(
        tuple(columns), [_province_row(row, ranking.asked_year) for row in ranking.rows]
    )


def _province_row(row: ProvinceRow, year: int) -> dict[str, object]:
    province, reason = row.province, _reason(row.province)
    return {
        "rank": row.rank,
        "place": place_link(province.region_code, province.names, year),
        "total": tonnes_cell(province.total_t, reason),
        **{name: tonnes_cell(province.by_source_t[name], reason) for name in SOURCES},
        "growth": change_cell(row.growth),
        "share": share_cell(row.share),
        "remark": reason,
    }


def _series_table(province: ProvinceSeries) -> DataTable:
    columns = [
        Column("year", t("region.columns.year")),
        Column("total", t("region.columns.total"), numeric=True, unit=tonnes_unit()),
    ]
    columns += [
        Column(name, t(f"region.fuels.{name}"), numeric=True, unit=tonnes_unit())
        for name in SOURCES
    ]
    columns.append(Column("remark", t("region.columns.remark")))
    rows = [
        {
            "year": str(entry.year),
            "total": tonnes_cell(entry.total_t, _reason(entry)),
            **{name: tonnes_cell(entry.by_source_t[name], _reason(entry)) for name in SOURCES},
            "remark": _reason(entry),
        }
        for entry in reversed(province.years)
    ]
    return DataTable(tuple(columns), rows)


def _gap_note(years: Sequence[ProvinceYear]) -> list[html.Span]:
    notes = []
    for flag in sorted({entry.flag for entry in years if entry.flag}):
        named = t("region.reasons.and").join(
            str(entry.year) for entry in years if entry.flag == flag
        )
        key = "gap_years" if flag != "dip" else "marked_years"
        reason = t(f"region.flags.{flag}")
        notes.append(html.Span(t(f"region.charts.{key}", years=named, reason=reason)))
    return notes


def _meta(ranking: ProvinceRanking, unit: str) -> ChartMeta:
    return ChartMeta(
        unit=unit,
        period=str(ranking.year),
        source=source_text(ranking.source),
        filters={t("region.choose_year"): str(ranking.year)},
    )


def _reason(province: ProvinceYear) -> str:
    return t(f"region.flags.{province.flag}") if province.flag else ""
