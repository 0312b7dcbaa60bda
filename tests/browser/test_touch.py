"""A touch screen, where people stand: targets for a finger, nothing told by hovering alone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TOUCH = {"width": 1080, "height": 1920, "has_touch": True}
SMALLEST_TARGET = 56
SLOW_MS = 60_000
# What can be pressed. AG Grid is a spreadsheet for a keyboard; its cells repeat in the list of
# problems and, on a phone, in cards. A control inside a larger one is pressed as a whole.
TOO_SMALL = """(smallest) => [...document.querySelectorAll("button, a, summary, input, select")]
    .filter((e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter((e) => !e.closest(".ag-root-wrapper, .skip"))
    .filter((e) => !e.matches("label input, .dash-dropdown-focus-target"))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && box.height < smallest)
    .map(([e, box]) => `${e.className || e.tagName} ${Math.round(box.height)}`)"""
PAGES = (
    ("reporter", "/", ".register table"),
    ("reporter", "/collection/manual", ".entry-problem"),
    ("reporter", "/collection/telemetry", ".main-svg"),
    ("reporter", "/enterprise/accounting", ".main-svg"),
    ("reporter", "/enterprise/restatement?year=2022", "#enterprise-restatement-order"),
    ("reporter", "/standards/library", "main table"),
    ("reporter", "/standards/library?view=methods", "main table"),
    ("bureau_officer", "/government/accounting", ".region-ranking"),
    ("bureau_officer", "/government/accounting?region=990000", ".main-svg"),
    ("bureau_officer", "/government/discrepancies", ".findings"),
    ("bureau_officer", "/government/recalculation", "#government-recalculation-order"),
    ("bureau_officer", "/collection/radar", "#collection-radar-order"),
)


@pytest.mark.parametrize(("role", "path", "there"), PAGES)
def test_whoever_stands_presses_targets_of_56_pixels(signed_in, role, path, there):
    page = signed_in(role, **TOUCH)
    page.goto(path)
    expect(page.locator(there).first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".skeleton")).to_have_count(0, timeout=SLOW_MS)
    assert page.evaluate(TOO_SMALL, SMALLEST_TARGET) == []


def test_a_stranger_presses_targets_of_56_pixels(new_page):
    page = new_page(**TOUCH)
    page.goto("/login")
    assert page.evaluate(TOO_SMALL, SMALLEST_TARGET) == []


def test_a_tap_tells_what_a_pointer_reads_by_hovering(signed_in):
    page = signed_in("reporter", **TOUCH)
    page.goto("/enterprise/accounting?year=2023")
    badge = page.locator(".lines .badge-watch").first
    expect(badge).to_be_visible(timeout=SLOW_MS)
    tip = page.get_by_role("tooltip")
    badge.tap()
    expect(tip).to_have_text(badge.get_attribute("title"))
    page.locator("h1").tap()
    expect(tip).to_have_count(0)
    # Every digit of a tile: 1,307,…; three of them stand on it.
    page.locator(".tile-value").first.tap()
    expect(tip).to_contain_text("t CO₂e")


def test_the_keyboard_reaches_the_help_of_a_tile(signed_in):
    page = signed_in("reporter")
    page.goto("/enterprise/accounting?year=2023")
    hint = page.locator(".hint").first
    expect(hint).to_be_visible(timeout=SLOW_MS)
    page.locator(".entry-years a").last.focus()
    page.keyboard.press("Tab")
    expect(hint).to_be_focused()
    expect(page.get_by_role("tooltip")).to_have_text(hint.get_attribute("title"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)
