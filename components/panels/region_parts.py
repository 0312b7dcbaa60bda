"""The sources of a region's inventory by sector, opened one by one, and as one table for files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from dash import html

from components.ids import government_accounting as ids
from components.panels.badge import TONES, badge
from components.panels.card import card
from components.panels.region_words import gas_name, name_of
from components.panels.uncertainty import band_text
from components.tables.table import Cell, Column, DataTable, browser_table
from services.accounting.region_results import Coverage
from services.accounting.sector_certainty import (
    WITH_LAND_USE,
    WITHOUT_LAND_USE,
    SectorCertainty,
    Surety,
)
from services.accounting.sector_inventory import InventoryPart, SectorInventory, WithoutNumber
from services.formatting import UNKNOWN, mass_co2, mass_unit, months_text, number, percent
from services.i18n.texts import t
from services.standards.descriptions import SECTORS

SUBSTANCE = "CO₂e"
Row = dict[str, object]


def parts_card(
    coverage: Coverage, inventory: SectorInventory, certainty: SectorCertainty
) -> html.Section:
    """List the sectors; each opens to its sources by gas, and to what it has no number for."""
    sectors = [
        _sector(inventory, sector, certainty.sectors.get(sector), at == 0)
        for at, sector in enumerate(SECTORS)
    ]
    return card(
        t("region.parts.title", name=name_of(coverage.names)),
        html.Div(sectors, className="region-sectors"),
        t("region.parts.subtitle"),
        t("region.parts.marks"),
        card_id=ids.PARTS,
    )


def inventory_table(inventory: SectorInventory, certainty: SectorCertainty) -> DataTable:
    """Return every source by gas with sums of sectors and both totals, and what has no number.

    Sums say how complete they are, what of them is estimated, and their 95 % interval.
    """
    rows: list[Row] = []
    for sector in SECTORS:
        rows += _rows(inventory, sector)
        tonnes, name = inventory.sectors.get(sector), t(f"sectors.{sector}")
        sums = _sum_row(name, inventory.by_gas(sector), tonnes)
        rows.append(sums | _surety(certainty.sectors.get(sector)))
    for name, tonnes in (
        (WITHOUT_LAND_USE, inventory.total_t),
        (WITH_LAND_USE, inventory.total_with_land_use_t),
    ):
        sums = _sum_row(t(f"region.tiles.{name}"), {}, tonnes)
        rows.append(sums | _surety(certainty.totals[name]))
    columns = _columns(inventory.gases)
    return DataTable((*columns[:-1], *_surety_columns(), columns[-1]), rows)


def surety_text(sure: Surety) -> str:
    """Return how complete a sum is, and what of it is estimated."""
    shares = {"complete": percent(sure.completeness, 0), "estimated": percent(sure.estimated_share)}
    return t("region.sectors.surety", **shares)


def _surety_columns() -> tuple[Column, ...]:
    return (
        Column("estimated", t("uncertainty.estimated"), numeric=True),
        Column("low", t("uncertainty.low"), numeric=True),
        Column("high", t("uncertainty.high"), numeric=True),
        Column("complete", t("region.columns.completeness"), numeric=True, unit="%"),
    )


def _surety(sure: Surety | None) -> Row:
    if sure is None:
        return {}
    ends = (sure.band.low_t, sure.band.high_t) if sure.band else (None, None)
    return {
        "estimated": _tonnes(math.fsum(sure.estimated_t.values())),
        "low": _tonnes(ends[0]),
        "high": _tonnes(ends[1]),
        "complete": Cell(percent(sure.completeness, 0), sure.completeness),
    }


def _sector(
    inventory: SectorInventory, sector: str, sure: Surety | None, is_open: bool
) -> html.Details:
    tonnes, name = inventory.sectors.get(sector), t(f"sectors.{sector}")
    value, unit = mass_co2(tonnes, SUBSTANCE)
    gaps = inventory.gaps(sector)
    head = html.Summary(
        [
            html.Span(name, className="region-sector-name"),
            html.Span(
                [value, " ", unit],
                className="region-sector-value",
                title=t("region.chain.exact", value=number(tonnes, 2)),
            ),
            html.Span(band_text(sure.band), className="tile-band") if sure else None,
            badge(t("region.sectors.gap", count=len(gaps)), "hatched") if gaps else None,
            html.Small(surety_text(sure), className="muted") if sure else None,
        ]
    )
    total = _sum_row(name, inventory.by_gas(sector), tonnes)
    rows = [*_rows(inventory, sector), total]
    table = browser_table(_columns(tuple(inventory.by_gas(sector))), rows, name)
    return html.Details([head, table], className="region-sector", open=is_open)


def _columns(gases: Iterable[str]) -> tuple[Column, ...]:
    unit = mass_unit("t", SUBSTANCE)
    return (
        Column("name", t("region.columns.part")),
        *(Column(gas, gas_name(gas), numeric=True, unit=unit) for gas in gases),
        Column("total", t("region.columns.total"), numeric=True, unit=unit),
        Column("remark", t("region.columns.remark")),
    )


def _rows(inventory: SectorInventory, sector: str) -> Iterator[Row]:
    for part in inventory.of_sector(sector):
        yield _part_row(part)
    for without in inventory.without_number:
        if without.sector == sector:
            yield _without_row(without)


def _part_row(part: InventoryPart) -> Row:
    return {
        "name": _name(part.names, part.item_names),
        **{gas: _tonnes(amount) for gas, amount in part.by_gas_t.items()},
        **{"total": _tonnes(part.co2e_t), "remark": Cell(_marks(part))},
    }


def _without_row(without: WithoutNumber) -> Row:
    word = t(f"region.notation.{without.notation}")
    tone = "hatched" if without.is_gap else "plain"
    said = without.note or months_text(without.months)
    note = [("small", f" {said}")] if said else []
    return {
        "name": _name(without.names, without.item_names),
        "total": Cell(UNKNOWN, None, word),
        "remark": Cell([(f"badge badge-{tone}", word), *note]),
    }


def _sum_row(name: str, by_gas: Mapping[str, float], tonnes: float | None) -> Row:
    return {
        "name": Cell([("strong", name)]),
        **{gas: _tonnes(amount) for gas, amount in by_gas.items()},
        **{"total": _tonnes(tonnes), "remark": ""},
    }


def _name(names: Mapping[str, str], item_names: Mapping[str, str]) -> str:
    return f"{name_of(names)} · {name_of(item_names)}" if item_names else name_of(names)


def _marks(part: InventoryPart) -> list[tuple[str, str]]:
    marks = []
    if part.status:
        marks.append((f"badge badge-{TONES[part.status]}", t(f"trust.{part.status}.name")))
    if part.older:
        symbols = ", ".join(part.older)
        marks.append(("badge badge-accent", t("region.parts.older", symbols=symbols)))
    return marks


def _tonnes(tonnes: float | None) -> Cell:
    return (
        Cell(UNKNOWN, None, t("shell.unknown"))
        if tonnes is None
        else Cell(number(tonnes, 0), tonnes)
    )
