"""Reactions of the page where the energy balance of a region is entered (5.1.1 a)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.collection.manual import register_script
from callbacks.context import Context
from callbacks.government.energy_balance_view import STORES, answer_of, balance_view
from callbacks.wiring import wire
from components.ids import government_energy_balance as ids
from components.ids import shell as shell_ids
from components.panels.energy_balance import balance_screen, no_region
from components.panels.entry_problems import problem_list
from components.shell.messages import notice
from services.collection import balance_entry
from services.collection.balance_entry import BalanceState, Papers
from services.data.drafts import DraftVersion
from services.errors import ConflictError, NotFoundError
from services.formatting import time_text
from services.i18n.texts import t
from services.security.permissions import Action

Request = Mapping[str, Any]
Query = Mapping[str, str]


def show_balance(context: Context, query: Query) -> Component:
    """Open the region and year that the address names, else the visitor's own and its last."""
    place = _number(query, "organization") or _own(context)
    if place is None:
        return no_region()
    return balance_screen(balance_view(context, _state(context, place, _number(query, "year"))))


def check(context: Context, request: Request) -> tuple[dict[str, Any], Component]:
    """Check every cell of the rows on screen, without storing anything."""
    state = _state(context, request["organization"], request["year"])
    designation, rows = state.method.designation, request["rows"]
    problems = balance_entry.check_rows(context.catalog, designation, state.year, rows)
    told, listed = answer_of(problems, request)
    return _answer(context, request, told), problem_list(listed, not rows)


def save(
    context: Context, request: Request, document: str | None, note: str | None
) -> dict[str, Any]:
    """Keep the rows as typed with the papers; when others saved meanwhile, say so."""
    given, version = (context.actor(), context.database), _version(request)
    papers = Papers(document or "", note or "")
    try:
        at = balance_entry.save_balance_draft(*given, version, request["rows"], papers)
    except ConflictError:
        return _answer(context, request, _conflict(context, request))
    stored = {"revision": version.revision + 1, "saved_at": time_text(at)[:5]}
    return _answer(context, request, stored)


def record(
    context: Context, request: Request, document: str | None, note: str | None, query: Query
) -> Component:
    """Record the stored draft as the newest balance, then show the year anew."""
    papers = Papers(document or "", note or "")
    given = (context.actor(), context.database, context.catalog)
    balance_entry.record_draft(*given, _version(request), papers)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("energy_balance.done"))})
    shown = {"organization": str(request["organization"]), "year": str(request["year"])}
    return show_balance(context, {**query, **shown})


def _state(context: Context, organization_id: int, year: int | None) -> BalanceState:
    given = (context.actor(), context.database, context.catalog)
    return balance_entry.open_balance(*given, organization_id, year)


def _own(context: Context) -> int | None:
    actor = context.actor()
    own = (m for m in actor.memberships if actor.may(Action.RECORD_BALANCE, m.access_path))
    return next((m.organization_id for m in own), None)


def _number(query: Query, name: str) -> int | None:
    text = str(query.get(name) or "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise NotFoundError(name, value=text[:40])
    return int(text)


def _version(request: Request) -> DraftVersion:
    return DraftVersion(request["organization"], request["year"], request["revision"])


def _conflict(context: Context, request: Request) -> dict[str, Any]:
    newest = _state(context, request["organization"], request["year"])
    return {"conflict": t("entry.conflict.title"), "newest": newest.version.revision}


def _answer(context: Context, request: Request, told: Mapping[str, Any]) -> dict[str, Any]:
    # The script drops answers that belong to an entry no longer on screen.
    place = f"{context.actor().person_id}:{request['organization']}:{request['year']}"
    return {"key": f"{STORES.kind}{place}", "serial": request["serial"], **told}


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    records = partial(
        wire, app, context, permission=Action.RECORD_BALANCE, prevent_initial_call=True
    )
    wire(
        app,
        context,
        show_balance,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.RECORD_BALANCE,
        whole_page="energy_balance.title",
    )
    papers = (State(ids.DOCUMENT, "value"), State(ids.NOTE, "value"))
    told = (Output(ids.CHECKED, "data"), Output(ids.PROBLEMS, "children"))
    records(check, *told, Input(ids.CHECK, "data"))
    records(save, Output(ids.SAVED, "data"), Input(ids.SAVE, "data"), *papers)
    again = Output(ids.CONTENT, "children", allow_duplicate=True)
    records(record, again, Input(ids.SUBMIT, "data"), *papers, State(ids.QUERY, "data"))
    register_script(app, (ids.ENTRY, ids.CHECKED, ids.SAVED), ids.ECHO)
