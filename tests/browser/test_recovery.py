"""Two administrators let somebody in again who lost all; neither does it alone."""

import re

from playwright.sync_api import expect

from tests.browser.people import patient

LOGIN = "hat.alles.verloren"


def choose(page, login):
    page.goto(f"/administration/people?find={login}")
    page.locator(".browser-table a").first.click()
    expect(page.locator("#administration-people-reason")).to_be_visible()


def test_two_administrators_help_with_a_reason_and_each_with_his_half(signed_in):
    page = patient(signed_in("system_administrator"))
    page.goto("/administration/people")
    page.locator("#administration-people-login").fill(LOGIN)
    page.locator("#administration-people-add").click()
    expect(page.locator("#administration-people-password")).to_be_visible()
    choose(page, LOGIN)
    expect(page.locator("#administration-people-end-factors")).to_have_count(0)
    page.locator("#administration-people-set-password").click()
    expect(page.locator(".message-what")).to_contain_text("没有写明理由")
    page.locator("#administration-people-reason").fill("本人当面申请")
    page.locator("#administration-people-set-password").click()
    shown = page.locator("#administration-people-helped code")
    expect(shown).to_have_text(re.compile(r"^\w{4}(-\w{4}){3}$"))
    page = patient(signed_in("security_administrator"))
    choose(page, LOGIN)
    expect(page.locator("#administration-people-set-password")).to_have_count(0)
    page.locator("#administration-people-reason").fill("本人当面申请")
    page.locator("#administration-people-end-factors").click()
    expect(page.locator("#shell-messages")).to_contain_text("第二步验证已结束")
