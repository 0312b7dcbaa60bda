"""Two administrators bring somebody in: one makes the account, another gives the role."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import patient

pytestmark = pytest.mark.usefixtures("patience")
LOGIN, CODE = "neu.hier", "320000"


def fill(page, prefix, **values):
    for name, value in values.items():
        page.locator(f"#{prefix}-{name}").fill(value)


def test_an_account_is_made_by_one_and_its_role_given_by_another(signed_in):
    page = patient(signed_in("system_administrator"))
    page.goto("/administration/people")
    fill(page, "administration-people", login=LOGIN, name="新人")
    page.locator("#administration-people-add").click()
    expect(page.locator("#administration-people-password")).to_have_text(
        re.compile(r"^\w{4}(-\w{4}){3}$")
    )
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/roles")
    fill(page, "administration-roles", login=LOGIN, place=CODE)
    page.locator("#administration-roles-role").select_option("bureau_viewer")
    page.locator("#administration-roles-grant").click()
    row = page.locator("#administration-roles-held tr").filter(has_text=LOGIN)
    expect(row).to_contain_text("主管部门查看员")
    page.locator("#administration-roles-role").select_option("trader")
    page.locator("#administration-roles-grant").click()
    expect(page.locator("#messages, #shell-messages").first).to_contain_text("不能担任")
    row.locator("button").click()
    expect(row).to_have_count(0)


def test_an_administrator_who_gives_himself_a_right_is_told_why_not(signed_in):
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/roles")
    fill(page, "administration-roles", login="security", place=CODE)
    page.locator("#administration-roles-role").select_option("bureau_officer")
    page.locator("#administration-roles-grant").click()
    expect(page.locator(".message-what")).to_contain_text("不能给自己授权")
    assert page.locator("#administration-roles-login").input_value() == "security"


def test_whoever_leaves_is_ended_only_when_it_is_meant(signed_in):
    page = patient(signed_in("system_administrator"))
    page.goto("/administration/people")
    fill(page, "administration-people", login="geht.bald", name="离职")
    page.locator("#administration-people-add").click()
    expect(page.locator("#administration-people-password")).to_be_visible()
    fill(page, "administration-people", gone="geht.bald")
    page.locator("#administration-people-leave").click()
    expect(page.get_by_text("请先在“确认”中选择")).to_be_visible()
    page.locator("#administration-people-sure").select_option("yes")
    page.locator("#administration-people-leave").click()
    expect(page.locator("#administration-people-left")).to_contain_text("全部权限已结束")
