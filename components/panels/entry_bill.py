"""A bill that matches no calendar month: what it is about, and its months before they go in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, select, text_input
from components.ids import collection_manual as ids
from components.panels.card import card
from components.tables.table import Column, browser_table
from services.i18n.texts import t

DAYS, READINGS = "days", "readings"


@dataclass(frozen=True, slots=True)
class BillMonth:
    """One month of a bill, in words; `year` is named where it is not the year on screen."""

    month: str
    span: str
    days: int
    amount: str
    other_year: str = ""


@dataclass(frozen=True, slots=True)
class BillView:
    """The months of a bill, its amount, and the rows that the grid takes over."""

    months: Sequence[BillMonth]
    total: str
    unit: str
    rows: Sequence[Mapping[str, str]]


def bill_panel(uses: Options) -> Component:
    """Return the form of a bill; what is typed stays when the months are shown below."""
    fields = [
        select(ids.BILL_USE, t("bill.fields.what"), [("", t("entry.bill.choose")), *uses], ""),
        _day(ids.BILL_FIRST, t("bill.fields.first")),
        _day(ids.BILL_LAST, t("bill.fields.last")),
        text_input(ids.BILL_AMOUNT, t("bill.fields.amount"), numeric=True),
        select(ids.BILL_WAY, t("entry.bill.way"), _ways(), DAYS),
        text_input(
            ids.BILL_READINGS,
            t("bill.fields.readings"),
            placeholder=t("entry.bill.readings_hint"),
        ),
        button(t("entry.bill.preview"), ids.BILL_PREVIEW, "primary"),
    ]
    parts = html.Div(id=ids.BILL_MONTHS, role="status")
    body = html.Div([html.Div(fields, className="restatement-order"), parts], className="stack")
    return card(t("entry.bill.title"), body, footer=t("entry.bill.hint"))


def bill_months(view: BillView) -> Component:
    """Return the months of a bill with their sum, and the button that puts them into the grid."""
    columns = [
        Column("month", t("entry.bill.month")),
        Column("span", t("entry.bill.span")),
        Column("days", t("entry.bill.day_count"), numeric=True),
        Column("share", t("entry.bill.share"), numeric=True, unit=view.unit),
    ]
    rows = [
        {
            "month": f"{each.month} · {each.other_year}" if each.other_year else each.month,
            "span": each.span,
            "days": each.days,
            "share": each.amount,
        }
        for each in view.months
    ]
    days = sum(each.days for each in view.months)
    rows.append({"month": t("entry.bill.total"), "span": "", "days": days, "share": view.total})
    take = html.Button(
        t("entry.bill.take", count=len(view.rows)),
        type="button",
        className="button button-primary",
        **{"data-entry-before": "bill"},
    )
    given = {
        "data-entry-rows": json.dumps({"bill": list(view.rows)}, ensure_ascii=False),
        # Two bills of one month are two rows; the same one is not put in twice.
        "data-entry-same": "source item key month note",
    }
    table = browser_table(columns, rows, t("entry.bill.title"))
    return html.Div([table, html.Div(take, className="entry-tools")], className="stack", **given)


def _ways() -> Options:
    return [(DAYS, t("entry.bill.days")), (READINGS, t("entry.bill.by_readings"))]


def _day(input_id: str, label: str) -> html.Div:
    return field(label, dbc.Input(id=input_id, type="date", value="", class_name="input"))
