"""Devices of edge nodes that speak Sparkplug B: registered with the metrics to take (4.2 c)."""

from __future__ import annotations

import secrets
from datetime import datetime

from services.collection.signatures import KEY_BYTES
from services.collection.sparkplug_nodes import KEY_ID, code_of
from services.collection.telemetry import DeviceFieldError, check_device
from services.data import devices, organizations
from services.data.engine import Database
from services.i18n.texts import LANGUAGES
from services.metering import SPARKPLUG, DeviceKeyRow, NewDevice, NewPoint
from services.registry import COUNTERS
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

RATES = ("power", "flow", "concentration", "gas_flow", "co2_flow")
INTERVAL_S = 60


def point_of(said: str) -> NewPoint:
    """Return the point of a metric told as `name=unit:kind`, or raise DeviceFieldError.

    >>> point_of("Meter 1/Energy=kWh:energy").code
    'Meter_1.Energy'
    """
    name, _, rest = said.rpartition("=")
    unit, _, kind = rest.rpartition(":")
    if not name or not unit or kind not in (*COUNTERS, *RATES):
        raise DeviceFieldError("points", value=said[:100])
    return NewPoint(code_of(name), dict.fromkeys(LANGUAGES, name), unit, kind)


def node_device(code: str, node: str, name: str, points: tuple[NewPoint, ...]) -> NewDevice:
    """Return a device that hangs on an edge node; the node itself has the node's own code."""
    names = dict.fromkeys(LANGUAGES, name)
    return NewDevice(code, node, names, INTERVAL_S, points, SPARKPLUG)


def register_node_device(
    actor: Actor, database: Database, organization_id: int, new: NewDevice, now: datetime
) -> str:
    """Register a device of an edge node and return the group that its node has to speak in."""
    check_device(new)
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, organization.access_path)
        # Sparkplug knows no key; what stands here is nobody's, and opens nothing.
        key = DeviceKeyRow(KEY_ID, secrets.token_bytes(KEY_BYTES), actor.person_id, now)
        devices.add(work, organization, new, key)
        told = {"protocol": SPARKPLUG}
        deed = Deed("register_device", f"device:{new.code}", after=told, at=now)
        record_deed(work, actor.person_id, organization, deed)
        work.commit()
    return str(organization.public_id)
