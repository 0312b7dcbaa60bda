"""Reactions around an organization's own measured values: propose, accept, reject (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import chosen_organization, way_to
from callbacks.context import Context
from callbacks.pressed import pressed
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import own_values as ids
from components.ids import shell as shell_ids
from components.ids import standards_library as page_ids
from components.panels.own_values import (
    OwnValuesView,
    no_own_organization,
    own_values_screen,
    picked,
)
from components.panels.units import unit_text
from components.shell.messages import notice
from services.accounting import reading
from services.collection import own_values
from services.collection.own_values import ListedValue, Proposal
from services.data.own_values import ACCEPTED, PROPOSED
from services.errors import NotFoundError
from services.formatting import date_text, exact
from services.i18n.texts import t
from services.security.permissions import Action
from services.standards.own_values import Measurable
from services.standards.problems import BadDateError

Query = Mapping[str, str]
Measurables = Mapping[tuple[str, str], Measurable]


def show_own_values(context: Context, query: Query) -> Component:
    """Show the own values of the organization that the address names, else the visitor's."""
    organization_id = chosen_organization(context, query)
    if organization_id is None:
        return no_own_organization()
    return own_values_screen(_view(context, organization_id))


def show_picked(context: Context, sent: Any) -> str:
    """Say which files are chosen, as the server keeps them."""
    return picked([name for _, _, name in _sent(sent)], context.settings.file_mb)


def propose(context: Context, _clicks: int, *given: Any) -> Component:
    """Keep the value of the form for another person to decide on, and show it in the list."""
    *fields, query = given
    organization_id = _place(context, query)
    proposal = _proposal(organization_id, fields)
    own_values.propose(context.actor(), context.database, context.catalog, proposal)
    return _told(context, organization_id, "proposed")


def decide(
    context: Context,
    accepted: list[int],
    rejected: list[int],
    _reasons: list[str | None],
    query: Query,
) -> Component:
    """Accept or reject the value whose button was pressed, and show the list anew."""
    if not any([*accepted, *rejected]):
        raise PreventUpdate
    organization_id, key = _place(context, query), str(pressed("own"))
    what = context.actor(), context.database, organization_id, _uuid(key), _reason(key)
    if pressed("type") != ids.accept(key)["type"]:
        own_values.reject(*what)
        return _told(context, organization_id, "done_rejected")
    for job_id in own_values.accept(*what):
        context.queue.enqueue(job_id)
    return _told(context, organization_id, "done_accepted")


def _reason(key: str) -> str:
    """Return the remark typed beside the button that was pressed."""
    typed = {field["id"]["own"]: field.get("value") for field in dash.ctx.states_list[0]}
    return str(typed.get(key) or "")


def _told(context: Context, organization_id: int, key: str) -> Component:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(f"own_values.{key}"))})
    return own_values_screen(_view(context, organization_id))


def _view(context: Context, organization_id: int) -> OwnValuesView:
    actor, place = context.actor(), (context.database, organization_id)
    found = own_values.own_values_of(actor, *place)
    known = own_values.measurable_of(actor, context.database, context.catalog, organization_id)
    path = reading.places_of(actor, *place)[-1].access_path
    way = way_to(context, organization_id)
    named = [(_name(context, known, value), value) for value in found]
    may_decide = actor.may(Action.APPROVE_ACTIVITY, path)
    waiting = [pair for pair in named if pair[1].state == PROPOSED]
    others = [p for p in waiting if p[1].stored.proposed_by != actor.person_id]
    return OwnValuesView(
        organization=way[-1][0],
        way=way,
        values=named,
        choices=[(f"{m.item}:{m.symbol}", _words(m)) for m in known.values()],
        replaceable=[_replaceable(name, v) for name, v in named if v.state == ACCEPTED],
        decidable=others if may_decide else (),
        may_propose=actor.may(Action.EDIT_ACTIVITY, path),
        sends_to=(f"/api/v1/own-values/{organization_id}/files", context.settings.file_mb),
    )


def _words(of: Measurable) -> str:
    quantity = f"{name_of(of.entry.names, of.symbol)} {of.symbol} ({unit_text(of.unit)})"
    return f"{name_of(of.names, of.item)} · {quantity}"


def _name(context: Context, known: Measurables, value: ListedValue) -> str:
    """Return the words of a value's item and quantity, also where the method has changed."""
    stored = value.stored
    of = known.get((stored.item, stored.symbol))
    return _words(of) if of else f"{stored.item} · {stored.symbol}"


def _replaceable(name: str, value: ListedValue) -> tuple[str, str]:
    stored = value.stored
    told = f"{name}: {exact(stored.value)}, {date_text(stored.valid_from)}"
    return str(stored.value_id), told


def _proposal(organization_id: int, fields: Sequence[Any]) -> Proposal:
    what, value, unit, first, last, laboratory, note, supersedes, sent = fields
    item, _, symbol = str(what or "").partition(":")
    return Proposal(
        organization_id=organization_id,
        item=item,
        symbol=symbol,
        value=str(value or ""),
        unit=str(unit or ""),
        valid_from=_day(first, "valid_from"),
        valid_to=_day(last, "valid_to") if str(last or "").strip() else None,
        laboratory=str(laboratory or ""),
        note=str(note or ""),
        files=[(year, sha256) for year, sha256, _ in _sent(sent)],
        supersedes=None if supersedes in (None, "", ids.NOTHING) else _uuid(supersedes),
    )


def _sent(sent: Any) -> list[tuple[int, str, str]]:
    """Return year, hash and name of each file that the form has sent."""
    try:
        return [(int(of["year"]), str(of["sha256"]), str(of["name"])) for of in sent or ()]
    except (TypeError, KeyError, ValueError, OverflowError):
        raise NotFoundError("files", value="") from None


def _day(text: object, where: str) -> date:
    try:
        return date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise BadDateError(where, value=str(text or "")[:20]) from None


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFoundError("own_value", value=str(text)[:40]) from None


def _place(context: Context, query: Query) -> int:
    found = chosen_organization(context, query)
    if found is None:
        raise NotFoundError("organization", value=query.get("organization", ""))
    return found


def register(app: Dash, context: Context) -> None:
    """Wire the section's events to the functions above."""
    content = Output(page_ids.LIBRARY, "children", allow_duplicate=True)
    query = State(page_ids.QUERY, "data")
    fields = (
        *(ids.WHAT, ids.VALUE, ids.UNIT, ids.VALID_FROM, ids.VALID_TO),
        *(ids.LABORATORY, ids.NOTE, ids.SUPERSEDES),
    )
    edits: dict[str, Any] = {"permission": Action.EDIT_ACTIVITY, "prevent_initial_call": True}
    told = (Output(ids.PICKED, "children"), Input(ids.SENT, "data"))
    wire(app, context, show_picked, *told, **edits)
    wire(
        app,
        context,
        propose,
        content,
        Input(ids.PROPOSE, "n_clicks"),
        *(State(name, "value") for name in fields),
        State(ids.SENT, "data"),
        query,
        **edits,
    )
    wire(
        app,
        context,
        decide,
        content,
        Input(ids.accept(ALL), "n_clicks"),
        Input(ids.reject(ALL), "n_clicks"),
        State(ids.reason(ALL), "value"),
        query,
        permission=Action.APPROVE_ACTIVITY,
        needs_step_up=True,
        prevent_initial_call=True,
    )
