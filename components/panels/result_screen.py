"""The result page put together (5.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html

from components.figures.accounting import Bar, bars
from components.forms.controls import button, link_button
from components.ids import enterprise_accounting as ids
from components.panels.card import card
from components.panels.chart import ChartMeta, DataTable, chart_card
from components.panels.emission_lines import LinePage, line_list
from components.panels.enterprise_result import (
    Comparison,
    Decision,
    filing_card,
    result_actions,
    result_tiles,
    subject_name,
)
from components.panels.evidence import evidence_card
from components.panels.heat_power import HeatPowerView, heat_power_card
from components.panels.months import MonthsView, months_card
from components.panels.report_order import report_card
from components.panels.states import empty, loading
from components.panels.uncertainty import UncertaintyView, uncertainty_card
from components.panels.year_links import year_links
from components.shell.filters import write_filters
from components.shell.page import Crumb, grid, page
from services.accounting.results import RunResult
from services.formatting import mass_co2
from services.i18n.texts import t

PATH = "/enterprise/accounting"
ENTRY_PATH = "/collection/manual"
BAR_PX, AXIS_PX, LEAST_PX = 46, 64, 220
CHART_CARD_PX, LINES_CARD_PX = 400, 420


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars with the same numbers as a table."""

    bars: Sequence[Bar]
    table: DataTable


@dataclass(frozen=True, slots=True)
class ResultView:
    """Everything the page shows of a run; what the visitor may do opens its buttons."""

    result: RunResult
    beside: Comparison
    decision: Decision
    items: BarChart
    scopes: BarChart
    meta: ChartMeta
    lines: LinePage
    uncertainty: UncertaintyView
    heat_power: HeatPowerView | None
    months: MonthsView | None
    years: Sequence[int]
    way: Sequence[Crumb]
    may_enter: bool
    may_order: bool
    may_export: bool


def result_screen(view: ResultView) -> html.Div:
    """Return the whole result page."""
    run = view.result.summary
    side = [filing_card(run, view.result.filing, view.decision)]
    if view.may_order:
        side.append(report_card())
    evidence = [evidence_card(run)] if view.may_export else []
    return page(
        t("result.title"),
        result_tiles(run, view.beside),
        grid(
            _chart(ids.SOURCE_CHART, "by_item", view.items, view.meta),
            _chart(ids.SCOPE_CHART, "by_scope", view.scopes, view.meta),
        ),
        *([months_card(view.months, view.meta)] if view.months else []),
        html.Div(side, className="result-side"),
        *evidence,
        _lines(view.lines),
        *([heat_power_card(view.heat_power)] if view.heat_power else []),
        uncertainty_card(view.uncertainty),
        breadcrumb=view.way,
        filters=year_links(PATH, run.subject.organization_id, view.years, run.year),
        subtitle=t(
            "result.subtitle", organization=subject_name(run), year=run.year, method=run.method
        ),
        actions=result_actions(run, view.may_enter),
    )


def result_frame() -> html.Div:
    """Return the shape of the page while its data is on the way."""
    charts = grid(*(loading("chart", CHART_CARD_PX) for _ in range(2)))
    return page(t("result.title"), loading("tiles"), charts, loading("table", LINES_CARD_PX))


def no_result(organization_id: int, year: int, years: Sequence[int], may_enter: bool) -> html.Div:
    """Say that the year is not computed yet, and what to do."""
    place = {"organization": organization_id, "year": year}
    action = (
        link_button(t("result.none_action"), ENTRY_PATH + write_filters(place), "primary")
        if may_enter
        else None
    )
    return page(
        t("result.title"),
        card("", empty(t("result.none", year=year), t("result.none_hint"), action)),
        filters=year_links(PATH, organization_id, years, year),
    )


def no_subject() -> html.Div:
    """Say that the visitor sees no organization's results."""
    return page(
        t("result.title"), empty(t("entry.no_organization"), t("entry.no_organization_hint"))
    )


def _chart(chart_id: str, name: str, chart: BarChart, meta: ChartMeta) -> html.Section:
    return chart_card(
        chart_id,
        t(f"result.charts.{name}"),
        bars(chart.bars),
        chart.table,
        meta,
        height=max(LEAST_PX, AXIS_PX + BAR_PX * len(chart.bars)),
        summary=_summary(chart.bars),
    )


def _summary(shown: Sequence[Bar]) -> str:
    if not shown:
        return ""
    largest = max(shown, key=lambda bar: bar.co2e_t)
    amount = " ".join(mass_co2(largest.co2e_t))
    return t("result.charts.summary", count=len(shown), label=largest.label, amount=amount)


def _lines(lines: LinePage) -> html.Section:
    files = [button("CSV", ids.LINES_CSV, "quiet"), button("XLSX", ids.LINES_XLSX, "quiet")]
    body = [html.Div(line_list(lines), id=ids.LINES), dcc.Download(id=ids.LINES_FILE)]
    return card(
        t("result.lines.title"),
        body,
        t("result.lines.hint"),
        actions=files,
        card_id="result-lines",
    )
