"""Reactions of the registry: register, bind, calibrate, mark, replace, retire (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

import dash
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.chosen import number_in
from callbacks.collection.amounts import amounts_of, choices_of
from callbacks.collection.telemetry_view import broker_of, organization_in
from callbacks.context import Context
from callbacks.wiring import wire
from components.forms.controls import select
from components.ids import collection_devices as ids
from components.ids import shell as shell_ids
from components.panels import states
from components.panels.badge import sample_badge
from components.panels.device_forms import (
    NewKey,
    NewPassword,
    register_card,
    registered,
    station_registered,
)
from components.panels.devices import DevicesView, devices_cards
from components.panels.telemetry_connect import Address
from components.shell.filters import filter_bar, write_filters
from components.shell.messages import notice
from components.shell.page import breadcrumb_of
from services import clock
from services.clock import SHANGHAI
from services.collection import registering, stations, telemetry
from services.collection.cells import parse_cell
from services.collection.registering import (
    BindingOrder,
    PointFactError,
    PointPlace,
    Registry,
    ReplacementOrder,
)
from services.errors import NotFoundError
from services.i18n.texts import language, t
from services.metering import NewDevice
from services.registry import Calibration, CounterMark, RegisteredPoint
from services.security.permissions import Action

Query = Mapping[str, str]
LONGEST = 500


def show_devices(context: Context, query: Query) -> list[Component]:
    """Show the points of the organization in the address, and the one that it names."""
    offered = telemetry.organizations_of(context.actor(), context.database)
    if not offered and not query.get("organization"):
        return [states.empty(t("telemetry.nobody"), t("telemetry.nobody_hint"))]
    registry = _registry(context, query)
    owner = registry.organization
    named = [(o.organization_id, o.names[language()]) for o in offered]
    chooser = select(
        ids.ORGANIZATION, t("telemetry.filter.organization"), named, owner.organization_id
    )
    may_manage = context.actor().may(Action.MANAGE_DEVICES, owner.access_path)
    return [
        breadcrumb_of([(place.names[language()], "") for place in registry.places]),
        filter_bar(chooser, actions=sample_badge() if owner.is_sample else None),
        dcc.Store(id=ids.SHOWN, data={"organization": owner.organization_id}),
        html.Div(_cards(context, query, registry), id=ids.LISTED, className="stack"),
        *([register_card(_kinds(context))] if may_manage else []),
    ]


def choose(_context: Context, organization: str, shown: Mapping[str, int]) -> Any:
    """Write the organization into the address; the page follows the address."""
    wanted = number_in(organization, "organization")
    return no_update if wanted == shown["organization"] else write_filters({"organization": wanted})


def _kinds(context: Context) -> tuple[str, ...]:
    """Return what can be registered: stations only where somebody listens to them."""
    return (*telemetry.KINDS, *([stations.KIND] if context.settings.hj212 else []))


def register_device(context: Context, _clicks: int, *fields: Any) -> Any:
    """Register a device and show its key, this once."""
    *values, query = fields
    code, gateway, name_zh, name_en, kind, interval_s = values
    names = {"zh-CN": str(name_zh or code or ""), "en": str(name_en or name_zh or code or "")}
    if kind == stations.KIND:
        station = stations.NewStation(str(code or "").strip(), str(gateway or "").strip(), names)
        return _station(context, station, query)
    new = NewDevice(
        code=str(code or "").strip(),
        gateway=str(gateway or "").strip(),
        names=names,
        interval_s=interval_s if type(interval_s) is int else 0,
        points=telemetry.points_of_kind(str(kind)),
    )
    made = telemetry.register_device(
        context.actor(), context.database, _here(context, query), new, clock.now()
    )
    return _key(context, made), _cards(context, query)


def _station(context: Context, new: stations.NewStation, query: Query) -> Any:
    made = stations.register_station(
        context.actor(), context.database, _here(context, query), new, clock.now()
    )
    told = NewPassword(made.number, made.password, context.settings.hj212)
    return station_registered(told), _cards(context, query)


def bind(
    context: Context, _clicks: int, use: str, scale: str, first: str, query: Query
) -> list[Component]:
    """Let the chosen point's amounts go to a quantity from a day on."""
    source, item, symbol = (*str(use or "").split("|"), "", "")[:3]
    order = BindingOrder(source, item, symbol, _count(scale, "scale"), _day(first, "valid_from"))
    registering.bind_point(
        context.actor(), context.database, context.catalog, _point(context, query), order
    )
    return _done(context, query, "devices.was_bound")


def calibrate(
    context: Context, _clicks: int, calibrated: str, due: str, document: str, query: Query
) -> list[Component]:
    """Record a calibration of the chosen point."""
    place = _point(context, query)
    fact = Calibration(
        place.point_id,
        _day(calibrated, "calibrated_on"),
        _day(due, "next_due"),
        str(document or "").strip(),
    )
    registering.calibrate_point(
        context.actor(), context.database, place.organization_id, fact, place.now
    )
    return _done(context, query, "devices.was_calibrated")


def mark(context: Context, _clicks: int, *fields: Any) -> list[Component]:
    """Record what the chosen counter showed before and after a change."""
    kind, at, end, start, factor, note, query = fields
    place = _point(context, query)
    made = CounterMark(
        place.point_id,
        _moment(at),
        str(kind or ""),
        _count(end, "end_value"),
        _count(start, "start_value"),
        _factor(factor),
        str(note or "").strip(),
    )
    registering.mark_counter(
        context.actor(), context.database, place.organization_id, made, place.now
    )
    return _done(context, query, "devices.was_marked")


def replace_device(context: Context, _clicks: int, *fields: Any) -> Any:
    """Register a device in the place of the chosen point's, and show its key, this once."""
    code, end, start, factor, query = fields
    point = _chosen(context, query)
    order = ReplacementOrder(
        point.device_id,
        str(code or "").strip(),
        _count(end, "end_value"),
        _count(start, "start_value"),
        _factor(factor),
    )
    made = registering.replace_device(
        context.actor(), context.database, _here(context, query), order, clock.now()
    )
    return _key(context, made)


def retire(context: Context, _clicks: int, query: Query) -> list[Component]:
    """Accept nothing more of the chosen point's device; what it sent stays."""
    device_id = _chosen(context, query).device_id
    telemetry.retire_device(
        context.actor(), context.database, _here(context, query), device_id, clock.now()
    )
    return _done(context, query, "devices.was_retired")


def _registry(context: Context, query: Query) -> Registry:
    here = _here(context, query)
    return registering.registry_of(context.actor(), context.database, here, clock.now())


def _here(context: Context, query: Query) -> int:
    offered = telemetry.organizations_of(context.actor(), context.database)
    return organization_in(query, offered)


def _point(context: Context, query: Query) -> PointPlace:
    number = number_in(query.get("point", ""), "point")
    return PointPlace(_here(context, query), number, clock.now())


def _chosen(context: Context, query: Query) -> RegisteredPoint:
    wanted = _point(context, query).point_id
    points = _registry(context, query).points
    found = next((each for each in points if each.point_id == wanted), None)
    if found is None:
        raise NotFoundError("point", value=wanted)
    return found


def _cards(context: Context, query: Query, known: Registry | None = None) -> list[Component]:
    registry = known or _registry(context, query)
    owner, wanted = registry.organization, query.get("point", "")
    method = context.catalog.describe(owner.method) if owner.method else None
    chosen = next((each for each in registry.points if str(each.point_id) == wanted), None)
    asked = (context.actor(), context.database, owner.organization_id)
    view = DevicesView(
        organization_id=owner.organization_id,
        points=registry.points,
        uses=choices_of(amounts_of(method)) if method else [],
        at=registry.at,
        may_manage=context.actor().may(Action.MANAGE_DEVICES, owner.access_path),
        chosen=chosen,
        facts=registering.facts_of(*asked, chosen.point_id, registry.at) if chosen else None,
    )
    return devices_cards(view)


def _key(context: Context, made: telemetry.RegisteredDevice) -> Component:
    key = NewKey(made.code, made.gateway, made.key.key_id, made.key.secret.hex())
    return registered(key, Address(broker_of(context), str(made.tenant)))


def _done(context: Context, query: Query, told: str) -> list[Component]:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(told))})
    return _cards(context, query)


def _count(text: object, name: str) -> float | None:
    """Return the number in a field, None where it is empty."""
    typed = str(text or "").strip()[:LONGEST]
    number = parse_cell(typed) if typed else None
    if number is not None and not isinstance(number, float):
        raise PointFactError(name, value=typed)
    return number


def _factor(text: object) -> float:
    number = _count(text, "factor")
    return 1.0 if number is None else number


def _day(text: object, name: str) -> date:
    try:
        return date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise PointFactError(name, value=str(text or "—")[:20]) from None


def _moment(text: object) -> datetime:
    """Return the instant that a field names as the clocks of China show it."""
    try:
        return datetime.fromisoformat(str(text or "")).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise PointFactError("at", value=str(text or "—")[:20]) from None


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    views = partial(wire, app, context, permission=Action.VIEW_TELEMETRY)
    views(show_devices, Output(ids.CONTENT, "children"), Input(ids.QUERY, "data"))
    views(
        choose,
        Output(shell_ids.LOCATION, "search", allow_duplicate=True),
        Input(ids.ORGANIZATION, "value"),
        State(ids.SHOWN, "data"),
        prevent_initial_call=True,
    )
    listed = Output(ids.LISTED, "children", allow_duplicate=True)
    form = (ids.CODE, ids.GATEWAY, ids.NAME_ZH, ids.NAME_EN, ids.KIND, ids.INTERVAL)
    counted = (ids.MARK_KIND, ids.MARK_AT, ids.END_VALUE, ids.START_VALUE, ids.FACTOR, ids.NOTE)
    changed = (ids.NEW_CODE, ids.OLD_END, ids.NEW_START, ids.NEW_FACTOR)
    acts = (
        (register_device, ids.REGISTER, form, (Output(ids.REGISTERED, "children"), listed)),
        (bind, ids.BIND, (ids.USE, ids.SCALE, ids.FROM), (listed,)),
        (calibrate, ids.CALIBRATE, (ids.CALIBRATED, ids.DUE, ids.DOCUMENT), (listed,)),
        (mark, ids.MARK, counted, (listed,)),
        (replace_device, ids.REPLACE, changed, (Output(ids.REPLACED, "children"),)),
        (retire, ids.RETIRE, (), (listed,)),
    )
    for function, pressed, fields, outputs in acts:
        wire(
            app,
            context,
            function,
            *outputs,
            Input(pressed, "n_clicks"),
            *(State(name, "value") for name in fields),
            State(ids.QUERY, "data"),
            permission=Action.MANAGE_DEVICES,
            prevent_initial_call=True,
            running=[(Output(pressed, "disabled"), True, False)],
        )
