"""Reactions of the home page: the visitor's doors and the clause register."""

from __future__ import annotations

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.layouts import open_places
from callbacks.wiring import wire
from components.ids import home as ids
from components.panels.conformance import conformance_table, shares
from components.panels.conformance_filter import ALL
from components.panels.log_checks import check_alarm
from components.panels.places import place_links
from components.panels.seals import late_alarm
from services.clock import now
from services.consistency import log_check
from services.security.permissions import Action
from services.standards import clauses
from services.transparency.standing import standing


def show_places(context: Context, _place: str) -> Component:
    """Show the pages that the visitor may open, without this one."""
    places, names = open_places(context.actor())
    return place_links([place for place in places if place.path != "/"], names)


def show_alarm(context: Context, _place: str) -> list[Component | None]:
    """Tell who watches the log of what its last self-check found, and of a sealer that stands."""
    actor = context.actor()
    if not actor.may(Action.VIEW_AUDIT):
        return []
    found = log_check.alarm(actor, context.database)
    told = [check_alarm(found)] if found is not None else []
    log = standing(actor, context.database, (), now())
    return [*told, late_alarm(log)] if log.is_alarming else told


def show_shares(_context: Context, _place: str) -> Component:
    """Show how many items of the register have each status."""
    return shares(clauses.counts())


def show_register(_context: Context, status: str | None) -> Component:
    """Show the items of the register that have the chosen status."""
    return conformance_table(clauses.conformance(None if status in (None, ALL) else status))


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_places,
        Output(ids.PLACES, "children"),
        Input(ids.PLACES, "id"),
        permission=Action.VIEW_HOME,
    )
    wire(
        app,
        context,
        show_alarm,
        Output(ids.ALARM, "children"),
        Input(ids.ALARM, "id"),
        permission=Action.VIEW_HOME,
    )
    wire(
        app,
        context,
        show_shares,
        Output(ids.SHARES, "children"),
        Input(ids.SHARES, "id"),
        permission=Action.VIEW_HOME,
    )
    wire(
        app,
        context,
        show_register,
        Output(ids.REGISTER, "children"),
        Input(ids.STATUS, "value"),
        permission=Action.VIEW_HOME,
    )
