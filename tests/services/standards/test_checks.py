"""All problems of all cells at once, by the rules of the calculation."""

import pytest

from services.errors import PlatformError
from services.standards.catalog import load_catalog
from services.standards.checks import check_records
from tests.services.standards.asking import CEMENT, POWER, notices, record, result


def check(*records, method=CEMENT, year=2023):
    found = check_records(load_catalog(), method, year, "320000", records)
    return [(p.record, p.field, p.severity, p.error.text_key) for p in found]


def test_every_bad_cell_is_told_at_once():
    found = check(
        record("fuel", "bituminous", FC=-1, OF=93),
        record("fuel", "coke", FC=1),
        record("el_buy", MWh="x", EF={"value": 1, "unit": "kg"}),
        {"source": "nothing", "inputs": {}},
        record("clinker", Q_clinker=1),
        record("ht_buy", t=1, P=1, T=900),
    )
    assert found == [
        (0, "FC", "error", "negative_quantity"),
        (0, "OF", "error", "share_too_large"),
        (2, "MWh", "error", "not_a_number"),
        (2, "EF", "error", "unlike_unit"),
        (3, "source", "error", "unknown_source"),
        (4, "FR1", "error", "missing_quantity"),
        (4, "FR2", "error", "missing_quantity"),
        (5, "T", "error", "steam_outside"),
    ]


def test_a_cell_that_cannot_be_read_is_not_missing_too():
    assert check(record("fuel", "coke", FC="x")) == [(0, "FC", "error", "not_a_number")]


@pytest.mark.parametrize(
    ("row", "symbol"),
    [
        (record("fuel", "bituminous", FC=1, NCV=41), "NCV"),  # coal: 26.7 GJ/t and a half more
        (record("fuel", "bituminous", FC=1, NCV=4), "NCV"),
        (record("fuel", "bituminous", FC=1, CC=0.06), "CC"),
        (record("fuel", "ng", FC=1, NCV=38.9), "NCV"),
        (record("clinker", Q_clinker=1, FR1=0.4, FR2=0.01), "FR1"),
        (record("el_buy", MWh=1, EF=581), "EF"),
    ],
)
def test_an_unusual_value_is_a_warning_and_still_computed(row, symbol):
    assert check(row) == [(0, symbol, "warning", "unusual_value")]
    assert "unusual_value" in notices(result(row))


@pytest.mark.parametrize("value", [4.2, 20, 40])
def test_half_more_than_the_printed_range_is_usual(value):
    assert check(record("fuel", "bituminous", FC=1, NCV=value)) == []


def test_a_printed_range_of_one_fuel_is_the_usual_one():
    assert check(record("fuel", "cog", FC=1, NCV=150), method=POWER) == []
    found = check(record("fuel", "cog", FC=1, NCV=190), method=POWER)
    assert found == [(0, "NCV", "warning", "unusual_value")]


def test_a_factor_of_zero_needs_evidence():
    assert check(record("el_buy", MWh=1, EF=0)) == [(0, "EF", "warning", "zero_factor")]


def test_good_records_have_no_problem():
    assert check(record("fuel", "coke", FC=1), record("el_buy", MWh=1)) == []


def test_no_records_have_no_problem_yet():
    assert check() == []


def test_a_year_that_the_method_does_not_cover_cannot_be_checked():
    with pytest.raises(PlatformError) as caught:
        check(record("fuel", "coke", FC=1), year=2025)
    assert caught.value.text_key == "method_not_valid"


def test_every_problem_that_stops_a_calculation_is_found_by_the_check():
    rows = [record("fuel", "coke", FC=1), record("ht_buy", t=1, P=1, T=179.5)]
    (found,) = check(*rows)
    with pytest.raises(PlatformError) as caught:
        result(*rows)
    assert caught.value.where == "records[1].inputs.T"
    assert found == (1, "T", "error", caught.value.text_key)
