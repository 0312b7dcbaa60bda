"""The energy balance of a region: head, papers, grid, problems, and its versions (5.1.1 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import field
from components.forms.entry_grid import action, conflict_box, entry_grid, submit_bar
from components.forms.entry_view import EntryView
from components.ids import government_energy_balance as ids
from components.panels.badge import badge, sample_badge
from components.panels.card import card
from components.panels.states import empty, loading
from components.panels.year_links import year_links
from components.shell.page import Crumb, page
from components.tables.table import Cell, Column, data_table
from services.formatting import UNKNOWN, datetime_text, exact
from services.i18n.texts import t

SETTLED_MS = 300


@dataclass(frozen=True, slots=True)
class BalanceVersion:
    """A recorded balance: fuels with their quantities, papers, by whom and when."""

    rows: Sequence[Mapping[str, Any]]
    electricity_mwh: float | None
    document: str
    note: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BalanceView:
    """A region and year: what stands in the grid, the papers, and every version recorded.

    `fuels` are the names of fuels by their codes, `columns` those of the quantities.
    """

    name: str
    is_sample: bool
    years: Sequence[int]
    way: Sequence[Crumb]
    entry: EntryView
    document: str
    note: str
    versions: Sequence[BalanceVersion]
    fuels: Mapping[str, str]
    columns: Mapping[str, str]


def balance_screen(view: BalanceView) -> html.Div:
    """Return the whole page."""
    grid = card(
        t("energy_balance.card_title"),
        entry_grid(view.entry),
        footer=t("energy_balance.card_hint"),
        actions=submit_bar(view.entry, t("energy_balance.record")),
    )
    # The question and the answer come and go with the place where the answer is shown.
    checks = [dcc.Store(id=store) for store in (ids.CHECK, ids.CHECKED)]
    listed = html.Div(loading("text"), id=ids.PROBLEMS, role="status")
    problems = card(t("entry.problems.title"), [listed, *checks])
    return page(
        t("energy_balance.title"),
        conflict_box(),
        _papers(view),
        html.Div([grid, problems], className="entry-layout"),
        _versions(view),
        _question(view),
        breadcrumb=view.way,
        filters=year_links(ids.PATH, view.entry.organization_id, view.years, view.entry.year),
        subtitle=t("energy_balance.subtitle", name=view.name, year=view.entry.year),
        actions=[sample_badge()] if view.is_sample else None,
    )


def no_region() -> html.Div:
    """Return the page for somebody who has no region."""
    return page(
        t("energy_balance.title"),
        card("", empty(t("energy_balance.no_region"), t("energy_balance.no_region_hint"))),
    )


def _papers(view: BalanceView) -> html.Section:
    fields = [
        _paper(ids.DOCUMENT, t("energy_balance.document"), view.document),
        _paper(ids.NOTE, t("energy_balance.note"), view.note),
    ]
    # The script of the grid saves the draft when one of them changes.
    told = {"data-entry-papers": ""}
    order = html.Div(fields, className="heat-power-order", **told)
    return card(t("energy_balance.papers"), order, t("energy_balance.papers_hint"))


def _paper(input_id: str, label: str, value: str) -> html.Div:
    # What is typed is there when the draft is saved, 2.5 seconds after the last key.
    entry = dbc.Input(
        id=input_id, value=value, type="text", class_name="input", debounce=SETTLED_MS
    )
    return field(label, entry)


def _question(view: BalanceView) -> html.Dialog:
    buttons = [action("cancel-submit"), action("confirm-submit", "primary")]
    return html.Dialog(
        [
            html.H2(t("energy_balance.ask")),
            html.P(t("energy_balance.ask_text", name=view.name, year=view.entry.year)),
            html.P(className="entry-warned", **{"data-entry-warned": ""}),
            html.Div(buttons, className="dialog-actions"),
        ],
        className="dialog",
        **{"data-entry-dialog": "", "aria-label": t("energy_balance.ask")},
    )


def _versions(view: BalanceView) -> html.Section:
    title = t("energy_balance.versions")
    if not view.versions:
        return card(title, empty(t("energy_balance.none"), t("energy_balance.none_hint")))
    listed = [
        _version(view, found, len(view.versions) - at) for at, found in enumerate(view.versions)
    ]
    return card(title, html.Div(listed, className="stack"), t("energy_balance.versions_hint"))


def _version(view: BalanceView, found: BalanceVersion, number: int) -> html.Details:
    counts = number == len(view.versions)
    electricity = found.electricity_mwh
    head = html.Summary(
        [
            html.Strong(t("energy_balance.version", number=number)),
            " ",
            badge(t("energy_balance.counts"), "good") if counts else None,
            " ",
            t(
                "energy_balance.recorded",
                name=found.recorded_by or UNKNOWN,
                at=datetime_text(found.recorded_at),
                document=found.document or t("energy_balance.no_document"),
            ),
        ]
    )
    told = t(
        "energy_balance.electricity_told",
        value=UNKNOWN if electricity is None else exact(electricity),
    )
    return html.Details([head, html.P([told, " ", found.note]), _table(view, found, number)])


def _table(view: BalanceView, found: BalanceVersion, number: int) -> Component:
    stated = [name for name in view.columns if any(row.get(name) for row in found.rows)]
    columns = (
        Column("item", t("energy_balance.fuel")),
        *(Column(name, view.columns[name], numeric=True) for name in stated),
    )
    rows = [_row(view, row, stated) for row in found.rows]
    caption = t("energy_balance.version", number=number)
    return data_table(columns, rows, caption=caption, sortable=False)


def _row(view: BalanceView, row: Mapping[str, Any], stated: Sequence[str]) -> dict[str, object]:
    item = str(row["item"])
    amounts = {name: row.get(name) for name in stated}
    return {
        "item": view.fuels.get(item, item),
        **{name: Cell(exact(x), x) if x is not None else None for name, x in amounts.items()},
    }
