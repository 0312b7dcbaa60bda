"""The digest over lines: the same from a calculation, from the database, and from a document."""

import hashlib
from dataclasses import replace
from types import SimpleNamespace

import pytest

from services.data.line_digest import document_text, lines_digest
from services.data.line_writer import digest_of
from services.i18n.words import Words
from services.standards.results import EmissionLine, InputValue, Notice

GIVEN = InputValue(10.5, "t", "measured", Words("表 1", "Table 1"), "user")
LINE = EmissionLine(
    0, "fuel", "coal", "CO2", 1.5, 1.0, 1.5, "direct", 1, "AD × EF", {"AD": GIVEN}, ()
)
CHANGES = [
    {"record": 1}, {"source": "x"}, {"item": "x"}, {"gas": "CH4"}, {"gas_t": 1.5000000000000002},
    {"gwp": 2.0}, {"co2e_t": 2.0}, {"emission_scope": "memo"}, {"sign": -1}, {"formula": "x"},
    {"month": 3},
    {"inputs": {"EF": GIVEN}}, {"inputs": {"AD": replace(GIVEN, value=10.6)}},
    {"inputs": {"AD": replace(GIVEN, unit="kg")}}, {"inputs": {"AD": replace(GIVEN, factor="f")}},
    {"inputs": {"AD": replace(GIVEN, half_width=0.1)}},
    {"inputs": {"AD": replace(GIVEN, reference=Words("表 1", "Table 2"))}},
    {"warnings": (Notice("partly", {"share": 0.5}),)},
]  # fmt: skip


def digest(*lines):
    return digest_of(SimpleNamespace(year=2024, lines=lines))


def test_the_digest_is_over_the_text_that_is_documented():
    words = "2:AD1:t8:measured4:user0:3:表 17:Table 1"
    given = f"10.5,None,{hashlib.sha256(words.encode()).hexdigest()};"
    text = f"0,1.5,1.0,1.5,4:fuel4:coal3:CO26:direct1:17:AD × EF4:None[{given}][]\n"
    expected = hashlib.sha256(f"shuangtan.lines/1\n{text}".encode()).hexdigest()
    assert digest(LINE) == expected


@pytest.mark.parametrize("change", CHANGES)
def test_every_part_of_a_line_counts(change):
    assert digest(replace(LINE, **change)) != digest(LINE)


def test_the_order_of_lines_counts():
    other = replace(LINE, record=1)
    assert digest(LINE, other) != digest(other, LINE)


def test_a_document_has_the_same_digest():
    given = {
        "symbol": "AD", "value": 10.5, "unit": "t", "origin": "measured", "status": "user",
        "factor": "", "reference": {"zh-CN": "表 1", "en": "Table 1"},
    }  # fmt: skip
    line = {
        "record": 0, "source": "fuel", "item": "coal", "gas": "CO2", "gas_t": 1.5, "gwp": 1,
        "co2e_t": 1.5, "emission_scope": "direct", "sign": 1, "formula": "AD × EF",
        "inputs": [given], "notices": [],
    }  # fmt: skip
    assert lines_digest([document_text(line)]) == digest(LINE)
