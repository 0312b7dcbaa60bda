"""The entry page where something stands in the way: the method, a missing reason (4.2 a)."""

import re

import pytest
from playwright.sync_api import expect

from services.data.engine import Database
from services.security.permissions import Role
from tests.browser.people import paste, settled_in
from tests.places import add_firm, add_login

pytestmark = pytest.mark.browser

SLOW_MS = 120_000
GENERAL = "GB/T 32150-2015"
COAL = ["化石燃料燃烧", "烟煤", "1000", "60"]


@pytest.fixture(autouse=True)
def _patience():
    """Wait long before giving up: the machine may be busy with others."""
    expect.set_options(timeout=SLOW_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def plant(live_server, request):
    live = Database(live_server.settings.database_url)
    made = add_firm(live, request.node.name[:18], method="GB/T 32151.8-2015")
    place = made.organization_id
    made_login = add_login(live, f"states-{place}", (Role.REPORTER, place))
    live.dispose()
    return place, made_login


def open_year(page, plant, year):
    place, person = plant
    page.set_default_timeout(SLOW_MS)
    settled_in(page, person)
    page.goto(f"/collection/manual?organization={place}&year={year}")


def test_a_year_without_its_edition_offers_the_methods_that_cover_it(page, plant):
    open_year(page, plant, 2025)
    expect(page.locator(".entry-editions li")).to_contain_text(["GB/T 32151.8-2023"])
    expect(page.locator(".entry-editions .badge")).to_have_text("未载入")
    page.locator(f'[data-entry-choose="{GENERAL}"]').click()
    expect(page.locator('[row-index="0"] [col-id="source"]')).to_be_visible()
    expect(page.locator("[data-entry-method]")).to_have_value(GENERAL)


def test_an_unusual_value_is_submitted_only_with_a_reason(page, plant):
    open_year(page, plant, 2023)
    page.locator('[row-index="0"] [col-id="source"]').click()
    page.locator("[data-entry-section=fuel]").click()
    page.locator('[row-index="0"] [col-id="source"]').click()
    paste(page, [COAL])
    note = page.locator('[row-id="r1"] [col-id="note"]')
    expect(note).to_have_class(re.compile("entry-cell-error"))
    expect(page.locator("[data-entry-submit]")).to_be_disabled()
    page.locator('.entry-problem[data-severity="error"]').first.click()
    expect(note).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("化验单 A-17")
    page.keyboard.press("Enter")
    expect(note).not_to_have_class(re.compile("entry-cell-error"))
    expect(page.locator("[data-entry-submit]")).to_be_enabled()


def test_a_consumption_is_entered_by_its_balance(page, plant):
    open_year(page, plant, 2023)
    page.locator('[row-index="0"] [col-id="source"]').click()
    page.locator("[data-entry-section=balance]").click()
    opening = page.locator('[row-index="0"] [col-id="balance.opening"]')
    expect(opening).to_be_visible()
    expect(page.locator('.ag-header [col-id="NCV"]')).to_have_count(0)
    page.locator('[row-index="0"] [col-id="source"]').click()
    # Opening, purchased, own production, transfers in, closing.
    paste(page, [["化石燃料燃烧", "烟煤", "100", "1000", "", "", "3000"]])
    expect(opening).to_have_class(re.compile("entry-cell-error"))
    expect(page.locator(".entry-problem").first).to_contain_text(
        "opening 100 + purchased 1000 − closing 3000 = -1900"
    )
    closing = page.locator('[row-index="0"] [col-id="balance.closing"]')
    closing.click()
    page.keyboard.type("300")
    page.keyboard.press("Enter")
    expect(opening).not_to_have_class(re.compile("entry-cell-error"))
    page.locator("[data-entry-submit]").click()
    page.locator('[data-entry-action="confirm-submit"]').click()
    expect(page).to_have_url(re.compile("/enterprise/accounting"))
    page.locator(".line-toggle").first.click()
    detail = page.locator(".line-detail").first
    expect(detail).to_contain_text("期末库存")
    expect(detail).to_contain_text("opening + purchased − closing")
