"""Lower regions and parks of a region, and what they add up to with each firm counted once."""

from __future__ import annotations

from dash import html

from components.ids import government_accounting as ids
from components.panels.badge import badge, sample_badge
from components.panels.card import card
from components.panels.region_words import name_of
from components.panels.states import empty
from components.tables.table import Cell, Column, data_table
from services.accounting.region_results import Coverage
from services.accounting.subregions import NOTHING, SubregionRow, Subregions
from services.formatting import UNKNOWN, mass_unit, number
from services.i18n.texts import t


def subregions_card(coverage: Coverage) -> html.Section:
    """List lower regions and parks with their basis, and the sum that counts nothing twice."""
    found = coverage.subregions
    title = t("region.subregions.title", name=name_of(coverage.names), year=coverage.year)
    source = t("chart.source", source=t("region.source.inventory", name=name_of(coverage.names)))
    body = _table(found, title) if found.rows else _nothing()
    return card(
        title,
        body,
        t("region.subregions.subtitle"),
        [sample_badge() if coverage.is_sample else None, html.P(source, className="chart-source")],
        card_id=ids.SUBREGIONS,
    )


def _nothing() -> html.Div:
    return empty(t("region.subregions.empty_title"), t("region.subregions.empty_hint"))


def _table(found: Subregions, title: str) -> html.Div:
    columns = (
        Column("place", t("region.subregions.place")),
        Column("basis", t("region.subregions.basis")),
        Column("organizations", t("region.subregions.organizations"), numeric=True),
        Column("direct", t("region.columns.direct"), numeric=True, unit=mass_unit("t", "CO₂e")),
        Column("indirect", t("region.columns.indirect"), numeric=True, unit=mass_unit("t", "CO₂e")),
        Column("counted", t("region.subregions.counted")),
    )
    rows = [_row(row) for row in found.rows]
    if found.outside:
        rows.append(
            {
                "place": t("region.subregions.outside", count=found.outside),
                "basis": t("region.subregions.sum"),
                "organizations": found.outside,
                "direct": _tonnes(found.outside_direct_t),
                "indirect": _tonnes(found.outside_indirect_t),
                "counted": t("region.subregions.yes"),
            }
        )
    whole = html.Strong(t("region.subregions.sum_row"))
    sums = {"direct": _tonnes(found.direct_t), "indirect": _tonnes(found.indirect_t)}
    blank = dict.fromkeys(("basis", "organizations", "counted"), "")
    return data_table(
        columns, [*rows, {"place": whole, **sums, **blank}], caption=title, sortable=False
    )


def _row(row: SubregionRow) -> dict[str, object]:
    is_known = row.basis != NOTHING
    return {
        "place": name_of(row.names),
        "basis": t(f"region.subregions.{row.basis}")
        if is_known
        else badge(t("region.subregions.nothing"), "hatched"),
        "organizations": row.organizations,
        "direct": _tonnes(row.direct_t),
        "indirect": _tonnes(row.indirect_t),
        "counted": _counted(row),
    }


def _counted(row: SubregionRow) -> str:
    if row.counted_in:
        return t("region.subregions.within", name=name_of(row.counted_in))
    return t("region.subregions.yes") if row.basis != NOTHING else UNKNOWN


def _tonnes(tonnes: float | None) -> Cell | None:
    return None if tonnes is None else Cell(number(tonnes, 0), tonnes)
