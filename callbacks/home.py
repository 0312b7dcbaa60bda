"""Reactions of the home page: the visitor's doors and the clause register."""

from __future__ import annotations

from functools import partial

import dash
from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.collection.tasks_view import message_rows, task_rows
from callbacks.context import Context
from callbacks.layouts import open_places
from callbacks.pressed import pressed_uuid
from callbacks.wiring import wire
from components.ids import home as ids
from components.panels.conformance import conformance_table, shares
from components.panels.conformance_filter import ALL
from components.panels.log_checks import check_alarm
from components.panels.places import place_links
from components.panels.seals import late_alarm
from components.panels.tasks import inbox_card, tasks_card
from services import inbox
from services.clock import now
from services.collection import campaigns
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


def show_tasks(context: Context, _place: str) -> list[Component]:
    """Show who works on an organization's data what it was called for, until when."""
    actor = context.actor()
    if not any(actor.may(action) for action in campaigns.WORKING):
        return []
    rows = task_rows(campaigns.tasks_of(actor, context.database))
    return [tasks_card(rows, campaigns.MOST_TASKS)]


def show_inbox(context: Context, _place: str) -> Component | None:
    """Show the messages that the visitor has not read yet."""
    return inbox_card(message_rows(inbox.unread_of(context.actor(), context.database)))


def read(context: Context, _clicks: list[int]) -> Component | None:
    """Put the message away whose button was pressed, and show the others."""
    inbox.mark_read(context.actor(), context.database, pressed_uuid("message"))
    return show_inbox(context, ids.INBOX)


def show_shares(_context: Context, _place: str) -> Component:
    """Show how many items of the register have each status."""
    return shares(clauses.counts())


def show_register(_context: Context, status: str | None) -> Component:
    """Show the items of the register that have the chosen status."""
    return conformance_table(clauses.conformance(None if status in (None, ALL) else status))


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    at_home = partial(wire, app, context, permission=Action.VIEW_HOME)
    pieces = (
        (show_places, ids.PLACES),
        (show_alarm, ids.ALARM),
        (show_inbox, ids.INBOX),
        (show_tasks, ids.TASKS),
        (show_shares, ids.SHARES),
    )
    for function, place in pieces:
        at_home(function, Output(place, "children"), Input(place, "id"))
    at_home(show_register, Output(ids.REGISTER, "children"), Input(ids.STATUS, "value"))
    again = Output(ids.INBOX, "children", allow_duplicate=True)
    pressed = Input(ids.read(dash.ALL), "n_clicks")
    at_home(read, again, pressed, prevent_initial_call=True)
