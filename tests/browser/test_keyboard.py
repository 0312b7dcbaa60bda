"""From sign-in to a submitted year by keyboard alone, with the focus in sight at every step."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import COAL, FUEL, NEW_PASSWORD, YEAR, patient, result_of
from tests.doors import code_of
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

MOST_STEPS = 60
WHERE = "document.activeElement.outerHTML.slice(0, 200)"
IN_SIGHT = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""
IS_AT = "(wanted) => document.activeElement.matches(wanted)"


class Keyboard:
    """A person without a mouse: every key leaves the focus where it can be seen."""

    def __init__(self, page):
        self.page = page

    def press(self, key):
        """Press a key; the focus may need a moment to arrive, and then is in sight."""
        self.page.keyboard.press(key)
        wait_until(self.in_sight, 30)

    def in_sight(self):
        return self.page.evaluate(IN_SIGHT)

    def write(self, text):
        self.page.keyboard.type(text)

    def go(self, wanted, key="Tab"):
        """Press a key until the focus stands on what is wanted."""
        for _ in range(MOST_STEPS):
            if self.page.evaluate(IS_AT, wanted):
                return
            self.press(key)
        raise AssertionError(f"{key} does not lead to {wanted}: {self.page.evaluate(WHERE)}")

    def fill(self, field, text):
        self.go(field)
        self.write(text)

    def choose(self, column, text):
        """Open the choices of a cell, write one of them and take it."""
        self.go(f'[col-id="{column}"]', "ArrowRight")
        self.press("Enter")
        expect(self.page.locator(".entry-choice-input")).to_be_focused()
        self.write(text)
        self.press("Enter")
        expect(self.page.locator(f'[row-index="0"] [col-id="{column}"]')).to_be_focused()


def settled_in(keys, person):
    keys.page.goto("/login")
    keys.fill("#login", person.login)
    keys.fill("#password", person.password)
    keys.page.keyboard.press("Enter")
    expect(keys.page).to_have_url(re.compile("/password$"))
    # A Tab before the page stands leads to nothing that could be seen.
    expect(keys.page.locator("#save-password")).to_be_visible()
    for field, text in (("#old", person.password), ("#new", NEW_PASSWORD)):
        keys.fill(field, text)
    keys.fill("input[name=again]", NEW_PASSWORD)
    keys.go("#save-password")
    keys.page.keyboard.press("Enter")
    seed = keys.page.locator("#seed").inner_text().replace(" ", "")
    keys.fill("#code", code_of(seed))
    keys.go("#confirm-code")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#codes")).to_be_visible()
    keys.go("#codes-kept")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator(".navigation")).to_be_visible()


def open_year(keys, year):
    keys.go('.navigation a[href="/collection/manual"]')
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator(".entry-years")).to_be_visible()
    keys.go(f'.entry-years a[href*="year={year}"]')
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator(".entry-years .chosen")).to_have_text(str(year))
    expect(keys.page.locator("[data-entry-reason]")).to_have_text("请先填入数据")


def enter(keys):
    """Fill the first row: 1,000 t × 20 GJ/t × 0.025 tC/GJ × 0.9 × 44/12 = 1,650 t CO2."""
    keys.go(".ag-cell")
    keys.choose("source", FUEL)
    keys.choose("item", COAL)
    keys.go('[col-id="FC"]', "ArrowRight")
    keys.press("Enter")
    # Tab opens the next cell, as in a spreadsheet; C between CC and OF stays empty.
    for text, after in (("1000", "Tab"), ("20", "Tab"), ("0.025", "Tab"), ("", "Tab")):
        keys.write(text)
        keys.press(after)
    keys.write("0.9")
    keys.press("Enter")


def test_a_year_is_submitted_without_a_mouse(page, live, plant, staff):
    keys = Keyboard(patient(page))
    settled_in(keys, staff[0])
    open_year(keys, YEAR)
    enter(keys)
    keys.press("Escape")
    expect(page.locator("[data-entry-submit]")).to_be_enabled()
    keys.go("[data-entry-submit]")
    keys.press("Enter")
    expect(page.locator("[data-entry-dialog]")).to_be_visible()
    keys.go("[data-entry-action=confirm-submit]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/enterprise/accounting"))
    expect(page.locator(".tile").first).to_be_visible()
    assert result_of(live, plant).summary.total_t == pytest.approx(1_650)
