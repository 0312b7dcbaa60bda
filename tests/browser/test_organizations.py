"""The system administrator walks the tree, adds to it, renames and closes; parameters are read."""

from playwright.sync_api import expect

from tests.browser.people import patient


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"#administration-organizations-{name.replace('_', '-')}").fill(value)


def test_a_park_is_added_renamed_and_closed(signed_in):
    page = patient(signed_in("system_administrator"))
    page.goto("/administration/organizations")
    page.get_by_role("link", name="江苏").click()
    page.get_by_role("link", name="南京").click()
    page.locator("#administration-organizations-kind").select_option("park")
    fill(page, code="PARK-9", name="示范园区")
    page.locator("#administration-organizations-add").click()
    page.get_by_role("link", name="示范园区").click()
    expect(page.get_by_text("单位不能移动")).to_be_visible()
    fill(page, new_name="更名园区")
    page.locator("#administration-organizations-rename").click()
    expect(page.get_by_role("heading", name="更名园区之下")).to_be_visible()
    fill(page, day="2026-01-31")
    page.locator("#administration-organizations-close").click()
    expect(page.locator("#administration-organizations-close")).to_have_count(0)
    expect(page.get_by_text("2026年1月31日 关闭").first).to_be_visible()


def test_parameters_are_read_and_no_secret_is_among_them(signed_in, live_server):
    page = patient(signed_in("system_administrator"))
    page.goto("/administration/parameters")
    expect(page.get_by_text("SHUANGTAN_SECRET_KEY").first).to_be_visible()
    text = page.locator("#shell-main").inner_text()
    assert live_server.settings.secret_key not in text
    assert live_server.settings.factor_key not in text
