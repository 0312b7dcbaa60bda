"""A filed year restated by other potentials: chosen, computed, shown with its bridge (5.2.1 b)."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import patient

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]


def test_a_filed_year_is_restated_and_explained(signed_in):
    page = patient(signed_in("approver"))
    page.goto("/enterprise/restatement?year=2022")
    page.locator("#enterprise-restatement-gwp-set").select_option("AR5")
    page.get_by_role("button", name="重述").click()
    tiles = page.locator(".tile")
    expect(tiles.nth(1)).to_contain_text("AR5")
    expect(tiles.nth(0)).not_to_contain_text("AR5")
    parts = page.get_by_role("table", name="逐项差异（精确值）")
    expect(parts.locator("tr", has_text="增温潜势")).to_have_count(1)


def test_a_year_that_nobody_filed_has_nothing_to_restate(signed_in):
    page = patient(signed_in("approver"))
    page.goto("/enterprise/restatement?year=2011")
    expect(page.locator("#shell-main")).to_contain_text("2011")
    expect(page.locator("#enterprise-restatement-order")).to_have_count(0)
