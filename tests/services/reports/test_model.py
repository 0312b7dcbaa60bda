"""Numbers are rounded once, when they are printed, by the rule that the report states."""

import pytest

from services.i18n.texts import use_language
from services.reports.model import cell_text, entered, mass, share


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3158.8, "3,158.80"),
        (0.0, "0.00"),
        (-100.0, "-100.00"),
        (0.125, "0.12"),
        (0.004, "0.004"),
        (1234567890.125, "1,234,567,890.12"),
    ],
)
def test_tonnes_have_two_decimals_and_small_ones_their_digits(value, shown):
    assert mass(value).text() == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1000.0, "1,000"),
        (0.1 + 0.2, "0.3"),
        (0.02618, "0.02618"),
        (12345678.9012, "12,345,678.9012"),
        (23900.0, "23,900"),
    ],
)
def test_inputs_have_up_to_twelve_digits(value, shown):
    assert entered(value).text() == shown


def test_a_share_is_shown_in_per_cent():
    assert share(0.6895).text() == "69.0%"


def test_words_of_a_cell_are_as_they_are():
    with use_language("en"):
        assert cell_text("=1+1") == "=1+1"
