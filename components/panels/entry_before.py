"""Rows of the year before, shown before they are taken into the grid (4.2 a)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.panels.card import card
from components.panels.states import empty
from components.tables.table import Column, browser_table
from services.i18n.texts import t

EMPTY, KEPT = "empty", "kept"


@dataclass(frozen=True, slots=True)
class BeforeRow:
    """One row of the year before, in words."""

    source: str
    item: str
    month: str
    numbers: str


@dataclass(frozen=True, slots=True)
class BeforeView:
    """What can be taken over from a year: rows in words, and as the grid takes them.

    `left_out` rows are of sources that this year's method does not have.
    """

    year: int
    rows: Sequence[BeforeRow]
    left_out: int
    empty: Sequence[Mapping[str, str]]
    kept: Sequence[Mapping[str, str]]


def before_panel(view: BeforeView) -> Component:
    """Return the rows of the year before with a button for each way to take them over."""
    title = t("entry.before.title", year=view.year)
    if not view.rows:
        return card(title, empty(t("entry.before.none"), _left_out(view)))
    table = browser_table(
        [
            Column("source", t("entry.columns.source")),
            Column("item", t("entry.columns.item")),
            Column("month", t("entry.columns.month")),
            Column("numbers", t("entry.before.numbers")),
        ],
        [_words(row) for row in view.rows],
        title,
    )
    given = {EMPTY: list(view.empty), KEPT: list(view.kept)}
    buttons = [
        html.Button(
            t(f"entry.before.{way}", count=len(given[way])),
            type="button",
            className=f"button button-{kind}",
            **{"data-entry-before": way},
        )
        for way, kind in ((EMPTY, "primary"), (KEPT, "plain"))
    ]
    holder = html.Div(
        [html.Div(buttons, className="entry-tools"), table],
        **{"data-entry-rows": json.dumps(given, ensure_ascii=False)},
    )
    footer = " ".join(filter(None, (t("entry.before.hint"), _left_out(view))))
    return card(title, holder, footer=footer)


def _words(row: BeforeRow) -> dict[str, str]:
    return {
        "source": row.source,
        "item": row.item,
        "month": row.month,
        "numbers": row.numbers,
    }


def _left_out(view: BeforeView) -> str:
    return t("entry.before.left_out", count=view.left_out) if view.left_out else ""
