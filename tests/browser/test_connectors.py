"""A connector from the form to the draft: made by one person, looked at and started by another."""

import json
import re

import pytest
from playwright.sync_api import expect

from services import clock
from services.security.permissions import Role
from tests.browser.people import patient, settled_in
from tests.other_system import other_system, send
from tests.places import add_firm, add_login

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

ROWS = [
    {"source": "fuel", "item": "diesel", "FC": 5, "NCV": 43.33},
    {"source": "fuel", "item": "gasoline", "FC": "1,23"},
]


def opened(new_page, person, key):
    page = patient(new_page(width=1440, height=900))
    settled_in(page, person)
    page.goto(f"/collection/connectors?organization={key}")
    expect(page.locator("#collection-connectors-log")).to_be_visible()
    return page


def make(page, url):
    page.get_by_role("link", name="新增对接 · REST").click()
    page.get_by_label("名称", exact=True).fill("能源系统")
    page.get_by_role("textbox", name="地址").fill(url)
    page.get_by_label("身份").select_option("bearer")
    page.get_by_label("密钥", exact=True).fill("geheim-17")
    page.get_by_role("button", name="保存").click()


def test_a_connector_is_made_by_one_and_looked_at_and_started_by_another(new_page, live):
    key, year = add_firm(live, "CONNECTED").organization_id, clock.today().year
    manager, reporter = (
        add_login(live, f"connected-{role}", (role, key)) for role in (Role.MANAGER, Role.REPORTER)
    )
    with other_system(lambda r, _: send(r, json.dumps(ROWS).encode())) as system:
        made = opened(new_page, manager, key)
        make(made, system.url("/rows"))
        card = made.locator("section", has=made.get_by_role("heading", name="能源系统"))
        expect(card).to_contain_text("已暂停")
        expect(card.get_by_role("button", name="启动")).to_have_count(0)
        assert "geheim-17" not in made.content()

        page = opened(new_page, reporter, key)
        page.get_by_role("button", name=f"试取 {year} 年").click()
        log = page.locator("#collection-connectors-log")
        expect(log).to_contain_text("只取来看，没有写入")
        assert system.asked[0][2]["Authorization"] == "Bearer geheim-17"
        page.get_by_role("button", name="启动").click()
        expect(page.locator("#collection-connectors-listed")).to_contain_text("运行中")
        log.get_by_role("link", name="查看这次取来的行").click()
        expect(page).to_have_url(re.compile("/collection/import"))
        problems = page.locator("section", has=page.get_by_role("heading", name="问题与提醒"))
        expect(problems).to_contain_text("1,23")
        page.get_by_role("button", name="放入草稿").first.click()
        expect(page.locator("#collection-import-result")).to_contain_text("已放入 1 行")
