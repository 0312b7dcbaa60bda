"""The security administrator enters an institution, and is told what it may not do and why."""

from playwright.sync_api import expect

from tests.browser.people import patient

PREFIX = "#administration-institutions"


def enter(page, relation, code, years):
    page.locator(f"{PREFIX}-organization").fill(code)
    page.locator(f"{PREFIX}-relation").select_option(relation)
    page.locator(f"{PREFIX}-years").fill(years)
    page.locator(f"{PREFIX}-tie").click()


def test_who_compiles_a_report_is_refused_to_verify_it(signed_in, plant):
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/institutions")
    page.locator(f"{PREFIX}-code").fill("JG-LOOK")
    page.locator(f"{PREFIX}-name").fill("绿核检验")
    page.locator(f"{PREFIX}-add").click()
    page.get_by_role("link", name="绿核检验").click()
    expect(page.get_by_role("heading", name="绿核检验的业务")).to_be_visible()
    enter(page, "compiles", plant.code, "2024-2025")
    row = page.get_by_role("row").filter(has_text="编制报告")
    expect(row).to_contain_text("2024–2025")
    enter(page, "verifies", plant.code, "2025")
    expect(page.locator(".message-what")).to_contain_text("绿核检验")
    expect(page.locator(".message").first).to_contain_text("第13条")
    row.get_by_role("button").click()
    expect(page.get_by_text("已结束")).to_be_visible()
