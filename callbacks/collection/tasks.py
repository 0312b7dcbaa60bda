"""Reactions of the entry page that belong to its task: what was asked, the firm's own check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import chosen_for_entry
from callbacks.collection.tasks_view import task_rows
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_manual as ids
from components.ids import shell as shell_ids
from components.panels.check_card import check_card
from components.panels.tasks import task_note
from components.shell.messages import notice
from services.accounting import draft_checks
from services.collection import campaigns
from services.data.drafts import DraftVersion
from services.i18n.texts import t
from services.security.permissions import Action

Query = Mapping[str, str]


def show_tasks(context: Context, query: Query) -> Component | None:
    """Show what the year on screen was called for, until when."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        return None
    place = (chosen.organization_id, chosen.year)
    tasks = campaigns.tasks_of(context.actor(), context.database)
    return task_note(
        task_rows(
            each for each in tasks if (each.called.organization_id, each.called.year) == place
        )
    )


def show_check(context: Context, query: Query) -> Component | None:
    """Show how the check of the year on screen stands."""
    chosen = chosen_for_entry(context, query)
    if chosen is None:
        return None
    place = (chosen.organization_id, chosen.year)
    return check_card(draft_checks.standing(context.actor(), context.database, *place))


def confirm(
    context: Context, _clicks: int, comment: str | None, shown: Mapping[str, Any], query: Query
) -> Component | None:
    """Say that the draft is right as it was shown, then show how the check stands."""
    version = DraftVersion(shown["organization"], shown["year"], shown["revision"])
    draft_checks.confirm(context.actor(), context.database, version, str(comment or ""))
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("check.was_done"))})
    return show_check(context, query)


def register(app: Dash, context: Context) -> None:
    """Wire the events to the functions above."""
    for function, place in ((show_tasks, ids.TASKS), (show_check, ids.CHECKING)):
        wire(
            app,
            context,
            function,
            Output(place, "children"),
            Input(ids.QUERY, "data"),
            permission=Action.VIEW_ENTRY,
        )
    wire(
        app,
        context,
        confirm,
        Output(ids.CHECKING, "children", allow_duplicate=True),
        Input(ids.CONFIRM, "n_clicks"),
        State(ids.CHECK_COMMENT, "value"),
        State(ids.TO_CHECK, "data"),
        State(ids.QUERY, "data"),
        permission=Action.CHECK_ACTIVITY,
        prevent_initial_call=True,
        running=[(Output(ids.CONFIRM, "disabled"), True, False)],
    )
