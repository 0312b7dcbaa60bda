"""From sign-in to the opened report: one plant, two people, 500 pasted rows (4.2 a, 5.2.1)."""

import io
import itertools
import re

import docx
import openpyxl
import pypdf
import pytest
from playwright.sync_api import expect

from services.accounting import reading
from services.data import drafts
from services.data.engine import SYSTEM_SCOPE, Database
from services.formatting import number
from services.security.actors import actor_of_login
from services.security.permissions import Role
from tests.browser.people import paste, sign_in_first
from tests.places import add_firm, add_login
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

NUMBERS = itertools.count(1)
YEAR = 2023
# The machine of a test may be busy with others; none of this is a measurement.
SLOW_MS = 120_000
FUEL, COAL = "化石燃料燃烧", "烟煤"
# The three cells that a person got wrong, where they stand, and what was meant.
WRONG = {(3, "FC"): ("十二吨", "12"), (40, "item"): ("石头", COAL), (499, "FC"): ("-5", "５")}


@pytest.fixture(autouse=True)
def _patience():
    """Wait long before giving up."""
    expect.set_options(timeout=SLOW_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def live(live_server):
    opened = Database(live_server.settings.database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def plant(live):
    # The live platform is shared, so every test has a plant and people of its own.
    return add_firm(live, f"PATH{next(NUMBERS)}", method="GB/T 32151.8-2015")


@pytest.fixture
def staff(live, plant):
    """One-time passwords of the plant's reporter and approver."""
    place = plant.organization_id
    reporter = add_login(live, f"path-reporter-{place}", (Role.REPORTER, place))
    return reporter, add_login(live, f"path-approver-{place}", (Role.APPROVER, place))


def patient(page):
    page.set_default_timeout(SLOW_MS)
    return page


def block():
    """Return 500 × 8 cells: names as people write them, full-width digits, three wrong cells."""
    rows = [
        [FUEL, COAL, "１，２３４．５" if at % 2 else "1,234.5", "", "", "", "９８％", "0"]
        for at in range(500)
    ]
    for (row, field), (wrong, _) in WRONG.items():
        rows[row][{"item": 1, "FC": 2}[field]] = wrong
    return rows


def open_entry(page, plant):
    page.goto(f"/collection/manual?organization={plant.organization_id}&year={YEAR}")
    expect(page.locator('[row-index="0"] [col-id="source"]')).to_be_visible()
    page.locator("[data-entry-section=fuel]").click()


def paste_block(page):
    page.locator('[row-index="0"] [col-id="source"]').click()
    paste(page, block())


def stored_rows(live, plant):
    with live.work(SYSTEM_SCOPE) as work:
        found = drafts.get(work, plant.organization_id, YEAR)
    return found.rows if found else ()


def correct(page, row, field, meant):
    """Go to a bad cell from the list of problems and type what was meant."""
    place = page.locator(f'.entry-problem:has-text("第 {row + 1} 行")[data-severity="error"]')
    place.first.click()
    cell = page.locator(f'[row-id="r{row + 1}"] [col-id="{field}"]')
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ag-cell-editor input:focus, .entry-choice-input:focus")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(meant)
    page.keyboard.press("Enter")
    expect(cell).not_to_have_class(re.compile("entry-cell-error"))


def result_of(live, plant):
    approver = actor_of_login(live, f"path-approver-{plant.organization_id}")
    return reading.result_of(approver, live, plant.organization_id, YEAR)


def fetch(page, kind):
    with page.expect_download() as download:
        page.locator(f'.report-files a[href$="/{kind}"]').click()
    return download.value.path().read_bytes()


def pdf_text(content):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def docx_text(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join([paragraph.text for paragraph in document.paragraphs] + cells)


def xlsx_numbers(content):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]


def enter_and_submit(page, live, plant):
    open_entry(page, plant)
    paste_block(page)
    expect(page.locator("[data-entry-reason]")).to_contain_text("3 处错误")
    wait_until(lambda: len(stored_rows(live, plant)) == 500, 30)
    page.reload()
    expect(page.locator("[data-entry-reason]")).to_contain_text("3 处错误")
    # Nothing is lost, and what was typed is kept as it was typed.
    kept = stored_rows(live, plant)
    assert {kept[row][field] for row, field in WRONG} == {wrong for wrong, _ in WRONG.values()}
    assert kept[1]["FC"] == "１，２３４．５"
    for (row, field), (_, meant) in WRONG.items():
        correct(page, row, field, meant)
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")
    page.locator("[data-entry-submit]").click()
    page.locator("[data-entry-action=confirm-submit]").click()
    expect(page).to_have_url(re.compile("/enterprise/accounting"))


def approve(page, plant):
    page.goto(f"/enterprise/accounting?organization={plant.organization_id}&year={YEAR}")
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator(".badge", has_text="已审核通过")).to_be_visible()


def test_from_the_first_password_to_the_opened_report(new_page, live, plant, staff):
    reporter_page, approver_page = patient(new_page()), patient(new_page())
    sign_in_first(reporter_page, staff[0])
    enter_and_submit(reporter_page, live, plant)
    expect(reporter_page.locator(".why-not")).to_contain_text("须由另一人审核")

    sign_in_first(approver_page, staff[1])
    approve(approver_page, plant)
    stored = result_of(live, plant)
    assert len(stored.lines) == 500
    assert stored.filing.state == "approved"
    approver_page.locator(".line-toggle").first.click()
    expect(approver_page.locator(".line-detail .math").first).to_be_visible()

    approver_page.get_by_role("button", name="生成报告").click()
    expect(approver_page.locator(".report-orders li")).to_be_visible()
    expect(approver_page.locator(".report-files")).to_be_visible()
    total_t = stored.summary.total_t
    printed = number(total_t, 2)
    assert printed in pdf_text(fetch(approver_page, "pdf"))
    assert printed in docx_text(fetch(approver_page, "docx"))
    assert total_t in xlsx_numbers(fetch(approver_page, "xlsx"))


def test_a_block_pasted_and_taken_back_leaves_what_was_there(page, live, plant, staff):
    sign_in_first(patient(page), staff[0])
    open_entry(page, plant)
    paste_block(page)
    expect(page.locator(".entry-said")).to_contain_text("500 × 8")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-entry-reason]")).to_contain_text("请先填入数据")
    page.keyboard.press("Control+y")
    expect(page.locator(".ag-row").first).to_contain_text(COAL)
    expect(page.locator(".entry-cell-error").first).to_be_visible()
