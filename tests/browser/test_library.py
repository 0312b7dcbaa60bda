"""The library of factors: what is searched for is said, found, and opened (4.5)."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import patient

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]


def test_a_value_is_searched_for_and_opened(signed_in):
    page = patient(signed_in("reporter"))
    page.goto("/standards/library")
    group = page.locator("#standards-library-group")
    expect(group.locator("option:checked")).to_have_text("全部")
    page.locator("#standards-library-text").fill("无烟煤")
    page.keyboard.press("Enter")
    rows = page.locator("#standards-library-values tbody tr")
    expect(rows.first).to_contain_text("无烟煤")
    rows.first.locator("a").click()
    expect(page.locator(".facts")).to_contain_text("GB/T")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()


def test_all_values_are_read_page_by_page_also_of_what_is_searched_for(signed_in):
    page = patient(signed_in("reporter"))
    page.goto("/standards/library")
    values = page.locator("#standards-library-values")
    rows, first = values.locator("tbody tr"), values.locator("tbody tr").first
    expect(rows).to_have_count(50)
    page.locator("#standards-library-group").select_option(label="燃料")
    expect(values).to_contain_text("第 1 至 50 个")
    before = first.inner_text()
    values.get_by_role("link", name="下一页").click()
    expect(values).to_contain_text("第 51 至")
    expect(first).not_to_have_text(before)
    expect(page.locator("#standards-library-group option:checked")).to_have_text("燃料")
    values.get_by_role("link", name="上一页").click()
    expect(values).to_contain_text("第 1 至 50 个")


def test_the_longest_method_opens(signed_in):
    page = patient(signed_in("reporter"))
    page.goto("/standards/library?view=methods&method=省级温室气体清单编制指南(2025年版)")
    expect(page.locator("main h1")).to_contain_text("2025")
    expect(page.locator("main .browser-table tbody tr").first).to_be_visible()
    # The browser sets formulas, and builds a closed table when its section opens.
    first = page.get_by_role("math").first
    expect(first.locator(".math-fraction")).to_have_text("4412")
    expect(first.locator("i")).to_have_text(["FC", "NCV", "CC", "OF"])
    items = page.locator(".method-items").first
    expect(items.locator("tbody tr")).to_have_count(0)
    items.locator("summary").click()
    expect(items.locator("tbody tr").first).to_be_visible()
