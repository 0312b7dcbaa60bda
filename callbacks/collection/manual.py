"""Reactions of the entry page: open, check while typing, keep the draft, submit (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import chosen_for_entry, way_to
from callbacks.collection import bills, metering
from callbacks.collection.entry_page import (
    before_view,
    comments_at,
    counts_of,
    entry_view,
    head_of,
    listed_comments,
    listed_problems,
    obstacle_of,
    told_comments,
    told_problems,
)
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_manual as ids
from components.panels.entry_before import before_panel
from components.panels.entry_problems import problem_list
from components.panels.entry_screen import (
    entry_screen,
    method_screen,
    no_organization,
    obstacle_screen,
)
from components.shell.filters import write_filters
from services.collection import manual, row_comments
from services.collection.last_period import rows_before
from services.data.drafts import DraftVersion
from services.errors import ConflictError
from services.formatting import time_text
from services.i18n.texts import t
from services.security.permissions import Action

Request = Mapping[str, Any]


def show_entry(context: Context, query: Mapping[str, str]) -> Component:
    """Open the year that the address names, in the grid of its method."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        return no_organization()
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    entry = manual.read_entry(actor, context.database, *place)
    way = way_to(context, chosen.organization_id)
    head = replace(head_of(entry, chosen, context.catalog), way=way)
    if not entry.method:
        return method_screen(head)
    error = manual.obstacle(context.catalog, entry)
    if error is not None:
        return obstacle_screen(head, obstacle_of(error, entry, context.catalog))
    view = entry_view(actor, entry, context.catalog, context.settings.file_mb)
    return entry_screen(replace(head, takes_rows=view.state.is_editable), view)


def show_before(context: Context, _clicks: int, query: Mapping[str, str]) -> Component:
    """Show the rows of the year before; the grid takes them over when a person presses so."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        raise PreventUpdate
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    entry = manual.read_entry(actor, context.database, *place)
    method = context.catalog.describe(entry.method)
    sources = [source.source for source in method.sources]
    return before_panel(before_view(rows_before(actor, context.database, sources, *place), method))


def check(context: Context, request: Request) -> tuple[dict[str, Any], Component]:
    """Check every cell of the rows on screen, without storing anything."""
    place = (request["organization"], request["year"])
    entry = manual.read_entry(context.actor(), context.database, *place)
    problems = manual.check_rows(context.catalog, entry, request["rows"])
    method = context.catalog.describe(entry.method)
    comments = row_comments.comments_of(context.actor(), context.database, *place)
    said = comments_at(comments, request["rows"])
    told = {
        # A comment marks its row, unless an error stands in the same cell.
        "problems": [*told_comments(said), *told_problems(problems, request["rows"])],
        "counts": counts_of(problems),
    }
    listed = [*listed_comments(said, request), *listed_problems(problems, request, method)]
    return _answer(context, request, told), problem_list(listed, not request["rows"])


def save(context: Context, request: Request) -> dict[str, Any]:
    """Keep the rows as typed; when others saved meanwhile, say so and lose nothing."""
    try:
        draft = manual.save_draft(
            context.actor(), context.database, _version(request), request["rows"]
        )
    except ConflictError:
        return _answer(context, request, _conflict(context, request))
    stored = {"revision": draft.version.revision, "saved_at": time_text(draft.edited_at)[:5]}
    return _answer(context, request, stored)


def submit(context: Context, request: Request) -> str:
    """Submit the stored draft, then go to what it computes to."""
    actor, version = context.actor(), _version(request)
    manual.submit_draft(actor, context.database, context.catalog, version)
    place = {"organization": version.organization_id, "year": version.year}
    return "/enterprise/accounting" + write_filters(place)


def choose_method(context: Context, request: Request, query: Mapping[str, str]) -> Component:
    """Set the method of a year and open its grid; the rows stay."""
    manual.choose_method(
        context.actor(), context.database, context.catalog, _version(request), request["method"]
    )
    return show_entry(context, query)


def _version(request: Request) -> DraftVersion:
    return DraftVersion(request["organization"], request["year"], request["revision"])


def _conflict(context: Context, request: Request) -> dict[str, Any]:
    place = (request["organization"], request["year"])
    newest = manual.read_entry(context.actor(), context.database, *place)
    return {"conflict": t("entry.conflict.title"), "newest": newest.version.revision}


def _answer(context: Context, request: Request, told: Mapping[str, Any]) -> dict[str, Any]:
    # The script drops answers that belong to an entry no longer on screen.
    key = f"{context.actor().person_id}:{request['organization']}:{request['year']}"
    return {"key": key, "serial": request["serial"], **told}


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    edits = partial(wire, app, context, permission=Action.EDIT_ACTIVITY, prevent_initial_call=True)
    wire(
        app,
        context,
        show_entry,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_ENTRY,
        whole_page="entry.title",
    )
    told = (Output(ids.CHECKED, "data"), Output(ids.PROBLEMS, "children"))
    looks = partial(wire, app, context, permission=Action.VIEW_ENTRY, prevent_initial_call=True)
    looks(check, *told, Input(ids.CHECK, "data"))
    edits(save, Output(ids.SAVED, "data"), Input(ids.SAVE, "data"))
    query = State(ids.QUERY, "data")
    edits(show_before, Output(ids.ROWS_BEFORE, "children"), Input(ids.BEFORE, "n_clicks"), query)
    bills.register(app, context)
    metering.register(app, context)
    again = Output(ids.CONTENT, "children", allow_duplicate=True)
    edits(choose_method, again, Input(ids.METHOD, "data"), query)
    wire(
        app,
        context,
        submit,
        Output(ids.DONE, "href"),
        Input(ids.SUBMIT, "data"),
        permission=Action.SUBMIT_ACTIVITY,
        prevent_initial_call=True,
    )
    register_script(app, (ids.ENTRY, ids.CHECKED, ids.SAVED), ids.ECHO)


def register_script(app: Dash, stores: Sequence[str], echo: str) -> None:
    """Hand what the server answers to the grid's script: an opened entry, a check, a save."""
    # Nothing of it runs on the server.
    for store, name in zip(stores, ("open", "checked", "saved"), strict=True):
        app.clientside_callback(
            ClientsideFunction("shuangtan_entry", name),
            Output(echo, "data", allow_duplicate=True),
            Input(store, "data"),
            prevent_initial_call="initial_duplicate",
        )
