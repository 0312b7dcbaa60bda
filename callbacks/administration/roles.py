"""Reactions of the page of roles: giving one, taking one back (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dash
from dash import ALL, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import administration_roles as ids
from components.ids import shell as shell_ids
from components.panels.roles import RoleRow, RolesView, held_roles, roles_screen
from components.shell.messages import notice
from services.clock import today
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security import rights
from services.security.permissions import GRANTABLE, Action, Actor, Role, may_grant
from services.standards.problems import BadDateError


def show_roles(context: Context, _query: Mapping[str, str]) -> Component:
    """Show the form, who holds which role, and what each permits."""
    return roles_screen(RolesView(_grantable(context.actor()), _held(context), today()))


def give_role(  # noqa: PLR0913  # one for each field of the form
    context: Context,
    _clicks: int,
    login: str | None,
    role: str | None,
    place: str | None,
    first: str | None,
    last: str | None,
) -> Component:
    """Give a role and show who holds which now."""
    if role not in [each.value for each in Role]:
        raise NotFoundError("role", value=str(role)[:40])
    named = str(place or "").strip()[:40]
    organization_id = rights.organization_of_code(context.actor(), context.database, named)
    end = _day(last, "last") if str(last or "").strip() else None
    order = rights.Grant(
        str(login or "")[:80], Role(role), organization_id, _day(first, "first"), end
    )
    rights.grant(context.actor(), context.database, order)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("roles.was_given"))})
    return held_roles(_held(context))


def take_back(context: Context, _clicks: list[int | None]) -> Component:
    """Take a role back and show who holds which now."""
    rights.withdraw(context.actor(), context.database, pressed_uuid("membership"))
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("roles.was_taken"))})
    return held_roles(_held(context))


def _held(context: Context) -> list[RoleRow]:
    actor = context.actor()
    return [
        RoleRow(
            each.membership_id,
            each.login,
            Role(each.role),
            name_of(each.names, ""),
            each.valid_from,
            each.valid_to,
            each.delegated_from is not None,
            each.person_id != actor.person_id
            and may_grant(actor, Role(each.role), each.access_path),
        )
        for each in rights.roles_below(actor, context.database)
    ]


def _grantable(actor: Actor) -> list[Role]:
    given = {role for m in actor.memberships for role in GRANTABLE.get(m.role, frozenset())}
    return [role for role in Role if role in given]


def _day(text: object, where: str) -> date:
    try:
        return date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise BadDateError(where, value=str(text or "")[:20]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_roles,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.GRANT_ROLE,
        whole_page="roles.title",
    )
    held = Output(ids.HELD, "children", allow_duplicate=True)
    fields = (ids.LOGIN, ids.ROLE, ids.PLACE, ids.FIRST, ids.LAST)
    wire(
        app,
        context,
        give_role,
        held,
        Input(ids.GRANT, "n_clicks"),
        *(State(name, "value") for name in fields),
        permission=Action.GRANT_ROLE,
        needs_step_up=True,
        prevent_initial_call=True,
        running=[(Output(ids.GRANT, "disabled"), True, False)],
    )
    wire(
        app,
        context,
        take_back,
        held,
        Input(ids.withdraw(ALL), "n_clicks"),
        permission=Action.GRANT_ROLE,
        needs_step_up=True,
        prevent_initial_call=True,
    )
