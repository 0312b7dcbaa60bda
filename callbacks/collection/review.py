"""Reactions of the entry page around what reviewers said, and a year that is locked (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from dash import MATCH, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import chosen_for_entry
from callbacks.collection.manual import show_entry
from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.row_comment_words import comment_rows
from callbacks.wiring import wire
from components.ids import collection_manual as page_ids
from components.ids import row_comments as ids
from components.panels.row_comments import answer_card, answer_row, lock_card
from services.accounting import corrections
from services.collection import manual, row_comments
from services.collection.manual import Entry
from services.data.row_comments import StoredComment
from services.data.submissions import APPROVED
from services.errors import NotFoundError
from services.security.permissions import Action

Query = Mapping[str, str]


def show_review(context: Context, query: Query) -> list[Component]:
    """Show that an accepted year is locked, and comments on rows that are not settled."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        return []
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    entry = manual.read_entry(actor, context.database, *place)
    may_edit = actor.may(Action.EDIT_ACTIVITY, entry.subject.access_path)
    found = row_comments.comments_of(actor, context.database, *place)
    parts = [answer_card(_rows(context, entry, found), may_edit)]
    if entry.state == APPROVED:
        parts.append(lock_card(*place, may_edit))
    return [part for part in parts if part is not None]


def answer(context: Context, _clicks: int, words: str | None, query: Query) -> list[Component]:
    """Answer the comment whose button was pressed, and show it so."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        raise NotFoundError("row_comment", value="")
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    named = (chosen.organization_id, pressed_uuid("comment"))
    done = row_comments.answer(actor, context.database, *named, str(words or ""))
    entry = manual.read_entry(actor, context.database, *place)
    return answer_row(_rows(context, entry, [done])[0], True)


def correct(
    context: Context, _clicks: int, reason: str | None, shown: Mapping[str, Any], query: Query
) -> tuple[list[Component], Component]:
    """Open the accepted year to be corrected, and its grid."""
    place = (shown["organization"], shown["year"])
    corrections.open_correction(context.actor(), context.database, *place, str(reason or ""))
    return show_review(context, query), show_entry(context, query)


def _rows(context: Context, entry: Entry, found: Sequence[StoredComment]) -> list[Any]:
    return comment_rows(context.catalog, entry.method, found, entry.rows)


def register(app: Dash, context: Context) -> None:
    """Wire the events to the functions above."""
    query = State(page_ids.QUERY, "data")
    wire(
        app,
        context,
        show_review,
        Output(ids.ENTRY_PLACE, "children"),
        Input(page_ids.QUERY, "data"),
        permission=Action.VIEW_ENTRY,
    )
    edits = partial(wire, app, context, permission=Action.EDIT_ACTIVITY, prevent_initial_call=True)
    edits(
        answer,
        Output(ids.row(MATCH), "children"),
        Input(ids.send(MATCH), "n_clicks"),
        State(ids.answer(MATCH), "value"),
        query,
    )
    edits(
        correct,
        Output(ids.ENTRY_PLACE, "children", allow_duplicate=True),
        Output(page_ids.CONTENT, "children", allow_duplicate=True),
        Input(ids.CORRECT, "n_clicks"),
        State(ids.CORRECT_REASON, "value"),
        State(ids.TO_CORRECT, "data"),
        query,
        running=[(Output(ids.CORRECT, "disabled"), True, False)],
    )
