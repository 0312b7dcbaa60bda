"""Telling what the columns of a file hold that is not our template (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, select, text_input
from components.ids import collection_import as ids
from components.panels.card import card
from components.panels.imports import preview_place
from services.i18n.texts import t


@dataclass(frozen=True, slots=True)
class ToldColumn:
    """A column by its heading, with the first thing below it, and what it is told to hold."""

    title: str
    sample: str
    key: str
    source: str
    item: str
    unit: str


@dataclass(frozen=True, slots=True)
class LayoutView:
    """A file whose columns are to be told; `why` says why that is asked.

    `headings` are the lines that may hold the headings, `keys`, `sources` and `items` what may be
    chosen, and `shown` is what the buttons send back.
    """

    name: str
    why: str
    headings: Options
    heading: str
    columns: Sequence[ToldColumn]
    keys: Options
    sources: Options
    items: Options
    shown: Mapping[str, object]


def layout_panel(view: LayoutView) -> Component:
    """Return the form in which the columns of a file are told once."""
    parts: list[Component] = [html.P(view.why, className="muted")] if view.why else []
    parts.append(select(ids.HEADING, t("import_layout.heading"), view.headings, view.heading))
    columns = [_column(view, number) for number in range(len(view.columns))]
    parts.append(html.Div(columns, className="import-columns"))
    keep = button(t("import_layout.keep"), ids.KEEP, "primary")
    title = t("import_layout.title", name=view.name)
    body = card(title, parts, t("import_layout.hint"), html.Div(keep, className="import-links"))
    return preview_place(dcc.Store(id=ids.SHOWN, data=view.shown), body)


def _column(view: LayoutView, number: int) -> Component:
    column = view.columns[number]
    head = [html.Strong(column.title or "—"), html.Small(column.sample, className="muted")]
    return html.Fieldset(
        [
            html.Legend(head),
            select(ids.told("key", number), t("import_layout.key"), view.keys, column.key),
            select(
                ids.told("source", number), t("import_layout.source"), view.sources, column.source
            ),
            select(ids.told("item", number), t("import_layout.item"), view.items, column.item),
            text_input(ids.told("unit", number), t("import_layout.unit"), column.unit),
        ],
        className="import-column",
    )
