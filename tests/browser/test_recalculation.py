"""A bureau recalculates what is filed below its region, watches it, and sees what changes."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import SLOW_MS, patient

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]


def test_a_batch_is_ordered_watched_and_shown(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.goto("/government/recalculation")
    page.locator("#government-recalculation-year").select_option("2022")
    page.locator("#government-recalculation-known-on").select_option("2024-12-20")
    page.get_by_role("button", name="开始重算").click()
    shown = page.locator(".recalculation-batches")
    # Others may have recalculated this region before; the newest batch is ours.
    expect(shown).to_contain_text("2022 年 · 认识日期 2024年12月20日", timeout=SLOW_MS)
    expect(shown.locator(".tile")).to_have_count(3, timeout=SLOW_MS)
    rows = shown.get_by_role("region", name="逐家对比").locator("tbody tr")
    expect(rows).not_to_have_count(0)
    expect(shown).to_contain_text(f"{rows.count()} 家单位")
    expect(rows.first).to_contain_text("示例")


def test_a_place_out_of_reach_is_told(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.goto("/government/recalculation?region=999999")
    expect(page.get_by_role("alert")).to_be_visible()
