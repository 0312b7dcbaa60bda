"""Reading cells: what people type becomes one number, nothing, or a refusal with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collection.cells import CellError, is_missing, parse_cell
from services.i18n.texts import use_language

WIDE = str.maketrans("0123456789.,+-%()eE", "０１２３４５６７８９．，＋－％（）ｅＥ")
finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234.5", 1234.5),
        ("１，２３４．５", 1234.5),
        ("1,234,567.89", 1234567.89),
        ("12\u3000345.6", 12345.6),
        ("\u00a012\u00a0345\u2009", 12345.0),
        ("98%", 0.98),
        ("９８．５％", 0.985),
        ("5 %", 0.05),
        ("(5)", -5.0),
        ("（1,000）", -1000.0),
        ("−4", -4.0),
        ("－4", -4.0),
        ("+ 3", 3.0),
        ("1e5", 1e5),
        ("1.2E-3", 0.0012),
        (".5", 0.5),
        ("5.", 5.0),
        ("1。5", 1.5),
        ("007", 7.0),
    ],
)
def test_a_number_is_read_as_it_is_meant(typed, number):
    assert parse_cell(typed) == number


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "—", "——", "-", "－", "/", "N/A", "无"])
def test_an_empty_cell_or_a_dash_is_missing_not_zero(typed):
    assert parse_cell(typed) is None
    assert is_missing(typed)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1,23", "ambiguous_comma"),
        ("1,2345", "ambiguous_comma"),
        ("0,500", "ambiguous_comma"),
        ("1，000，", "ambiguous_comma"),
        ("1.2.3", "ambiguous_point"),
        ("1 2", "ambiguous_space"),
        ("12t", "unit_in_cell"),
        ("12 吨", "unit_in_cell"),
        ("10²", "unit_in_cell"),
        ("1/2", "unit_in_cell"),
        ("1_000", "unit_in_cell"),
        ("0x10", "unit_in_cell"),
        ("abc", "not_a_number"),
        ("①", "not_a_number"),
        ("½", "not_a_number"),
        ("٣", "not_a_number"),
        ("(-5)", "not_a_number"),
        ("()", "not_a_number"),
        ("--5", "not_a_number"),
        ("nan", "not_finite"),
        ("-Infinity", "not_finite"),
        ("1e999", "not_finite"),
        ("#DIV/0!", "not_finite"),
        ("1" * 65, "too_long"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused(typed, reason):
    found = parse_cell(typed)
    assert isinstance(found, CellError)
    assert (found.reason, found.values["value"]) == (reason, typed)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_refusal_names_the_text_and_why(language):
    with use_language(language):
        told = parse_cell("1,23").explain()
    assert "1,23" in told.what
    assert ("千分位" if language == "zh-CN" else "thousands") in told.why


@given(finite)
def test_what_python_prints_is_read_back_exactly(number):
    assert parse_cell(repr(number)) == number


@given(finite)
def test_full_width_means_the_same(number):
    assert parse_cell(repr(number).translate(WIDE)) == number


@given(st.integers(-(10**15), 10**15))
def test_thousands_separators_mean_nothing(number):
    assert parse_cell(f"{number:,}") == number
    assert parse_cell(f"{number:,}".replace(",", "，")) == number


@given(st.integers(-(10**15), 10**15), st.sampled_from([" ", "\u3000", "\u00a0", "\u202f"]))
def test_spaces_between_thousands_mean_nothing(number, space):
    assert parse_cell(f"{number:,}".replace(",", space)) == number


@given(st.floats(0, 1e9))
def test_per_cent_is_a_hundredth(number):
    assert parse_cell(f"{number!r}%") == number / 100


@given(st.text())
def test_any_text_gives_a_finite_number_nothing_or_a_refusal(typed):
    found = parse_cell(typed)
    if isinstance(found, float):
        assert abs(found) < float("inf")
        assert any(sign.isdigit() for sign in typed)
    else:
        assert found is None or isinstance(found, CellError)
