"""Text is harmless on paper and keeps what it says."""

import pytest

from services.reports.text import Run, covered, gas_text, plain, printable, runs, unit_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("钢 & <铁> #$*_\\'\"", "钢 & <铁> #$*_\\'\""),
        ("一\n二\t三", "一 二 三"),
        ("bell\x07", "bell[U+0007]"),
        ("nul\x00", "nul[U+0000]"),
        ("\u202egpj.exe", "[U+202E]gpj.exe"),
        ("\ud800", "[U+D800]"),
        ("💥", "💥"),
    ],
)
def test_what_cannot_be_printed_is_named(text, shown):
    assert printable(text) == shown


def test_a_character_without_a_glyph_is_named():
    assert covered("a💥", frozenset({ord("a")})) == "a[U+1F4A5]"


def test_small_digits_are_digits_at_another_height():
    assert runs("CO₂ 10⁻³") == (
        Run("CO", "normal"),
        Run("2", "sub"),
        Run(" 10", "normal"),
        Run("−3", "super"),
    )
    assert plain("CO₂e") == "CO2e"


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("tCO2/MWh", "tCO₂/MWh"),
        ("10^4 Nm3", "10⁴ Nm³"),
        ("GJ/10^4 Nm3", "GJ/10⁴ Nm³"),
        ("degC", "℃"),
        ("0..1", "1"),
        ("", "1"),
    ],
)
def test_units_are_printed_with_their_small_digits(unit, shown):
    assert unit_text(unit) == shown


def test_a_gas_has_its_small_digits():
    assert gas_text("N2O") == "N₂O"
