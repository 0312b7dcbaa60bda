"""A campaign from its opening to acceptance: bureau, reporter, checker and approver (4.2 a)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from services.clock import today
from services.security.permissions import Role
from tests.browser.people import (
    COAL,
    FUEL,
    YEAR,
    address_of,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    submit,
)
from tests.places import NANJING, add_login

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

NAME, SAID = "年度排放数据报送", "请附磅单"
ROWS = [[FUEL, COAL, "1000", "20", "0.025", "", "90%"]]
PHONE = {"width": 390, "height": 844}


def open_campaign(page, plant, checked):
    """Fill the form, look whom it would call, and open; return the address of the campaign."""
    page.goto("/collection/campaigns")
    page.get_by_label("名称").fill(NAME)
    page.get_by_label("年度", exact=True).select_option(str(YEAR))
    page.get_by_label("截止日").fill((today() + timedelta(days=9)).isoformat())
    page.get_by_label("单位代码名单").fill(plant.code)
    page.get_by_label("填报说明").fill(SAID)
    if checked:
        page.get_by_label("提交前核对").select_option("yes")
    page.get_by_role("button", name="预览名单").click()
    expect(page.locator("#collection-campaigns-previewed")).to_contain_text("将下达给 1 家")
    page.get_by_role("button", name="下达", exact=True).click()
    expect(page.locator("h1")).to_have_text(NAME)
    return page.url


def stands(page, address, state):
    page.goto(address)
    expect(page.locator(".table .badge")).to_have_text(state)


def to_task(page, step):
    """Follow the task on the first page."""
    page.goto("/")
    page.locator(".task", has_text=NAME).get_by_role("link", name=step).click()


def test_a_campaign_goes_from_opening_to_acceptance(new_page, live, plant, staff):
    place = plant.organization_id
    bureau, reporter, checker, approver = (patient(new_page()) for _ in range(4))
    settled_in(bureau, add_login(live, f"path-bureau-{place}", (Role.BUREAU_OFFICER, NANJING)))
    address = open_campaign(bureau, plant, checked=True)
    stands(bureau, address, "未开始")
    bureau.get_by_role("button", name="催报", exact=True).click()
    expect(bureau.locator("#collection-campaigns-reminded")).to_contain_text("已提醒 1 家")

    settled_in(reporter, staff[0])
    expect(reporter.locator(".inbox-row")).to_have_count(2)
    reporter.get_by_role("button", name="标为已读").first.click()
    expect(reporter.locator(".inbox-row")).to_have_count(1)
    to_task(reporter, "去填报")
    expect(reporter.locator(".task-note")).to_contain_text(SAID)
    open_entry(reporter, plant)
    paste_rows(reporter, ROWS)
    reporter.locator("[data-entry-submit]:enabled").click()
    reporter.locator("[data-entry-action=confirm-submit]").click()
    # Nobody has checked it yet.
    expect(reporter.locator(".message-over")).to_contain_text("核对")
    stands(bureau, address, "填报中")

    settled_in(checker, add_login(live, f"path-checker-{place}", (Role.CHECKER, place)))
    to_task(checker, "去核对")
    expect(checker.locator('[row-id="r1"] [col-id="FC"]')).to_have_text("1000")
    checker.get_by_role("button", name="核对无误").click()
    expect(checker.locator("#collection-manual-checking .badge-good")).to_be_visible()
    stands(bureau, address, "已核对")
    open_entry(reporter, plant)
    submit(reporter)
    stands(bureau, address, "已提交")

    settled_in(approver, staff[1])
    to_task(approver, "去审核")
    approver.get_by_role("button", name="批准").click()
    expect(approver.locator(".badge-good").first).to_be_visible()
    assert result_of(live, plant).filing.state == "approved"
    stands(bureau, address, "已接受")
    approver.goto("/")
    expect(approver.locator("#home-tasks .task")).to_have_count(0)


def test_a_phone_sees_the_task_fills_in_submits_and_accepts(new_page, live, plant, staff):
    place = plant.organization_id
    bureau, reporter, approver = (patient(new_page(viewport=PHONE)) for _ in range(3))
    settled_in(bureau, add_login(live, f"path-bureau-{place}", (Role.BUREAU_OFFICER, NANJING)))
    address = open_campaign(bureau, plant, checked=False)
    settled_in(reporter, staff[0])
    to_task(reporter, "去填报")
    expect(reporter).to_have_url(re.compile("/collection/manual"))
