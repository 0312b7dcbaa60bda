"""The limited process that reads the cells of a file: what it understands, refuses, and marks."""

import io
import json
import resource
import zipfile

import pytest
from xlsxwriter import Workbook

from services.collection.sheets.asking import Answers, ask
from services.collection.sheets.bounds import MOST_ROWS
from services.collection.sheets.program import told_of

HEAD = '<worksheet xmlns="x"><sheetData>'
BOOK = '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="x"/></sheets></workbook>'


def archive(sheet, **parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<a/>")
        made.writestr("xl/workbook.xml", BOOK)
        made.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in parts.items():
            made.writestr(f"xl/{name}.xml", content)
    return stream.getvalue()


def cells(row):
    return f"{HEAD}<row r='1'>{row}</row></sheetData></worksheet>"


def made(write, **options):
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, **options}) as book:
        write(book, book.add_worksheet("一"))
    return stream.getvalue()


def read(content):
    told = told_of(content)
    json.dumps(told)
    return told["sheets"][0]


def refusal(content):
    return told_of(content)["refused"]["reason"]


@pytest.mark.parametrize(("is_1904", "serial"), [(False, 44986), (True, 43524)])
def test_a_day_is_the_same_day_in_either_count(is_1904, serial):
    # 2023-03-01 is day 44,986 since the end of 1899, and 1,462 days less since 1904 began.
    def write(book, sheet):
        sheet.write_number(0, 0, serial, book.add_format({"num_format": "yyyy/m/d"}))

    assert read(made(write, date_1904=is_1904))["rows"] == [[1, ["2023-03-01"]]]


def test_a_formula_counts_by_the_result_it_was_saved_with():
    def write(_book, sheet):
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, "=1/0", None, "#DIV/0!")

    found = read(made(write))
    assert found["rows"] == [[1, ["2", "#DIV/0!"]]]
    assert found["marks"] == [[1, 1, "formula_error", "#DIV/0!"]]


def test_a_formula_without_a_result_is_marked():
    found = read(archive(cells("<c r='A1'><f>B1*2</f></c><c r='B1' t='e'><v>#N/A</v></c>")))
    assert found["marks"] == [
        [1, 0, "formula_without_value", "=B1*2"],
        [1, 1, "error_value", "#N/A"],
    ]


def test_merged_cells_all_have_the_text_of_the_first_and_say_so():
    def write(_book, sheet):
        sheet.merge_range(0, 0, 1, 0, "柴油")
        sheet.write_row(0, 1, [1])
        sheet.write_row(1, 1, [2])

    found = read(made(write))
    assert found["rows"] == [[1, ["柴油", "1"]], [2, ["柴油", "2"]]]
    assert found["marks"] == [[1, 0, "merged", "A1:A2"], [2, 0, "merged", "A1:A2"]]


def test_a_prefix_of_names_and_how_a_word_sounds_change_nothing():
    sheet = (
        "<x:worksheet xmlns:x='m'><x:sheetData><x:row r='2'><x:c r='B2' t='s'><x:v>0</x:v></x:c>"
        "</x:row></x:sheetData></x:worksheet>"
    )
    texts = "<sst><si><t>柴</t><rPh><t>chai</t></rPh><t>油</t></si></sst>"
    assert read(archive(sheet, sharedStrings=texts))["rows"] == [[2, ["", "柴油"]]]


def test_numbers_keep_every_digit():
    found = read(archive(cells("<c><v>0.1</v></c><c><v>1e3</v></c><c t='str'><v> 1,5 </v></c>")))
    assert found["rows"] == [[1, ["0.1", "1000", "1,5"]]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_separators_that_are_met(encoding, separator):
    text = f"排放源{separator}FC\r\n柴油{separator}１２\r\n"
    assert read(text.encode(encoding))["rows"] == [[1, ["排放源", "FC"]], [2, ["柴油", "１２"]]]


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><worksheet>&c;</worksheet>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive(LAUGHS), "entities"),
        (archive(cells("<c r='ZZZ1'><v>1</v></c>")), "columns"),
        (archive(cells("<c r='1'><v>1</v></c>")), "broken"),
        (archive(HEAD), "broken"),
        (archive("<x>" + "<row/>" * 2_000_000 + "</x>"), "ratio"),
        (b"PK\x03\x04 torn", "broken"),
        (b"\xd0\xcf\x11\xe0 old", "old_or_locked"),
        (b"\xff\xff\xff", "encoding"),
        (b"a\x01b", "not_xlsx"),
    ],
)
def test_what_is_no_file_of_rows_is_refused_with_the_reason(content, reason):
    assert refusal(content) == reason


def hostile():
    """A workbook of 500,000 rows in some hundred kilobytes, as a compressor makes it."""
    row = "<row><c><v>1</v></c></row>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made_of:
        made_of.writestr("xl/workbook.xml", BOOK)
        made_of.writestr(
            "xl/worksheets/sheet1.xml", f"{HEAD}{row * 500_000}</sheetData></worksheet>"
        )
        # What does not compress, so that the ratio alone does not tell.
        made_of.writestr("xl/media/a.png", bytes(range(256)) * 512, zipfile.ZIP_STORED)
    return stream.getvalue()


def test_a_small_file_of_half_a_million_rows_is_refused_by_the_process_that_reads_it():
    content = hostile()
    assert len(content) < 200_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert ask(content)["refused"] == {"reason": "rows", "values": {"most": MOST_ROWS}}
    # Of the processor alone: the machine may be busy with other things.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 5


def test_the_process_ends_where_it_would_take_too_much(monkeypatch):
    monkeypatch.setattr("services.collection.sheets.asking.WAIT_SECONDS", 0.01)
    assert ask(archive(cells("<c><v>1</v></c>"))) is None


def test_a_file_that_was_just_read_is_not_read_again(monkeypatch):
    content = archive(cells("<c><v>11</v></c>"))
    first = ask(content)
    # In this time no process can answer.
    monkeypatch.setattr("services.collection.sheets.asking.WAIT_SECONDS", 0.01)
    assert ask(content) == first
    assert first["sheets"][0]["rows"] == [[1, ["11"]]]
    assert ask(archive(cells("<c><v>12</v></c>"))) is None


def test_what_is_kept_of_files_read_has_a_bound_and_the_oldest_goes_first():
    # Three answers that hardly pack, of some 40 bytes each; two of them fit into 100.
    said = {name: bytes(range(ord(name), ord(name) + 30)) for name in "abc"}
    answers = Answers(most_bytes=100)
    for name in "ab":
        answers.keep(name.encode(), said[name])
    assert answers.get(b"a") == said["a"]
    answers.keep(b"c", said["c"])
    assert (answers.get(b"a"), answers.get(b"b"), answers.get(b"c")) == (said["a"], None, said["c"])
