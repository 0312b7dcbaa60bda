"""An alert from a silent point to its resolution, at a desk and on a phone (4.2 c)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from services import clock
from services.alert_facts import AlertFilter
from services.collection.intake import Intake
from services.collection.telemetry import devices_of
from services.collection.watching import scan_silent
from services.data import alert_lists, organizations
from services.data.engine import SYSTEM_SCOPE
from tests.browser.people import patient
from tests.meters import add_meter
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

PLANT = "SAMPLE-CEMENT"
# The meter reports every ten seconds.
MISSED, SILENT_AFTER = "60", timedelta(seconds=600)
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def meter(live):
    with live.work(SYSTEM_SCOPE) as work:
        plant = organizations.by_code(work, PLANT)
    return add_meter(live, f"STILL-{uuid4().hex[:6]}", plant)


def point_of(live, meter):
    devices = devices_of(meter.reporter, live, meter.firm.organization_id)
    mine = next(d for d in devices if d.device_id == meter.device.device_id)
    return next(p.point_id for p in mine.points if p.code == "P")


def speak(live, meter, number, ago):
    arrival = meter.arrival(number, taken_at=clock.now() - ago, vals={"P": 5.0})
    Intake(live).store([arrival])


def alert_of(live, point):
    with live.work(SYSTEM_SCOPE) as work:
        found = alert_lists.page(work, AlertFilter(state="", rule="point.silent"), None, 100)
    return next((each for each in found if each.key.endswith(f":{point}")), None)


def look(live, point, *, standing):
    """Look for silence until it is seen; the scheduler of the platform may have its turn now."""

    def is_seen():
        scan_silent(live, clock.now())
        found = alert_of(live, point)
        return found is not None and found.is_standing is standing

    wait_until(is_seen, 20)


def set_limit(page, place, point):
    page.goto(f"/collection/devices?organization={place}&point={point}")
    limits = page.locator("#collection-limits-place")
    expect(limits).to_contain_text("未设限值")
    limits.locator("#collection-limits-silent").fill(MISSED)
    limits.locator("#collection-limits-reason").fill("按上报周期")
    limits.locator("#collection-limits-save").click()
    expect(limits).to_contain_text("缺报 60 次即报")


def find(page, *, is_phone):
    """Come from the bell to the list of silent points."""
    page.goto("/")
    expect(page.locator(".alarm-count")).to_have_text(re.compile(r"\d"))
    page.locator("#shell-alarm").click()
    if is_phone:
        page.locator(".filters-summary").click()
    page.locator("#collection-alerts-rule").select_option("point.silent")
    expect(page).to_have_url(re.compile("rule=point.silent"))
    expect(page.locator(".alert", has_text="测试电表").first).to_contain_text("测点静默")


def take_care(page):
    card = page.locator("#alert-card")
    expect(card).to_contain_text("600 秒内有读数")
    expect(card).to_contain_text("恢复后才能结束")
    expect(page.locator("#collection-alerts-resolve")).to_have_count(0)
    page.locator("#collection-alerts-acknowledge").click()
    expect(card).to_contain_text("处理中")
    page.locator("#collection-alerts-comment").fill("网关断电，已派人")
    page.locator("#collection-alerts-add-comment").click()
    expect(card.locator(".alert-history")).to_contain_text("网关断电，已派人")


def resolve(page):
    page.reload()
    page.locator("#collection-alerts-reason").fill("恢复供电")
    page.locator("#collection-alerts-resolve").click()
    card = page.locator("#alert-card")
    expect(card).to_contain_text("已结束")
    expect(card.locator(".alert-history")).to_contain_text("恢复供电")


@pytest.mark.parametrize("size", SIZES)
def test_a_silent_point_is_noticed_taken_care_of_and_resolved(live, meter, signed_in, size):
    width, height = SIZES[size]
    point, place = point_of(live, meter), meter.firm.organization_id
    page = patient(signed_in("reporter", width=width, height=height))
    set_limit(page, place, point)
    speak(live, meter, 1, SILENT_AFTER + timedelta(seconds=30))
    look(live, point, standing=True)
    find(page, is_phone=size == "phone")
    page.goto(f"/collection/alerts?organization={place}&alert={alert_of(live, point).alert_id}")
    take_care(page)
    speak(live, meter, 2, timedelta(0))
    look(live, point, standing=False)
    resolve(page)
    assert alert_of(live, point).state == "resolved"
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
