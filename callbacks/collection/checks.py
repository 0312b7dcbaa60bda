"""Reactions of the page of checks: show, clear, check again, set a limit (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import dash
from dash import MATCH, Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks.collection.checks_view import places_of
from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.wiring import wire
from components.ids import collection_checks as ids
from components.ids import shell as shell_ids
from components.panels.check_limits import LimitsView, limits_pieces, limits_shown
from components.panels.checks import (
    ChecksView,
    checks_screen,
    finding_row,
    findings_pieces,
    standing,
)
from components.shell.messages import notice
from services import clock
from services.collection import filed_checks
from services.collection.cells import parse_cell
from services.collection.check_rules import CheckRule, rules_on
from services.collection.checks import desk
from services.collection.checks.desk import LimitOrder
from services.data.jobs import DONE, FAILED, StoredJob
from services.data.organizations import Organization
from services.data.row_findings import OPEN, Wanted
from services.errors import NotFoundError
from services.formatting import percent
from services.i18n.texts import language, t
from services.security.permissions import Action

Query = Mapping[str, str]
LONGEST, MOST_DIGITS = 100, 6


def show_checks(context: Context, query: Query) -> Component:
    """Show the findings or the limits that the address asks for."""
    if query.get("tab") == "limits":
        return checks_screen(query, *limits_pieces(_limits(context, query)))
    actor = context.actor()
    place = desk.place_named(actor, context.database, _word(query, "organization"))
    found = desk.findings_of(actor, context.database, _wanted(query, place), _first(query))
    view = ChecksView(
        query=query,
        desk=found,
        rules=rules_on(clock.today()),
        place=place.names[language()] if place else "",
        places=places_of(context.catalog, found.listed),
    )
    return checks_screen(query, *findings_pieces(view))


def clear(context: Context, _clicks: int, reason: str | None, seen: str | None) -> list[Component]:
    """Clear the finding whose button was pressed as it was shown, and show it so."""
    finding_id = pressed_uuid("check")
    done = desk.clear_finding(
        context.actor(), context.database, finding_id, seen or "", reason or ""
    )
    _say("checks.was_cleared")
    places = places_of(context.catalog, [done])
    return finding_row(done, places[str(finding_id)], _rules())


def check_again(context: Context, _clicks: int, query: Query) -> tuple[Component, str, bool]:
    """Order a check of everything filed at the place that the address names and below it."""
    actor = context.actor()
    place = desk.place_named(actor, context.database, _word(query, "organization"))
    if place is None:
        raise NotFoundError("organization", value="")
    job = filed_checks.order_checks(actor, context.database, context.queue, place.organization_id)
    return standing(t("checks.ordered")), str(job.job_id), False


def look(context: Context, _ticks: int, job: str | None) -> tuple[Any, bool]:
    """Say how far the ordered check is; stop asking when it has ended."""
    try:
        job_id = UUID(str(job))
    except ValueError:
        return no_update, True
    found = filed_checks.job_of(context.actor(), context.database, job_id)
    return standing(_told(found)), found.state in (DONE, FAILED)


def set_limit(context: Context, _clicks: int, *given: Any) -> list[Component]:
    """Set the limit in the form, then show what holds."""
    limit, value, point, reason, query = given
    actor = context.actor()
    place = desk.place_named(actor, context.database, _word(query, "organization"))
    if place is None:
        raise NotFoundError("organization", value="")
    rule, _, name = str(limit or "").partition(".")
    where = (rule, name, str(point or "").strip()[:LONGEST])
    order = LimitOrder(place.organization_id, *where, _number(value), str(reason or ""))
    book = desk.set_limit(actor, context.database, order)
    _say("checks.was_set")
    return limits_shown(book, _rules())


def _limits(context: Context, query: Query) -> LimitsView:
    actor = context.actor()
    place = desk.place_named(actor, context.database, _word(query, "organization"))
    book = desk.limit_book(actor, context.database, place.organization_id) if place else None
    return LimitsView(query, book, _rules())


def _wanted(query: Query, place: Organization | None) -> Wanted:
    year = _word(query, "year")
    state = _word(query, "state")
    return Wanted(
        access_path=place.access_path if place and query.get("organization") else "",
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        rule=_word(query, "rule"),
        severity=_word(query, "severity"),
        state=state or OPEN,
    )


def _first(query: Query) -> int:
    first = _word(query, "from")
    is_number = first.isascii() and first.isdecimal() and len(first) <= MOST_DIGITS
    return int(first) if is_number else 0


def _number(value: str | None) -> float | None:
    """Return a number as it is typed; None where the field is left empty."""
    number = parse_cell(str(value or ""))
    if number is None or isinstance(number, float):
        return number
    raise number


def _told(job: StoredJob) -> str:
    if job.state == DONE:
        result = job.result
        return t("checks.done", checked=result["checked"], found=result["found"])
    if job.state == FAILED:
        return t("checks.failed", told=str(job.error.get(language(), "")))
    return t("checks.running", share=percent(job.progress, 0))


def _rules() -> dict[str, CheckRule]:
    return {rule.id: rule for rule in rules_on(clock.today())}


def _word(query: Query, name: str) -> str:
    return str(query.get(name) or "").strip()[:LONGEST]


def _say(key: str) -> None:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(key))})


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_checks,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_CHECKS,
        whole_page="checks.title",
    )
    wire(
        app,
        context,
        clear,
        Output(ids.row(MATCH), "children"),
        Input(ids.clear(MATCH), "n_clicks"),
        State(ids.reason(MATCH), "value"),
        State(ids.seen(MATCH), "data"),
        permission=Action.RESOLVE_FINDING,
        prevent_initial_call=True,
    )
    _register_again(app, context)
    fields = (ids.LIMIT, ids.VALUE, ids.POINT, ids.LIMIT_REASON)
    wire(
        app,
        context,
        set_limit,
        Output(ids.LIMITS, "children"),
        Input(ids.SET, "n_clicks"),
        *(State(name, "value") for name in fields),
        State(ids.QUERY, "data"),
        permission=Action.SET_CHECK_LIMIT,
        prevent_initial_call=True,
    )


def _register_again(app: Dash, context: Context) -> None:
    """Wire a check of everything, and how far it is."""
    wire(
        app,
        context,
        check_again,
        Output(ids.STANDING, "children"),
        Output(ids.JOB, "data"),
        Output(ids.TICK, "disabled"),
        Input(ids.AGAIN, "n_clicks"),
        State(ids.QUERY, "data"),
        permission=Action.VIEW_CHECKS,
        prevent_initial_call=True,
    )
    wire(
        app,
        context,
        look,
        Output(ids.STANDING, "children", allow_duplicate=True),
        Output(ids.TICK, "disabled", allow_duplicate=True),
        Input(ids.TICK, "n_intervals"),
        State(ids.JOB, "data"),
        permission=Action.VIEW_CHECKS,
        prevent_initial_call=True,
    )
