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
    address_of,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    submit,
    type_into,
)
from tests.places import NANJING, add_login

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

NAME, SAID, WRONG = "年度排放数据报送", "请附磅单", "与磅单不符，请核对"
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
    if check:
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


def check(page, amount):
    """Look at the draft and say that it is right."""
    expect(page.locator('[row-id="r1"] [col-id="FC"]')).to_have_text(amount)
    page.locator("#collection-manual-confirm").click()
    expect(page.locator("#collection-manual-checking .badge-good")).to_be_visible()


def send_back(page):
    """Say what is wrong with the only row, and send the year back."""
    page.locator("#enterprise-accounting-row-comment").fill(WRONG)
    page.locator("#enterprise-accounting-row-add").click()
    expect(page.locator(".row-comment")).to_contain_text(WRONG)
    page.locator("#enterprise-accounting-send-back").click()
    expect(page.locator(".badge", has_text="已退回").first).to_be_visible()


def mend(page, plant):
    """Find the comment at its row, answer it, and change what it is about."""
    open_entry(page, plant)
    expect(page.locator('[row-id="r1"] .entry-cell-comment')).to_be_visible()
    page.locator(".row-comment [data-entry-problem]").click()
    expect(page.locator('[row-id="r1"] .ag-cell-focus')).to_be_visible()
    page.locator(".row-comment textarea").fill("磅单为 2,000 吨，已改")
    page.locator(".row-comment button", has_text="发送答复").click()
    expect(page.locator(".row-comment blockquote")).to_contain_text("已改")
    page.locator('[row-id="r1"] [col-id="FC"]').click()
    type_into(page, "2,000")
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")


def correct(page, plant):
    """Find the accepted year locked, open it with a reason, and type again."""
    page.goto(address_of("/collection/manual", plant))
    page.locator("#collection-manual-correct-reason").fill("磅单录错")
    expect(page.locator("[data-entry-submit]")).to_have_count(0)
    page.locator("#collection-manual-correct").click()
    expect(page.locator("[data-entry-submit]")).to_be_visible()


def accept(page, live, plant):
    """Accept what waits, after which nothing is left to do."""
    page.locator("#enterprise-accounting-approve").click()
    expect(page.locator(".badge", has_text="已审核通过").first).to_be_visible()
    assert result_of(live, plant).filing.state == "approved"
    page.goto("/")
    expect(page.locator("#home-tasks .state")).to_be_visible()


def reminded_once(page, address):
    """Remind everybody; the only firm is late."""
    stands(page, address, "未开始")
    page.locator(named("remind-all")).click()
    expect(page.locator(named("reminded"))).to_contain_text("已提醒 1 家")


def read_one(page):
    """Put one of two messages away."""
    expect(page.locator(".inbox-row")).to_have_count(2)
    page.locator(".inbox-row button").first.click()
    expect(page.locator(".inbox-row")).to_have_count(1)


def hand_in(reporter, checker, plant, amount):
    """Have the draft checked by another person, and submit it."""
    to_task(checker, "去核对")
    check(checker, amount)
    open_entry(reporter, plant)
    submit(reporter)


def test_a_campaign_goes_from_opening_to_acceptance(new_page, live, plant, staff):
    place = plant.organization_id
    bureau, reporter, checker, approver = (patient(new_page()) for _ in range(4))
    people = (bureau_of(live, plant), staff[0], staff[1])
    for page, person in zip((bureau, reporter, approver), people, strict=True):
        settled_in(page, person)
    settled_in(checker, add_login(live, f"path-checker-{place}", (Role.CHECKER, place)))
    address = open_campaign(bureau, plant, check="yes")
    reminded_once(bureau, address)
    to_task(reporter, "去填报")
    fill_in(reporter, plant)
    stands(bureau, address, "填报中")
    hand_in(reporter, checker, plant, "1000")
    stands(bureau, address, "已提交")
    reporter.goto("/")
    read_one(reporter)
    to_task(approver, "去审核")
    send_back(approver)
    stands(bureau, address, "已退回")
    to_task(reporter, "去填报")
    mend(reporter, plant)
    hand_in(reporter, checker, plant, "2,000")
    to_task(approver, "去审核")
    expect(approver.locator(".row-comment")).to_contain_text("已改")
    accept(approver, live, plant)
    correct(reporter, plant)
    # What was accepted counts until the correction is accepted too.
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
