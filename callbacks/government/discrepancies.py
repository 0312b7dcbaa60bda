"""Reactions of the ledger of discrepancies: show it, sign a gap (5.1.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import MATCH, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.pressed import pressed
from callbacks.wiring import wire
from components.ids import government_discrepancies as ids
from components.panels.discrepancies import gap_row, ledger_screen
from services.consistency.ledger import Ledger, SignOrder, ledger_of, sign_gap
from services.errors import NotFoundError
from services.security.permissions import Action

Query = Mapping[str, str]
YEAR_DIGITS = 4


def show_ledger(context: Context, query: Query) -> Component:
    """Show the ledger of the region and year that the address names."""
    return ledger_screen(_ledger(context, query))


def sign(context: Context, _clicks: int, *typed: Any) -> list[Component]:
    """Sign the gap whose button was pressed, with what was typed beside it; show it so."""
    cause, owner, note, query = typed
    ledger = _ledger(context, query)
    if ledger is None:
        raise NotFoundError("region", value=query.get("region", ""))
    order = SignOrder(
        region_code=ledger.coverage.region_code,
        year=ledger.coverage.year,
        estimate=pressed("estimate"),
        cause=cause,
        owner=owner or "",
        note=note or "",
    )
    done = sign_gap(context.actor(), context.database, context.catalog, order)
    return gap_row(done, may_sign=True)


def _ledger(context: Context, query: Query) -> Ledger | None:
    year = query.get("year", "")
    if year and not (year.isascii() and year.isdecimal() and len(year) == YEAR_DIGITS):
        raise NotFoundError("year", value=year[:40])
    given = (context.actor(), context.database, context.catalog)
    return ledger_of(*given, query.get("region", ""), int(year) if year else None)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_ledger,
        Output(ids.LEDGER, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_REGION,
        whole_page="discrepancies.title",
    )
    wire(
        app,
        context,
        sign,
        Output(ids.row(MATCH), "children"),
        Input(ids.sign(MATCH), "n_clicks"),
        State(ids.cause(MATCH), "value"),
        State(ids.owner(MATCH), "value"),
        State(ids.note(MATCH), "value"),
        State(ids.QUERY, "data"),
        permission=Action.SIGN_DISCREPANCY,
        prevent_initial_call=True,
    )
