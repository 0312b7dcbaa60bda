"""A reading published over MQTT moves the chart of the page; what is bad is shown (4.2 c)."""

import re
import time
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from callbacks.collection.telemetry import POLL_MILLISECONDS
from services.collection.telemetry import devices_of
from services.data import organizations
from services.data.engine import SYSTEM_SCOPE
from tests.fixtures.databases import opened
from tests.meters import add_meter, gateway_of
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.broker]

PLANT = "SAMPLE-CEMENT"
MOVED_WITHIN_MS = 5_000
WOKEN_WITHIN_MS = 30_000
# The browser reads four megabytes of plotly.js for its first chart.
FIRST_CHART_MS = 30_000


@pytest.fixture
def live(live_database):
    with opened(live_database.url) as database:
        yield database


@pytest.fixture
def plant(live):
    with live.work(SYSTEM_SCOPE) as work:
        return organizations.by_code(work, PLANT)


def send(gateway, values):
    gateway.record(values)
    wait_until(lambda: gateway.pump() == 0, 20)


def point_of(live, meter, code):
    devices = devices_of(meter.reporter, live, meter.firm.organization_id)
    return next(
        p.point_id
        for d in devices
        if d.device_id == meter.device.device_id
        for p in d.points
        if p.code == code
    )


@pytest.fixture
def meter(live, plant):
    """A meter of its own for each test: the live platform is shared."""
    return add_meter(live, f"LIVE-{uuid4().hex[:6]}", plant)


@pytest.fixture
def gateway(meter, live_server):
    with gateway_of(meter, live_server.settings.mqtt_url) as gateway:
        yield gateway


def address(live, meter, code="P"):
    point = point_of(live, meter, code)
    return (
        f"/collection/telemetry?organization={meter.firm.organization_id}&point={point}&window=15m"
    )


def tile_of(page, meter):
    return page.locator(".card", has_text=meter.device.code).locator(".tile-value").first


def test_a_published_reading_moves_the_chart_within_five_seconds(live, meter, gateway, signed_in):
    send(gateway, {"P": 41.5})
    page = signed_in("reporter")
    page.goto(address(live, meter))
    expect(tile_of(page, meter)).to_have_text("41.50")
    curve = page.locator("#collection-telemetry-chart .scatterlayer")
    expect(curve).to_be_visible(timeout=FIRST_CHART_MS)
    before = curve.inner_html()
    began = time.monotonic()
    send(gateway, {"P": 97.25})
    expect(tile_of(page, meter)).to_have_text("97.25", timeout=MOVED_WITHIN_MS)
    wait_until(lambda: curve.inner_html() != before, 5 - (time.monotonic() - began))
    assert time.monotonic() - began < 5


def test_a_refused_message_appears_with_its_reason_and_count(live, meter, gateway, signed_in):
    page = signed_in("reporter")
    page.goto(address(live, meter))
    expect(tile_of(page, meter)).to_have_text("—")
    send(gateway, {"X": 1.0})
    row = page.locator("#collection-telemetry-set-aside tr", has_text="vals.X").first
    expect(row).to_contain_text("测点未登记", timeout=MOVED_WITHIN_MS)
    assert gateway.store.refused() == {0: "unknown_point"}


def test_polls_never_overlap_and_go_on_after_one_failed(live, meter, gateway, signed_in):
    send(gateway, {"P": 1.0})
    page = signed_in("reporter")
    held, holding = [], [True]

    def hold(route):
        if holding and "collection-telemetry-poll" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/_dash-update-component*", hold)
    page.clock.install()
    page.goto(address(live, meter))
    expect(tile_of(page, meter)).to_have_text("1.00")
    wait_until(lambda: page.title() and held)
    # The browser's own clock goes on by three polls; nothing waits for them.
    page.clock.run_for(3 * POLL_MILLISECONDS + 1_000)
    assert len(held) == 1
    holding.clear()
    held[0].abort()
    send(gateway, {"P": 2.0})
    expect(tile_of(page, meter)).to_have_text("2.00", timeout=WOKEN_WITHIN_MS)
    # The browser itself complains about the request that we cut off.
    page.complaints.clear()


def test_a_device_is_registered_and_its_key_shown_once(live, plant, signed_in):
    page = signed_in("reporter")
    page.goto(f"/collection/telemetry?organization={plant.organization_id}")
    page.locator("#collection-telemetry-connect a.button").click()
    code = f"NEW-{uuid4().hex[:6]}"
    page.locator("#collection-devices-code").fill(code)
    page.locator("#collection-devices-gateway").fill("GW-9")
    page.locator("#collection-devices-register").click()
    key = page.locator("#collection-devices-registered")
    expect(key).to_contain_text(re.compile("[0-9a-f]{64}"))
    expect(page.locator("#collection-devices-listed")).to_contain_text(code)
    page.reload()
    expect(page.locator("#collection-devices-listed")).to_contain_text(code)
    expect(key).to_have_text("")


def test_who_may_not_register_sees_the_guide_without_the_way_to_it(plant, signed_in):
    page = signed_in("approver")
    page.goto(f"/collection/telemetry?organization={plant.organization_id}")
    expect(page.locator("#collection-telemetry-connect")).to_contain_text("接入指南")
    expect(page.locator("#collection-telemetry-connect a.button")).to_have_count(0)
