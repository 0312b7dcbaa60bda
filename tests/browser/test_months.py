"""A year by months in the browser: the column, and twelve rows of one (4.2 a)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import (
    COAL,
    FUEL,
    open_entry,
    paste_rows,
    patient,
    result_of,
    sign_in_first,
    stored_rows,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

MONTH_HEADER = '.ag-header-cell[col-id="month"]'


@pytest.fixture
def grid(page, plant, staff):
    patient(page)
    sign_in_first(page, staff[0])
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
