"""The Word file says what the model says, and carries its fonts."""

import io
import re
import zipfile
from uuid import UUID

import pytest
from docx import Document
from fontTools.ttLib import TTFont

from services.reports.fonts import SANS, SERIF, FontStore
from services.reports.model import CalculationBlock, TableBlock, cell_text
from services.reports.text import plain
from services.reports.word_fonts import masked
from tests.services.reports.printing import report, without_spaces, word

pytestmark = pytest.mark.slow

LANGUAGES = ("zh-CN", "en")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return FontStore(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request, store):
    return request.param, word(store, request.param)


def text_of(content):
    return "".join(Document(io.BytesIO(content)).element.body.itertext())


def part(content, name):
    return zipfile.ZipFile(io.BytesIO(content)).read(name)


def test_every_cell_of_every_table_is_in_the_file(written):
    language, content = written
    tables = Document(io.BytesIO(content)).tables
    found = [[[c.text for c in row.cells] for row in t.rows] for t in tables[1:-1]]
    wanted = [
        [[c.title for c in b.columns], *[[cell_text(c) for c in row.cells] for row in b.rows]]
        for b in report(language).blocks()
        if isinstance(b, TableBlock)
    ]
    assert found == [[[plain(text) for text in row] for row in table] for table in wanted]


def test_results_are_in_the_file(written):
    language, content = written
    text = without_spaces(text_of(content))
    blocks = [b for b in report(language).blocks() if isinstance(b, CalculationBlock)]
    assert blocks
    assert all(without_spaces(plain(b.result)) in text for b in blocks)


def test_formulas_are_equations_that_hold_the_numbers(written):
    xml = part(written[1], "word/document.xml").decode()
    equations = re.findall(r"<m:oMath.*?</m:oMath>", xml, re.DOTALL)
    texts = ["".join(re.findall(r"<m:t[^>]*>([^<]*)", e)) for e in equations]
    assert "1,000 × 20 × 0.03 × 0.99 × 1 − 0 × 4412" in texts  # brackets and bar are drawn


def test_the_embedded_fonts_hold_every_character_of_the_text(written):
    _, content = written
    table = part(content, "word/fontTable.xml").decode()
    entries = re.findall(r'<w:font w:name="([^"]+)".*?w:fontKey="\{([^}]+)\}"', table)
    assert re.findall(r'<w:altName w:val="([^"]+)"', table) == [SERIF, SANS]
    for number, (family, key) in enumerate(entries, 1):
        clear = masked(part(content, f"word/fonts/font{number}.odttf"), UUID(key))
        font = TTFont(io.BytesIO(clear))
        assert font["name"].getDebugName(1) == family
        assert font["OS/2"].fsType == 0
        missing = {c for c in text_of(content) if ord(c) not in font.getBestCmap()}
        assert missing <= {"\n"}


def test_word_is_told_to_use_the_embedded_fonts(written):
    settings = part(written[1], "word/settings.xml").decode()
    assert "<w:embedTrueTypeFonts/>" in settings
    styles = part(written[1], "word/styles.xml").decode()
    names = re.findall(r'<w:font w:name="([^"]+)"', part(written[1], "word/fontTable.xml").decode())
    assert len(names) == 2
    assert all(f'w:eastAsia="{name}"' in styles for name in names)


def test_the_header_carries_the_sample_mark_and_the_footer_the_page(written):
    language, content = written
    section = Document(io.BytesIO(content)).sections[0]
    assert section.header.paragraphs[0].text.endswith("\t" + report(language).mark)
    footer = section.footer._element.xml
    assert 'w:instr="PAGE"' in footer
    assert 'w:instr="NUMPAGES"' in footer


def test_charts_have_a_text_alternative(written):
    xml = part(written[1], "word/document.xml").decode()
    assert len(re.findall(r'descr="[^"]*2,178\.00', xml)) == 1


def test_the_same_run_gives_the_same_text_and_fonts(store):
    first, second = word(store), word(store)
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert all(part(first, name) == part(second, name) for name in names)


def test_the_file_bears_the_label_in_its_properties(written):
    language, content = written
    found = Document(io.BytesIO(content)).core_properties.category
    assert found == {"zh-CN": "敏感", "en": "sensitive"}[language]
