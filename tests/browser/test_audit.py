"""The audit administrator searches the trail, pages through it and takes it out as a file."""

import csv

from playwright.sync_api import expect

from tests.browser.people import patient


def test_an_event_is_searched_and_taken_out(signed_in):
    page = patient(signed_in("audit_administrator"))
    page.goto("/administration/audit?login=security")
    expect(page.locator("#shell-main h1")).to_have_text("审计记录")
    expect(page.locator(".browser-table tbody tr").first).to_contain_text("se***")
    page.locator("#administration-audit-login").fill("audit")
    page.locator("#administration-audit-result").select_option("done")
    page.locator("button[type=submit]").filter(has_text="查询").click()
    expect(page.locator(".browser-table tbody tr").first).to_contain_text("查询审计记录")
    assert "login=audit" in page.url
    with page.expect_download() as taken:
        page.locator("a[href^='/download/audit/csv']").click()
    with open(taken.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    heading = rows.index(next(row for row in rows if row[:2] == ["时间", "登录名"]))
    assert {row[1] for row in rows[heading + 1 :]} == {"au***"}
    page.get_by_role("link", name="显示完整（将记录）").click()
    expect(page.locator(".browser-table tbody tr").nth(1)).to_contain_text("audit")


def test_what_cannot_be_looked_for_is_told_with_a_way_on(signed_in):
    page = patient(signed_in("audit_administrator"))
    page.goto("/administration/audit?first=gestern")
    expect(page.get_by_text("2026-05-01 这样的形式")).to_be_visible()


def test_a_search_is_kept_under_a_name_and_removed(signed_in):
    page = patient(signed_in("audit_administrator"))
    page.goto("/administration/audit?login=audit")
    page.locator("#administration-audit-view-name").fill("我的查询")
    page.locator("#administration-audit-keep-view").click()
    page.get_by_role("link", name="我的查询").click()
    expect(page.get_by_text("当前：我的查询")).to_be_visible()
    assert "login=audit" in page.url
    page.locator("#administration-audit-remove-view").click()
    expect(page.get_by_role("link", name="我的查询")).to_have_count(0)
    page.get_by_role("link", name="24 小时内的拒绝").click()
    expect(page.locator("#administration-audit-within")).to_have_value("24")
