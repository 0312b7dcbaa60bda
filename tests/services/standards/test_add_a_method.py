"""An industry method is added by data alone: the blocks of docs/add-a-method.md do it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from services.standards.calculate import calculate, parse_request
from services.standards.catalog import load_catalog, read_catalog
from services.standards.problems import UnknownMethodError
from services.standards.tables import DATA_FOLDER

PAGE = Path(__file__).parents[3] / "docs" / "add-a-method.md"
BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
NAME = "EX-BRICK-2025"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """The catalogue of a copy of the data, with the blocks of the page added."""
    folder = tmp_path_factory.mktemp("standards") / "data"
    shutil.copytree(DATA_FOLDER, folder)
    for name, text in BLOCKS.items():
        if name != "case":
            with (folder / name).open("a", encoding="utf-8") as file:
                file.write(text)
    return read_catalog(folder)


@pytest.fixture
def result(catalog):
    return calculate(catalog, parse_request(json.loads(BLOCKS["case"])))


def test_the_page_adds_one_method_and_rows_only():
    assert set(BLOCKS) == {
        "documents.csv", "factors.csv", "items.csv", "methods/ex_brick_2025.toml", "case",
    }  # fmt: skip


def test_the_worked_case_of_the_page_comes_out(result):
    # 50,000 × 0.06 × 0.44 + 10,000 × 0.045 × 0.44 + 2,000 × 0.5
    assert result.direct_t == pytest.approx(1320 + 198)
    assert result.indirect_t == pytest.approx(1000)
    assert result.total_t == pytest.approx(2518)


def test_its_defaults_name_their_row_and_document(result):
    share = result.lines[1].inputs["carbonate_share"]
    assert (share.value, share.origin, share.status) == (0.045, "default", "secondary")
    assert share.reference.en == "BRICK.SHARE.SHALE: Example guide for bricks"


def test_the_form_and_the_command_line_describe_it(catalog):
    told = catalog.describe(NAME)
    assert [source.source for source in told.sources] == ["fuel", "raw", "el_buy"]
    raw = told.sources[1]
    assert [item.item for item in raw.items] == ["clay", "shale"]
    assert {s.symbol: s.required for s in raw.symbols}["Q"]


def test_every_other_method_computes_as_before(catalog):
    assert {d: m for d, m in catalog.methods.items() if d != NAME} == load_catalog().methods
    with pytest.raises(UnknownMethodError):
        load_catalog().method(NAME)
