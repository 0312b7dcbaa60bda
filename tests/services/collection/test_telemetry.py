"""Devices: who may register and see them, what a chart gets, and what is never shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services import clock
from services.collection import telemetry
from services.collection.intake import Intake
from services.data import audit
from services.data.devices import DeviceExistsError, bin_seconds
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError
from services.labels import EVERYTHING
from services.metering import NewDevice, SeriesQuery
from services.security.permissions import Membership, Role
from tests.cleared import cleared
from tests.meters import add_meter
from tests.places import SUZHOU, add_firm

pytestmark = pytest.mark.postgres

NEW = NewDevice(
    "METER-2", "GW-1", {"zh-CN": "表", "en": "Meter"}, 10, telemetry.points_of_kind("gas")
)


@pytest.fixture
def meter(database):
    return add_meter(database)


def somebody(firm, role=Role.REPORTER):
    return cleared(9, "S", Membership(role, firm.organization_id, firm.access_path))


def devices(database, meter):
    return telemetry.devices_of(meter.reporter, database, meter.firm.organization_id)


def test_a_registered_device_has_a_random_key_and_no_value_yet(database, meter):
    other = add_meter(database, "METER-2", meter.firm)
    assert len(meter.device.key.secret) == 32
    assert meter.device.key.secret != other.device.key.secret
    first, _ = devices(database, meter)
    assert (first.code, first.last_at) == ("METER-1", None)
    assert [(p.code, p.unit, p.value) for p in first.points] == [
        ("P", "kW", None),
        ("E", "kWh", None),
    ]
    assert first.points[0].names == {"zh-CN": "有功功率", "en": "Active power"}


def test_the_key_of_a_device_is_never_read_again(database, meter):
    assert meter.device.key.secret.hex() not in repr(devices(database, meter))
    assert repr(meter.device.key.secret) not in repr(devices(database, meter))


def test_registering_leaves_an_audit_line_without_the_key(database, meter):
    with database.work(Scope((meter.firm.access_path,), readable=EVERYTHING)) as work:
        (event,) = audit.of_organization(work, meter.firm.organization_id)
    assert (event.action, event.resource) == ("register_device", "device:METER-1")
    assert event.after == {}


def test_a_code_is_used_once_in_an_organization_even_after_retirement(database, meter):
    place = (meter.firm.organization_id, meter.device.device_id)
    telemetry.retire_device(meter.reporter, database, *place, clock.now())
    assert devices(database, meter) == ()
    with pytest.raises(DeviceExistsError, match="METER-1"):
        add_meter(database, "METER-1", meter.firm)
    assert add_meter(database, "METER-1", add_firm(database, "T2", SUZHOU))


def test_a_device_is_retired_once(database, meter):
    place = (meter.firm.organization_id, meter.device.device_id)
    telemetry.retire_device(meter.reporter, database, *place, clock.now())
    with pytest.raises(NotFoundError):
        telemetry.retire_device(meter.reporter, database, *place, clock.now())


def test_an_approver_sees_devices_but_registers_none(database, meter):
    approver = somebody(meter.firm, Role.APPROVER)
    organization_id = meter.firm.organization_id
    assert len(telemetry.devices_of(approver, database, organization_id)) == 1
    with pytest.raises((NotAllowedError, NotFoundError)):
        telemetry.register_device(approver, database, organization_id, NEW, clock.now())


@pytest.mark.parametrize("role", [Role.BUREAU_OFFICER, Role.SYSTEM_ADMINISTRATOR])
def test_who_has_no_telemetry_right_sees_none(database, meter, role):
    with pytest.raises((NotAllowedError, NotFoundError)):
        telemetry.devices_of(somebody(meter.firm, role), database, meter.firm.organization_id)


def test_another_firm_sees_and_registers_nothing(database, meter):
    stranger = somebody(add_firm(database, "T2", SUZHOU))
    organization_id, now = meter.firm.organization_id, clock.now()
    query = SeriesQuery(meter.device.device_id, 1, now - timedelta(hours=1), now)
    for ask in (
        lambda: telemetry.devices_of(stranger, database, organization_id),
        lambda: telemetry.view_of(stranger, database, organization_id, now),
        lambda: telemetry.series(stranger, database, organization_id, query),
        lambda: telemetry.quarantine_of(stranger, database, organization_id),
        lambda: telemetry.register_device(stranger, database, organization_id, NEW, now),
        lambda: telemetry.retire_device(stranger, database, organization_id, 1, now),
    ):
        with pytest.raises(NotFoundError):
            ask()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "a b"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "x" * 65}, "code"),
        ({"gateway": "网关"}, "gateway"),
        ({"names": {"zh-CN": " ", "en": "x"}}, "name"),
        ({"names": {"zh-CN": "a\x00", "en": "x"}}, "name"),
        ({"names": {"zh-CN": "a" * 101, "en": "x"}}, "name"),
        ({"interval_s": 0}, "interval_s"),
        ({"interval_s": 86_401}, "interval_s"),
        ({"points": ()}, "points"),
        ({"points": NEW.points + NEW.points}, "points"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(change, field):
    with pytest.raises(telemetry.DeviceFieldError) as refused:
        telemetry.check_device(replace(NEW, **change))
    assert refused.value.where == field


def test_a_kind_of_meter_that_we_do_not_know_is_refused():
    with pytest.raises(telemetry.DeviceFieldError, match="kind"):
        telemetry.points_of_kind("wind")


def test_a_series_is_thinned_to_means_with_lowest_and_highest(database, meter):
    begin = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=30)
    arrivals = [
        meter.arrival(n, taken_at=begin + timedelta(seconds=n), vals={"P": float(n)})
        for n in range(120)
    ]
    Intake(database).store(arrivals)
    point = devices(database, meter)[0].points[0]
    query = SeriesQuery(
        meter.device.device_id, point.point_id, begin, begin + timedelta(seconds=119), 2
    )
    bins = telemetry.series(meter.reporter, database, meter.firm.organization_id, query)
    # 0..59 and 60..119: mean (first + last) / 2.
    assert [(b.begins_at, b.mean, b.low, b.high, b.count) for b in bins] == [
        (begin, 29.5, 0.0, 59.0, 60),
        (begin + timedelta(minutes=1), 89.5, 60.0, 119.0, 60),
    ]


@pytest.mark.parametrize(
    ("span", "points", "seconds"),
    [
        (timedelta(minutes=15), 240, 5),
        (timedelta(hours=1), 240, 15),
        (timedelta(days=1), 240, 600),
        (timedelta(days=7), 240, 3600),
        (timedelta(days=4000), 240, 86_400),
    ],
)
def test_bins_have_the_shortest_round_length_that_fits(span, points, seconds):
    assert bin_seconds(span, points) == seconds


def test_the_latest_value_is_that_of_the_newest_time_not_of_the_last_arrival(database, meter):
    now, intake = clock.now(), Intake(database)
    intake.store([meter.arrival(1, taken_at=now - timedelta(seconds=5), vals={"P": 5.0})])
    intake.store([meter.arrival(0, taken_at=now - timedelta(seconds=9), vals={"P": 9.0})])
    assert devices(database, meter)[0].points[0].value == 5.0


def test_a_device_that_misses_three_reports_is_stale(database, meter):
    now = clock.now()
    taken_at = now - timedelta(seconds=20)
    Intake(database).store([meter.arrival(0, taken_at=taken_at)])
    (device,) = devices(database, meter)
    assert device.interval_s == 10
    assert device.stale_since(now) is None
    assert device.stale_since(now + timedelta(seconds=11)) == device.last_at
    assert abs(device.last_at - taken_at) < timedelta(milliseconds=1)
