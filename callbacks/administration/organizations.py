"""Reactions of the page of organizations: adding, renaming, closing (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_organizations as ids
from components.ids import shell as shell_ids
from components.panels.organizations import branch_cards, organizations_screen
from components.shell.messages import notice
from services import organization_keeping as keeping
from services.errors import NotFoundError
from services.i18n.texts import t
from services.organization_keeping import NewPlace, Slice
from services.security.permissions import Action
from services.standards.problems import BadDateError

Query = Mapping[str, str]
MOST_DIGITS, LONGEST = 16, 200


def show_organizations(context: Context, query: Query) -> Component:
    """Show the place that the address names, else the visitor's own."""
    return organizations_screen(_branch(context, query))


def add(  # noqa: PLR0913  # one for each field of the form
    context: Context,
    _clicks: int,
    kind: str | None,
    code: str | None,
    name: str | None,
    name_en: str | None,
    query: Query,
) -> list[Component]:
    """Add an organization below the place and show the place."""
    here = _here(context, query)
    new = NewPlace(here, _words(kind), _words(code), _words(name), _words(name_en))
    keeping.add(context.actor(), context.database, new)
    return _shown(context, query, "organizations.was_added")


def rename(
    context: Context, _clicks: int, name: str | None, name_en: str | None, query: Query
) -> list[Component]:
    """Give the place other names and show it."""
    here = _here(context, query)
    names = (_words(name), _words(name_en))
    keeping.rename(context.actor(), context.database, here, names)
    return _shown(context, query, "organizations.was_renamed")


def close(context: Context, _clicks: int, day: str | None, query: Query) -> list[Component]:
    """Close the place with its last day and show it."""
    here = _here(context, query)
    keeping.close(context.actor(), context.database, here, _day(day))
    return _shown(context, query, "organizations.was_closed")


def _branch(context: Context, query: Query) -> keeping.Branch:
    part = Slice(_words(query.get("find")), _number(query, "from") or 0)
    return keeping.branch(context.actor(), context.database, _number(query, "place"), part)


def _number(query: Query, name: str) -> int | None:
    text = str(query.get(name) or "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS):
        raise NotFoundError("organization", value=text[:40])
    return int(text) if text else None


def _here(context: Context, query: Query) -> int:
    return _branch(context, query).here.organization_id


def _shown(context: Context, query: Query, told: str) -> list[Component]:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(told))})
    return branch_cards(_branch(context, query))


def _words(text: str | None) -> str:
    return str(text or "").strip()[:LONGEST]


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise BadDateError("last", value=str(text or "")[:20]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_organizations,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.MANAGE_ORGANIZATIONS,
        whole_page="organizations.title",
    )
    acts = (
        (add, ids.ADD, (ids.KIND, ids.CODE, ids.NAME, ids.NAME_EN)),
        (rename, ids.RENAME, (ids.NEW_NAME, ids.NEW_NAME_EN)),
        (close, ids.CLOSE, (ids.DAY,)),
    )
    for function, pressed, fields in acts:
        wire(
            app,
            context,
            function,
            Output(ids.BRANCH, "children", allow_duplicate=True),
            Input(pressed, "n_clicks"),
            *(State(name, "value") for name in fields),
            State(ids.QUERY, "data"),
            permission=Action.MANAGE_ORGANIZATIONS,
            needs_step_up=True,
            prevent_initial_call=True,
            running=[(Output(pressed, "disabled"), True, False)],
        )
