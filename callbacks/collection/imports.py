"""Reactions of the import page: look at a sent file, put its good rows into drafts (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import dash
from dash import ALL, Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import chosen_for_entry, number_in, way_to
from callbacks.collection.entry_page import why_not
from callbacks.collection.import_layout import layout_view, told_columns
from callbacks.collection.import_view import import_view
from callbacks.context import Context
from callbacks.pressed import pressed
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import collection_import as ids
from components.ids import shell as shell_ids
from components.panels.import_layout import layout_panel
from components.panels.imports import (
    ENTRY_PATH,
    ImportHead,
    done_panel,
    import_screen,
    no_organization,
    preview_panel,
)
from components.shell.filters import write_filters
from components.shell.messages import notice
from services.collection import manual, sent_rows
from services.collection.attachments import EntryYear
from services.collection.files import FileFormatError
from services.collection.sent_layouts import keep_told, unmapped
from services.errors import ConflictError, NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action

Query = Mapping[str, str]
Shown = dict[str, object]


def show_import(context: Context, query: Query) -> Component:
    """Show the import for the organization and year, and the sent file, that the address names."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        return no_organization()
    place = (chosen.organization_id, chosen.year)
    entry = manual.read_entry(context.actor(), context.database, *place)
    closed = why_not(entry) if not entry.may_edit else ""
    head = ImportHead(
        organization_id=chosen.organization_id,
        organization=name_of(entry.subject.names, entry.subject.code),
        year=chosen.year,
        years=chosen.years,
        file_mb=context.settings.file_mb,
        why_not=closed or ("" if entry.method else t("import_page.no_method")),
        way=way_to(context, chosen.organization_id),
    )
    sent = str(query.get("sent") or "")
    found = _preview(context, EntryYear(*place), sent) if sent and not head.why_not else None
    return import_screen(head, found)


def show_preview(context: Context, sent: Any, query: Query) -> Component:
    """Show what the file that was just sent would do; nothing is written."""
    chosen = chosen_for_entry(context, query)
    if not sent or chosen is None:
        raise PreventUpdate
    return _preview(context, EntryYear(chosen.organization_id, chosen.year), _sha256(sent))


def put_in(context: Context, _clicks: list[int], shown: Mapping[str, Any]) -> Component:
    """Put the good rows into their drafts, or compare anew where one was changed meanwhile."""
    replaces = pressed("how") == ids.ALL_ROWS
    place, sha256 = EntryYear(shown["organization"], shown["year"]), shown["sha256"]
    actor = context.actor()
    looked = sent_rows.look(actor, context.database, context.catalog, place, sha256)
    try:
        seen = _revisions(shown["revisions"])
        done = sent_rows.put_in(actor, context.database, looked, seen, replaces)
    except ConflictError:
        told = notice(t("import_page.conflict"), "watch")
        dash.set_props(shell_ids.MESSAGES, {"children": told})
        return _preview(context, place, sha256)
    at = {"organization": place.organization_id, "year": place.year}
    links = (ENTRY_PATH + write_filters(at), _to_mend(place, sha256))
    counts = sum(each.new for each in done), sum(each.replaced for each in done)
    return done_panel(*counts, len(looked.found.bad), links)


def open_layout(context: Context, _clicks: int, shown: Mapping[str, Any]) -> Component:
    """Show what the columns of the file are read as, to be told otherwise."""
    return _layout(context, EntryYear(shown["organization"], shown["year"]), shown["sha256"])


def choose_heading(context: Context, line: Any, shown: Mapping[str, Any]) -> Component:
    """Show the columns below another line of headings."""
    place, at = EntryYear(shown["organization"], shown["year"]), number_in(line, "line")
    # The field is new with every form, and says at once what was chosen.
    if shown.get("line") == at:
        raise PreventUpdate
    return _layout(context, place, shown["sha256"], at=at)


def keep_layout(context: Context, _clicks: int, *given: Any) -> Component:
    """Remember what the columns hold, and show what the file would do by it."""
    *told, line, shown = given
    place = EntryYear(shown["organization"], shown["year"])
    actor, sent = context.actor(), (place, shown["sha256"])
    at = number_in(line, "line")
    found = unmapped(actor, context.database, context.catalog, sent, at)
    layout = told_columns(found.titles, told)
    keep_told(actor, context.database, context.catalog, place, layout)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("import_layout.kept"))})
    return _preview(context, *sent)


def _layout(
    context: Context, place: EntryYear, sha256: str, why: str = "", at: int | None = None
) -> Component:
    actor = context.actor()
    found = unmapped(actor, context.database, context.catalog, (place, sha256), at)
    shown = _shown(place, sha256) | {"line": found.at}
    return layout_panel(layout_view(found, shown, why))


def _shown(place: EntryYear, sha256: str, revisions: Sequence[Sequence[int]] = ()) -> Shown:
    at = {"organization": place.organization_id, "year": place.year}
    return {**at, "sha256": sha256, "revisions": [list(each) for each in revisions]}


def _preview(context: Context, place: EntryYear, sha256: str) -> Component:
    actor = context.actor()
    try:
        looked = sent_rows.look(actor, context.database, context.catalog, place, sha256)
    except FileFormatError as error:
        if error.reason != "header":
            raise
        # Its headings are not ours, so what they mean is asked once.
        return _layout(context, place, sha256, error.explain().why)
    revisions = [(*key, revision) for key, revision in looked.revisions.items()]
    shown = _shown(place, sha256, revisions)
    return preview_panel(import_view(looked, shown, _to_mend(place, sha256)))


def _to_mend(place: EntryYear, sha256: str) -> str:
    return f"/download/rows-to-mend/{place.organization_id}/{place.year}/{sha256}"


def _sha256(sent: Any) -> str:
    """Return which file was sent last, as the server told it to the browser."""
    last = sent[-1] if isinstance(sent, list) else None
    if not isinstance(last, dict) or not isinstance(last.get("sha256"), str):
        raise NotFoundError("file", value=str(last)[:40])
    return str(last["sha256"])


def _revisions(given: Any) -> dict[tuple[int, int], int]:
    """Return the revisions that were compared, by organization and year."""
    rows = given if isinstance(given, list) else []
    if not all(isinstance(row, list) and list(map(type, row)) == [int] * 3 for row in rows):
        raise NotFoundError("revision", value=str(given)[:40])
    return {(organization, year): revision for organization, year, revision in rows}


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_import,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.EDIT_ACTIVITY,
        whole_page="import_page.title",
    )
    wire(
        app,
        context,
        show_preview,
        Output(ids.RESULT, "children"),
        Input(ids.SENT, "data"),
        State(ids.QUERY, "data"),
        permission=Action.EDIT_ACTIVITY,
        prevent_initial_call=True,
    )
    shown, again = State(ids.SHOWN, "data"), Output(ids.RESULT, "children", allow_duplicate=True)
    edits = partial(wire, app, context, permission=Action.EDIT_ACTIVITY, prevent_initial_call=True)
    edits(put_in, again, Input(ids.put(ALL), "n_clicks"), shown)
    edits(open_layout, again, Input(ids.OPEN_LAYOUT, "n_clicks"), shown)
    edits(choose_heading, again, Input(ids.HEADING, "value"), shown)
    told = [State(ids.told(what, ALL), "value") for what in ("key", "source", "item", "unit")]
    line = State(ids.HEADING, "value")
    edits(keep_layout, again, Input(ids.KEEP, "n_clicks"), *told, line, shown)
