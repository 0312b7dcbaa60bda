"""An evidence file from the row it is added to until it is read, three clicks from the total."""

import pytest
from playwright.sync_api import expect

from services.data import attachments
from services.data.engine import SYSTEM_SCOPE
from tests.browser.people import (
    COAL,
    FUEL,
    YEAR,
    open_entry,
    paste_rows,
    patient,
    settled_in,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

INVOICE = {"name": "发票 2023-12.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 invoice"}
LOG = {"name": "log.csv", "mimeType": "text/csv", "buffer": b"day,t\n1,2\n"}
ROWS = [[FUEL, COAL, "1,200"], [FUEL, COAL, "34"]]
BELOW_GRID = ".entry > .entry-files"


class Counted:
    """Clicks, and how many there were."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, what):
        what.click()
        self.clicks += 1


def add_file(page, place, *files):
    page.locator(f"{place} input[type=file]").set_input_files(list(files))


def enter(page, plant):
    """Fill two rows, and add a file to the first of them."""
    open_entry(page, plant)
    paste_rows(page, ROWS)
    page.locator('[row-index="0"] [col-id="FC"]').click()
    expect(page.locator(BELOW_GRID)).to_contain_text("第 1 行")
    add_file(page, BELOW_GRID, INVOICE, LOG)
    expect(page.locator(f"{BELOW_GRID} .entry-file")).to_have_count(2)
    expect(page.locator('[row-index="0"] [col-id="files"]')).to_contain_text("发票 2023-12.pdf")


def kept(live, plant):
    with live.work(SYSTEM_SCOPE) as work:
        found = attachments.of_year(work, plant.organization_id, YEAR)
    return [file.name for file in found.values()]


def test_a_file_is_added_to_a_row_and_read_three_clicks_from_the_total(page, live, plant, staff):
    settled_in(patient(page), staff[0])
    enter(page, plant)
    page.get_by_role("button", name="从第 1 行取下 log.csv").click()
    expect(page.locator(f"{BELOW_GRID} .entry-file")).to_have_count(1)
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")
    page.reload()
    page.locator('[row-index="0"] [col-id="files"]').click()
    expect(page.locator(f"{BELOW_GRID} .entry-file a")).to_have_text("发票 2023-12.pdf")
    submit(page)
    # What was taken off its row again is gone.
    assert kept(live, plant) == ["发票 2023-12.pdf"]

    person = Counted(page)
    person.click(page.locator(".tile", has_text="排放总量").get_by_role("link"))
    expect(page.locator("#result-lines h2")).to_be_in_viewport()
    person.click(page.locator(".line-toggle").first)
    opened = page.locator(".line-detail").first
    for math in opened.locator(".math").all():
        expect(math).to_be_visible()
    expect(opened.locator(".math").nth(1)).to_contain_text("1,200")
    expect(opened).to_contain_text("1,200")
    expect(opened).to_contain_text("页面填报")
    with page.expect_download() as saved:
        person.click(opened.get_by_role("link", name="发票 2023-12.pdf"))
    assert saved.value.path().read_bytes() == INVOICE["buffer"]
    assert saved.value.suggested_filename == "发票 2023-12.pdf"
    assert person.clicks <= 3


def test_a_phone_adds_a_file_in_the_card_of_a_row(new_page, live, plant, staff):
    page = patient(new_page(width=390, height=844))
    settled_in(page, staff[0])
    page.goto(f"/collection/manual?organization={plant.organization_id}&year={YEAR}")
    page.locator('[data-entry-card-cell$=":source"]').first.select_option("fuel")
    add_file(page, ".entry-card:first-child", INVOICE)
    chip = page.locator(".entry-card:first-child .entry-file")
    expect(chip).to_contain_text("发票 2023-12.pdf")
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")
