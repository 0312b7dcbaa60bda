"""Reactions around the limits of the point that the page of devices shows (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import number_in
from callbacks.collection.telemetry_view import organization_in
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_devices as device_ids
from components.ids import collection_limits as ids
from components.ids import shell as shell_ids
from components.panels.limits import limits_part
from components.shell.messages import notice
from services import clock
from services.collection import limiting, registering, telemetry
from services.collection.cells import parse_cell
from services.collection.limiting import PointLimitError
from services.errors import NotFoundError
from services.i18n.texts import t
from services.registry import RETIRED, PointLimit, RegisteredPoint
from services.security.permissions import Action

Query = Mapping[str, str]
LONGEST = 500


def show_limits(context: Context, _place: str, query: Query) -> list[Component]:
    """Show the limits of the point that the address names."""
    if not query.get("point"):
        raise PreventUpdate
    organization_id, point, may_manage = _chosen(context, query)
    found = limiting.limits_of(context.actor(), context.database, organization_id, point.point_id)
    return limits_part(found, point.unit, may_manage=may_manage and point.state != RETIRED)


def set_limit(context: Context, _clicks: int, *given: object) -> list[Component]:
    """Set the limits of the point that the address names."""
    *figures, severity, reason, query = given
    asked = query if isinstance(query, Mapping) else {}
    low, high, margin, change, same, late, silent = figures
    organization_id, point, _ = _chosen(context, asked)
    limit = PointLimit(
        point.point_id,
        low=_figure(low, "low"),
        high=_figure(high, "high"),
        margin=_figure(margin, "margin") or 0.0,
        change_per_minute=_figure(change, "change_per_minute"),
        same_readings=_whole(same, "same_readings"),
        late_s=_whole(late, "late_s"),
        silent_reports=_whole(silent, "silent_reports"),
        severity=str(severity or ""),
        reason=str(reason or "").strip()[: LONGEST + 1],
    )
    limiting.set_limit(context.actor(), context.database, organization_id, limit, clock.now())
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("limits.saved"))})
    return show_limits(context, ids.PLACE, asked)


def _chosen(context: Context, query: Query) -> tuple[int, RegisteredPoint, bool]:
    actor, database = context.actor(), context.database
    here = organization_in(query, telemetry.organizations_of(actor, database))
    registry = registering.registry_of(actor, database, here, clock.now())
    wanted = number_in(query.get("point", ""), "point")
    point = next((each for each in registry.points if each.point_id == wanted), None)
    if point is None:
        raise NotFoundError("point", value=wanted)
    return here, point, actor.may(Action.MANAGE_DEVICES, registry.organization.access_path)


def _figure(text: object, name: str) -> float | None:
    """Return the number in a field, None where it is empty."""
    typed = str(text or "").strip()[:LONGEST]
    number = parse_cell(typed) if typed else None
    if number is not None and not isinstance(number, float):
        raise PointLimitError(name, value=typed[:50])
    return number


def _whole(text: object, name: str) -> int | None:
    number = _figure(text, name)
    if number is not None and not number.is_integer():
        raise PointLimitError(name, value=number)
    return None if number is None else int(number)


def register(app: Dash, context: Context) -> None:
    """Wire the events of the limits to the functions above."""
    query = State(device_ids.QUERY, "data")
    wire(
        app,
        context,
        show_limits,
        Output(ids.PLACE, "children"),
        Input(ids.PLACE, "id"),
        query,
        permission=Action.VIEW_TELEMETRY,
    )
    fields = (
        *(ids.LOW, ids.HIGH, ids.MARGIN, ids.CHANGE, ids.SAME, ids.LATE, ids.SILENT),
        *(ids.SEVERITY, ids.REASON),
    )
    wire(
        app,
        context,
        set_limit,
        Output(ids.PLACE, "children", allow_duplicate=True),
        Input(ids.SAVE, "n_clicks"),
        *(State(name, "value") for name in fields),
        query,
        permission=Action.MANAGE_DEVICES,
        prevent_initial_call=True,
        running=[(Output(ids.SAVE, "disabled"), True, False)],
    )
