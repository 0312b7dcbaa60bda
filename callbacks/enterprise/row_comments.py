"""Reactions of the result page around comments on single rows (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dash import MATCH, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import chosen_for_result, number_in, place_of_result
from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.row_comment_words import comment_rows, names_of, row_words
from callbacks.wiring import wire
from components.ids import enterprise_accounting as page_ids
from components.ids import row_comments as ids
from components.panels.row_comments import NewCommentForm, review_card
from services.accounting import reading
from services.accounting.results import RunResult
from services.collection import row_comments
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Action, Actor

Query = Mapping[str, str]
# A wheel of more rows would help nobody.
MOST_ROWS = 500


def show_comments(context: Context, query: Query) -> Component | None:
    """Show the open comments of the year on screen, and the form of another for who decides."""
    chosen = chosen_for_result(context, query)
    if chosen is None or not any(s.year == chosen.year and s.run for s in chosen.states):
        return None
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    result = reading.result_of(actor, context.database, *place)
    rows = [{**row.cells, "source": row.source, "item": row.item} for row in result.activity]
    found = row_comments.comments_of(actor, context.database, *place)
    method = result.summary.method
    form = _form(
        actor,
        result,
        [row_words(n, row, names_of(context.catalog, method)) for n, row in enumerate(rows, 1)],
    )
    may_settle = actor.may(Action.APPROVE_ACTIVITY, result.summary.subject.access_path)
    return review_card(comment_rows(context.catalog, method, found, rows), form, may_settle)


def add(
    context: Context, _clicks: int, line: str | None, words: str | None, shown: object, query: Query
) -> Component | None:
    """Say something of a row of the submission on screen, then show all comments."""
    place = place_of_result(context, query).organization_id
    try:
        submission = UUID(str(shown))
    except ValueError:
        raise NotFoundError("submission", value=str(shown)[:40]) from None
    row = number_in(line, "line")
    row_comments.comment_on(
        context.actor(), context.database, (place, submission), row, str(words or "")
    )
    return show_comments(context, query)


def settle(context: Context, _clicks: int, query: Query) -> str:
    """Settle a comment and say so in its place."""
    place = place_of_result(context, query).organization_id
    row_comments.settle(context.actor(), context.database, place, pressed_uuid("comment"))
    return t("row_comments.was_settled")


def _form(actor: Actor, result: RunResult, rows: list[str]) -> NewCommentForm | None:
    filing, path = result.filing, result.summary.subject.access_path
    makers = {filing.submitted_by.person_id, *filing.typed_by}
    if filing.state != "submitted" or actor.person_id in makers or not rows:
        return None
    if not actor.may(Action.APPROVE_ACTIVITY, path):
        return None
    offered = [(str(number), words) for number, words in enumerate(rows[:MOST_ROWS], 1)]
    return NewCommentForm(str(filing.submission_id), offered)


def register(app: Dash, context: Context) -> None:
    """Wire the events to the functions above."""
    query = State(page_ids.QUERY, "data")
    wire(
        app,
        context,
        show_comments,
        Output(ids.RESULT_PLACE, "children"),
        Input(page_ids.QUERY, "data"),
        permission=Action.VIEW_RESULT,
    )
    wire(
        app,
        context,
        add,
        Output(ids.RESULT_PLACE, "children", allow_duplicate=True),
        Input(ids.ADD, "n_clicks"),
        State(ids.LINE, "value"),
        State(ids.WORDS, "value"),
        State(ids.SHOWN, "data"),
        query,
        permission=Action.APPROVE_ACTIVITY,
        prevent_initial_call=True,
        running=[(Output(ids.ADD, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        settle,
        Output(ids.row(MATCH), "children", allow_duplicate=True),
        Input(ids.settle(MATCH), "n_clicks"),
        query,
        permission=Action.APPROVE_ACTIVITY,
        prevent_initial_call=True,
    )
