"""Reactions of the region's accounting page (5.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import government_accounting as ids
from components.ids import shell
from components.panels.region_page import place_options, region_content, year_options
from components.shell.filters import write_filters
from services.accounting.region_view import Order, region_view
from services.clock import today
from services.errors import NotFoundError
from services.security.permissions import Action

YEAR_DIGITS = 4


def show_region(context: Context, asked: Mapping[str, str]) -> tuple[Any, ...]:
    """Fill the page for the place and year that stand in the address."""
    order = Order(asked["region"], _year(asked["year"]), today(), asked["edition"])
    view = region_view(context.actor(), context.database, context.catalog, order)
    asked_for = {"region": view.region_code, "year": view.year, "edition": asked["edition"]}
    return (
        region_content(view),
        place_options(view.places),
        view.region_code,
        year_options(view),
        str(view.year),
        {**asked_for, "standing": view.edition},
    )


def choose(_context: Context, region: str, year: str, shown: Mapping[str, Any] | None) -> Any:
    """Write another place or year into the address; the page follows the address."""
    if shown is None:
        return no_update
    chosen = {"region": region, "year": _year(str(year or "")), "edition": shown["edition"]}
    is_shown = all(shown[name] == value for name, value in chosen.items())
    return no_update if is_shown else write_filters(chosen)


def choose_edition(_context: Context, edition: str, shown: Mapping[str, Any] | None) -> Any:
    """Write another edition of the method into the address."""
    if shown is None or not edition or edition == shown["standing"]:
        return no_update
    return write_filters({"region": shown["region"], "year": shown["year"], "edition": edition})


def drill(_context: Context, click: Any, shown: Mapping[str, Any]) -> Any:
    """Go to the province that was clicked on the map."""
    codes = _clicked(click).get("customdata")
    return write_filters({"region": codes[0], "year": shown["year"]}) if codes else no_update


def choose_year(_context: Context, click: Any, shown: Mapping[str, Any]) -> Any:
    """Go to the year that was clicked in a chart over the years."""
    year = _year(str(_clicked(click).get("x") or ""))
    if year is None or year == shown["year"]:
        return no_update
    return write_filters({"region": shown["region"], "year": year})


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_region,
        Output(ids.CONTENT, "children"),
        Output(ids.REGION, "options"),
        Output(ids.REGION, "value"),
        Output(ids.YEAR, "options"),
        Output(ids.YEAR, "value"),
        Output(ids.SHOWN, "data"),
        Input(ids.ASKED, "data"),
        permission=Action.VIEW_REGION,
    )
    for function, *inputs in _navigation():
        wire(
            app,
            context,
            function,
            Output(shell.LOCATION, "search", allow_duplicate=True),
            *inputs,
            State(ids.SHOWN, "data"),
            permission=Action.VIEW_REGION,
            prevent_initial_call=True,
        )


def _navigation() -> tuple[tuple[Any, ...], ...]:
    return (
        (choose, Input(ids.REGION, "value"), Input(ids.YEAR, "value")),
        (choose_edition, Input(ids.EDITION, "value")),
        (drill, Input(ids.MAP, "clickData")),
        (choose_year, Input(ids.FUELS, "clickData")),
        (choose_year, Input(ids.DIFFERENCE, "clickData")),
    )


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == YEAR_DIGITS):
        raise NotFoundError("year", value=text[:40])
    return int(text)


def _clicked(click: Any) -> Mapping[str, Any]:
    points = (click or {}).get("points") or [{}]
    found: Mapping[str, Any] = points[0]
    return found
