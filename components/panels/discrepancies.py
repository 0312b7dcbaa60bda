"""The ledger of discrepancies: ways to one total, each gap with size, cause, owner (5.1.1 b)."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.figures.reference import agreement_bars
from components.figures.region import Band
from components.forms.controls import button, select, text_input
from components.ids import government_accounting as region_ids
from components.ids import government_discrepancies as ids
from components.panels.badge import badge, sample_badge, status_mark
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
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, DataTable
from services.collection.co2_measurement import Measured
from services.consistency.ledger import CAUSES, Ledger, LedgerGap
from services.formatting import UNKNOWN, datetime_text, mass_co2, percent
from services.i18n.texts import t

ROW_HEIGHT, AXIS_HEIGHT = 46, 60


def ledger_screen(ledger: Ledger | None) -> html.Div:
    """Return the whole page: places and years, chart and table, what is signed of each gap."""
    if ledger is None:
        nothing = empty(t("discrepancies.empty_title"), t("discrepancies.empty_hint"))
        return page(t("discrepancies.title"), nothing)
    return page(
        t("discrepancies.title"),
        _choices(ledger),
        _chart(ledger),
        card(
            t("discrepancies.signed_title"),
            html.Ul([_item(ledger, gap) for gap in ledger.gaps], className="findings"),
            t("discrepancies.signed_hint"),
        ),
        subtitle=t("discrepancies.subtitle"),
    )


def gap_row(gap: LedgerGap, *, may_sign: bool) -> list[Component]:
    """Return one gap with its size, its signature, and the form to sign it."""
    value, unit = mass_co2(gap.gap_t, "CO₂")
    size = f"{value} {unit} ({signed_percent(gap.share)})" if gap.gap_t is not None else UNKNOWN
    head = html.P([html.Strong(t(f"discrepancies.estimate.{gap.estimate}")), " ", size])
    if gap.gap_t is None:
        return [head, html.P(_absent(gap))]
    told = [html.P(_measured(gap.measured), className="muted")] if gap.measured else []
    return [head, *told, _signature(gap), *(_form(gap) if may_sign else [])]


def _absent(gap: LedgerGap) -> str:
    if gap.measured:
        return t("discrepancies.no_readings", meters=gap.measured.meters)
    return t(f"discrepancies.absent.{gap.estimate}")


def _measured(found: Measured) -> str:
    return t(
        "discrepancies.measured",
        meters=found.meters,
        organizations=found.organizations,
        share=percent(found.completeness),
        at=datetime_text(found.as_of) if found.as_of else UNKNOWN,
    )


def _choices(ledger: Ledger) -> html.Nav:
    coverage = ledger.coverage
    years = [_link(coverage.region_code, y, str(y), coverage.year == y) for y in coverage.years]
    places = [
        _link(code, coverage.year, name_of(names), coverage.region_code == code)
        for code, names in ledger.places
    ]
    whole = dcc.Link(
        t("discrepancies.inventory_link"),
        href=region_ids.address(coverage.region_code, coverage.year),
        className="where-from",
    )
    label = {"aria-label": t("discrepancies.choices")}
    return html.Nav([*places, *years, whole], className="entry-years", **label)


def _link(code: str, year: int, words: str, is_shown: bool) -> dcc.Link:
    address = ids.PATH + write_filters({"region": code, "year": year})
    return dcc.Link(words, href=address, **({"className": "chosen"} if is_shown else {}))


def _chart(ledger: Ledger) -> html.Section:
    coverage = ledger.coverage
    whole = coverage.inventory_t
    size, unit = scale_of([whole, *(gap.tonnes for gap in ledger.gaps)])
    known = [(f"estimate.{g.estimate}", "accent", g.tonnes) for g in ledger.gaps]
    bars = [("inventory", "fuel-coal", whole), *known]
    bands = [
        Band(t(f"discrepancies.{key}"), colour, [tonnes / size])
        for key, colour, tonnes in bars
        if tonnes is not None
    ]
    line = (whole or 0.0) / size
    title = t("discrepancies.chart", name=name_of(coverage.names))
    return chart_card(
        ids.CHART,
        title,
        agreement_bars(bands, (line, line), unit),
        _table(ledger),
        _meta(ledger, unit),
        height=AXIS_HEIGHT + ROW_HEIGHT * len(bands),
        note=html.Div(
            [
                sample_badge() if coverage.is_sample else None,
                html.Span(t("discrepancies.explained")),
            ],
            className="region-note",
        ),
    )


def _table(ledger: Ledger) -> DataTable:
    columns = (
        Column("estimate", t("discrepancies.columns.estimate")),
        Column("tonnes", t("discrepancies.columns.tonnes"), numeric=True, unit=tonnes_unit()),
        Column("gap", t("discrepancies.columns.gap"), numeric=True, unit=tonnes_unit()),
        Column("share", t("discrepancies.columns.share"), numeric=True, unit="%"),
        Column("complete", t("discrepancies.columns.complete"), numeric=True, unit="%"),
        Column("cause", t("discrepancies.columns.cause")),
        Column("owner", t("discrepancies.columns.owner")),
    )
    whole = {
        "estimate": t("discrepancies.inventory"),
        "tonnes": tonnes_cell(ledger.coverage.inventory_t),
        **dict.fromkeys(("gap", "share", "complete", "cause", "owner"), ""),
    }
    return DataTable(columns, [whole, *(_row(gap) for gap in ledger.gaps)])


def _row(gap: LedgerGap) -> dict[str, object]:
    signed = gap.signature
    return {
        "estimate": t(f"discrepancies.estimate.{gap.estimate}"),
        "tonnes": tonnes_cell(gap.tonnes, _absent(gap)),
        "gap": tonnes_cell(gap.gap_t),
        "share": percent_cell(gap.share),
        "complete": _completeness(gap.measured),
        "cause": t(f"discrepancies.cause.{signed.cause}") if signed else UNKNOWN,
        "owner": signed.owner if signed else UNKNOWN,
    }


def _completeness(found: Measured | None) -> Cell | str:
    if found is None:
        return ""
    return Cell(percent(found.completeness), found.completeness * 100)


def _meta(ledger: Ledger, unit: str) -> ChartMeta:
    coverage = ledger.coverage
    name = name_of(coverage.names)
    return ChartMeta(
        unit=unit,
        period=str(coverage.year),
        source=t("region.source.inventory", name=name),
        factor_set=method_text(coverage.method),
        filters={
            t("region.choose_place"): name,
            t("region.choose_year"): str(coverage.year),
        },
        where_from_href=region_ids.address(coverage.region_code, coverage.year),
    )


def _item(ledger: Ledger, gap: LedgerGap) -> html.Li:
    return html.Li(gap_row(gap, may_sign=ledger.may_sign), id=ids.row(gap.estimate))


def _signature(gap: LedgerGap) -> html.P:
    signed = gap.signature
    if signed is None:
        return html.P([status_mark("watch"), " ", t("discrepancies.unsigned")])
    value, unit = mass_co2(signed.gap_t, "CO₂")
    told = t(
        "discrepancies.signed",
        name=signed.signed_by,
        at=datetime_text(signed.signed_at),
        cause=t(f"discrepancies.cause.{signed.cause}"),
        owner=signed.owner,
        gap=f"{value} {unit}",
    )
    moved = badge(t("discrepancies.moved"), "watch") if gap.has_moved else None
    mark = status_mark("watch" if gap.has_moved else "good")
    return html.P([mark, " ", told, f" {signed.note}", moved])


def _form(gap: LedgerGap) -> Sequence[Component]:
    causes = [(cause, t(f"discrepancies.cause.{cause}")) for cause in CAUSES]
    chosen = gap.signature.cause if gap.signature else causes[-1][0]
    return [
        html.Div(
            [
                select(ids.cause(gap.estimate), t("discrepancies.columns.cause"), causes, chosen),
                text_input(
                    ids.owner(gap.estimate),
                    t("discrepancies.columns.owner"),
                    gap.signature.owner if gap.signature else "",
                ),
                text_input(ids.note(gap.estimate), t("discrepancies.columns.note")),
                button(t("discrepancies.sign"), ids.sign(gap.estimate), "primary"),
            ],
            className="finding-form",
        )
    ]
