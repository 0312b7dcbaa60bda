"""The workbook holds numbers as numbers, with every digit, and text as text."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from services.reports.model import Quantity
from tests.services.reports import samples
from tests.services.reports.printing import excel, report

LANGUAGES = ("zh-CN", "en")
# The 17th digit counts: 16 digits read back as the next number below.
LONG = 0.30000000000000004


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request):
    return request.param, load_workbook(io.BytesIO(excel(request.param)))


def numbers_of(sheet):
    return [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, int | float)]


def test_there_is_a_sheet_for_each_use(book):
    language, found = book
    chinese = ["汇总", "排放明细", "输入与因子", "活动数据", "方法与来源"]
    english = ["Summary", "Emission lines", "Inputs and factors", "Activity data"]
    english.append("Method and sources")
    assert found.sheetnames == (english if language == "en" else chinese)


@pytest.mark.parametrize(("place", "key"), [(1, "lines"), (2, "inputs"), (3, "activity")])
def test_a_sheet_holds_every_number_of_its_table(book, place, key):
    language, found = book
    wanted = [
        c.value
        for row in report(language).table(key).rows
        for c in row.cells
        if isinstance(c, Quantity)
    ]
    assert numbers_of(found.worksheets[place]) == wanted


def test_the_summary_holds_the_totals_of_the_run(book):
    values = numbers_of(book[1].worksheets[0])
    assert values[:5] == [2758.8, 0.0, 2758.8, 400.0, 3158.8]
    assert values[5:].count(3158.8) >= 1


def test_numbers_keep_their_last_digit():
    line = samples.line(0, ("fuel", ""), "FC × EF", {"FC": samples.value(LONG, "t")}, LONG)
    result = samples.result(lines=(line,), total_t=LONG, direct_t=LONG, indirect_t=0.0)
    found = load_workbook(io.BytesIO(excel("en", result=result)))
    assert LONG in numbers_of(found.worksheets[0])
    assert LONG in numbers_of(found.worksheets[1])
    assert LONG in numbers_of(found.worksheets[2])


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-2", "@SUM(A1)", "＝1", '=HYPERLINK("x")'])
def test_text_that_begins_like_a_formula_stays_text(typed):
    rows = (samples.ActivityRow(0, "fuel", "", {"FC": typed}, typed),)
    content = excel("en", result=samples.result(activity=rows))
    cell = load_workbook(io.BytesIO(content)).worksheets[3]["D4"]
    assert (cell.value, cell.data_type) == (typed, "s")
    assert cell.quotePrefix
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        if name.startswith("xl/worksheets/sheet"):
            assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read(name)


def test_heads_stay_in_sight_and_print_on_one_page_width(book):
    for sheet in book[1].worksheets:
        assert sheet.freeze_panes is not None
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_every_sheet_carries_the_sample_mark_on_screen_and_paper(book):
    language, found = book
    for sheet in found.worksheets:
        assert sheet["A2"].value == report(language).mark
        assert sheet.oddHeader.right.text == report(language).mark


def test_the_summary_has_a_chart(book):
    assert len(book[1].worksheets[0]._charts) == 1


def test_an_ampersand_in_a_name_is_no_command_of_the_header():
    odd = samples.result(subject=samples.subject(name="示例&P&N厂"))
    found = load_workbook(io.BytesIO(excel(result=odd)))
    assert found.worksheets[0].oddHeader.left.text.startswith("示例&P&N厂") or (
        "示例&&P&&N厂" in str(found.worksheets[0].oddHeader.left.text)
    )


def test_the_workbook_bears_the_label_in_its_properties(book):
    language, found = book
    assert found.properties.category == {"zh-CN": "敏感", "en": "sensitive"}[language]
