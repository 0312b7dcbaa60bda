"""A bill that matches no calendar month, split and taken into the grid (4.2 a)."""

import pytest
from playwright.sync_api import expect

from components.ids import collection_manual as ids
from tests.browser.people import YEAR, address_of, patient, settled_in, stored_rows

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
DIESEL = "fuel|diesel|FC"


def fill(page, first, last, amount):
    page.locator(f"#{ids.BILL_FIRST}").fill(first)
    page.locator(f"#{ids.BILL_LAST}").fill(last)
    page.locator(f"#{ids.BILL_AMOUNT}").fill(amount)
    page.locator(f"#{ids.BILL_PREVIEW}").click()


@pytest.mark.parametrize("size", SIZES)
def test_a_bill_is_split_shown_and_taken_over_once(new_page, live, plant, staff, size):
    width, height = SIZES[size]
    page = patient(new_page(width=width, height=height))
    settled_in(page, staff[0])
    page.goto(address_of("/collection/manual", plant))
    page.locator(f"#{ids.BILL}").click()
    page.locator(f"#{ids.BILL_USE}").select_option(DIESEL)
    fill(page, f"{YEAR}-02-10", f"{YEAR}-01-16", "100")
    expect(page.get_by_role("alert")).to_contain_text("账期止日早于起日")
    # 16 days of January and 14 of February: 53.33… and 46.66… of 100.
    fill(page, f"{YEAR}-01-16", f"{YEAR}-02-14", "100")
    months = page.locator(f"#{ids.BILL_MONTHS}")
    expect(months).to_contain_text("53.33")
    expect(months).to_contain_text("46.67")
    # The sum stands with the digits of its parts.
    expect(months).to_contain_text("100.00")
    assert stored_rows(live, plant) == ()
    take = months.get_by_role("button", name="带入 2 行")
    take.click()
    said = page.locator("[data-entry-said]")
    expect(said).to_contain_text("已带入 2 行")
    take.click()
    expect(said).to_contain_text("已带入 0 行")
    expect(page.locator("[data-entry-status]").first).to_contain_text("已保存")
    note = f"账单 {YEAR}-01-16 至 {YEAR}-02-14，用量 100，按天数分摊"
    wanted = {"source": "fuel", "item": "diesel", "note": note}
    parts = (("1", "53.33"), ("2", "46.67"))
    assert stored_rows(live, plant) == tuple(wanted | {"month": m, "FC": fc} for m, fc in parts)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_bill_over_the_turn_of_the_year_brings_only_this_year_by_the_meter(
    page, live, plant, staff
):
    settled_in(patient(page), staff[0])
    page.goto(address_of("/collection/manual", plant))
    page.locator(f"#{ids.BILL}").click()
    page.locator(f"#{ids.BILL_USE}").select_option(DIESEL)
    page.locator(f"#{ids.BILL_WAY}").select_option("readings")
    page.locator(f"#{ids.BILL_READINGS}").fill("500 530")
    fill(page, f"{YEAR - 1}-12-16", f"{YEAR}-01-15", "50")
    expect(page.get_by_role("alert")).to_contain_text("需要 3 个读数")
    page.locator(f"#{ids.BILL_READINGS}").fill("500 530 600")
    page.locator(f"#{ids.BILL_PREVIEW}").click()
    months = page.locator(f"#{ids.BILL_MONTHS}")
    expect(months).to_contain_text(f"属于 {YEAR - 1} 年")
    months.get_by_role("button", name="带入 1 行").click()
    expect(page.locator("[data-entry-status]").first).to_contain_text("已保存")
    # The meter ran 30 before and 70 after the turn of the year.
    (row,) = stored_rows(live, plant)
    assert (row["month"], row["FC"]) == ("1", "35.00")
