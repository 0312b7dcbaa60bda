"""The PDF says what the model says, with fonts inside, for people and for programs."""

import io

import pytest
from pypdf import PdfReader

from services.reports.model import CalculationBlock, TableBlock, cell_text
from services.reports.text import plain
from tests.services.reports.printing import pdf, read_by, report, text_of_pdf, without_spaces

pytestmark = pytest.mark.slow

LANGUAGES = ("zh-CN", "en")


@pytest.fixture(scope="module", params=LANGUAGES)
def printed(request):
    return request.param, pdf(request.param)


def test_every_cell_of_every_table_can_be_read_out(printed):
    language, content = printed
    text = without_spaces(text_of_pdf(content))
    for block in report(language).blocks():
        if isinstance(block, TableBlock):
            for row in block.rows:
                for cell in row.cells:
                    assert without_spaces(plain(cell_text(cell))) in text


def test_results_and_captions_can_be_read_out(printed):
    language, content = printed
    text = without_spaces(text_of_pdf(content))
    for block in report(language).blocks():
        shown = block.result if isinstance(block, CalculationBlock) else ""
        assert without_spaces(plain(shown or getattr(block, "caption", ""))) in text


def test_the_cover_and_its_run_can_be_read_out(printed):
    language, content = printed
    first = without_spaces(text_of_pdf(content, "-l", "1"))
    for label, value in report(language).cover.facts:
        assert without_spaces(label + value) in first


def test_every_font_is_embedded_with_its_characters(printed):
    rows = read_by("pdffonts", printed[1], "-").splitlines()[2:]
    assert any("NotoSerifSC" in row for row in rows)
    for row in rows:
        embedded, _, unicode = row.split()[-5:-2]
        assert (embedded, unicode) == ("yes", "yes"), row


def test_every_page_carries_the_sample_mark_and_its_number(printed):
    language, content = printed
    mark, label = report(language).mark, report(language).page_label
    pages = PdfReader(io.BytesIO(content)).pages
    for number in range(1, len(pages) + 1):
        text = without_spaces(text_of_pdf(content, "-f", f"{number}", "-l", f"{number}"))
        assert without_spaces(mark) in text
        assert without_spaces(label.format(n=number, total=len(pages))) in text


def test_it_is_an_archive_file_tagged_for_screen_readers(printed):
    language, content = printed
    reader = PdfReader(io.BytesIO(content))
    metadata = reader.xmp_metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata.stream.get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata.stream.get_data().decode()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith(language[:2])


def test_charts_are_vectors(printed):
    reader = PdfReader(io.BytesIO(printed[1]))
    assert [image for page in reader.pages for image in page.images] == []


def test_the_same_run_gives_the_same_file():
    assert pdf("zh-CN") == pdf("zh-CN")


def test_the_file_and_its_cover_bear_the_label(printed):
    language, content = printed
    label = {"zh-CN": "敏感", "en": "sensitive"}[language]
    assert PdfReader(io.BytesIO(content)).metadata["/Keywords"] == label
    assert (report(language).label, label in dict(report(language).cover.facts).values()) == (
        label,
        True,
    )
