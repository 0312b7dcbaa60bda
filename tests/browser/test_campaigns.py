"""A campaign from its opening to acceptance: bureau, reporter, checker and approver (4.2 a)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from services.clock import today
from services.security.permissions import Role
from tests.browser.people import (
    COAL,
    FUEL,
    YEAR,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    submit,
)
from tests.places import NANJING, add_login

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

NAME, SAID = "年度排放数据报送", "请附磅单"
ROWS = [[FUEL, COAL, "1000", "20", "0.025", "", "90%"]]
PHONE = {"width": 390, "height": 844}


def named(name):
    """Return where a field or a piece of the campaigns' page is found."""
    return f"#collection-campaigns-{name}"


def bureau_of(live, plant):
    """Add an officer of the plant's city; return the one-time password."""
    login = f"path-bureau-{plant.organization_id}"
    return add_login(live, login, (Role.BUREAU_OFFICER, NANJING))


def open_campaign(page, plant, check=""):
    """Fill the form, look whom it would call, and open; return the address of the campaign."""
    page.goto("/collection/campaigns")
    page.locator(named("year")).select_option(str(YEAR))
    page.locator(named("needs-check")).select_option(check)
    due = (today() + timedelta(days=9)).isoformat()
    typed = {"name": NAME, "due": due, "codes": plant.code, "instruction": SAID}
    for name, text in typed.items():
        page.locator(named(name)).fill(text)
    page.locator(named("preview")).click()
    expect(page.locator(named("previewed"))).to_contain_text("将下达给 1 家")
    page.locator(named("open")).click()
    expect(page.locator("h1")).to_have_text(NAME)
    return page.url


def stands(page, address, state):
    """Expect how far the only firm called is."""
    page.goto(address)
    expect(page.locator(".table .badge")).to_have_text(state)


def to_task(page, step):
    """Follow the task on the first page."""
    page.goto("/")
    page.locator(".task", has_text=NAME).get_by_role("link", name=step).click()


def fill_in(page, plant):
    """Fill in what the task asks for, and find that nobody has checked it."""
    expect(page.locator(".task-note")).to_contain_text(SAID)
    open_entry(page, plant)
    paste_rows(page, ROWS)
    page.locator("[data-entry-submit]:enabled").click()
    page.locator("[data-entry-action=confirm-submit]").click()
    expect(page.locator(".message-over")).to_contain_text("核对")


def check(page):
    """Look at the draft and say that it is right."""
    expect(page.locator('[row-id="r1"] [col-id="FC"]')).to_have_text("1000")
    page.locator("#collection-manual-confirm").click()
    expect(page.locator("#collection-manual-checking .badge-good")).to_be_visible()


def accept(page, live, plant):
    """Accept what waits, after which nothing is left to do."""
    page.locator("#enterprise-accounting-approve").click()
    expect(page.locator(".badge", has_text="已审核通过").first).to_be_visible()
    assert result_of(live, plant).filing.state == "approved"
    page.goto("/")
    expect(page.locator("#home-tasks .state")).to_be_visible()


def test_a_campaign_goes_from_opening_to_acceptance(new_page, live, plant, staff):
    place = plant.organization_id
    bureau, reporter, checker, approver = (patient(new_page()) for _ in range(4))
    settled_in(bureau, bureau_of(live, plant))
    address = open_campaign(bureau, plant, check="yes")
    stands(bureau, address, "未开始")
    bureau.locator(named("remind-all")).click()
    expect(bureau.locator(named("reminded"))).to_contain_text("已提醒 1 家")

    settled_in(reporter, staff[0])
    expect(reporter.locator(".inbox-row")).to_have_count(2)
    reporter.locator(".inbox-row button").first.click()
    expect(reporter.locator(".inbox-row")).to_have_count(1)
    to_task(reporter, "去填报")
    fill_in(reporter, plant)
    stands(bureau, address, "填报中")

    settled_in(checker, add_login(live, f"path-checker-{place}", (Role.CHECKER, place)))
    to_task(checker, "去核对")
    check(checker)
    stands(bureau, address, "已核对")
    open_entry(reporter, plant)
    submit(reporter)
    stands(bureau, address, "已提交")

    settled_in(approver, staff[1])
    to_task(approver, "去审核")
    accept(approver, live, plant)
    stands(bureau, address, "已接受")


def test_a_phone_opens_a_campaign_fills_in_submits_and_accepts(new_page, live, plant, staff):
    bureau, reporter, approver = (patient(new_page(**PHONE)) for _ in range(3))
    settled_in(bureau, bureau_of(live, plant))
    address = open_campaign(bureau, plant)
    assert bureau.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    settled_in(reporter, staff[0])
    to_task(reporter, "去填报")
    reporter.locator('[data-entry-card-cell$=":source"]').first.select_option("fuel")
    first = reporter.locator(".entry-card").first
    first.locator('[data-entry-card-cell$=":item"]').select_option("bituminous")
    amount = first.locator('[data-entry-card-cell$=":FC"]')
    amount.fill("100")
    amount.press("Tab")
    submit(reporter)
    settled_in(approver, staff[1])
    to_task(approver, "去审核")
    accept(approver, live, plant)
    assert approver.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    stands(bureau, address, "已接受")
