"""Reactions of the page of seals and proofs: looking up, and checking again (7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash
from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_seals as ids
from components.ids import shell as shell_ids
from components.panels.log_checks import check_list, check_tile
from components.panels.seals import SealsView, seals_screen
from components.shell.messages import notice
from services.clock import now
from services.consistency import log_check
from services.data.log_reading import PlacedLeaf
from services.errors import Explanation, NotFoundError, PlatformError
from services.i18n.texts import t
from services.security.permissions import Action
from services.transparency import cosigning, proofs
from services.transparency.standing import find_leaves, standing

Query = Mapping[str, str]
# What the clock is told: go on, or stop.
GO_ON, STOP = -1, 0
LONGEST, MOST_DIGITS = 200, 18


def show_seals(context: Context, query: Query) -> Component:
    """Show how the log stands, and what the address asks for."""
    actor, database = context.actor(), context.database
    witnesses = cosigning.witnesses_of(context.settings.witnesses)
    told = standing(actor, database, witnesses, now())
    checks = log_check.checks(actor, database)
    return seals_screen(
        SealsView(query, told, checks, _leaves(context, query), _growth(context, query))
    )


def show_checks(context: Context, _ticks: int) -> tuple[Component, Component, int]:
    """Show the self-checks; the clock goes on while one is under way."""
    found = log_check.checks(context.actor(), context.database)
    goes_on = any(each.is_open for each in found)
    return check_list(found), check_tile(found), GO_ON if goes_on else STOP


def order_check(context: Context, _clicks: int) -> tuple[Component, Component, int]:
    """Order a self-check, then show it on its way."""
    log_check.order_check(context.actor(), context.database, context.queue)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("seals.check_ordered"))})
    return show_checks(context, 0)


def _leaves(context: Context, query: Query) -> Sequence[PlacedLeaf] | None:
    kind, record = (str(query.get(name) or "").strip() for name in ("kind", "record"))
    if not kind or not record:
        return None
    return find_leaves(context.actor(), context.database, kind[:LONGEST], record[:LONGEST])


def _growth(context: Context, query: Query) -> str | Explanation:
    first, second = (str(query.get(name) or "").strip() for name in ("from", "to"))
    if not first:
        return ""
    try:
        end = _size(second) if second else None
        return proofs.growth(context.database, _size(first), end)
    except PlatformError as error:
        return error.explain()


def _size(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise NotFoundError("checkpoint", value=text[:40])
    return int(text)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_seals,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_AUDIT,
        whole_page="seals.title",
    )
    checks = Output(ids.CHECKS, "children", allow_duplicate=True)
    last = Output(ids.LAST, "children", allow_duplicate=True)
    clock = Output(ids.CLOCK, "max_intervals", allow_duplicate=True)
    wire(
        app,
        context,
        show_checks,
        checks,
        last,
        clock,
        Input(ids.CLOCK, "n_intervals"),
        permission=Action.VIEW_AUDIT,
        prevent_initial_call=True,
        # A slow answer must never be overtaken by the next question.
        running=[(Output(ids.CLOCK, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        order_check,
        checks,
        last,
        clock,
        Input(ids.CHECK, "n_clicks"),
        permission=Action.VIEW_AUDIT,
        prevent_initial_call=True,
        running=[(Output(ids.CHECK, "disabled"), True, False)],
    )
