"""The year by month: the chart, its table, and in words what stands in no month (5.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dash import html

from components.figures.months import MonthAxis, Stack, month_bars
from components.ids import enterprise_accounting as ids
from components.panels.chart import ChartMeta, DataTable, chart_card
from services.i18n.texts import t

CHART_PX = 340


@dataclass(frozen=True, slots=True)
class MonthsView:
    """Stacks for twelve months in a unit, the same as a table, and what is to be said beside."""

    axis: MonthAxis
    stacks: Sequence[Stack]
    size: float
    unit: str
    table: DataTable
    notes: Sequence[str]
    summary: str


def months_card(view: MonthsView, meta: ChartMeta) -> html.Section:
    """Return the chart of a year by month with its table."""
    return chart_card(
        ids.MONTH_CHART,
        t("months.title"),
        month_bars(view.axis, view.stacks, view.size, view.unit),
        view.table,
        replace(meta, unit=view.unit),
        height=CHART_PX,
        note=html.Ul([html.Li(note) for note in view.notes]) if view.notes else "",
        summary=" ".join((view.summary, *view.notes)),
    )
