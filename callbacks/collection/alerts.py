"""Reactions of the page of alerts, and the count in the frame of every page (4.2 c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import dash
from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks.chosen import number_in
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_alerts as ids
from components.ids import shell as shell_ids
from components.panels.alerts import FILTERS, AlertsScreen, alerts_screen
from components.shell.alarm import count_of, newest_of
from components.shell.filters import write_filters
from components.shell.messages import notice
from services import clock
from services.alert_facts import AlertFilter, Wish
from services.alerts import handling, mailing
from services.alerts.rules import load_rules
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action

Query = Mapping[str, str]
Which = tuple[int, UUID]
ROWS, ON_WALL = 50, 3


def show_alerts(context: Context, query: Query) -> Component:
    """Show the alerts that the address asks for, and the one that it names."""
    actor = context.actor()
    wanted = _wanted(query, actor.person_id)
    found = handling.alerts_of(actor, context.database, wanted, _before(query), ROWS)
    is_named = bool(query.get("alert"))
    chosen = handling.alert_of(actor, context.database, _which(query)) if is_named else None
    wish = mailing.wish_of(actor, context.database) if actor.may(Action.HANDLE_ALERTS) else None
    sends = bool(context.settings.smtp)
    names = load_rules().names
    return alerts_screen(AlertsScreen(query, found, names, clock.now(), chosen, wish, sends))


def choose(  # noqa: PLR0913  # one for each filter
    _context: Context,
    organization: str,
    state: str,
    severity: str,
    rule: str,
    owner: str,
    shown: Query,
) -> Any:
    """Write what is asked for into the address; the page follows the address."""
    state = "" if state == "active" else state
    asked = dict(zip(FILTERS, (organization, state, severity, rule, owner), strict=True))
    wanted = {name: str(value or "") for name, value in asked.items()}
    is_shown = all(wanted[name] == shown.get(name, "") for name in FILTERS)
    return no_update if is_shown else write_filters(wanted)


def acknowledge(context: Context, _clicks: int, query: Query) -> Component:
    """Take notice of the alert on screen and take care of it."""
    handling.acknowledge(context.actor(), context.database, _which(query), clock.now())
    return _done(context, query, "alerts.acts.was_acknowledged")


def assign(context: Context, _clicks: int, person: str | None, query: Query) -> Component:
    """Let somebody else take care of the alert on screen."""
    owner = number_in(person, "person")
    handling.assign(context.actor(), context.database, _which(query), owner, clock.now())
    return _done(context, query, "alerts.acts.was_assigned")


def comment(context: Context, _clicks: int, said: str | None, query: Query) -> Component:
    """Say something about the alert on screen."""
    handling.comment(context.actor(), context.database, _which(query), said or "", clock.now())
    return _done(context, query, "alerts.acts.was_commented")


def resolve(context: Context, _clicks: int, reason: str | None, query: Query) -> Component:
    """Close the alert on screen."""
    handling.resolve(context.actor(), context.database, _which(query), reason or "", clock.now())
    return _done(context, query, "alerts.acts.was_resolved")


def keep_wish(  # one for each field
    context: Context,
    _clicks: int,
    address: str | None,
    severity: str | None,
    quiet_from: str | None,
    quiet_until: str | None,
) -> str:
    """Keep how the visitor wishes to be told by e-mail."""
    hours = _hour(quiet_from), _hour(quiet_until)
    wish = Wish((address or "").strip(), severity or "", *hours)
    mailing.keep_wish(context.actor(), context.database, wish, clock.now())
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("notices.saved"))})
    return ""


def _hour(told: str | None) -> int | None:
    return number_in(told, "hour") if told else None


def show_count(context: Context, _ticks: int) -> list[Component]:
    """Show in the frame how many alerts are open where the visitor may see them."""
    return count_of(handling.open_count(context.actor(), context.database))


def show_strip(context: Context, _ticks: int) -> list[Component]:
    """Show a wall the newest alerts that are not resolved."""
    found = handling.alerts_of(context.actor(), context.database, AlertFilter(), None, ON_WALL)
    return newest_of(found.alerts)


def _done(context: Context, query: Query, told: str) -> Component:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(told))})
    return show_alerts(context, query)


def _wanted(query: Query, person_id: int) -> AlertFilter:
    organization = str(query.get("organization") or "")
    state = str(query.get("state") or "active")
    return AlertFilter(
        organization_id=number_in(organization, "organization") if organization else None,
        state="" if state == "all" else state,
        severity=str(query.get("severity") or ""),
        rule=str(query.get("rule") or ""),
        owner_id=person_id if query.get("owner") == "me" else None,
    )


def _which(query: Query) -> Which:
    organization_id = number_in(query.get("organization", ""), "organization")
    return organization_id, _uuid(str(query.get("alert") or ""))


def _before(query: Query) -> tuple[datetime, UUID] | None:
    """Return behind which alert the page begins, as the address of the older ones says it."""
    told = str(query.get("after") or "")
    if not told:
        return None
    instant, _, number = told.partition("_")
    try:
        found = datetime.fromisoformat(instant)
    except ValueError:
        raise NotFoundError("alert", value=told[:40]) from None
    if found.tzinfo is None:
        raise NotFoundError("alert", value=told[:40])
    return found, _uuid(number)


def _uuid(told: str) -> UUID:
    try:
        return UUID(told)
    except ValueError:
        raise NotFoundError("alert", value=told[:40]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    views = partial(wire, app, context, permission=Action.VIEW_ALERTS)
    views(
        show_alerts,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        whole_page="alerts.title",
    )
    filters = (ids.ORGANIZATION, ids.STATE, ids.SEVERITY, ids.RULE, ids.OWNER)
    views(
        choose,
        Output(shell_ids.LOCATION, "search", allow_duplicate=True),
        *(Input(name, "value") for name in filters),
        State(ids.SHOWN, "data"),
        prevent_initial_call=True,
    )
    views(
        show_count,
        Output(shell_ids.ALARM, "children"),
        Input(shell_ids.ALARM_CLOCK, "n_intervals"),
    )
    views(
        show_strip,
        Output(shell_ids.ALARM_STRIP, "children"),
        Input(shell_ids.ALARM_CLOCK, "n_intervals"),
    )
    _register_acts(app, context)


def _register_acts(app: Dash, context: Context) -> None:
    wishes = (ids.ADDRESS, ids.FROM_SEVERITY, ids.QUIET_FROM, ids.QUIET_UNTIL)
    wire(
        app,
        context,
        keep_wish,
        Output(ids.WISH, "children"),
        Input(ids.KEEP_WISH, "n_clicks"),
        *(State(name, "value") for name in wishes),
        permission=Action.HANDLE_ALERTS,
        prevent_initial_call=True,
    )
    acts: tuple[tuple[Callable[..., Component], str, tuple[str, ...]], ...] = (
        (acknowledge, ids.ACKNOWLEDGE, ()),
        (assign, ids.ASSIGN, (ids.ASSIGNEE,)),
        (comment, ids.ADD_COMMENT, (ids.COMMENT,)),
        (resolve, ids.RESOLVE, (ids.REASON,)),
    )
    for function, pressed, fields in acts:
        wire(
            app,
            context,
            function,
            Output(ids.CONTENT, "children", allow_duplicate=True),
            Input(pressed, "n_clicks"),
            *(State(name, "value") for name in fields),
            State(ids.QUERY, "data"),
            permission=Action.HANDLE_ALERTS,
            prevent_initial_call=True,
            running=[(Output(pressed, "disabled"), True, False)],
        )
