"""A year by months in the browser: entered on desk and phone, and its chart (4.2 a, 5.2.1 b)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import (
    COAL,
    FUEL,
    address_of,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    stored_rows,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

CARD = "section:has(#enterprise-accounting-month-chart)"
MONTH_HEADER = '.ag-header-cell[col-id="month"]'


@pytest.fixture
def grid(page, plant, staff):
    patient(page)
    settled_in(page, staff[0])
    open_entry(page, plant)
    return page


def test_months_are_shown_when_asked_for_and_understood_as_people_write_them(grid, live, plant):
    expect(grid.locator(MONTH_HEADER)).to_have_count(0)
    grid.locator("[data-entry-months]").click()
    expect(grid.locator(MONTH_HEADER)).to_be_visible()
    written = ["３月", "2023-04", "Dec", ""]
    paste_rows(grid, [[FUEL, COAL, month, "100", "22"] for month in written])
    shown = grid.locator('.ag-cell[col-id="month"]')
    expect(shown).to_have_text(["3月", "4月", "12月", ""])
    # A row of the year beside months may count twice; that is for a person to say.
    expect(grid.locator('[row-index="3"] [col-id="month"]')).to_have_class(
        re.compile("entry-cell-warning")
    )
    submit(grid)
    assert [row.get("month") for row in stored_rows(live, plant)] == ["3", "4", "12", None]
    parts = result_of(live, plant).summary.by_month
    assert list(parts) == ["3", "4", "12", "year"]
    card = grid.locator(CARD)
    expect(card.locator(".xtick")).to_have_count(12)
    expect(card.locator(".chart-note")).to_contain_text("全年数据")
    expect(card.locator(".chart-note")).to_contain_text("1月、2月、5月")
    card.locator("[data-show=table]").click()
    # Twelve months, what is of the whole year, and the total.
    expect(card.locator(".chart-table tbody tr")).to_have_count(14)


def test_one_row_is_made_into_twelve_that_keep_what_is_no_amount(grid, live, plant):
    paste_rows(grid, [[FUEL, COAL, "", "22"]])
    grid.locator("[data-entry-months]").click()
    grid.locator('[row-index="0"] [col-id="item"]').click()
    grid.locator("[data-entry-spread]").click()
    expect(grid.locator('.ag-cell[col-id="month"]')).to_have_count(14)
    expect(grid.locator('[row-index="11"] [col-id="month"]')).to_have_text("12月")
    expect(grid.locator('[row-index="11"] [col-id="NCV"]')).to_have_text("22")
    grid.locator("[data-entry-action=undo]").click()
    expect(grid.locator('.ag-cell[col-id="month"]')).to_have_count(3)


def test_a_phone_enters_a_month_in_its_card_and_shows_the_chart(new_page, live, plant, staff):
    phone = patient(new_page(width=390, height=844))
    settled_in(phone, staff[0])
    phone.goto(address_of("/collection/manual", plant))
    phone.locator('[data-entry-card-cell$=":source"]').first.select_option("fuel")
    phone.locator("[data-entry-months]").click()
    first = phone.locator(".entry-card").first
    first.locator('[data-entry-card-cell$=":item"]').select_option("bituminous")
    first.locator('[data-entry-card-cell$=":month"]').select_option("7")
    amount = first.locator('[data-entry-card-cell$=":FC"]')
    amount.fill("100")
    amount.press("Tab")
    submit(phone)
    expect(phone.locator(f"{CARD} .xtick")).to_have_count(12)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert list(result_of(live, plant).summary.by_month) == ["7"]
