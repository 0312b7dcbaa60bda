"""A wall is enrolled by its address, shows its region, and stops when it is ended."""

import re

from playwright.sync_api import expect

from tests.browser.people import SLOW_MS, patient


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"#administration-walls-{name}").fill(value)


def test_a_wall_is_enrolled_shows_and_is_ended(signed_in, new_page):
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/walls")
    fill(page, name="指挥大屏", place="三楼", code="320000")
    page.locator("#administration-walls-add").click()
    address = page.locator("#administration-walls-address").inner_text()
    wall = patient(new_page(1920, 1080))
    wall.goto(address)
    wall.locator("#enrol-wall").click()
    expect(wall.locator("#shell-main h1")).to_be_visible()
    assert wall.url.endswith("/government/accounting")
    # The first page, its region and what differs there, and alerts.
    expect(wall.locator("#shell-navigation a")).to_have_count(4)
    page.goto("/administration/walls")
    row = page.locator(".browser-table tbody tr").filter(has_text="指挥大屏")
    expect(row).to_contain_text("使用中")
    row.get_by_role("link", name="选择").click()
    page.locator("#administration-walls-end").click()
    expect(page.locator(".browser-table tbody tr").filter(has_text="指挥大屏")).to_contain_text(
        "已结束"
    )
    # It asks by itself every half minute, and is told.
    expect(wall).to_have_url(re.compile("/login"), timeout=SLOW_MS)
    wall.complaints.clear()  # the browser notes the 401 that we send


def test_a_session_is_chosen_and_ended_by_the_security_administrator(signed_in):
    other = patient(signed_in("approver"))
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/sessions")
    row = page.locator(".browser-table tbody tr").filter(has_text="cement.approver").first
    row.get_by_role("link", name="选择").click()
    page.locator("#administration-sessions-end-all").click()
    expect(page.locator("#shell-messages")).to_contain_text("会话已结束")
    other.goto("/")
    assert "/login" in other.url
