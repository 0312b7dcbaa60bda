"""Devices of an organization and their readings, as pages and programs ask for them (4.2 c)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.collection.receipts import DeviceKey
from services.collection.signatures import KEY_BYTES
from services.collection.topics import CODE
from services.data import device_clocks, devices, organizations
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, texts
from services.metering import (
    CO2_FLOW,
    CO2_MASS,
    Bin,
    Device,
    DeviceKeyRow,
    NewDevice,
    NewPoint,
    SeriesQuery,
    SetAside,
)
from services.registry import CONCENTRATION, GAS_FLOW
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

FIRST_KEY = "k1"
MOST_POINTS = 64
LONGEST_INTERVAL_S = 86_400
LONGEST_NAME = 100
SHOWN_SET_ASIDE = 50


class DeviceFieldError(PlatformError):
    """A field of a new device cannot be used."""

    text_key = "device_field"


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """A new device with its key, which is shown this once and never again."""

    device_id: int
    tenant: UUID
    code: str
    gateway: str
    key: DeviceKey


# What the usual kinds of meters measure: code, unit and kind of each point; the names are texts.
KINDS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "electricity": (("P", "kW", "power"), ("E", "kWh", "energy")),
    "gas": (("Q", "m³/h", "flow"), ("V", "m³", "volume")),
    "steam": (("F", "t/h", "flow"), ("H", "GJ", "energy")),
    "solid": (("W", "t", "mass"),),
    "co2": (("M", "t/h", CO2_FLOW), ("C", "t", CO2_MASS)),
    "co2_small": (("M", "kg/h", CO2_FLOW),),
    # Grams of CO2 in a cubic metre of dry gas at normal conditions, and how much gas there is.
    "cems": (("C", "g/m³", CONCENTRATION), ("Q", "m³/h", GAS_FLOW)),
}


def points_of_kind(kind: str) -> tuple[NewPoint, ...]:
    """Return the points that a meter of a usual kind has, named in both languages."""
    if kind not in KINDS:
        raise DeviceFieldError("kind", value=kind)
    return tuple(
        NewPoint(code, _names(f"telemetry.points.{kind}.{code}"), unit, measured)
        for code, unit, measured in KINDS[kind]
    )


def _names(key: str) -> dict[str, str]:
    return {language: texts(language)[key] for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class TelemetryView:
    """What the telemetry of an organization looks like at one instant."""

    organization: Organization
    places: tuple[Organization, ...]
    devices: tuple[Device, ...]
    set_aside: tuple[SetAside, ...]
    set_aside_total: int
    at: datetime


def register_device(
    actor: Actor, database: Database, organization_id: int, new: NewDevice, now: datetime
) -> RegisteredDevice:
    """Register a device and return its key; a device never changes its organization."""
    check_device(new)
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, organization.access_path)
        registered = add_device(work, organization, new, now, actor.person_id)
        record_deed(work, actor.person_id, organization, _deed("register_device", new.code, now))
        work.commit()
    return registered


def retire_device(
    actor: Actor, database: Database, organization_id: int, device_id: int, now: datetime
) -> None:
    """Accept nothing more of a device; what it sent stays."""
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, organization.access_path)
        devices.retire(work, organization_id, device_id, now)
        record_deed(
            work, actor.person_id, organization, _deed("retire_device", str(device_id), now)
        )
        work.commit()


def add_device(
    work: Work,
    organization: Organization,
    new: NewDevice,
    now: datetime,
    person_id: int | None = None,
) -> RegisteredDevice:
    """Register a device in a unit of work that somebody else commits."""
    key = DeviceKey(FIRST_KEY, secrets.token_bytes(KEY_BYTES))
    row = DeviceKeyRow(key.key_id, key.secret, person_id, now)
    device_id = devices.add(work, organization, new, row)
    return RegisteredDevice(device_id, organization.public_id, new.code, new.gateway, key)


def devices_of(actor: Actor, database: Database, organization_id: int) -> tuple[Device, ...]:
    """Return the devices in use by code, each point with its newest value."""
    with _viewing(actor, database) as work:
        _visible(actor, work, organization_id)
        return _in_use(work, organization_id)


def organizations_of(actor: Actor, database: Database) -> tuple[Organization, ...]:
    """Return the organizations whose telemetry the actor may see."""
    scope = scope_for(actor, Action.VIEW_TELEMETRY)
    with database.work(scope) as work:
        return organizations.of_paths(work, scope.access_paths)


def view_of(actor: Actor, database: Database, organization_id: int, now: datetime) -> TelemetryView:
    """Return devices, newest values and set-aside messages of an organization."""
    with _viewing(actor, database) as work:
        organization = _visible(actor, work, organization_id)
        found = TelemetryView(
            organization,
            organizations.ancestors(work, organization_id),
            _in_use(work, organization_id),
            devices.set_aside_of(work, organization_id, SHOWN_SET_ASIDE),
            devices.set_aside_total(work, organization_id),
            now,
        )
    deed = Deed("view_telemetry", str(organization_id))
    note_view(database, actor, Action.VIEW_TELEMETRY, organization, deed)
    return found


def series(
    actor: Actor, database: Database, organization_id: int, query: SeriesQuery
) -> tuple[Bin, ...]:
    """Return the readings of a point in a span, thinned to what a chart can show."""
    with _viewing(actor, database) as work:
        _visible(actor, work, organization_id)
        return devices.series(work, organization_id, query)


def integrity_of(
    actor: Actor, database: Database, organization_id: int, query: SeriesQuery
) -> Mapping[str, int]:
    """Return how many readings of a span are vouched for by what: signed, token."""
    with _viewing(actor, database) as work:
        _visible(actor, work, organization_id)
        return devices.integrity(work, organization_id, query)


def quarantine_of(
    actor: Actor, database: Database, organization_id: int, limit: int = SHOWN_SET_ASIDE
) -> tuple[SetAside, ...]:
    """Return the messages set aside for an organization, the latest first."""
    with _viewing(actor, database) as work:
        _visible(actor, work, organization_id)
        return devices.set_aside_of(work, organization_id, limit)


def check_device(new: NewDevice) -> None:
    """Raise DeviceFieldError unless every field of a new device can be used."""
    for name, code in (("code", new.code), ("gateway", new.gateway)):
        _require_code(name, code)
    for name in new.names.values():
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            raise DeviceFieldError("name", value=repr(name[:LONGEST_NAME]))
    if not 1 <= new.interval_s <= LONGEST_INTERVAL_S:
        raise DeviceFieldError("interval_s", value=new.interval_s)
    codes = [point.code for point in new.points]
    if not 1 <= len(codes) <= MOST_POINTS or len(set(codes)) != len(codes):
        raise DeviceFieldError("points", value=", ".join(codes))
    for code in codes:
        _require_code("points", code)


def _require_code(name: str, code: str) -> None:
    if not CODE.fullmatch(code):
        raise DeviceFieldError(name, value=code)


def _viewing(actor: Actor, database: Database) -> AbstractContextManager[Work]:
    return database.work(scope_for(actor, Action.VIEW_TELEMETRY))


def _visible(actor: Actor, work: Work, organization_id: int) -> Organization:
    organization = organizations.get(work, organization_id)
    require(actor, Action.VIEW_TELEMETRY, organization.access_path)
    return organization


def _in_use(work: Work, organization_id: int) -> tuple[Device, ...]:
    found = devices.of_organization(work, organization_id)
    ahead = device_clocks.ahead(work, organization_id)
    return tuple(
        replace(device, clock_ahead_s=ahead.get(device.device_id))
        for device in found
        if device.retired_at is None
    )


def _deed(action: str, resource: str, now: datetime) -> Deed:
    return Deed(action, f"device:{resource}", at=now)
