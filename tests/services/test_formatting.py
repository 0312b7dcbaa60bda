"""Numbers, masses, shares and dates as people read them."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.formatting import (
    UNKNOWN,
    change,
    data_size,
    date_text,
    datetime_text,
    exact,
    mass_co2,
    mass_scale,
    number,
    percent,
    significant,
    time_text,
)
from services.i18n.texts import use_language

NOTHING = (None, math.nan, math.inf, -math.inf)


@pytest.mark.parametrize(
    ("tonnes", "text", "unit"),
    [
        (0, "0", "吨 CO₂e"),
        (5, "5.00", "吨 CO₂e"),
        (1234, "1,230", "吨 CO₂e"),
        (9994, "9,990", "吨 CO₂e"),
        # rounds to 10,000 t, which is one of the next unit
        (9999.6, "1.00", "万吨 CO₂e"),
        (12_345, "1.23", "万吨 CO₂e"),
        (68_300, "6.83", "万吨 CO₂e"),
        (99_960_000, "1.00", "亿吨 CO₂e"),
        (99_940_000, "9,990", "万吨 CO₂e"),
        (11_730_000_000, "117", "亿吨 CO₂e"),
        (-12_345, "-1.23", "万吨 CO₂e"),
        (0.000123, "0.000123", "吨 CO₂e"),
    ],
)
def test_a_mass_is_counted_in_tonnes_ten_thousands_and_hundred_millions(tonnes, text, unit):
    assert mass_co2(tonnes) == (text, unit)


@pytest.mark.parametrize(
    ("tonnes", "text", "unit"),
    [
        (9994, "9,990", "t CO₂e"),
        (9999.6, "10.0", "kt CO₂e"),
        (12_345, "12.3", "kt CO₂e"),
        (9_996_000, "10.0", "Mt CO₂e"),
        (117_000_000, "117", "Mt CO₂e"),
        (11_730_000_000, "11.7", "Gt CO₂e"),
    ],
)
def test_a_mass_in_english_is_counted_by_thousands(tonnes, text, unit):
    with use_language("en"):
        assert mass_co2(tonnes) == (text, unit)


@pytest.mark.parametrize("tonnes", [10.0**power for power in range(12)])
@pytest.mark.parametrize("code", ["zh-CN", "en"])
def test_one_to_four_digits_stand_before_the_point(tonnes, code):
    with use_language(code):
        text, _ = mass_co2(tonnes)
    assert 1 <= len(text.replace(",", "").partition(".")[0]) <= 4


def test_a_mass_may_weigh_another_substance():
    assert mass_co2(12_345, "CO₂") == ("1.23", "万吨 CO₂")
    assert mass_co2(12_345, "") == ("1.23", "万吨")


def test_an_axis_takes_the_unit_of_its_largest_value():
    assert mass_scale(11_730_000_000, "CO₂") == (1e8, "亿吨 CO₂")
    assert mass_scale(None) == (1.0, "吨 CO₂e")


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("write", [number, significant, exact, percent, change])
def test_what_is_unknown_is_never_zero(write, nothing):
    assert write(nothing) == UNKNOWN


@pytest.mark.parametrize("nothing", NOTHING)
def test_an_unknown_mass_has_a_unit_but_no_number(nothing):
    assert mass_co2(nothing) == (UNKNOWN, "吨 CO₂e")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (1234567.891, "1,234,567.891"), (12, "12"), (1e22, "10" + ",000" * 7),
     (1e-9, "0.000000001"), (Decimal("1.50"), "1.5"), (-0.0, "0"), (2.0, "2")],
)  # fmt: skip
def test_exact_shows_every_digit_and_no_other(value, text):
    assert exact(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.5, 0, "2"),
        (3.5, 0, "4"),
        (1.005, 2, "1.00"),
        (1234.5678, 2, "1,234.57"),
        (-0.001, 2, "0.00"),
    ],
)
def test_a_half_is_rounded_to_the_even_digit(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"), [(9.996, "10.0"), (0, "0"), (1234.5, "1,230"), (0.0123456, "0.0123")]
)
def test_three_digits_are_significant(value, text):
    assert significant(value) == text


def test_shares_are_shown_in_per_cent():
    assert percent(0.1786) == "17.9%"
    assert percent(1, digits=0) == "100%"


@pytest.mark.parametrize(
    ("growth", "text"),
    [(0.049, "▲ 4.9%"), (-0.003, "▼ 0.3%"), (0, "▬ 0.0%"), (-0.0004, "▬ 0.0%")],
)
def test_a_change_shows_its_direction_by_a_mark(growth, text):
    assert change(growth) == text


def test_days_are_written_as_each_language_writes_them():
    day = date(2023, 6, 30)
    assert date_text(day) == "2023年6月30日"
    with use_language("en"):
        assert date_text(day) == "30 June 2023"
    assert date_text(None) == UNKNOWN


def test_instants_are_shown_in_the_time_of_shanghai():
    instant = datetime(2023, 12, 31, 16, 5, 9, tzinfo=UTC)
    assert datetime_text(instant) == "2024-01-01 00:05"
    assert time_text(instant) == "00:05:09"
    assert (datetime_text(None), time_text(None)) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(
    ("size", "text"), [(16, "16 B"), (1_234, "1.23 kB"), (12_345_678, "12.3 MB")]
)
def test_the_size_of_a_file_stands_in_the_unit_that_fits_it(size, text):
    assert data_size(size) == text
