"""Formulas are read once and set three ways."""

import pytest

from services.reports.formulas import (
    FormulaNotReadableError,
    Fraction,
    Product,
    Symbol,
    Value,
    as_data,
    as_text,
    filled,
    read_formula,
    symbols,
)
from services.reports.word_formula import equation

FUEL = "FC × NCV × CC × OF × (1 − BF) × 44/12"


def test_a_formula_is_written_as_it_was_read():
    assert as_text(read_formula(FUEL)) == FUEL


def test_the_molar_ratio_is_a_fraction_of_its_own():
    assert read_formula("a × 44/12") == Product((Symbol("a"), Fraction(Value("44"), Value("12"))))


@pytest.mark.parametrize(
    "text",
    [
        "t × h/1000 × EF",
        "(Q_clinker + dust_kiln) × ((FR1 − FR10) × 44/56 + (FR2 − FR20) × 44/40)",
        "a − (b + c)",
        "a/(b × c)",
        "a/(b/c)",
    ],
)
def test_brackets_that_matter_stay(text):
    assert as_text(read_formula(text)) == text


def test_symbols_come_in_their_order_each_once():
    assert symbols(read_formula("b × a + b × c")) == ("b", "a", "c")


def test_numbers_take_the_place_of_symbols():
    numbers = filled(read_formula(FUEL), {"FC": "1,000", "NCV": "20", "BF": "(-1)"})
    assert as_text(numbers) == "1,000 × 20 × CC × OF × (1 − (-1)) × 44/12"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("FC", ("FC", "")),
        ("FR10", ("FR", "10")),
        ("Q_clinker", ("Q", "clinker")),
        ("G_slag", ("G", "slag")),
        ("carbonate_share", ("carbonate", "share")),
        ("eta", ("η", "")),
    ],
)
def test_an_index_is_lowered(name, parts):
    assert Symbol(name).parts == parts


@pytest.mark.parametrize("text", ["", "a +", "f(x)", "a ** b", "'x'", "__import__('os')", "a if b"])
def test_more_than_arithmetic_is_refused(text):
    with pytest.raises(FormulaNotReadableError):
        read_formula(text)


def test_the_template_gets_plain_values():
    assert as_data(read_formula("a_x − 2")) == {
        "kind": "sum",
        "terms": [
            [1, {"kind": "symbol", "base": "a", "index": "x"}],
            [-1, {"kind": "value", "text": "2"}],
        ],
    }


def test_word_gets_an_equation_with_a_real_fraction():
    xml = equation(read_formula("Q_a × 44/12"))
    assert "<m:f><m:num>" in xml
    assert "<m:sSub>" in xml


def test_signs_of_markup_are_escaped_in_an_equation():
    assert "&lt;b&gt;" in equation(Value("<b>"))
