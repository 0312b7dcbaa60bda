"""A number typed with its unit is told in the unit of its cell, and taken over (4.2 a)."""

import pytest
from playwright.sync_api import expect

from components.ids import collection_manual as ids
from tests.browser.people import address_of, open_entry, paste_rows, patient, settled_in
from tests.browser.people import stored_rows as stored

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]


def test_a_number_with_a_unit_is_shown_with_its_factor_and_taken_over(new_page, live, plant, staff):
    page = patient(new_page(width=1440, height=900))
    settled_in(page, staff[0])
    open_entry(page, plant)
    paste_rows(page, [("化石燃料燃烧", "柴油")])
    paste_rows(page, [("1.2 万吨",)], field="FC")
    problems = page.locator(f"#{ids.PROBLEMS}")
    expect(problems).to_contain_text("“1.2 万吨”即 12000 t")
    cell = page.locator('[row-index="0"] [col-id="FC"]')
    cell.click()
    # 1 万吨 is 10,000 t, and 1.2 of them 12,000 t.
    expect(page.locator("[data-entry-focus]").first).to_contain_text("1.2 × 10000 = 12000")
    problems.get_by_role("button", name="改为 12000", exact=True).click()
    expect(cell).to_have_text("12000")
    expect(problems).not_to_contain_text("万吨")
    expect(page.locator("[data-entry-status]").first).to_contain_text("已保存")
    assert [row["FC"] for row in stored(live, plant)] == ["12000"]


def test_on_a_phone_a_conversion_that_lacks_something_says_what(new_page, plant, staff):
    phone = patient(new_page(width=390, height=844))
    settled_in(phone, staff[0])
    phone.goto(address_of("/collection/manual", plant))
    phone.locator('[data-entry-card-cell$=":source"]').first.select_option("fuel")
    card = phone.locator(".entry-card").first
    card.locator('[data-entry-card-cell$=":item"]').select_option("diesel")
    amount = card.locator('[data-entry-card-cell$=":FC"]')
    for typed, told in (("350 tce", "换算需要热值"), ("2 万吨", "2 × 10000 = 20000")):
        amount.fill(typed)
        amount.press("Tab")
        expect(card).to_contain_text(told)
    card.get_by_role("button", name="改为 20000", exact=True).click()
    expect(amount).to_have_value("20000")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
