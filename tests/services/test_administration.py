"""Importing from the command line: with a person's rights, and what is told."""

import io

import openpyxl
import pytest

from services.administration import import_as, look_at, read_file, template_for, told
from services.collection import manual
from services.collection.files import MOST_BYTES, FileFormatError
from services.collection.imports import Place
from services.errors import NotFoundError
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_person

HEADER = "单位代码,年份,排放源,品种,FC,NCV\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "活动.csv"


@pytest.mark.postgres
def test_a_file_is_imported_with_the_rights_of_a_person(database, file):
    firm = add_firm(database)
    reporter = add_person(database, "li.na", (Role.REPORTER, firm.organization_id))
    file.write_text(HEADER + "T1,2023,fuel,diesel,100,43.33\n", encoding="utf-8")
    import_as(database, load_catalog(), "li.na", file)
    entry = manual.open_entry(reporter, database, load_catalog(), firm.organization_id, 2023)
    assert entry.rows[0]["FC"] == "100"


@pytest.mark.postgres
def test_what_is_wrong_is_told_line_by_line(database, file):
    add_person(database, "li.na", (Role.REPORTER, add_firm(database).organization_id))
    file.write_text(HEADER + "T1,2023,fuel,diesel,坏,43.33\n", encoding="utf-8")
    summary, problem = told(*import_as(database, load_catalog(), "li.na", file))
    assert "T1" in summary
    assert "坏" in problem


@pytest.mark.postgres
def test_a_look_writes_nothing_and_tells_what_differs_and_what_is_not_read(database, file):
    firm = add_firm(database)
    reporter = add_person(database, "li.na", (Role.REPORTER, firm.organization_id))
    place = Place("T1", 2023)
    file.write_text("排放源,品种,FC\nfuel,diesel,1\n", encoding="utf-8")
    import_as(database, load_catalog(), "li.na", file, place)
    file.write_text("排放源,品种,FC,经办\nfuel,diesel,2,李\n", encoding="utf-8")
    lines = list(told(look_at(database, load_catalog(), "li.na", file, place)))
    assert any("1 → 2" in line for line in lines)
    assert any("经办" in line for line in lines)
    entry = manual.open_entry(reporter, database, load_catalog(), firm.organization_id, 2023)
    assert entry.rows[0]["FC"] == "1"
    import_as(database, load_catalog(), "li.na", file, place, replaces=True)
    entry = manual.open_entry(reporter, database, load_catalog(), firm.organization_id, 2023)
    assert entry.rows[0]["FC"] == "2"


def test_a_template_is_a_workbook_or_a_csv():
    content = template_for(load_catalog(), "GB/T 32150-2015", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    hidden = {sheet.title for sheet in book if sheet.sheet_state != "visible"}
    assert hidden == {"_lists", "_about"}
    data = [sheet for sheet in book if sheet.title not in hidden][1:]
    assert all(sheet.protection.sheet and sheet.data_validations.count for sheet in data)
    csv = template_for(load_catalog(), "GB/T 32150-2015", "csv").decode("utf-8-sig")
    assert csv.startswith("#shuangtan,1,GB/T 32150-2015,zh-CN")


@pytest.mark.postgres
def test_an_unknown_person_imports_nothing(database, file):
    file.write_text(HEADER, encoding="utf-8")
    with pytest.raises(NotFoundError, match="nobody"):
        import_as(database, load_catalog(), "nobody", file)


def test_a_file_that_is_not_there_is_told(file):
    with pytest.raises(FileFormatError, match="活动"):
        read_file(file)


def test_a_huge_file_is_refused_before_it_is_read(file):
    with file.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    with pytest.raises(FileFormatError, match="100 MB"):
        read_file(file)
