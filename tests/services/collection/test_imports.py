"""Importing activity files: looked at first, good rows into drafts, bad ones kept waiting."""

import io

import openpyxl
import pytest

from services.collection import manual
from services.collection.files import FileFormatError, read_file
from services.collection.imports import Place, SentRows, expect, preview, take_over
from services.collection.template_files import mending_xlsx, template_csv, template_xlsx
from services.collection.templates import TemplatePlace
from services.errors import ConflictError
from services.i18n.texts import use_language
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

HEADER = ["单位代码", "年份", "排放源", "品种", "FC", "NCV", "MWh", "备注"]
METHOD = "GB/T 32150-2015"
DIESEL = ["T1", 2023, "fuel", "diesel", 90, 43.33]


def workbook(*rows, header=HEADER, title="活动数据"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in (header, *rows):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def reason(name, content):
    with pytest.raises(FileFormatError) as refused:
        read_file(name, content)
    return refused.value.reason


def test_rows_carry_their_place_in_the_file():
    content = workbook([], ["T1", 2023, "fuel", "diesel", 1.5, None, "", "x"])
    (row,) = read_file("a.xlsx", content).rows
    assert (row.sheet, row.row) == ("活动数据", 3)
    assert row.cells == dict(
        zip(("单位代码", "年份", "排放源", "品种", "FC", "备注"),
            ("T1", "2023", "fuel", "diesel", "1.5", "x"), strict=True)
    )  # fmt: skip


def test_headings_may_stand_below_a_title_and_above_a_row_of_units():
    content = workbook(["单位", "", "t"], ["fuel", "diesel", 1], header=["排放源", "品种", "FC"])
    titled = "能源消费表\n填报：张三\n排放源,品种,FC\n单位,,t\nfuel,diesel,1\n".encode()
    for name, found in (("a.xlsx", content), ("a.csv", titled)):
        (row,) = read_file(name, found).rows
        assert row.cells == {"排放源": "fuel", "品种": "diesel", "FC": "1"}
        assert row.units["FC"] == "t"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"%PDF-1.7", "not_xlsx"),
        ("a.xlsx", b"", "not_xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0old", "old_or_locked"),
        ("a.xlsx", workbook(["x"])[:-200], "broken"),
        ("a.csv", b"a,b\r\n1,2\r\n", "header"),
        ("a.csv", b"", "nothing"),
        ("a.xlsx", workbook(), "nothing"),
    ],
)
def test_what_is_no_activity_file_is_refused_with_the_reason(name, content, expected):
    assert reason(name, content) == expected


def test_a_refusal_explains_itself_in_both_languages():
    with pytest.raises(FileFormatError) as refused:
        read_file("年报.pdf", b"%PDF")
    for code, word in (("zh-CN", "xlsx"), ("en", "workbook")):
        with use_language(code):
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
def look(database, catalog, reporter):
    def _look(*rows, place=None, name="活动.xlsx", content=None, **more):
        sent = SentRows(name, content or workbook(*rows, **more))
        return sent, preview(reporter, database, catalog, sent, place)

    return _look


@pytest.fixture
def load(database, reporter, look):
    def _load(*rows, replaces=False, **more):
        sent, shown = look(*rows, **more)
        return shown, take_over(reporter, database, sent, shown, replaces)

    return _load


@pytest.fixture
def rows_of(database, catalog, reporter):
    def _rows(part, year=2023):
        key = part.entry.subject.organization_id
        return manual.open_entry(reporter, database, catalog, key, year).rows

    return _rows


@pytest.mark.postgres
def test_each_year_becomes_a_draft(database, catalog, reporter, load, rows_of):
    shown, made = load(
        ["T1", 2022, "fuel", "diesel", "１００", 43.33],
        DIESEL,
        ["T1", 2023, "el_buy", None, None, None, 1000, "结算单"],
    )
    assert [(each.version.year, each.new) for each in made] == [(2022, 1), (2023, 2)]
    assert rows_of(shown.parts[0], 2022)[0]["FC"] == "１００"
    assert manual.submit_draft(reporter, database, catalog, made[1].version).indirect_t > 0


@pytest.mark.postgres
def test_a_bad_row_waits_and_is_named_by_sheet_row_column_and_value(load, rows_of):
    shown, _ = load([], ["T1", 2023, "fuel", "diesel", "1,23", 43.33], DIESEL)
    (part,) = shown.parts
    (error,) = part.errors
    for told in ("活动数据", "3", "FC", "1,23", "逗号"):
        assert told in str(error)
    assert [row["FC"] for row in rows_of(part)] == ["90"]


@pytest.mark.postgres
def test_importing_twice_changes_nothing(load):
    rows = [DIESEL, DIESEL, ["T1", 2023, "el_buy", None, None, None, "1,000"]]
    _, (first,) = load(*rows)
    shown, (again,) = load(*rows)
    assert (first.new, again.new, again.version) == (3, 0, first.version)
    assert len(shown.parts[0].merge.same) == 3


@pytest.mark.postgres
def test_what_differs_is_shown_and_replaced_only_when_asked(load, rows_of):
    load(DIESEL)
    changed = ["T1", 2023, "fuel", "diesel", 95, 43.33]
    shown, (left,) = load(changed)
    (difference,) = shown.parts[0].merge.differing
    assert difference.cells == {"FC": ("90", "95")}
    assert left.version.revision == 1
    assert rows_of(left.part)[0]["FC"] == "90"
    _, (put,) = load(changed, replaces=True)
    assert (put.new, put.replaced) == (0, 1)
    assert [row["FC"] for row in rows_of(put.part)] == ["95"]


@pytest.mark.postgres
def test_what_was_added_in_the_grid_stays_and_is_no_difference(
    database, catalog, reporter, load, rows_of
):
    _, (first,) = load(DIESEL)
    noted = [dict(rows_of(first.part)[0]) | {"note": "据发票", "OF": "0.98"}]
    manual.save_draft(reporter, database, first.version, noted)
    shown, (again,) = load(DIESEL)
    assert shown.parts[0].merge.same == (0,)
    assert (again.new, again.version.revision) == (0, 2)


@pytest.mark.postgres
def test_a_draft_that_was_changed_meanwhile_is_a_conflict(database, reporter, look, rows_of):
    sent, shown = look(DIESEL)
    (part,) = shown.parts
    manual.save_draft(reporter, database, part.entry.version, [{"source": "el_buy", "MWh": "1"}])
    with pytest.raises(ConflictError):
        take_over(reporter, database, sent, shown)
    version = part.entry.version
    with pytest.raises(ConflictError):
        expect(shown, {(version.organization_id, version.year): version.revision + 1})
    assert [row["source"] for row in rows_of(part)] == ["el_buy"]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (["T1", "二〇二三", "fuel"], "年份", "二〇二三"),
        (["T1", 2023.5, "fuel"], "年份", "2023.5"),
        (["T1", None, "fuel"], "year", ""),
        (["T1", 1900, "fuel"], "单位代码", "T1"),
        (["T404", 2023, "fuel"], "单位代码", "T404"),
    ],
)
def test_a_row_that_belongs_nowhere_waits(load, row, column, value):
    shown, (put,) = load(DIESEL, row)
    (lost,) = shown.lost
    assert (lost.values["column"], lost.values["value"]) == (column, value)
    assert (put.new, len(shown.bad)) == (1, 1)


@pytest.mark.postgres
def test_an_organization_of_somebody_else_looks_like_an_unknown_one(database, look):
    add_firm(database, "T2")
    _, shown = look(["T2", 2023, "fuel", "diesel", 1], ["T404", 2023, "fuel", "diesel", 1])
    own, unknown = (error.explain() for error in shown.lost)
    assert (own.why, own.do) == (unknown.why, unknown.do)


@pytest.mark.postgres
def test_a_missing_column_is_named(look):
    with pytest.raises(FileFormatError, match="year"):
        look(["T1", "fuel", 1], header=["organization", "source", "FC"])


@pytest.mark.postgres
@pytest.mark.parametrize("code", ["zh-CN", "en"])
def test_names_units_and_full_width_signs_of_a_template_are_understood(catalog, look, code):
    with use_language(code):
        book = openpyxl.load_workbook(io.BytesIO(_template(catalog)))
    sheet = next(each for each in book if "MWh" in [cell.value for cell in each[2]])
    at = next(i for i, cell in enumerate(sheet[2], 1) if cell.value == "MWh")
    sheet.cell(2, at, "kWh")
    names = catalog.describe(METHOD).sources
    bought = next(source.names[code] for source in names if source.source == "el_buy")
    sheet.cell(3, 1, bought)
    sheet.cell(3, at, "１２，５００")
    stream = io.BytesIO()
    book.save(stream)
    _, shown = look(place=Place("T1", 2023), content=stream.getvalue())
    (part,) = shown.parts
    assert (shown.unread, part.errors) == ({}, ())
    assert dict(part.good[0].cells) == {"source": "el_buy", "MWh": "12.5"}


def _template(catalog, year="2023", **more):
    return template_xlsx(
        catalog.describe(more.get("method", METHOD)), TemplatePlace("T1", "厂", year)
    )


@pytest.mark.postgres
def test_a_template_of_another_method_or_year_is_recognized(catalog, look):
    filled = template_csv(catalog.describe(METHOD), TemplatePlace("T1", "厂", "2022"))
    filled += "化石燃料燃烧,柴油,,1\n".encode()
    with pytest.raises(FileFormatError, match="2022"):
        look(place=Place("T1", 2023), name="a.csv", content=filled)
    other = filled.replace(METHOD.encode(), b"GB/T 1-2015")
    with pytest.raises(FileFormatError, match="GB/T 1-2015"):
        look(place=Place("T1", 2022), name="a.csv", content=other)
    old = filled.replace(b"#shuangtan,1,", b"#shuangtan,0,")
    with pytest.raises(FileFormatError) as refused:
        look(place=Place("T1", 2022), name="a.csv", content=old)
    assert refused.value.reason == "template_version"


@pytest.mark.postgres
def test_a_unit_that_measures_something_else_is_refused_at_its_cell(look):
    _, shown = look(
        ["fuel", "diesel", 1], header=["排放源", "品种", "FC (kWh)"], place=Place("T1", 2023)
    )
    (error,) = shown.parts[0].errors
    assert error.values["column"] == "FC (kWh)"
    assert "kWh" in error.explain().why


@pytest.mark.postgres
def test_rows_to_be_mended_come_back_good_when_they_are(database, reporter, look):
    _, shown = look(["T1", 2023, "fuel", "diesel", "1,23", 43.33], DIESEL)
    book = openpyxl.load_workbook(io.BytesIO(mending_xlsx(shown.bad, shown.errors)))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    assert "逗号" in sheet.cell(2, len(heads)).value
    sheet.cell(2, heads.index("FC") + 1, "1.23")
    stream = io.BytesIO()
    book.save(stream)
    _, mended = look(content=stream.getvalue())
    assert (mended.errors, len(mended.parts[0].good), mended.unread) == ((), 1, {})


@pytest.mark.postgres
def test_a_number_over_merged_rows_waits_while_a_merged_name_holds_for_each(look):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["排放源", "品种", "FC"], ["fuel", "diesel", 5], [None, "ng", None]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("C2:C3")
    stream = io.BytesIO()
    book.save(stream)
    _, shown = look(place=Place("T1", 2023), content=stream.getvalue())
    (part,) = shown.parts
    assert [(error.values["column"], error.reason) for error in part.errors] == [
        ("FC", "merged"),
        ("FC", "merged"),
    ]
    assert [row.cells["排放源"] for row in part.bad] == ["fuel", "fuel"]


@pytest.mark.postgres
def test_a_column_that_names_nothing_is_told(look):
    _, shown = look(
        [*DIESEL[2:4], 1, "x"], header=["排放源", "品种", "FC", "经办"], place=Place("T1", 2023)
    )
    assert shown.unread == {"经办": 1}
