"""Invented devices with a day of invented readings for the 示例 organizations (4.2 c)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.clock import SHANGHAI
from services.collection.co2_measurement import roll_up, span_of
from services.collection.telemetry import KINDS, RegisteredDevice, add_device, points_of_kind
from services.data import devices, message_rows, telemetry
from services.data.organizations import Organization
from services.data.telemetry import KnownDevice, MessageRow, Place
from services.data.work import Work
from services.instants import Instants, Value
from services.metering import NewDevice

GATEWAY = "GW-SAMPLE"
BOOT = "5a3b1e0000000000"
HOURS = 24
STEP = timedelta(minutes=1)
INTERVAL_S = 60
SYNCHRONIZED = 2


@dataclass(frozen=True, slots=True)
class Meter:
    """An invented meter of a kind whose two points are a rate per hour and the amount counted."""

    code: str
    names: tuple[str, str]
    kind: str
    average: float


METERS = (
    Meter("METER-1", ("示例总进线电表", "Sample main electricity meter"), "electricity", 4200.0),
    Meter("METER-2", ("示例天然气流量计", "Sample natural gas meter"), "gas", 360.0),
)


# Hourly means of a year of invented flue gas, with two weeks of repair and no readings in May.
CEMS = Meter("CEMS-1", ("示例烟气 CO₂ 连续监测", "Sample CO₂ in flue gas"), "co2", 386.0)
CEMS_YEAR = 2023
REPAIR = (datetime(2023, 5, 8, tzinfo=SHANGHAI), datetime(2023, 5, 22, tzinfo=SHANGHAI))
CEMS_INTERVAL_S = 3600


def load_sample_cems(work: Work, plant: Organization, now: datetime) -> RegisteredDevice:
    """Register the sample CO2 meter of a plant with its readings of a past year, rolled up."""
    for month in range(1, 13):
        telemetry.ensure_month(work, date(CEMS_YEAR, month, 1))
    # The year begins in Shanghai, eight hours before that of the months.
    telemetry.ensure_month(work, date(CEMS_YEAR - 1, 12, 1))
    registered, known = _register(work, plant, (CEMS, CEMS_INTERVAL_S), now)
    _store(work, list(_flue_gas(known, now)))
    roll_up(work, CEMS_YEAR, now)
    return registered


def load_sample_devices(
    work: Work, plants: Sequence[Organization], now: datetime
) -> tuple[RegisteredDevice, ...]:
    """Register the sample meters of each plant with the readings of the last day.

    Nothing is sent by them afterwards, so that the page says honestly how old the data is. Their
    keys are random; the caller may hand them to tools/gateway_sim.py or forget them.
    """
    first_month = (now - timedelta(hours=HOURS)).date()
    for day in (first_month, now.date()):
        telemetry.ensure_month(work, day)
    return tuple(_load(work, plant, meter, now) for plant in plants for meter in METERS)


def _load(work: Work, plant: Organization, meter: Meter, now: datetime) -> RegisteredDevice:
    registered, known = _register(work, plant, (meter, INTERVAL_S), now)
    _store(work, list(_messages(known, meter, now)))
    return registered


def _register(
    work: Work, plant: Organization, what: tuple[Meter, int], now: datetime
) -> tuple[RegisteredDevice, KnownDevice]:
    meter, interval_s = what
    names = {"zh-CN": meter.names[0], "en": meter.names[1]}
    new = NewDevice(meter.code, GATEWAY, names, interval_s, points_of_kind(meter.kind))
    registered = add_device(work, plant, new, now)
    points = {
        point.code: point.point_id
        for device in devices.of_organization(work, plant.organization_id)
        if device.device_id == registered.device_id
        for point in device.points
    }
    known = KnownDevice(
        place=Place(plant.organization_id, plant.access_path),
        device_id=registered.device_id,
        code=new.code,
        gateway=new.gateway,
        key_id=registered.key.key_id,
        secret=registered.key.secret,
        is_retired=False,
        points=points,
    )
    return registered, known


def _store(work: Work, messages: Sequence[MessageRow]) -> None:
    numbers = message_rows.add_messages(work, messages)
    message_rows.add_readings(work, [(m, numbers[m.key]) for m in messages])
    message_rows.advance_latest(work, messages)


def _flue_gas(known: KnownDevice, now: datetime) -> Iterator[MessageRow]:
    """Yield one message a day: the hour's flow, and the counter at its beginning."""
    begin, end = span_of(CEMS_YEAR)
    flow, counter = (known.points[code] for code, _, _ in KINDS[CEMS.kind])
    total = 0.0
    for day in range((end - begin).days):
        readings: list[Value[int]] = []
        for hour in range(HOURS):
            at = begin + timedelta(days=day, hours=hour)
            rate = CEMS.average * (1 + 0.12 * math.cos(day / 365 * 2 * math.pi)) * _profile(at)
            if REPAIR[0] <= at < REPAIR[1]:
                continue
            for point, value in ((flow, rate), (counter, total)):
                readings.append(Value(point, at, round(value, 2), 0, SYNCHRONIZED))
            total += rate
        if readings:
            digest = hashlib.sha256(f"{known.device_id}/{day}".encode()).digest()
            yield MessageRow(known, BOOT, day, "sample", digest, True, now, Instants.of(readings))


def _messages(known: KnownDevice, meter: Meter, now: datetime) -> Iterator[MessageRow]:
    """Yield one message an hour, as a gateway would have sent them."""
    begin = now.replace(second=0, microsecond=0) - timedelta(hours=HOURS)
    rate_point, amount_point = (known.points[code] for code, _, _ in KINDS[meter.kind])
    total = 0.0
    for hour in range(HOURS):
        readings: list[Value[int]] = []
        for minute in range(60):
            taken_at = begin + timedelta(hours=hour) + minute * STEP
            rate = meter.average * _profile(taken_at)
            total += rate / 60
            for point, value in ((rate_point, rate), (amount_point, total)):
                readings.append(Value(point, taken_at, round(value, 1), 0, SYNCHRONIZED))
        digest = hashlib.sha256(f"{known.device_id}/{hour}".encode()).digest()
        yield MessageRow(known, BOOT, hour, "sample", digest, True, now, Instants.of(readings))


def _profile(taken_at: datetime) -> float:
    """Return the load of an invented working day as a share of its average."""
    local = taken_at.astimezone(SHANGHAI)
    hour = local.hour + local.minute / 60
    day = 1.0 + 0.22 * math.sin((hour - 8) / 24 * 2 * math.pi)
    ripple = 0.03 * math.sin(local.minute * 0.7) + 0.02 * math.sin(local.minute * 2.3 + local.hour)
    return day + ripple
