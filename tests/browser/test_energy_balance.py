"""The bureau enters the energy balance of its region, is held to both sides, and records it."""

import pytest
from playwright.sync_api import expect

from components.ids import government_energy_balance as ids
from tests.browser.axe import serious_findings
from tests.browser.people import paste, patient, type_into

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

ADDRESS = f"{ids.PATH}?organization=990000&year=2024"


PHONE = {"width": 390, "height": 844}


def cell(page, row, column):
    return page.locator(f'.ag-row[row-index="{row}"] [col-id="{column}"]')


def test_a_block_is_pasted_held_to_both_sides_and_recorded(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.goto(ADDRESS)
    expect(page.get_by_text("该年度还没有保存过平衡表")).to_be_visible()
    # Every fuel of the edition has a row; gasoline and diesel are the first two.
    cell(page, 0, "production").click()
    paste(page, [["1000", "200", "50", "0", "30"], ["", "500"]])
    cell(page, 0, "final_use").click()
    type_into(page, "1000")
    problem = page.locator(".entry-problem", has_text="相差")
    expect(problem).to_contain_text("供给 1120")
    expect(page.locator("[data-entry-submit]")).to_be_disabled()
    assert serious_findings("balance with a problem", page) == []
    cell(page, 0, "final_use").click()
    type_into(page, "1120")
    expect(page.locator("[data-entry-submit]")).to_be_enabled()
    record = page.locator("[data-entry-submit]")
    record.click()
    page.locator("[data-entry-action=confirm-submit]").click()
    expect(page.get_by_text("没有写明来源文件。")).to_be_visible()
    document = page.get_by_label("来源文件（名称、表号、版次）")
    document.fill("示例省能源平衡表 2024")
    document.press("Tab")
    record.click()
    page.locator("[data-entry-action=confirm-submit]").click()
    version = page.locator("details", has_text="第 1 版")
    expect(version).to_contain_text("示例省能源平衡表 2024")
    version.locator("summary").click()
    expect(version.get_by_role("table")).to_contain_text("1,000")


def test_what_was_typed_is_there_after_a_reload(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.goto(ADDRESS.replace("2024", "2020"))
    cell(page, 1, "imports").click()
    type_into(page, "77.5")
    expect(page.locator("[data-entry-status]").first).to_contain_text("已保存")
    page.reload()
    expect(cell(page, 1, "imports")).to_have_text("77.5")


def test_the_papers_reach_the_draft_without_a_change_of_the_grid(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.goto(ADDRESS.replace("2024", "2019"))
    expect(cell(page, 0, "item")).to_be_visible()
    document = page.get_by_label("来源文件（名称、表号、版次）")
    document.press_sequentially("示例省能源平衡表 2019")
    page.get_by_label("说明").press_sequentially("初步数")
    expect(page.locator("[data-entry-status]").first).to_contain_text("已保存")
    page.reload()
    expect(document).to_have_value("示例省能源平衡表 2019")
    expect(page.get_by_label("说明")).to_have_value("初步数")


def test_on_a_phone_fuels_are_folded_and_open_by_a_tap(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.set_viewport_size(PHONE)
    page.goto(ADDRESS.replace("2024", "2018"))
    cards = page.locator(".entry-card")
    expect(cards.first).to_be_visible()
    # 30 fuels with fifteen fields each were some 29,000 px; folded they are a few screens.
    assert page.evaluate("document.documentElement.scrollHeight") < 5000
    gasoline = cards.filter(has_text="汽油").first
    amount = gasoline.locator('[data-entry-card-cell$=":production"]')
    expect(amount).to_be_hidden()
    gasoline.locator("summary").first.click()
    amount.fill("120")
    amount.press("Tab")
    marks = gasoline.locator(".entry-card-marks")
    gasoline.locator('[data-entry-card-cell$=":final_use"]').fill("100")
    gasoline.locator('[data-entry-card-cell$=":final_use"]').press("Tab")
    expect(marks).to_contain_text("1")
    gasoline.locator("summary").first.click()
    expect(gasoline.locator(".entry-card-told")).to_contain_text("120")
    page.locator(".entry-problem").first.click()
    expect(amount).to_be_visible()
