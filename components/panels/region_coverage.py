"""A region's fossil combustion beside that of its organizations, and the gap, stated."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.figures.region import Band, cover_steps
from components.ids import government_accounting as ids
from components.panels.badge import sample_badge
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.region_words import (
    mass,
    method_text,
    name_of,
    scale_of,
    scaled,
    share_cell,
    tonnes_cell,
    tonnes_unit,
)
from components.panels.states import empty
from components.panels.tile import tile
from components.shell.page import tiles
from components.tables.table import Column, DataTable
from services.accounting.region_results import Coverage, CoveragePart
from services.formatting import number, percent
from services.i18n.texts import t

# One row for the inventory, one for each part shown, one for the gap.
ROW_HEIGHT, AXIS_HEIGHT, MOST_PARTS = 40, 60, 6
REASONS = ("small", "transport", "boundary", "electricity")


def coverage_tiles(coverage: Coverage) -> html.Div:
    """Show inventory, sum below, gap in tonnes and in per cent, all of fossil combustion."""
    year = coverage.year
    direct, direct_unit = mass(coverage.below_direct_t)
    value, unit = mass(coverage.below_indirect_t)
    covered = percent(None if coverage.gap_share is None else 1 - coverage.gap_share)
    return tiles(
        _mass_tile("inventory", coverage.inventory_t, t("region.tiles.inventory_note", year=year)),
        _mass_tile(
            "below",
            coverage.below_t,
            _completeness(coverage),
            t(
                "region.tiles.outside_note",
                direct=f"{direct} {direct_unit}",
                indirect=f"{value} {unit}",
            ),
        ),
        _mass_tile("gap", coverage.gap_t, t("region.tiles.gap_note")),
        tile(
            t("region.tiles.gap_share"),
            percent(coverage.gap_share).rstrip("%"),
            "%",
            t("region.tiles.gap_share_note", covered=covered),
        ),
    )


def coverage_card(coverage: Coverage, *, whole: bool) -> html.Section:
    """Draw the inventory above its parts and the hatched rest; the table adds up to it exactly.

    On the page of the `whole` inventory its lines stand below; elsewhere a link leads there.
    """
    size, unit = scale_of([coverage.inventory_t, coverage.below_t])
    parts = [Band(name, "brand", [value / size]) for name, value in _largest(coverage)]
    figure = cover_steps(
        Band(t("region.coverage.inventory"), "fuel-coal", scaled([coverage.inventory_t], size)),
        parts,
        Band(t("region.coverage.gap"), "unknown", scaled([coverage.gap_t], size)),
        unit,
    )
    return chart_card(
        ids.COVERAGE,
        t("region.charts.coverage_of", name=name_of(coverage.names)),
        figure,
        _table(coverage),
        _meta(coverage, unit, whole=whole),
        height=AXIS_HEIGHT + ROW_HEIGHT * (len(parts) + 2),
        note=html.Div(
            [
                sample_badge() if coverage.is_sample else None,
                html.Span(t("region.coverage.explained", year=coverage.year)),
                html.Span(_completeness(coverage)),
            ],
            className="region-note",
        ),
    )


def gap_card(coverage: Coverage, *, whole: bool) -> html.Section:
    """List what the gap is made of; with a link to the whole inventory unless it is here."""
    value, unit = mass(coverage.gap_t)
    head = html.P(
        [
            html.Span(value, className="tile-value"),
            html.Span(unit, className="tile-unit"),
            html.Span(percent(coverage.gap_share), className="region-gap-share"),
        ],
        className="region-gap",
        title=t("region.chain.exact", value=number(coverage.gap_t, 2)),
    )
    items = html.Ul(
        [html.Li(t(f"region.coverage.{key}")) for key in REASONS], className="region-reasons"
    )
    address = ids.address(coverage.region_code, coverage.year)
    link = dcc.Link(t("region.coverage.open"), href=address, className="where-from")
    return card(
        t("region.coverage.reasons"),
        [head, items],
        t("region.tiles.gap_note"),
        "" if whole else link,
    )


def no_coverage_card() -> html.Section:
    """Say that the reader's region has no inventory yet and how one comes to be."""
    hint = t("region.coverage.empty_hint")
    return card(t("region.charts.coverage"), empty(t("region.coverage.empty_title"), hint))


def _completeness(coverage: Coverage) -> str:
    """Say how many organizations the sum counts and how many it lacks."""
    unknown = coverage.unknown_parts
    return t("region.tiles.below_note", known=len(coverage.parts) - unknown, unknown=unknown)


def _largest(coverage: Coverage) -> list[tuple[str, float]]:
    """Return the largest parts by name, and the others together."""
    known = [(name_of(p.names), p.fossil_t) for p in coverage.parts if p.fossil_t is not None]
    known.sort(key=lambda part: -part[1])
    shown, rest = known[:MOST_PARTS], known[MOST_PARTS:]
    if rest:
        others = t("region.coverage.others", count=len(rest))
        shown.append((others, sum(value for _, value in rest)))
    return shown


def _mass_tile(key: str, tonnes: float | None, note: str, help_text: str = "") -> Component:
    value, unit = mass(tonnes)
    return tile(
        t(f"region.tiles.{key}"),
        value,
        unit,
        note,
        help_text=help_text,
        exact_text=t("region.chain.exact", value=number(tonnes, 2)),
    )


def _table(coverage: Coverage) -> DataTable:
    columns = (
        Column("name", t("region.columns.part")),
        Column("fossil", t("region.columns.fossil"), numeric=True, unit=tonnes_unit()),
        Column("share", t("region.columns.share"), numeric=True, unit="%"),
        Column("direct", t("region.columns.direct"), numeric=True, unit=tonnes_unit()),
        Column("indirect", t("region.columns.indirect"), numeric=True, unit=tonnes_unit()),
        Column("state", t("region.columns.state")),
    )
    totals = (
        ("sum_row", coverage.below_t, coverage.below_direct_t, coverage.below_indirect_t),
        ("gap_row", coverage.gap_t, None, None),
        ("inventory_row", coverage.inventory_t, None, None),
    )
    rows = [_part_row(coverage, part) for part in coverage.parts]
    rows += [
        {
            "name": html.Strong(t(f"region.coverage.{key}")),
            "fossil": tonnes_cell(fossil),
            "share": share_cell(_share(coverage, fossil)),
            "direct": tonnes_cell(direct) if direct is not None else "",
            "indirect": tonnes_cell(indirect) if indirect is not None else "",
            "state": "",
        }
        for key, fossil, direct, indirect in totals
    ]
    return DataTable(columns, rows)


def _part_row(coverage: Coverage, part: CoveragePart) -> dict[str, object]:
    state = t(f"region.states.{part.state}")
    return {
        "name": name_of(part.names),
        "fossil": tonnes_cell(part.fossil_t, state),
        "share": share_cell(_share(coverage, part.fossil_t)),
        "direct": tonnes_cell(part.direct_t, state),
        "indirect": tonnes_cell(part.indirect_t, state),
        "state": state,
    }


def _share(coverage: Coverage, tonnes: float | None) -> float | None:
    if tonnes is None or not coverage.inventory_t:
        return None
    return tonnes / coverage.inventory_t


def _meta(coverage: Coverage, unit: str, *, whole: bool) -> ChartMeta:
    return ChartMeta(
        unit=unit,
        period=str(coverage.year),
        source=t("region.source.inventory", name=name_of(coverage.names)),
        factor_set=method_text(coverage.method),
        filters={
            t("region.choose_place"): name_of(coverage.names),
            t("region.choose_year"): str(coverage.year),
        },
        where_from_href=ids.here(ids.CHAIN)
        if whole
        else ids.address(coverage.region_code, coverage.year),
    )
