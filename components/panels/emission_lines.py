"""Emission lines: each opens to its formula, the numbers put in, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.ids import enterprise_accounting as ids
from components.panels.badge import badge, trust_badge
from components.panels.formula import formula
from components.panels.line_activity import ActivityRecord, activity_records
from components.panels.states import empty
from components.tables.table import Column, data_table
from services.i18n.texts import t

LINES_A_PAGE = 20
# Origins and statuses that a reader has to see without opening the line.
TOLD_AT_ONCE = ("estimated", "default", "recalled", "secondary")


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as it stands in the list; `trust` are the origins and statuses of its inputs."""

    line: int
    row: int
    source: str
    item: str
    gas: str
    scope: str
    amount: str
    trust: tuple[str, ...]
    warnings: int


@dataclass(frozen=True, slots=True)
class InputRow:
    """One quantity of a line's formula; `printed` is the document of a factor with its dates."""

    symbol: str
    name: str
    value: float
    unit: str
    origin: str
    reference: str
    status: str
    printed: str = ""


@dataclass(frozen=True, slots=True)
class LineDetail:
    """What a line opens to; formulas come as trees and as text to be read aloud.

    `activity` are the rows that the line came from, with their evidence.
    """

    formula: Mapping[str, Any]
    formula_text: str
    numbers: Mapping[str, Any]
    numbers_text: str
    result: str
    inputs: tuple[InputRow, ...]
    activity: tuple[ActivityRecord, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinePage:
    """The lines on screen, which page that is (from 0), and how many there are in all."""

    rows: tuple[LineRow, ...]
    page: int
    total: int


def line_list(shown: LinePage) -> html.Div:
    """Return a page of lines with the buttons to turn it."""
    if not shown.total:
        return empty(t("result.lines.none"), t("result.lines.none_hint"))
    names = ("row", "source", "gas", "scope", "amount", "trust")
    numeric = ("row", "amount")
    head = [
        html.Th(
            html.Span(t(f"result.lines.{name}")),
            scope="col",
            className="numeric" if name in numeric else None,
        )
        for name in names
    ]
    table = html.Table(
        [
            html.Caption(t("result.lines.title"), className="visually-hidden"),
            html.Thead(html.Tr([html.Th(className="line-open"), *head])),
            *(_line(row) for row in shown.rows),
        ],
        className="table lines",
    )
    return html.Div([table, _pages(shown)])


def _line(row: LineRow) -> html.Tbody:
    toggle = html.Button(
        [
            html.Span("▸", className="line-arrow", **{"aria-hidden": "true"}),
            html.Span(t("result.lines.calculation"), className="line-toggle-text"),
        ],
        id=ids.line_toggle(row.line),
        type="button",
        n_clicks=0,
        className="line-toggle",
        **{"aria-label": t("result.lines.open", row=row.row)},
    )
    title = [html.Span(row.source), html.Small(row.item) if row.item else None]
    cells = [
        html.Td(toggle, className="line-open"),
        _cell("row", str(row.row), "numeric"),
        _cell("source", html.Div([part for part in title if part is not None])),
        _cell("gas", row.gas),
        _cell("scope", row.scope),
        _cell("amount", row.amount, "numeric"),
        _cell("trust", html.Div(_marks(row), className="badges")),
    ]
    detail = html.Td(
        html.Div(id=ids.line_detail(row.line)), colSpan=len(cells), className="line-detail-cell"
    )
    return html.Tbody([html.Tr(cells), html.Tr(detail, className="line-detail-row")])


def _cell(name: str, content: Component | str, class_name: str | None = None) -> html.Td:
    label = {"data-label": t(f"result.lines.{name}")}
    return html.Td(content, className=class_name, **label)


def _marks(row: LineRow) -> list[Component]:
    told = [trust_badge(kind) for kind in TOLD_AT_ONCE if kind in row.trust]
    if row.warnings:
        told.append(badge(t("result.lines.warnings", count=row.warnings), "watch"))
    return told


def _pages(shown: LinePage) -> html.Nav:
    last = (shown.total - 1) // LINES_A_PAGE
    first_row = shown.page * LINES_A_PAGE + 1
    text = t(
        "result.lines.range",
        first=first_row,
        last=first_row + len(shown.rows) - 1,
        total=shown.total,
    )
    steps = (("previous", shown.page - 1), ("next", shown.page + 1)) if last else ()
    buttons = [
        html.Button(
            t(f"result.lines.{name}"),
            id=ids.lines_page(page),
            type="button",
            n_clicks=0,
            className="button button-plain",
            disabled=not 0 <= page <= last,
        )
        for name, page in steps
    ]
    label = {"aria-label": t("result.lines.pages")}
    return html.Nav([html.Span(text), *buttons], className="line-pages", **label)


def line_detail(detail: LineDetail) -> html.Div:
    """Return the formula, the numbers put in, the result, every input, and remarks."""
    steps = html.Div(
        [
            _step("formula", formula(detail.formula, detail.formula_text)),
            _step("numbers", formula(detail.numbers, detail.numbers_text)),
            _step("equals", html.Strong(detail.result)),
        ],
        className="line-steps",
    )
    remarks = [html.Li(text) for text in detail.warnings]
    parts = [steps, _inputs(detail.inputs), activity_records(detail.activity)]
    if remarks:
        parts.append(html.Ul(remarks, className="line-remarks"))
    return html.Div(parts, className="line-detail")


def _step(name: str, content: Component) -> html.Div:
    label = html.Span(t(f"result.detail.{name}"), className="line-step-label")
    return html.Div([label, html.Div(content, className="line-step-content")])


def _inputs(inputs: Sequence[InputRow]) -> html.Div:
    columns = (
        Column("quantity", t("result.detail.quantity")),
        Column("value", t("result.detail.value"), numeric=True),
        Column("unit", t("result.detail.unit")),
        Column("origin", t("result.detail.origin")),
        Column("reference", t("result.detail.reference")),
        Column("status", t("result.detail.status")),
    )
    rows = [
        {
            "quantity": html.Span([html.I(each.symbol), f" {each.name}"]),
            "value": each.value,
            "unit": each.unit,
            "origin": trust_badge(each.origin),
            "reference": _reference(each),
            "status": trust_badge(each.status),
        }
        for each in inputs
    ]
    return data_table(columns, rows, caption=t("result.detail.inputs"), sortable=False)


def _reference(given: InputRow) -> Component | str:
    if not given.printed:
        return given.reference
    return html.Div([given.reference, html.Small(given.printed, className="muted line-printed")])
