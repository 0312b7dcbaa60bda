"""A file of good and bad rows from the template to the draft, on a desk and on a phone (4.2 a)."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

from services.collection.template_files import template_xlsx
from services.collection.templates import TemplatePlace
from services.standards.catalog import load_catalog
from tests.browser.people import YEAR, address_of, patient, settled_in, stored_rows

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
BURNT = "化石燃料燃烧"
# Two good rows, and one whose quantity two people could read in two ways.
ROWS = [(BURNT, "柴油", "１２"), (BURNT, "汽油", 3), (BURNT, "焦炭", "1,23")]


def filled(content, rows=ROWS):
    """Fill rows into the sheet of fuels of a template, as somebody does in a spreadsheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["燃料燃烧"]
    at = [cell.value for cell in sheet[1]].index("燃料消耗量 FC") + 1
    for row, (source, item, amount) in enumerate(rows, 3):
        sheet.cell(row, 1, source)
        sheet.cell(row, 2, item)
        sheet.cell(row, at, amount)
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def template(plant):
    place = TemplatePlace(plant.code, "厂", str(YEAR))
    return template_xlsx(load_catalog().describe("GB/T 32151.8-2015"), place)


def send(page, name, content):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    field = page.locator("#collection-import-upload input[type=file]")
    field.set_input_files([{"name": name, "mimeType": kind, "buffer": content}])


def mended(download):
    """Write the number of the row that waits as it was meant."""
    book = openpyxl.load_workbook(io.BytesIO(download.path().read_bytes()))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    # Below the headings stand the units, and below them the one row that waits.
    assert "逗号" in sheet.cell(3, len(heads)).value
    sheet.cell(3, heads.index("燃料消耗量 FC") + 1, "1.23")
    return saved(book)


@pytest.mark.parametrize("size", SIZES)
def test_good_rows_go_in_while_bad_ones_are_mended_and_sent_again(
    new_page, live, plant, staff, size
):
    width, height = SIZES[size]
    page = patient(new_page(width=width, height=height))
    settled_in(page, staff[0])
    page.goto(address_of("/collection/import", plant))
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Excel 模板").click()
    content = downloaded.value.path().read_bytes()
    send(page, "活动.xlsx", filled(content))

    problems = page.locator("section", has=page.get_by_role("heading", name="问题与提醒"))
    for told in ("燃料燃烧", "5", "燃料消耗量 FC", "1,23", "逗号"):
        expect(problems).to_contain_text(told)
    assert stored_rows(live, plant) == ()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载待改的 1 行").click()
    page.get_by_role("button", name="把新的 2 行放入草稿").click()
    expect(page.locator("#collection-import-result")).to_contain_text("已放入 2 行")
    assert [row["item"] for row in stored_rows(live, plant)] == ["diesel", "gasoline"]

    send(page, "改好.xlsx", mended(waiting.value))
    page.get_by_role("button", name="把新的 1 行放入草稿").click()
    expect(page.locator("#collection-import-result")).to_contain_text("已放入 1 行")
    send(page, "活动.xlsx", filled(content))
    expect(page.locator("#collection-import-result")).to_contain_text("没有可以放入的行")
    assert [row["FC"] for row in stored_rows(live, plant)] == ["１２", "3", "1.23"]
    page.get_by_role("link", name="去填报表").click()
    expect(page.get_by_role("heading", name="活动数据填报")).to_be_visible()


def test_a_file_that_is_none_is_refused_in_words(page, plant, staff):
    settled_in(patient(page), staff[0])
    page.goto(address_of("/collection/import", plant))
    send(page, "a.xlsx", b"MZ no workbook")
    expect(page.locator("[data-file-status]")).to_contain_text("a.xlsx")
    send(page, "空.csv", "甲,乙\n1,2\n".encode())
    expect(page.locator("#collection-import-result")).to_contain_text("找不到表头“排放源”")
    page.complaints.clear()  # the browser notes the 400 that it is meant to get


def test_columns_of_a_foreign_file_are_told_once(page, live, plant, staff):
    settled_in(patient(page), staff[0])
    page.goto(address_of("/collection/import", plant))
    accounts = "某厂台账\n月份,柴油（公斤）,经办\n1,500,李\n"
    send(page, "台账.csv", accounts.encode())
    column = page.locator(".import-column", has_text="柴油（公斤）")
    for choice, told in enumerate(("FC", "fuel", "diesel")):
        column.locator("select").nth(choice).select_option(told)
    column.locator("input").fill("kg")
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("button", name="把新的 1 行放入草稿").click()
    expect(page.locator("#collection-import-result")).to_contain_text("已放入 1 行")
    assert [row["FC"] for row in stored_rows(live, plant)] == ["0.5"]
    send(page, "二月.csv", accounts.replace("1,500", "2,600").encode())
    expect(page.get_by_role("button", name="把新的 1 行放入草稿")).to_be_visible()
