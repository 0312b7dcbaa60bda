"""Importing activity files: drafts by the entry's rules, and files that are refused at once."""

import io
import time
import zipfile

import openpyxl
import pytest

from services.collection import manual
from services.collection.files import FileFormatError, read_rows
from services.collection.imports import FileCellError, import_file
from services.i18n.texts import use_language
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

HEADER = ["单位代码", "年份", "排放源", "品种", "FC", "NCV", "MWh", "备注"]


def workbook(*rows, header=HEADER, title="活动数据"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in (header, *rows):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(name, size, level=9):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        with made.open(name, "w") as part:
            for _ in range(size // 2**20):
                part.write(bytes(2**20))
    return stream.getvalue()


def reason(name, content):
    with pytest.raises(FileFormatError) as refused:
        read_rows(name, content)
    return refused.value.reason


def test_rows_carry_their_place_in_the_file():
    (row,) = read_rows("a.xlsx", workbook([], ["T1", 2023, "fuel", "diesel", 1.5, None, "", "x"]))
    assert (row.sheet, row.row) == ("活动数据", 3)
    assert row.cells == {
        "单位代码": "T1",
        "年份": "2023",
        "排放源": "fuel",
        "品种": "diesel",
        "FC": "1.5",
        "备注": "x",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_are_common_in_china(encoding):
    text = '单位代码,年份,排放源,FC\r\nT1,2023,fuel,"1,234"\r\n'
    (row,) = read_rows("活动.csv", text.encode(encoding))
    assert row.cells["单位代码"] == "T1"
    assert row.cells["FC"] == "1,234"


def test_an_xlsx_that_unpacks_to_over_100_mb_is_refused_in_under_a_second():
    bomb = archive("xl/worksheets/sheet1.xml", 101 * 2**20, level=1)
    began = time.perf_counter()
    assert reason("a.xlsx", bomb) == "too_large"
    assert time.perf_counter() - began < 1


def test_an_archive_that_is_suspiciously_dense_is_refused():
    assert reason("a.xlsx", archive("xl/worksheets/sheet1.xml", 20 * 2**20)) == "ratio"


def test_an_archive_of_very_many_parts_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for number in range(201):
            made.writestr(f"{number}", "")
    assert reason("a.xlsx", stream.getvalue()) == "entries"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"%PDF-1.7", "not_xlsx"),
        ("a.xlsx", b"", "not_xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0old", "not_xlsx"),
        ("a.xlsx", b"PK\x03\x04 torn", "broken"),
        ("a.xlsx", workbook(["x"])[:-200], "broken"),
        ("a.csv", b"\xff\xff\xff", "encoding"),
        ("a.csv", b"a,b\r\n", "nothing"),
        ("a.xlsx", workbook(), "nothing"),
        ("a.csv", b"a\n" + b"1\n" * 20_001, "rows"),
    ],
)
def test_what_is_no_activity_file_is_refused_with_the_reason(name, content, expected):
    assert reason(name, content) == expected


def test_a_zip_without_a_workbook_is_no_xlsx():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("word/document.xml", "<x/>")
    assert reason("a.xlsx", stream.getvalue()) == "not_xlsx"


def test_a_damaged_sheet_is_refused():
    source, target = zipfile.ZipFile(io.BytesIO(workbook(["x"]))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for entry in source.namelist():
            content = source.read(entry)
            made.writestr(entry, content[:40] if "sheet1" in entry else content)
    assert reason("a.xlsx", target.getvalue()) == "broken"


def test_a_refusal_explains_itself_in_both_languages():
    with pytest.raises(FileFormatError) as refused:
        read_rows("年报.pdf", b"%PDF")
    for language, word in (("zh-CN", "xlsx"), ("en", "workbook")):
        with use_language(language):
            told = refused.value.explain()
        assert "年报.pdf" in told.what
        assert word in told.why


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture
def reporter(database):
    return add_staff(database, add_firm(database))[0]


@pytest.fixture
def load(database, catalog, reporter):
    return lambda *rows, **more: import_file(
        reporter, database, catalog, "活动.xlsx", workbook(*rows, **more)
    )


@pytest.mark.postgres
def test_each_year_becomes_a_draft(database, catalog, reporter, load):
    made = load(
        ["T1", 2022, "fuel", "diesel", "１００", 43.33],
        ["T1", 2023, "fuel", "diesel", 90, 43.33],
        ["T1", 2023, "el_buy", None, None, None, 1000, "结算单"],
    )
    assert [(draft.version.year, draft.rows, draft.errors) for draft in made] == [
        (2022, 1, ()),
        (2023, 2, ()),
    ]
    key = made[0].version.organization_id
    entry = manual.open_entry(reporter, database, catalog, key, 2022)
    assert entry.rows[0]["FC"] == "１００"
    assert manual.submit_draft(reporter, database, catalog, made[1].version).indirect_t > 0


@pytest.mark.postgres
def test_a_wrong_cell_is_kept_in_the_draft_and_named_by_sheet_row_column_and_value(load):
    (draft,) = load([], ["T1", 2023, "fuel", "diesel", "1,23", 43.33])
    (error,) = draft.errors
    for part in ("活动数据", "3", "FC", "1,23", "逗号"):
        assert part in str(error)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (["T1", "二〇二三", "fuel"], "year", "二〇二三"),
        (["T1", 2023.5, "fuel"], "year", "2023.5"),
        (["T1", None, "fuel"], "year", ""),
        (["T404", 2023, "fuel"], "organization", "T404"),
    ],
)
def test_a_row_that_belongs_nowhere_refuses_the_file(load, row, column, value):
    with pytest.raises(FileCellError) as refused:
        load(["T1", 2023, "fuel", "diesel", 1], row)
    assert (refused.value.values["column"], refused.value.values["value"]) == (column, value)
    (draft,) = load(["T1", 2023, "fuel", "diesel", 1])
    assert draft.version.revision == 1


@pytest.mark.postgres
def test_an_organization_of_somebody_else_looks_like_an_unknown_one(database, load):
    add_firm(database, "T2")
    with pytest.raises(FileCellError, match="T2"):
        load(["T2", 2023, "fuel", "diesel", 1])


@pytest.mark.postgres
def test_a_missing_column_is_named(load):
    with pytest.raises(FileFormatError, match="source"):
        load(["T1", 2023, "diesel"], header=["organization", "year", "item"])
