"""Splitting a bill over its months, beside the grid that takes them over (4.2 a)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import chosen_for_entry
from callbacks.collection.amounts import Amount, Use, amounts_of, choices_of
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_manual as ids
from components.panels.entry_bill import READINGS, BillMonth, BillView, bill_months, bill_panel
from services.collection import manual
from services.collection.bills import (
    Bill,
    BillError,
    Share,
    by_days,
    by_readings,
    read_bill,
    read_readings,
)
from services.collection.manual import Entry
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action

Query = Mapping[str, str]


def open_bill(context: Context, _clicks: int, query: Query) -> Component:
    """Show the form of a bill, with every amount that the method asks for by source and item."""
    return bill_panel(choices_of(_uses(context, query)))


def split_bill(context: Context, _clicks: int, *given: Any) -> Component:
    """Show the months of the bill that was typed; the grid takes them over when pressed so."""
    *typed, query = given
    use, first, last, amount, way, readings = (str(each or "") for each in typed)
    entry = _entry(context, query)
    named, _, unit = _chosen_use(context, query, use)
    bill = read_bill(first, last, amount)
    shares = by_readings(bill, read_readings(readings)) if way == READINGS else by_days(bill)
    note = _note(bill, amount, readings if way == READINGS else "")
    return bill_months(_view(entry.year, named, (bill, shares), note, unit))


def _entry(context: Context, query: Query) -> Entry:
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        raise PreventUpdate
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    return manual.read_entry(actor, context.database, *place)


def _uses(context: Context, query: Query) -> Iterator[Amount]:
    """Yield every amount that the year's method asks for."""
    return amounts_of(context.catalog.describe(_entry(context, query).method))


def _chosen_use(context: Context, query: Query, use: str) -> Amount:
    if not use:
        raise BillError("what", t("entry.bill.choose"), "source")
    found = next((each for each in _uses(context, query) if "|".join(each[0]) == use), None)
    if found is None:
        raise NotFoundError("source", value=use[:60])
    return found


def _view(
    year: int, use: Use, split: tuple[Bill, Sequence[Share]], note: str, unit: str
) -> BillView:
    bill, shares = split
    total = sum((share.amount for share in shares), Decimal())
    mine = [share for share in shares if share.first.year == year]
    if not mine:
        raise BillError("first", bill.first.isoformat(), "elsewhere", year=year)
    source, item, symbol = use
    rows = [
        {
            "source": source,
            "item": item,
            "month": str(share.first.month),
            symbol: f"{share.amount:f}",
            "note": note,
        }
        for share in mine
    ]
    return BillView([_month(share, year) for share in shares], f"{total:f}", unit, rows)


def _month(share: Share, year: int) -> BillMonth:
    is_other = share.first.year != year
    other = t("entry.bill.other_year", year=share.first.year) if is_other else ""
    span = f"{share.first.isoformat()} – {share.last.isoformat()}"
    return BillMonth(f"{share.first:%Y-%m}", span, share.days, f"{share.amount:f}", other)


def _note(bill: Bill, amount: str, readings: str) -> str:
    told = {"first": bill.first.isoformat(), "last": bill.last.isoformat(), "amount": amount}
    if readings:
        return t("entry.bill.note_readings", **told, readings=readings)
    return t("entry.bill.note_days", **told)


def register(app: Dash, context: Context) -> None:
    """Wire the form of a bill to the functions above."""
    edits = partial(wire, app, context, permission=Action.EDIT_ACTIVITY, prevent_initial_call=True)
    query = State(ids.QUERY, "data")
    panel = Output(ids.ROWS_BEFORE, "children", allow_duplicate=True)
    edits(open_bill, panel, Input(ids.BILL, "n_clicks"), query)
    typed = (
        State(field, "value")
        for field in (
            ids.BILL_USE,
            ids.BILL_FIRST,
            ids.BILL_LAST,
            ids.BILL_AMOUNT,
            ids.BILL_WAY,
            ids.BILL_READINGS,
        )
    )
    months = Output(ids.BILL_MONTHS, "children")
    edits(split_bill, months, Input(ids.BILL_PREVIEW, "n_clicks"), *typed, query)
