"""The bureau reads the ledger of discrepancies and signs a gap with cause and owner (5.1.1 b)."""

import pytest
from playwright.sync_api import expect

from components.ids import government_discrepancies as ids

pytestmark = pytest.mark.browser

SLOW_MS = 60_000


def test_a_gap_is_signed_and_stays_signed(signed_in):
    page = signed_in("bureau_officer")
    page.goto(f"{ids.PATH}?region=990000&year=2022")
    gap = page.locator("li", has_text="下级单位之和")
    expect(gap.get_by_text("尚未签认")).to_be_visible(timeout=SLOW_MS)
    gap.get_by_role("combobox").select_option("not_reporting")
    gap.get_by_role("textbox").first.fill("能源处")
    gap.get_by_role("button", name="签认").click()
    expect(gap.get_by_text("部分单位未纳入填报；跟进人 能源处")).to_be_visible(timeout=SLOW_MS)
    page.reload()
    expect(gap.get_by_text("部分单位未纳入填报；跟进人 能源处")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("已登记 1 台 CO₂ 监测设备，该年度没有读数")).to_be_visible()
    page.goto(f"{ids.PATH}?region=990000&year=2023")
    measured = page.locator("li", has_text="连续监测")
    expect(measured).to_contain_text("读数覆盖全年时间的 96.", timeout=SLOW_MS)


def test_an_owner_is_asked_for(signed_in):
    page = signed_in("bureau_officer")
    page.goto(f"{ids.PATH}?region=990000&year=2021")
    gap = page.locator("li", has_text="参考方法")
    gap.get_by_role("button", name="签认").click(timeout=SLOW_MS)
    expect(page.get_by_text("没有写明跟进人，不能签认。")).to_be_visible(timeout=SLOW_MS)
    expect(gap.get_by_text("尚未签认")).to_be_visible()
