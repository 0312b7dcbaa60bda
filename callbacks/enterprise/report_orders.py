"""Reactions around reports: order one, watch it being made, find those made (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import place_of_result
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import enterprise_accounting as ids
from components.panels.report_order import ReportOrder, report_list
from services.reports import ordering
from services.reports.ordering import ReportState
from services.security.permissions import Action

Query = Mapping[str, str]
# What the clock is told: go on, or stop.
GO_ON, STOP = -1, 0


def show_reports(context: Context, _ticks: int, query: Query) -> tuple[Component, int]:
    """Show the reports of the year on screen; the clock goes on while one is being made."""
    place = place_of_result(context, query)
    states = ordering.reports_of(
        context.actor(), context.database, place.organization_id, place.year
    )
    orders = [_order(state) for state in states]
    return report_list(orders), GO_ON if any(order.is_open for order in orders) else STOP


def order_report(
    context: Context, _clicks: int, language: str, query: Query
) -> tuple[Component, int]:
    """Order the report of the year on screen in a language."""
    place = place_of_result(context, query)
    target = (place.organization_id, place.year, language)
    ordering.order_report(context.actor(), context.database, context.queue, *target)
    return show_reports(context, 0, query)


def _order(state: ReportState) -> ReportOrder:
    return ReportOrder(
        state=state.state,
        progress=state.progress,
        language=state.language,
        ordered_at=state.ordered_at,
        report=str(state.report_id or ""),
        failure=state.told,
    )


def register(app: Dash, context: Context) -> None:
    """Wire the panel's events to the functions above."""
    query = State(ids.QUERY, "data")
    wire(
        app,
        context,
        show_reports,
        Output(ids.REPORTS, "children"),
        Output(ids.REPORT_CLOCK, "max_intervals"),
        Input(ids.REPORT_CLOCK, "n_intervals"),
        query,
        permission=Action.ORDER_REPORT,
        # A slow answer must never be overtaken by the next question.
        running=[(Output(ids.REPORT_CLOCK, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        order_report,
        Output(ids.REPORTS, "children", allow_duplicate=True),
        Output(ids.REPORT_CLOCK, "max_intervals", allow_duplicate=True),
        Input(ids.REPORT_ORDER, "n_clicks"),
        State(ids.REPORT_LANGUAGE, "value"),
        query,
        permission=Action.ORDER_REPORT,
        prevent_initial_call=True,
        running=[(Output(ids.REPORT_ORDER, "disabled"), True, False)],
    )
