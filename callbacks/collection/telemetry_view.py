"""What the telemetry page is about, and the pieces it is made of (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from dash.development.base_component import Component

from callbacks.context import Context
from components.forms.controls import select
from components.ids import collection_telemetry as ids
from components.panels.telemetry import Curve, device_tiles, live_chart, quarantine_card
from components.panels.telemetry_connect import Address, no_devices
from components.shell.page import breadcrumb_of
from services import clock
from services.collection import telemetry
from services.collection.telemetry import TelemetryView
from services.data.organizations import Organization
from services.errors import NotFoundError
from services.i18n.texts import language, t
from services.metering import Device, Point, SeriesQuery
from services.security.permissions import Action

Query = Mapping[str, str]

MOST_POINTS = 240
WINDOWS = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
}
DEFAULT_WINDOW = "1h"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is about, read from its address and from what there is."""

    view: TelemetryView
    device: Device | None
    point: Point | None
    window: str


def shown_of(context: Context, query: Query, offered: tuple[Organization, ...]) -> Shown:
    """Return what the address asks for, or the first that there is."""
    organization_id = organization_in(query, offered)
    view = telemetry.view_of(context.actor(), context.database, organization_id, clock.now())
    pairs = [(device, point) for device in view.devices for point in device.points]
    wanted = query.get("point")
    device, point = next(
        (pair for pair in pairs if str(pair[1].point_id) == wanted),
        pairs[0] if pairs else (None, None),
    )
    window = query.get("window", DEFAULT_WINDOW)
    return Shown(view, device, point, window if window in WINDOWS else DEFAULT_WINDOW)


def organization_in(query: Query, offered: tuple[Organization, ...]) -> int:
    """Return the organization in the address, else the visitor's first."""
    wanted = query.get("organization")
    if not wanted and offered:
        return offered[0].organization_id
    if not wanted or not wanted.isascii() or not wanted.isdecimal() or len(wanted) > 15:
        raise NotFoundError("organization", value=wanted or "")
    return int(wanted)


def marks_of(shown: Shown) -> dict[str, Any]:
    """Return what tells whether the chart or the table has to be drawn again."""
    received = [p.received_at for d in shown.view.devices for p in d.points if p.received_at]
    stale = shown.device.stale_since(shown.view.at) if shown.device else None
    return {
        "newest": max(received).isoformat() if received else "",
        "stale": stale is not None,
        "set_aside": shown.view.set_aside_total,
        "chosen": chosen_in(shown),
    }


def chosen_in(shown: Shown) -> dict[str, Any]:
    """Return the values of the filters."""
    return {
        "organization": shown.view.organization.organization_id,
        "point": str(shown.point.point_id) if shown.point else None,
        "window": shown.window,
    }


def tiles_of(shown: Shown) -> list[Component]:
    """Return the newest values, or what to do when there is no device."""
    return device_tiles(shown.view.devices, shown.view.at) or [no_devices()]


def set_aside_of(shown: Shown, may_redrive: bool) -> Component:
    """Return the messages that could not be stored."""
    return quarantine_card(shown.view.set_aside, shown.view.set_aside_total, may_redrive)


def may_manage(context: Context, shown: Shown) -> bool:
    """Return whether the visitor may register devices here and have messages tried again."""
    return context.actor().may(Action.MANAGE_DEVICES, shown.view.organization.access_path)


def live_of(context: Context, shown: Shown) -> list[Component]:
    """Return the chart of the chosen point."""
    if shown.device is None or shown.point is None:
        return []
    until = _end(shown.device, shown.view.at)
    since = until - WINDOWS[shown.window]
    asked = SeriesQuery(shown.device.device_id, shown.point.point_id, since, until, MOST_POINTS)
    place = (context.actor(), context.database, shown.view.organization.organization_id)
    bins = telemetry.series(*place, asked)
    vouched = telemetry.integrity_of(*place, asked)
    curve = Curve(shown.device, shown.point, bins, since, until, vouched)
    return live_chart(curve, shown.view.at)


def _end(device: Device, now: datetime) -> datetime:
    """Return where the window ends: now, or the last reading of a device that fell silent."""
    return device.stale_since(now) or max(now, device.last_at or now)


def way_to(view: TelemetryView) -> Component:
    """Return where in the tree the organization stands."""
    return breadcrumb_of([(place.names[language()], "") for place in view.places])


def filters_of(shown: Shown, offered: tuple[Organization, ...]) -> list[Component]:
    """Return the choices of organization, point and window."""
    named = [(o.organization_id, o.names[language()]) for o in offered]
    points = [
        (str(p.point_id), f"{d.names[language()]} · {p.names[language()]}")
        for d in shown.view.devices
        for p in d.points
    ]
    windows = [(key, t(f"telemetry.window.{key}")) for key in WINDOWS]
    chosen = chosen_in(shown)
    return [
        select(ids.ORGANIZATION, t("telemetry.filter.organization"), named, chosen["organization"]),
        select(ids.POINT, t("telemetry.filter.point"), points, chosen["point"]),
        select(ids.WINDOW, t("telemetry.filter.window"), windows, chosen["window"]),
    ]


def address_of(context: Context, organization: Organization) -> Address:
    """Return where the organization's devices publish."""
    return Address(broker_of(context), str(organization.public_id))


def broker_of(context: Context) -> str:
    """Return where the broker listens, without its user and password."""
    parts = urlsplit(context.settings.mqtt_url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"
