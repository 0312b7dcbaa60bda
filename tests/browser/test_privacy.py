"""Labels set on screen, and a person who reads, corrects, takes out and closes what is theirs."""

import json

from playwright.sync_api import expect

from services.labels import DataSet
from services.security.permissions import Role
from tests.browser.people import patient, settled_in
from tests.places import add_login


def test_a_data_set_is_labelled_with_a_reason_and_the_register_shows_it(signed_in, plant):
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/labels")
    expect(page.locator("#shell-main h1")).to_have_text("数据标签")
    page.locator("#administration-labels-data-set").select_option(DataSet.TELEMETRY.value)
    page.locator("#administration-labels-place").fill(plant.code)
    page.locator("#administration-labels-label").select_option("4")
    page.locator("#administration-labels-set").click()
    expect(page.get_by_text("须写明理由")).to_be_visible()
    page.locator("#administration-labels-reason").fill("国家重点企业")
    page.locator("#administration-labels-set").click()
    row = page.locator("#administration-labels-register tr").filter(has_text="国家重点企业")
    expect(row).to_contain_text("重要")


def test_how_long_the_trail_is_kept_cannot_go_below_the_law(signed_in):
    page = patient(signed_in("security_administrator"))
    page.goto("/administration/privacy")
    page.locator("#administration-privacy-kind").select_option("trail")
    page.locator("#administration-privacy-days").fill("100")
    page.locator("#administration-privacy-reason").fill("空间不足")
    page.locator("#administration-privacy-set").click()
    expect(page.get_by_text("最短为 184 天")).to_be_visible()
    page.locator("#administration-privacy-days").fill("1000")
    page.locator("#administration-privacy-set").click()
    row = page.locator("#administration-privacy-rules tr").filter(has_text="空间不足")
    expect(row).to_contain_text("1000 天")


def test_a_person_reads_corrects_takes_out_and_closes_what_is_theirs(page, live, plant):
    made = add_login(
        live, f"leaves-{plant.organization_id}", (Role.REPORTER, plant.organization_id)
    )
    patient(page)
    person = settled_in(page, made)
    page.goto("/account")
    page.locator("#own-data a").click()
    page.locator("#accept-notice").click()
    expect(page.get_by_text("已阅读")).to_be_visible()
    page.locator("#own-name").fill("新名字")
    page.locator("#correct-own").click()
    expect(page.get_by_text(f"新名字 · {person.login}")).to_be_visible()
    with page.expect_download() as taken:
        page.locator("#take-json").click()
    with open(taken.value.path(), encoding="utf-8") as file:
        told = json.load(file)
    assert told["tables"][0]["rows"][0]["name"] == "新名字"
    page.locator("#close-login").fill(person.login)
    page.locator("#close-account").click()
    expect(page.locator("#account-closed")).to_be_visible()
    page.goto("/account")
    expect(page.locator("#login")).to_be_visible()
