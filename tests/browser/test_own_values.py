"""A measured value from its proposal by one person to the line it stands in (4.5, 5.2.1 b)."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import (
    COAL,
    FUEL,
    YEAR,
    open_entry,
    paste_rows,
    patient,
    result_of,
    sign_in_first,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

REPORT = {"name": "煤质报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 coal"}
TYPED = {
    "value": "23.5",
    "unit": "MJ/kg",
    "valid-from": f"{YEAR}-01-01",
    "valid-to": f"{YEAR}-12-31",
    "laboratory": "月度综合样，煤质检测中心",
}


def open_library(page, plant):
    page.goto(f"/standards/library?view=own&organization={plant.organization_id}")
    expect(page.get_by_role("heading", name="登记实测值")).to_be_visible()


def propose(page, **others):
    page.locator("#standards-own-what").select_option("bituminous:NCV")
    for name, typed in (TYPED | others).items():
        page.locator(f"#standards-own-{name}").fill(typed)
    page.get_by_role("button", name="提交审核").click()


def propose_with_report(page, plant):
    """Propose a value: without its report it is refused, with it, it waits."""
    open_library(page, plant)
    propose(page)
    expect(page.get_by_role("alert")).to_contain_text("没有附检测报告")
    page.locator("#standards-own-upload input[type=file]").set_input_files([REPORT])
    expect(page.locator("#standards-own-picked")).to_contain_text(REPORT["name"])
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("tbody tr", has_text=COAL)).to_contain_text("待审核")
    # Whoever proposed it is not asked to decide.
    expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)


def accept(page, plant):
    """Read the report and accept the value."""
    open_library(page, plant)
    with page.expect_download() as saved:
        page.get_by_role("link", name=REPORT["name"]).first.click()
    assert saved.value.path().read_bytes() == REPORT["buffer"]
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("tbody tr", has_text=COAL)).to_contain_text("有效")


def test_a_value_is_proposed_accepted_and_stands_in_the_line(page, new_page, live, plant, staff):
    sign_in_first(patient(page), staff[0])
    propose_with_report(page, plant)
    other = patient(new_page())
    sign_in_first(other, staff[1])
    accept(other, plant)
    open_entry(page, plant)
    paste_rows(page, [[FUEL, COAL, "1,200"]])
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")
    expect(page.locator('[row-index="0"] [col-id="NCV"]')).to_contain_text("23.5")
    submit(page)
    page.locator(".line-toggle").first.click()
    given = page.locator(".line-detail").first.locator("tr", has_text="低位发热量")
    expect(given).to_contain_text("23.5")
    expect(given).to_contain_text("实测")
    expect(given).to_contain_text(REPORT["name"])
    inputs = result_of(live, plant).lines[0].inputs
    assert (inputs["NCV"].value, inputs["NCV"].origin) == (23.5, "measured")
