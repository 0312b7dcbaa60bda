"""A file is what stands in it: a name alone makes no evidence of it."""

import io
import zipfile

import pytest

from services.collection.file_kinds import FileKindError, FileNameError, kind_of, name_of
from tests.uploads import on_disk

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


def workbook(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *names):
            archive.writestr(name, "")
    return buffer.getvalue()


FILES = {
    "发票.pdf": (b"%PDF-1.7\n", "pdf"),
    "meter.PNG": (PNG, "png"),
    "meter.jpeg": (b"\xff\xd8\xff\xe0", "jpg"),
    "assay.xlsx": (workbook(), "xlsx"),
    "log.csv": ("时间,电量\r\n1,2\r\n".encode("gb18030"), "csv"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_kind_is_told_by_content_and_fits_the_name(name):
    content, kind = FILES[name]
    with on_disk(content) as file:
        assert kind_of(name, file) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\x00"),  # a program under the name of a document
        ("a.pdf", PNG),
        ("a.html", b"<script>"),
        ("a.csv", b"1,2\x00"),
        ("a.csv", b""),
        ("a.xlsx", workbook("xl/vbaProject.bin")),
        ("a.xlsx", b"PK\x03\x04 cut off"),
        ("a.zip", workbook()),
        ("pdf", b"%PDF-1.7\n"),
    ],
)
def test_what_is_no_evidence_is_refused_by_its_name(name, content):
    with on_disk(content) as file, pytest.raises(FileKindError) as raised:
        kind_of(name, file)
    assert raised.value.values["value"] == name


def test_a_name_keeps_its_last_part_and_loses_what_no_name_has():
    assert name_of("C:\\票据\\发票\t1.pdf ") == "发票1.pdf"
    assert name_of("../../etc/a.pdf") == "a.pdf"


@pytest.mark.parametrize("given", ["", "..", "a/", "x" * 201])
def test_without_a_name_a_file_is_not_kept(given):
    with pytest.raises(FileNameError):
        name_of(given)
