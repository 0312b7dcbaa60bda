"""Whatever a person writes is printed as it is, and does no harm."""

import io

import pytest
from docx import Document
from openpyxl import load_workbook

from services.reports.fonts import FontStore, printable_characters
from services.reports.pdf import SMALL_DIGITS
from services.reports.text import covered, plain, printable
from tests.services.reports import samples
from tests.services.reports.printing import excel, pdf, report, text_of_pdf, without_spaces, word

pytestmark = pytest.mark.slow

HOSTILE = [
    '#panic("x") $x$ *b* _i_ `c` \\ <label> @ref // /* */ [a](b) = h',
    "</w:t></w:r><w:p/> & &amp; ]]> {{ 7*7 }} {% x %} {name} %s '\" <!--",
    "#image(\"/etc/passwd\") #read('/etc/passwd') \\include{x}",
    "控制\x00\x07\x1b字符\u202e反向\ud800\uffff",
    "生僻字𠮷𪚥 and 💥 and ₂₃ ⁴",
    "W" * 300,
    "很" * 300,
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return FontStore(tmp_path_factory.mktemp("fonts"))


def hostile(text):
    rows = (samples.ActivityRow(0, "fuel", text, {"FC": text, text: "1"}, text),)
    return samples.result(
        lines=(samples.fuel_line(item=text),),
        activity=rows,
        subject=samples.subject(name=text, english=text),
        filed=samples.filing(comment=text, reporter=text, approver=text),
    )


def letters(text):
    return "".join(c for c in without_spaces(text) if c.isascii() and c.isprintable())


@pytest.mark.parametrize("text", HOSTILE)
def test_the_pdf_shows_it_and_nothing_runs(text):
    printed = letters(text_of_pdf(pdf(result=hostile(text))))
    # A word that is too long for its cell is broken; everything else is in one piece.
    shown = plain(covered(printable(text), printable_characters() | SMALL_DIGITS))
    assert letters(shown)[:20] in printed
    assert "root:" not in printed


@pytest.mark.parametrize("text", HOSTILE)
def test_the_word_file_opens_and_shows_it(text, store):
    document = Document(io.BytesIO(word(store, result=hostile(text))))
    shown = report(result=hostile(text)).cover.subject
    assert letters(shown) in letters("".join(document.element.body.itertext()))


@pytest.mark.parametrize("text", HOSTILE)
def test_the_workbook_opens_and_shows_it(text):
    book = load_workbook(io.BytesIO(excel(result=hostile(text))))
    shown = report(result=hostile(text)).cover.subject
    assert book.worksheets[0]["B4"].value == shown


def test_characters_that_no_file_may_hold_are_named():
    shown = report(result=hostile(HOSTILE[3])).cover.subject
    assert shown == "控制[U+0000][U+0007][U+001B]字符[U+202E]反向[U+D800][U+FFFF]"
