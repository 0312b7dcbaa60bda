"""A number with a unit beside it: what it is in the unit of its cell, or why not (4.2 a)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collection.cells import parse_cell
from services.collection.rows import parse_rows
from services.collection.typed_units import unit_in
from services.i18n.texts import use_language
from services.standards.catalog import load_catalog
from services.units import unit

ALIKE = {
    "t": ("kg", "万吨", "kt", "吨"),
    "GJ": ("MJ", "TJ", "tce", "kgce", "百万千焦"),
    "MWh": ("kWh", "万kWh", "度", "亿千瓦时"),
    "10^4 Nm3": ("Nm3", "标方", "10^4 Nm3", "10⁸ Nm³"),
}
pairs = [(asked, stated) for asked, units in ALIKE.items() for stated in units]
amounts = st.decimals(min_value="0.001", max_value="99999999", places=3)


@pytest.mark.parametrize(
    ("text", "asked", "number", "factor"),
    [
        ("1.2 万吨", "t", "12000", "10000"),
        ("１．２万吨", "t", "12000", "10000"),
        # 350 × 29.3076 = 10,257.66
        ("350 tce", "GJ", "10257.66", "29.3076"),
        ("3,600 GJ", "GJ", "3600", "1"),
        ("3 600 GJ", "GJ", "3600", "1"),
        ("12 万kWh", "MWh", "120", "10"),
        ("5 10^4 Nm3", "10^4 Nm3", "5", "1"),
        ("5×10⁴ Nm³", "10^4 Nm3", "5", "1"),
        ("80000 Nm3", "10^4 Nm3", "8", "0.0001"),
        ("2 kg", "t or m3", "0.002", "0.001"),
        # 1 mu is a fifteenth of a hectare, which no decimal says.
        ("30 亩", "hm2", "2", "1/15"),
    ],
)
def test_a_number_with_a_unit_is_told_in_the_unit_of_its_cell(text, asked, number, factor):
    found = unit_in(text, asked)
    assert (found.number, found.values["factor"]) == (number, factor)


@pytest.mark.parametrize(
    ("text", "asked", "needs"),
    [
        ("350 tce", "t", "calorific"),
        ("12 t", "GJ", "calorific"),
        ("3,600 GJ", "10^4 Nm3", "calorific"),
        ("1 L", "t", "density"),
        ("1 万立方米", "10^4 Nm3", "conditions"),
        ("100 GJ", "MWh", "kept_apart"),
        ("3 MWh", "t", "unlike"),
    ],
)
def test_what_needs_more_than_a_factor_is_refused_with_the_reason(text, asked, needs):
    found = unit_in(text, asked)
    assert (found.needs, found.number) == (needs, "")
    for code in ("zh-CN", "en"):
        with use_language(code):
            told = found.explain()
        assert found.values["stated"] in told.why
        assert asked in told.do or needs == "kept_apart"


@pytest.mark.parametrize(
    "text", ["12 apples", "10²", "1/2", "1_000", "0x10", "0.01", "1,23 t", "t 12"]
)
def test_what_names_no_unit_or_no_sure_number_is_left_to_the_other_reasons(text):
    assert unit_in(text, "t") is None
    assert unit_in("12 kg", "") is None


@given(st.sampled_from(pairs), amounts, st.sampled_from(["", " ", "　"]))
def test_the_number_is_the_typed_one_times_the_ratio_of_the_units(pair, amount, space):
    asked, stated = pair
    # Without a space between, the digits of such a unit belong to the number.
    between = space or " " * stated[0].isdecimal()
    found = unit_in(f"{amount}{between}{stated}", asked)
    exact = Fraction(amount) * unit(stated).scale / unit(asked).scale
    assert parse_cell(found.number) == pytest.approx(float(exact), rel=1e-15)
    # Whoever takes it over has a plain number, of which nothing more is said.
    assert unit_in(found.number, asked) is None


def test_the_convention_of_standard_coal_is_told_with_the_number():
    for code, factor in (("zh-CN", "29.3076 GJ"), ("en", "29.3076 GJ")):
        with use_language(code):
            assert factor in unit_in("350 tce", "GJ").explain().why


def test_a_cell_of_the_grid_with_a_unit_waits_for_the_number_to_be_taken_over():
    method = load_catalog().describe("GB/T 32150-2015")
    rows = [{"source": "fuel", "item": "diesel", "FC": "1.2 万吨"}]
    parsed = parse_rows(method, rows)
    (problem,) = parsed.problems
    assert (problem.field, problem.error.number) == ("FC", "12000")
    assert parsed.records[0]["inputs"] == {}
