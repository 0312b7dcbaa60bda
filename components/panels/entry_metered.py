"""Months of the year as bound devices metered them, shown before the grid takes them (4.2 c)."""

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

TAKE = "metered"


@dataclass(frozen=True, slots=True)
class MeteredMonth:
    """One metered amount of a month, in words."""

    month: str
    what: str
    amount: str
    known: str
    devices: str
    standing: str


def metered_panel(
    year: int, months: Sequence[MeteredMonth], rows: Sequence[Mapping[str, str]]
) -> Component:
    """Return the months with the button that puts them into the grid as from devices."""
    title = t("entry.metered.title", year=year)
    if not months:
        return card(title, empty(t("entry.metered.none"), t("entry.metered.none_hint")))
    names = ("month", "what", "amount", "known", "devices", "standing")
    columns = [Column(name, t(f"entry.metered.{name}")) for name in names]
    words = [
        {
            "month": each.month,
            "what": each.what,
            "amount": each.amount,
            "known": each.known,
            "devices": each.devices,
            "standing": each.standing,
        }
        for each in months
    ]
    take = html.Button(
        t("entry.metered.take", count=len(rows)),
        type="button",
        className="button button-primary",
        **{"data-entry-before": TAKE},
    )
    holder = html.Div(
        [html.Div(take, className="entry-tools"), browser_table(columns, words, title)],
        **{"data-entry-rows": json.dumps({TAKE: list(rows)}, ensure_ascii=False)},
    )
    return card(title, holder, footer=t("entry.metered.hint"))
