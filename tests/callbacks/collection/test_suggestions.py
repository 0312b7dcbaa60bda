"""A slip of a unit gets one safe suggestion; a doubtful cell gets none (4.2 a)."""

import pytest

from callbacks.collection.suggestions import advice, suggestion
from services.collection.cells import CellProblem
from services.collection.unusual import UnitSlipError
from services.i18n.texts import use_language
from services.standards.problems import ShareTooLargeError, UnknownSourceError, UnusualValueError


def unusual(value, low=10.0, high=30.0):
    names = {"name_zh": "", "name_en": "", "symbol": "NCV", "unit": "GJ/t"}
    error = UnusualValueError("NCV", low=low, high=high, value=value, **names)
    return CellProblem(0, "NCV", "warning", error)


def slip(ratio):
    error = UnitSlipError("MWh", value="8,412,000", before="8,400", ratio=ratio)
    return CellProblem(0, "MWh", "warning", error)


@pytest.mark.parametrize(("typed", "meant"), [("20908", "20.908"), ("0.0209", "20.9")])
def test_an_unusual_heating_value_a_thousand_times_off_is_put_right(typed, meant):
    assert suggestion(unusual(float(typed)), {"NCV": typed}) == meant


def test_an_unusual_value_that_no_slip_explains_gets_no_suggestion():
    assert suggestion(unusual(45.0), {"NCV": "45"}) == ""


def test_a_thousand_times_last_year_is_divided_without_losing_digits():
    assert suggestion(slip("1.00e+03"), {"MWh": "8,412,345"}) == "8,412.345"


def test_a_thousandth_of_last_year_is_multiplied():
    assert suggestion(slip("0.001"), {"MWh": "8.412"}) == "8,412"


def test_a_share_above_one_is_suggested_in_per_cent():
    problem = CellProblem(0, "OF", "error", ShareTooLargeError("OF", value=98.0, unit=""))
    assert suggestion(problem, {"OF": "９８"}) == "98%"


@pytest.mark.parametrize("typed", ["120%", "１２０％", "120 % ", "（120%）"])
def test_a_share_typed_in_per_cent_gets_no_suggestion(typed):
    # 120 % is the number 1.2: 1.2% would be a hundred times too small, and pass.
    problem = CellProblem(0, "OF", "error", ShareTooLargeError("OF", value=1.2, unit=""))
    assert suggestion(problem, {"OF": typed}) == ""


def test_an_unusual_value_typed_in_per_cent_gets_no_suggestion():
    assert suggestion(unusual(0.02, low=10.0, high=30.0), {"NCV": "2%"}) == ""


def test_a_cell_that_is_no_number_gets_no_suggestion():
    assert suggestion(unusual(1.0), {"NCV": "twelve"}) == ""


@pytest.mark.parametrize("code", ["zh-CN", "en"])
def test_a_wrong_source_is_answered_with_the_list_and_not_with_codes(code):
    error = UnknownSourceError("source", value="x", method="m", sources="fuel, el_buy")
    with use_language(code):
        assert "fuel" not in advice(CellProblem(0, "source", "error", error))
