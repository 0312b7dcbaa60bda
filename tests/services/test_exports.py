"""A chart's table as CSV and XLSX: complete, exact, and harmless to a spreadsheet."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from services.exports import ExportError, Sheet, csv_bytes, file_name, write, xlsx_bytes

AT = datetime(2024, 1, 1, tzinfo=UTC)
DATA = {
    "title": "化石能源 CO₂：全国/分品种",
    "meta": {
        "unit": "亿吨 CO₂",
        "period": "2000–2023",
        "source": "能源统计",
        "as_of": "2023",
        "factor_set": "GB/T 32150-2015",
        "filters": {"地区": "全国"},
    },
    "columns": [{"key": "year", "label": "年份"}, {"key": "coal", "label": "煤炭", "unit": "亿吨"}],
    "rows": [[2022, 0.1 + 0.2], [2023, None], ["合计", float("nan")]],
}


@pytest.fixture
def sheet():
    return Sheet.of_chart(DATA, AT)


def lines_of(sheet):
    return csv_bytes(sheet).decode("utf-8-sig").splitlines()


def test_a_file_carries_unit_period_source_factors_filters_and_time(sheet):
    assert lines_of(sheet)[:8] == [
        "化石能源 CO₂：全国/分品种",
        "单位,亿吨",
        "时期,2000–2023",
        "来源,能源统计",
        "截至,2023",
        "因子集,GB/T 32150-2015",
        "地区,全国",
        "导出时间,2024-01-01 08:00",
    ]


def test_the_unit_is_that_of_the_numbers_not_of_the_axis():
    tonnes = {"key": "coal", "label": "煤炭", "unit": "吨"}
    assert "单位,吨" in lines_of(Sheet.of_chart(DATA | {"columns": [tonnes]}, AT))
    bare = {"key": "coal", "label": "煤炭"}
    assert "单位,亿吨 CO₂" in lines_of(Sheet.of_chart(DATA | {"columns": [bare]}, AT))


def test_a_file_says_how_sensitive_it_is():
    assert "数据标签,敏感" in lines_of(Sheet.of_chart(DATA, AT, "敏感"))
    assert not any("数据标签" in line for line in lines_of(Sheet.of_chart(DATA, AT)))


def test_numbers_keep_every_digit_and_unknown_stays_empty(sheet):
    assert lines_of(sheet)[-4:] == [
        "年份,煤炭 (亿吨)",
        "2022,0.30000000000000004",
        "2023,",
        "合计,",
    ]


def test_a_workbook_holds_the_same_numbers(sheet):
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheet))).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[-3] == [2022, 0.1 + 0.2]
    assert rows[0][0] == DATA["title"]


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", "＋1", "－1", "＠a"])
def test_text_that_a_spreadsheet_would_run_stays_text(sign):
    sheet = Sheet.of_chart({**DATA, "rows": [[sign, 1]]}, AT)
    assert lines_of(sheet)[-1].lstrip('"').startswith("'" + sign[0])
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheet))).active
    assert page.cell(page.max_row, 1).data_type == "s"


@pytest.mark.parametrize("data", [{}, {**DATA, "rows": 5}, {**DATA, "meta": None}])
def test_a_broken_table_is_an_error_that_says_what_to_do(data):
    with pytest.raises(ExportError) as caught:
        Sheet.of_chart(data, AT)
    assert "刷新" in caught.value.explain().do


def test_an_unknown_kind_of_file_is_refused(sheet):
    with pytest.raises(ExportError):
        write(sheet, "exe")


def test_a_file_name_has_no_sign_that_a_system_refuses(sheet):
    assert file_name(sheet, "csv") == "化石能源_CO₂_全国_分品种.csv"
