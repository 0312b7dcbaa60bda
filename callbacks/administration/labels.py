"""Reactions of the page of labels: labelling a data set, clearing a person (7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import administration_labels as ids
from components.ids import shell as shell_ids
from components.panels.labels import (
    BY_ROLE,
    LabelRow,
    LabelsView,
    PersonRow,
    labels_screen,
    people_cards,
    register_card,
)
from components.shell.messages import notice
from services.errors import NotFoundError
from services.i18n.texts import t
from services.labels import DataSet, Label
from services.security import labelling
from services.security.labelling import LabelOrder
from services.security.permissions import Action
from services.standards.problems import BadDateError

LONGEST = 80


def show_labels(context: Context, _query: Mapping[str, str]) -> Component:
    """Show the register, the levels and the forms."""
    return labels_screen(_view(context))


def set_label(  # noqa: PLR0913  # one for each field of the form
    context: Context,
    _clicks: int,
    data_set: str | None,
    place: str | None,
    label: str | None,
    first: str | None,
    reason: str | None,
) -> Component:
    """Label a data set and show the register."""
    if data_set not in [each.value for each in DataSet]:
        raise NotFoundError("data_set", value=str(data_set)[:LONGEST])
    order = LabelOrder(
        DataSet(data_set), str(place or "")[:LONGEST], _level(label), _day(first), str(reason or "")
    )
    labelling.set_label(context.actor(), context.database, order)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("labels.was_set"))})
    return register_card(_view(context))


def clear_person(
    context: Context, _clicks: int, login: str | None, level: str | None, reason: str | None
) -> list[Component]:
    """Give a person a level and show who has one."""
    given = None if level == BY_ROLE else _level(level)
    name = str(login or "")[:LONGEST]
    labelling.set_clearance(context.actor(), context.database, name, given, str(reason or ""))
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("labels.was_cleared"))})
    return people_cards(_view(context))


def _view(context: Context) -> LabelsView:
    found = labelling.label_register(context.actor(), context.database)
    labels = [
        LabelRow(
            each.data_set,
            name_of(each.names, ""),
            each.access_path,
            each.label,
            each.applies_from,
            each.login,
            each.reason or each.source,
        )
        for each in found.labels
    ]
    people = [
        PersonRow(each.login, each.clearance, each.set_at, each.reason) for each in found.people
    ]
    return LabelsView(labels, found.roles, people, found.today)


def _level(text: object) -> Label:
    if str(text) not in {str(each.value) for each in Label}:
        raise NotFoundError("label", value=str(text)[:LONGEST])
    return Label(int(str(text)))


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise BadDateError("first", value=str(text or "")[:20]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_labels,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.SET_LABEL,
        whole_page="labels.title",
    )
    fields = (ids.DATA_SET, ids.PLACE, ids.LABEL, ids.FIRST, ids.REASON)
    wire(
        app,
        context,
        set_label,
        Output(ids.REGISTER, "children"),
        Input(ids.SET, "n_clicks"),
        *(State(name, "value") for name in fields),
        permission=Action.SET_LABEL,
        needs_step_up=True,
        prevent_initial_call=True,
        running=[(Output(ids.SET, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        clear_person,
        Output(ids.PEOPLE, "children"),
        Input(ids.CLEAR, "n_clicks"),
        *(State(name, "value") for name in (ids.LOGIN, ids.LEVEL, ids.WHY)),
        permission=Action.SET_LABEL,
        needs_step_up=True,
        prevent_initial_call=True,
        running=[(Output(ids.CLEAR, "disabled"), True, False)],
    )
