"""From sign-in to the opened report: one plant, two people, 500 pasted rows (4.2 a, 5.2.1)."""

import io
import re

import docx
import openpyxl
import pypdf
import pytest
from playwright.sync_api import expect

from services.formatting import number
from tests.browser.people import (
    COAL,
    FUEL,
    address_of,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    sign_in_first,
    stored_rows,
    submit,
    type_into,
)
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

# The three cells that a person got wrong, where they stand, and what was meant.
WRONG = {(3, "FC"): ("十二吨", "12"), (40, "item"): ("石头", COAL), (499, "FC"): ("-5", "５")}


def block():
    """Return 500 × 8 cells: names as people write them, full-width digits, three wrong cells."""
    rows = [
        [FUEL, COAL, "１，２３４．５" if at % 2 else "1,234.5", "", "", "", "９８％", "0"]
        for at in range(500)
    ]
    for (row, field), (wrong, _) in WRONG.items():
        rows[row][{"item": 1, "FC": 2}[field]] = wrong
    return rows


def correct(page, row, field, meant):
    """Go to a bad cell from the list of problems and type what was meant."""
    place = page.locator(f'.entry-problem:has-text("第 {row + 1} 行")[data-severity="error"]')
    place.first.click()
    cell = page.locator(f'[row-id="r{row + 1}"] [col-id="{field}"]')
    expect(cell).to_be_focused()
    type_into(page, meant)
    expect(cell).not_to_have_class(re.compile("entry-cell-error"))


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
    paste_rows(page, block())
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
    submit(page)


def approve(page, plant):
    page.goto(address_of("/enterprise/accounting", plant))
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
    settled_in(patient(page), staff[0])
    open_entry(page, plant)
    paste_rows(page, block())
    expect(page.locator(".entry-said")).to_contain_text("500 × 8")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-entry-reason]")).to_contain_text("请先填入数据")
    page.keyboard.press("Control+y")
    expect(page.locator(".ag-row").first).to_contain_text(COAL)
    expect(page.locator(".entry-cell-error").first).to_be_visible()
