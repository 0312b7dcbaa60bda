"""Ordering a report: language, progress that can be left, and the finished files (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, file_link, tabs
from components.ids import enterprise_accounting as ids
from components.panels.badge import badge
from components.panels.card import card
from components.panels.states import empty, loading
from services.formatting import datetime_text, percent
from services.i18n.texts import LANGUAGES, language, t

FORMATS = ("pdf", "docx", "xlsx")
POLL_MS = 1000


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """An ordered report; `report` is the id of the finished one, `state` that of its job."""

    state: str
    progress: float
    language: str
    ordered_at: datetime
    report: str = ""
    failure: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether the job is still to be waited for."""
        return self.state in ("queued", "running")


def report_card() -> html.Section:
    """Return the choice of a language, the order, and the place of what was ordered."""
    order = html.Div(
        [
            tabs(ids.REPORT_LANGUAGE, t("result.report.language"), _languages(), language()),
            button(t("result.report.order"), ids.REPORT_ORDER, "primary"),
        ],
        className="report-order",
    )
    body = [
        order,
        html.Div(loading("text"), id=ids.REPORTS, role="status"),
        dcc.Interval(id=ids.REPORT_CLOCK, interval=POLL_MS),
    ]
    return card(t("result.report.title"), body, t("result.report.hint"))


def _languages() -> list[tuple[str, str]]:
    return [(code, t(f"result.report.languages.{code}")) for code in LANGUAGES]


def report_list(orders: Sequence[ReportOrder]) -> Component:
    """Return the reports of a run, the newest first, each with its progress or its files."""
    if not orders:
        return empty(t("result.report.none"), t("result.report.none_hint"))
    return html.Ul([html.Li(_order(order)) for order in orders], className="report-orders")


def _order(order: ReportOrder) -> html.Div:
    head = html.Div(
        [
            html.Strong(t(f"result.report.languages.{order.language}")),
            html.Time(datetime_text(order.ordered_at), className="muted"),
            badge(t(f"result.report.states.{order.state}"), _tone(order.state)),
        ],
        className="report-head",
    )
    return html.Div([head, _body(order)])


def _tone(state: str) -> str:
    return {"done": "good", "failed": "over"}.get(state, "watch")


def _body(order: ReportOrder) -> Component:
    if order.is_open:
        return html.Div(
            [
                html.Progress(
                    value=str(order.progress), max="1", **{"aria-label": t("result.report.share")}
                ),
                html.Span(percent(order.progress, 0)),
                html.Small(t("result.report.may_leave"), className="muted"),
            ],
            className="report-progress",
        )
    if order.report:
        links = [
            file_link(kind.upper(), f"/download/report/{order.report}/{kind}") for kind in FORMATS
        ]
        return html.Div(links, className="report-files")
    return html.P(order.failure or t("result.report.failed"), className="report-failure")
