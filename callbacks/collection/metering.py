"""Metered months of a year, beside the grid that takes them over (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import chosen_for_entry
from callbacks.collection.amounts import amounts_of
from callbacks.collection.provisional_view import device_words, what_words
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_manual as ids
from components.panels.entry_metered import MeteredMonth, metered_panel
from components.panels.units import unit_text
from services import clock
from services.collection import manual
from services.collection.metered import Metered
from services.collection.provisional import metered_year
from services.collection.rows import DEVICE
from services.formatting import percent
from services.i18n.texts import t
from services.security.permissions import Action

Query = Mapping[str, str]


def show_metered(context: Context, _clicks: int, query: Query) -> Component:
    """Show what devices metered in each month that is over; the grid takes it when pressed so."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        raise PreventUpdate
    place = (chosen.organization_id, chosen.year)
    actor, database = context.actor(), context.database
    entry = manual.read_entry(actor, database, *place)
    amounts, points = metered_year(actor, database, *place, clock.now())
    method = context.catalog.describe(entry.method)
    words = {use: label for use, label, _ in amounts_of(method)}
    known = [each for each in amounts if (each.source, each.item, each.symbol) in words]
    months = [
        MeteredMonth(
            f"{chosen.year}-{each.month:02}",
            what_words(each, words),
            f"{each.text} {unit_text(each.unit)}",
            percent(each.known),
            device_words(each, points),
            t(f"provisional.standing.{each.standing or 'none'}"),
        )
        for each in known
    ]
    return metered_panel(chosen.year, months, _rows(known, points))


def _rows(amounts: list[Metered], points: Mapping[int, object]) -> list[dict[str, str]]:
    """Return the rows for the grid: quantities of one source, item and month in one."""
    rows: dict[tuple[int, str, str], dict[str, str]] = {}
    for each in amounts:
        key = (each.month, each.source, each.item)
        named = {"source": each.source, "item": each.item, "month": str(each.month)}
        row = rows.setdefault(key, {**named, "origin": DEVICE, "note": ""})
        told = t(
            "entry.metered.note",
            devices=device_words(each, points),  # type: ignore[arg-type]
            known=percent(each.known),
        )
        row |= {each.symbol: each.text, "note": row["note"] or told}
    return list(rows.values())


def register(app: Dash, context: Context) -> None:
    """Wire the button above the grid to the function above."""
    wire(
        app,
        context,
        show_metered,
        Output(ids.ROWS_BEFORE, "children", allow_duplicate=True),
        Input(ids.METERED, "n_clicks"),
        State(ids.QUERY, "data"),
        permission=Action.EDIT_ACTIVITY,
        prevent_initial_call=True,
    )
