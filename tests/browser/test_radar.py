"""A bureau screens a year, reads why a submission is worth a look, and marks it (4.2 a)."""

import pytest
from playwright.sync_api import expect

from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.browser.people import SLOW_MS, patient, settled_in
from tests.places import SUZHOU, add_login
from tests.services.collection.radar.town import COPY, Town

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

YEAR = "2022"
PHONE = {"width": 390, "height": 844}


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_round_is_run_read_and_marked_by_a_bureau_and_passed_to_the_verifier(live, new_page):
    town = Town(live, load_catalog(), SUZHOU, "radar-typist")
    copy = town.firms[COPY]
    page = patient(new_page())
    settled_in(page, add_login(live, "radar-bureau", (Role.BUREAU_OFFICER, SUZHOU)))
    page.goto("/collection/radar")
    page.locator("#collection-radar-year").select_option(YEAR)
    page.locator("#collection-radar-order").click()
    page.get_by_role("link", name=f"{YEAR} 年").click(timeout=SLOW_MS)
    hit = page.locator(".campaign", has=page.locator("h3", has_text=copy.code))
    expect(hit).to_contain_text("同行、同月的数值完全相同")
    # A bureau sees why; the rows themselves are for who may see them.
    expect(hit.get_by_role("link")).to_have_count(0)
    hit.get_by_role("button", name="标记").click()
    expect(page.locator(".message-over")).to_contain_text("标记不完整")
    hit.locator("select").select_option("passed")
    hit.locator("input").fill("与电费单核对后转核查")
    hit.get_by_role("button", name="标记").click()
    expect(hit.locator(".badge-accent")).to_have_text("转核查员")
    page.reload()
    expect(hit).to_contain_text("与电费单核对后转核查")

    phone = patient(new_page(**PHONE))
    settled_in(phone, add_login(live, "radar-verifier", (Role.VERIFIER, copy.organization_id)))
    phone.goto("/collection/radar")
    passed = phone.locator(".campaign", has_text=copy.code)
    # The other firm lies outside what the verifier may know of.
    expect(passed).to_contain_text("另一份提交")
    expect(passed.get_by_role("link")).to_have_count(1)
    assert not wide(phone)
    passed.locator("select").select_option("sound")
    passed.locator("input").fill("两厂合用一台变压器")
    passed.get_by_role("button", name="标记").click()
    expect(passed.locator(".badge-good")).to_have_text("已核看：正常")
