"""Reactions of the page of institutions: adding, employing, tying, ending (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import dash
from dash import ALL, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.wiring import wire
from components.ids import administration_institutions as ids
from components.ids import shell as shell_ids
from components.panels.institutions import (
    InstitutionsView,
    institution_cards,
    institutions_screen,
)
from components.shell.messages import notice
from services import institution_keeping as institutions
from services.clock import today
from services.errors import NotFoundError
from services.i18n.texts import t
from services.institution_keeping import InstitutionError, NewInstitution, NewTie, Term
from services.security.permissions import Action
from services.standards.problems import BadDateError

Query = Mapping[str, str]
LONGEST = 200
TIE_FIELDS = (ids.ORGANIZATION, ids.RELATION, ids.YEARS, ids.TIE_FIRST, ids.TIE_LAST)


def show_institutions(context: Context, query: Query) -> Component:
    """Show every institution, or the one that the address names."""
    return institutions_screen(_view(context, query))


def add_institution(  # one for each field of the form
    context: Context,
    _clicks: int,
    kind: str | None,
    code: str | None,
    name: str | None,
    name_en: str | None,
) -> list[Component]:
    """Add an institution and show all of them."""
    new = NewInstitution(_words(kind), _words(code), _words(name), _words(name_en))
    institutions.add(context.actor(), context.database, new)
    return _shown(context, {}, "institutions.was_added")


def employ(  # one for each field of the form
    context: Context,
    _clicks: int,
    login: str | None,
    first: str | None,
    last: str | None,
    query: Query,
) -> list[Component]:
    """Write down that a person works for the institution, and show it."""
    institutions.employ(
        context.actor(), context.database, _chosen(query), _words(login), _term(first, last)
    )
    return _shown(context, query, "institutions.was_employed")


def tie(  # noqa: PLR0913  # one for each field of the form
    context: Context,
    _clicks: int,
    code: str | None,
    relation: str | None,
    years: str | None,
    first: str | None,
    last: str | None,
    query: Query,
) -> list[Component]:
    """Write down for whom the institution acts, and show it."""
    new = NewTie(_chosen(query), _words(code), _words(relation), _term(first, last), _years(years))
    institutions.tie(context.actor(), context.database, new)
    return _shown(context, query, "institutions.was_tied")


def end(
    context: Context, _clicks: list[int | None], day: str | None, query: Query
) -> list[Component]:
    """End an employment or a tie with the day that stands there, and show what is left."""
    row, last = pressed_uuid("row"), _day(day, "last")
    institutions.end(context.actor(), context.database, _chosen(query), row, last)
    return _shown(context, query, "institutions.was_ended")


def _view(context: Context, query: Query) -> InstitutionsView:
    actor, database = context.actor(), context.database
    if query.get("institution"):
        chosen = institutions.insight(actor, database, _chosen(query))
        return InstitutionsView((), chosen, today())
    return InstitutionsView(institutions.institutions(actor, database), None, today())


def _shown(context: Context, query: Query, told: str) -> list[Component]:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(told))})
    return institution_cards(_view(context, query))


def _chosen(query: Query) -> UUID:
    return _uuid(query.get("institution"))


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFoundError("institution", value=str(text)[:40]) from None


def _years(text: str | None) -> tuple[int, int] | None:
    """Return the first and the last year of "2024" or "2024-2026"; None where nothing stands."""
    typed = _words(text)
    if not typed:
        return None
    parts = typed.replace("–", "-").split("-")
    if len(parts) > 2 or not all(p.strip().isdecimal() and len(p.strip()) == 4 for p in parts):
        raise InstitutionError("years", value=typed[:20])
    return int(parts[0]), int(parts[-1])


def _term(first: str | None, last: str | None) -> Term:
    return Term(_day(first, "first"), _day(last, "last") if _words(last) else None)


def _day(text: str | None, where: str) -> date:
    try:
        return date.fromisoformat(_words(text))
    except ValueError:
        raise BadDateError(where, value=_words(text)[:20]) from None


def _words(text: str | None) -> str:
    return str(text or "").strip()[:LONGEST]


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_institutions,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.MANAGE_INSTITUTIONS,
        whole_page="institutions.title",
    )
    acts = (
        (add_institution, ids.ADD, (ids.KIND, ids.CODE, ids.NAME, ids.NAME_EN), False),
        (employ, ids.EMPLOY, (ids.LOGIN, ids.STAFF_FIRST, ids.STAFF_LAST), True),
        (tie, ids.TIE, TIE_FIELDS, True),
        (end, ids.end(ALL), (ids.END_DAY,), True),
    )
    for function, pressed, fields, needs_chosen in acts:
        states = [State(name, "value") for name in fields]
        states += [State(ids.QUERY, "data")] if needs_chosen else []
        is_one = isinstance(pressed, str)
        wire(
            app,
            context,
            function,
            Output(ids.SHOWN, "children", allow_duplicate=True),
            Input(pressed, "n_clicks"),
            *states,
            permission=Action.MANAGE_INSTITUTIONS,
            needs_step_up=True,
            prevent_initial_call=True,
            running=[(Output(pressed, "disabled"), True, False)] if is_one else (),
        )
