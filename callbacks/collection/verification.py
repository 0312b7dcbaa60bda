"""Reactions of the verifier's room: list, assign, take steps, withdraw, take out (5.2.1 a)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Dash, Input, Output, State, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import number_in
from callbacks.collection.verification_file import sheet_of
from callbacks.context import Context
from callbacks.pressed import pressed
from callbacks.row_comment_words import names_of
from callbacks.wiring import wire
from components.ids import collection_verification as ids
from components.ids import shell as shell_ids
from components.panels.verification_checklist import checklist_parts
from components.panels.verification_findings import findings_parts
from components.panels.verification_list import ListView, verifications_screen
from components.panels.verification_opinion import opinion_parts
from components.panels.verification_room import (
    CHECKLIST,
    FINDINGS,
    OPINION,
    PARTS,
    ROWS,
    RoomView,
    overview_parts,
    room_screen,
)
from components.panels.verification_rows import rows_parts
from components.shell.filters import write_filters
from components.shell.messages import notice
from services.collection.row_comments import parts_of
from services.errors import NotFoundError
from services.exports import file_name, write
from services.i18n.texts import t
from services.security.permissions import Action
from services.verification import engagements, rooms
from services.verification.engagements import ASSIGNING, Assignment
from services.verification.opinions import missing
from services.verification.rooms import STATES, Room
from services.verification.versions import bare

Query = Mapping[str, str]
LONGEST = 40


def show_verification(context: Context, query: Query) -> Component:
    """Show the verification that the address names, else all of them."""
    return _room(context, query) if query.get("verification") else _list(context, query)


def assign(
    context: Context, _clicks: int, verifier: str | None, note: str | None, query: Query
) -> str:
    """Assign the year that the address names to the chosen verifier, then go to its page."""
    institution, _, person = str(verifier or "").partition(":")
    order = Assignment(
        code=str(query.get("code") or "")[:LONGEST],
        year=number_in(query.get("year"), "year"),
        institution_id=_uuid(institution),
        lead=number_in(person, "person"),
        note=str(note or ""),
    )
    made = engagements.assign(context.actor(), context.database, order)
    return ids.PATH + write_filters({"verification": made})


def take_step(context: Context, clicks: list[int], query: Query) -> Component:
    """Begin the work, or show the firm what was found."""
    refuse_unpressed(clicks)
    steps = {"start": engagements.start, "publish": engagements.publish}
    name = str(pressed("step"))
    if name not in steps:
        raise NotFoundError("verification", value=name[:LONGEST])
    steps[name](context.actor(), context.database, named(query))
    return told(context, query, f"verification.done.{name}")


def settle(context: Context, clicks: list[int], reason: str | None, query: Query) -> Component:
    """Take note of the opinion, or withdraw the verification with a reason."""
    refuse_unpressed(clicks)
    asked = (context.actor(), context.database, named(query))
    name = str(pressed("settled"))
    if name == "lock":
        engagements.lock(*asked)
    else:
        engagements.withdraw(*asked, str(reason or ""))
    return told(context, query, f"verification.done.{'lock' if name == 'lock' else 'withdraw'}")


def join(context: Context, _clicks: int, person: str | None, query: Query) -> Component:
    """Take the chosen verifier into the team."""
    chosen = number_in(person, "person")
    engagements.add_member(context.actor(), context.database, named(query), chosen)
    return told(context, query, "verification.done.join")


def leave(context: Context, clicks: list[int], query: Query) -> Component:
    """Let a verifier leave the team."""
    refuse_unpressed(clicks)
    person = number_in(pressed("person"), "person")
    engagements.remove_member(context.actor(), context.database, named(query), person)
    return told(context, query, "verification.done.leave")


def download(context: Context, _clicks: int, query: Query) -> Any:
    """Return the rows, the checklist, the findings and the opinion as a workbook."""
    room = rooms.take_room(context.actor(), context.database, named(query))
    sheet = sheet_of(room, _names(context, room))
    return dcc.send_bytes(write(sheet, "xlsx"), file_name(sheet, "xlsx"))


def told(context: Context, query: Query, key: str) -> Component:
    """Say what was done, and return the page as it stands then."""
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(key))})
    return _room(context, query)


def named(query: Query) -> UUID:
    """Return the verification that the address names, or raise NotFoundError."""
    return _uuid(str(query.get("verification") or ""))


def number_of(query: Query, name: str) -> int | None:
    """Return the row or finding that the address names; None where it names none."""
    return number_in(query[name], name) if query.get(name) else None


def refuse_unpressed(clicks: list[int]) -> None:
    """Do nothing for buttons that have only just appeared."""
    if not any(clicks):
        raise PreventUpdate


def _room(context: Context, query: Query) -> Component:
    room = rooms.room_of(context.actor(), context.database, named(query))
    part = str(query.get("part") or "")
    row, finding = number_of(query, "row"), number_of(query, "finding")
    view = RoomView(
        room=room,
        part=part if part in PARTS else "",
        chosen=finding if part == FINDINGS else row,
        names=_names(context, room),
        rows=_rows(context, room),
        missing=missing(room),
    )
    if part == FINDINGS:
        return room_screen(view, findings_parts(view, row))
    makers = {ROWS: rows_parts, CHECKLIST: checklist_parts, OPINION: opinion_parts}
    return room_screen(view, makers.get(part, overview_parts)(view))


def _rows(context: Context, room: Room) -> dict[int, str]:
    """Return each row in words by its line: number, source, item and month."""
    names = _names(context, room)
    return {
        at.line: " · ".join(
            [
                t("row_comments.line", line=at.line),
                *(names.get(part, part) for part in parts_of(bare(at.key)) if part),
            ]
        )
        for at in room.version.rows.values()
    }


def _names(context: Context, room: Room) -> dict[str, str]:
    return names_of(context.catalog, room.version.submission.method)


def _list(context: Context, query: Query) -> Component:
    actor = context.actor()
    may_assign = any(actor.may(action) for action in ASSIGNING)
    code, year = str(query.get("code") or "")[:LONGEST], str(query.get("year") or "")
    choice = None
    if may_assign and code and year:
        asked = (actor, context.database, code, number_in(year, "year"))
        choice = engagements.choice_of(*asked)
    state = str(query.get("state") or "")
    state = state if state in STATES else ""
    listed = rooms.entries(actor, context.database, state, number_of(query, "from") or 0)
    return verifications_screen(ListView(listed, may_assign, code, year, choice))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("verification", value=text[:LONGEST]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    wire(
        app,
        context,
        show_verification,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_VERIFICATION,
        whole_page="verification.title",
    )
    later = partial(wire, app, context, prevent_initial_call=True)
    file, taken = Output(ids.FILE, "data"), Input(ids.XLSX, "n_clicks")
    sees = Action.VIEW_VERIFICATION
    later(download, file, taken, query, permission=sees, needs_step_up=True)
    _wire_assigner(partial(later, permission=Action.ASSIGN_VERIFICATION), query)
    _wire_lead(partial(later, permission=Action.VERIFY), query)


def _wire_assigner(wires: Callable[..., None], query: State) -> None:
    pressed_once, done = Input(ids.ASSIGN, "n_clicks"), Output(ids.DONE, "href")
    chosen = (State(ids.VERIFIER, "value"), State(ids.NOTE, "value"))
    # A second press while the first is on its way would be told that there is one.
    busy = [(Output(ids.ASSIGN, "disabled"), True, False)]
    wires(assign, done, pressed_once, *chosen, query, running=busy)
    settled, reason = Input(ids.settle(ALL), "n_clicks"), State(ids.REASON, "value")
    wires(settle, _SHOWN, settled, reason, query)


def _wire_lead(wires: Callable[..., None], query: State) -> None:
    wires(take_step, _SHOWN, Input(ids.step(ALL), "n_clicks"), query)
    wires(join, _SHOWN, Input(ids.JOIN, "n_clicks"), State(ids.PERSON, "value"), query)
    wires(leave, _SHOWN, Input(ids.leave(ALL), "n_clicks"), query)


_SHOWN = Output(ids.CONTENT, "children", allow_duplicate=True)
