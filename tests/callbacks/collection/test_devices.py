"""Reactions of the registry of devices: forms to orders, and what is shown of a point."""

import re
from dataclasses import replace
from types import SimpleNamespace

import dash
import pytest
from dash import html, no_update

from callbacks.collection.devices import (
    bind,
    calibrate,
    choose,
    mark,
    register_device,
    show_devices,
)
from callbacks.context import Context
from components.ids import collection_devices as ids
from services import clock
from services.collection.intake import Intake
from services.collection.registering import PointFactError, registry_of
from services.collection.telemetry import DeviceFieldError, devices_of
from services.errors import NotFoundError
from services.standards.catalog import load_catalog
from tests.meters import add_meter
from tests.places import SUZHOU, add_firm

pytestmark = pytest.mark.postgres
SETTINGS = SimpleNamespace(mqtt_url="mqtt://user:secret@broker:1883", hj212="")


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture
def context(database, meter):
    return Context(database, load_catalog(), SETTINGS, None, lambda: meter.reporter)


@pytest.fixture
def said(monkeypatch):
    # Outside a callback of Dash there is no page to put a message on.
    monkeypatch.setattr(dash, "set_props", lambda *_given: None)


def points(context, meter):
    asked = (meter.reporter, context.database, meter.firm.organization_id, clock.now())
    return {point.code: point for point in registry_of(*asked).points}


def query_of(context, meter, code="E"):
    return {"point": str(points(context, meter)[code].point_id)}


def ids_in(components):
    return {part.id for c in components for part in [c, *c._traverse()] if hasattr(part, "id")}


def told(components):
    return " ".join(str(part.to_plotly_json()) for part in components)


def test_the_page_lists_the_points_and_opens_the_one_in_the_address(context, meter):
    assert ids.REGISTER in ids_in(show_devices(context, {}))
    assert ids.BIND not in ids_in(show_devices(context, {}))
    assert ids.MARK in ids_in(show_devices(context, query_of(context, meter)))
    # A rate has no counter to mark.
    assert ids.MARK not in ids_in(show_devices(context, query_of(context, meter, "P")))


def test_another_firms_registry_is_not_found(context, database):
    other = add_firm(database, "T2", SUZHOU)
    with pytest.raises(NotFoundError):
        show_devices(context, {"organization": str(other.organization_id)})


def test_a_chosen_organization_goes_into_the_address():
    assert choose(None, "7", {"organization": 7}) is no_update
    assert choose(None, "8", {"organization": 7}) == "?organization=8"


@pytest.fixture
def listening(context):
    return replace(context, settings=SimpleNamespace(**vars(SETTINGS) | {"hj212": "10.0.0.5:8212"}))


def test_a_station_is_registered_where_stations_are_listened_to(context, listening, meter):
    assert "HJ 212" not in told(show_devices(context, {}))
    assert "HJ 212" in told(show_devices(listening, {}))
    given = (listening, 1, " A110000X0001 ", "GW-9", "烟气站", "", "hj212", 60, {})
    shown, _ = register_device(*given)
    asked = (meter.reporter, context.database, meter.firm.organization_id)
    assert "A110000X0001" in {device.code for device in devices_of(*asked)}
    number, password, address = (
        part.children for part in shown._traverse() if isinstance(part, html.Code)
    )
    assert (number, address) == ("A110000X0001", "10.0.0.5:8212")
    assert re.fullmatch("[0-9A-Z]{6}", password)
    assert "没有签名" in told([shown])
    assert password not in told(show_devices(listening, {}))
    with pytest.raises(DeviceFieldError, match="MN 1"):
        register_device(listening, 1, "MN 1", "GW-9", "烟气站", "", "hj212", 60, {})


def test_a_device_is_registered_with_the_names_given(context, database, meter):
    register_device(context, 1, " METER-2 ", "GW-2", "气表", "", "gas", 30, {})
    _, added = devices_of(meter.reporter, database, meter.firm.organization_id)
    assert (added.code, added.gateway, added.interval_s) == ("METER-2", "GW-2", 30)
    assert added.names == {"zh-CN": "气表", "en": "气表"}
    assert [point.code for point in added.points] == ["Q", "V"]


@pytest.mark.parametrize("interval", [None, 1.5, "60", True])
def test_an_interval_that_is_no_whole_number_is_refused(context, interval):
    with pytest.raises(DeviceFieldError, match="interval_s"):
        register_device(context, 1, "M", "G", "a", "b", "gas", interval, {})


def test_what_is_typed_binds_the_point(context, meter, said):
    bind(context, 1, "el_buy||MWh", "", "2026-01-01", query_of(context, meter))
    bound = points(context, meter)["E"].binding
    assert (bound.source, bound.symbol) == ("el_buy", "MWh")
    assert (bound.unit, bound.scale) == ("MWh", 0.001)


@pytest.mark.parametrize("day", ["", "2026-02-30", None])
def test_a_day_that_is_none_is_refused_by_its_field(context, meter, day):
    with pytest.raises(PointFactError) as refused:
        calibrate(context, 1, day, "2027-01-01", "", query_of(context, meter))
    assert refused.value.where == "calibrated_on"


def test_a_moment_is_that_of_the_clocks_of_china(context, meter, said):
    place = query_of(context, meter)
    mark(context, 1, "rolled_over", "2026-01-01T08:00", "99999", "0", "", "", place)
    shown = told(show_devices(context, place))
    assert "2026-01-01 08:00" in shown


def test_each_reading_tells_how_far_it_came(context, database, meter):
    Intake(database).store([meter.arrival(0, vals={"E": 5.0})])
    shown = told(show_devices(context, query_of(context, meter)))
    assert "已入库" in shown
    assert "设备签名" in shown
