"""Stations that speak HJ 212: registered with a password that is shown once (4.2 c)."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from services.clock import SHANGHAI
from services.collection.hj212_intake import secret_of
from services.collection.hj212_readings import KEY_ID, pollutants_on
from services.collection.telemetry import DeviceFieldError, check_device
from services.data import devices, organizations
from services.data.engine import Database
from services.metering import HJ212, DeviceKeyRow, NewDevice, NewPoint
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

NUMBER = re.compile(r"[A-Za-z0-9]{1,24}")
# The longest that every edition of the standard takes.
PASSWORD_SIGNS = 6
ALPHABET = string.digits + string.ascii_uppercase
INTERVAL_S = 60
KIND = "hj212"
# What is registered of each pollutant: the value of the moment, and mean and mass of an hour.
TAKEN = ("2011.{}-Rtd", "2061.{}-Avg", "2061.{}-Cou")


@dataclass(frozen=True, slots=True)
class NewStation:
    """The number (MN) of a station, the gateway it stands behind, and its names."""

    number: str
    gateway: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class RegisteredStation:
    """What the station is told: its number and the password, which is shown this once."""

    number: str
    password: str = field(repr=False)


def register_station(
    actor: Actor, database: Database, organization_id: int, new: NewStation, now: datetime
) -> RegisteredStation:
    """Register a station for the pollutants of a CO2 CEMS, and return its password."""
    if not NUMBER.fullmatch(new.number):
        raise DeviceFieldError("code", value=new.number)
    day = now.astimezone(SHANGHAI).date()
    points = tuple(points_on(day))
    device = NewDevice(new.number, new.gateway, new.names, INTERVAL_S, points, HJ212)
    check_device(device)
    password = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_SIGNS))
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, organization.access_path)
        key = DeviceKeyRow(KEY_ID, secret_of(password), actor.person_id, now)
        devices.add(work, organization, device, key)
        deed = Deed("register_device", f"device:{new.number}", after={"protocol": HJ212}, at=now)
        record_deed(work, actor.person_id, organization, deed)
        work.commit()
    return RegisteredStation(new.number, password)


def points_on(day: date) -> Iterator[NewPoint]:
    """Yield the points of a CO2 CEMS, with the units that the rules of a day name."""
    for pollutant in pollutants_on(day):
        units = (pollutant.unit, pollutant.unit, pollutant.mass_unit)
        for form, unit in zip(TAKEN, units, strict=True):
            code = form.format(pollutant.code)
            names = {language: f"{name} {code}" for language, name in pollutant.names.items()}
            yield NewPoint(code, names, unit, KIND)
