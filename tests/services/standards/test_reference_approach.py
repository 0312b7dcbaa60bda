"""The reference approach gives apparent consumption × NCV × CC × OF × 44/12, beside the sectors."""

from datetime import date

import pytest

from services.errors import PlatformError
from services.standards.catalog import load_catalog
from services.standards.model import AsOf
from services.standards.reference_approach import FuelBalance, ReferenceOrder, reference_approach
from tests.services.standards.asking import REGION, record, result

LATER = "省级温室气体清单编制指南(2025年版)"
AS_OF = AsOf(date(2020, 12, 31), date(2026, 6, 30))


def reference(*balances, sectoral_t=0.0, method=REGION, as_of=AS_OF):
    return reference_approach(load_catalog(), ReferenceOrder(method, as_of, balances, sectoral_t))


def test_what_arrives_less_what_leaves_is_burnt():
    balance = FuelBalance(
        "lpg", production=70, imports=50, exports=10, bunkers=4, stock_change=6,
    )  # fmt: skip
    # 70 + 50 - 10 - 4 - 6 = 100 t; 100 t of LPG are 310.133 t of CO2 (worked check 1)
    assert reference(balance).co2_t == pytest.approx(310.133, abs=5e-4)


def test_stocks_that_shrink_are_burnt():
    grown, shrunk = (reference(FuelBalance("lpg", 100, stock_change=c)).co2_t for c in (10, -10))
    # 90 t and 110 t
    assert grown / shrunk == pytest.approx(9 / 11)


def test_carbon_that_stays_in_products_is_taken_off():
    balance = FuelBalance("coke", 100, non_energy=40, fixed=0.5, ncv=30, carbon=0.02, oxidation=1)
    # (100 - 40 × 0.5) × 30 × 0.02 × 44/12 = 80 × 2.2
    assert reference(balance).co2_t == pytest.approx(176)


def test_a_fuel_by_heat_needs_no_calorific_value():
    # 1 TJ × 1000 × 0.02637 × 0.94 × 44/12
    assert reference(FuelBalance("coal_tj", 1)).co2_t == pytest.approx(90.8886)


def test_a_fuel_of_which_more_leaves_counts_against_the_others():
    found = reference(FuelBalance("lpg", 200), FuelBalance("lpg", exports=100))
    assert found.fuels[1].co2_t == -found.co2_t


@pytest.mark.parametrize(
    ("sectoral_t", "difference", "expected"),
    [(100, 0.05, True), (100.5, 4.5 / 100.5, True), (99.9, 5.1 / 99.9, False)],
)
def test_the_difference_is_held_against_what_the_guideline_expects(
    sectoral_t, difference, expected
):
    balance = FuelBalance("coke", 105, ncv=1, carbon=12 / 44, oxidation=1)
    found = reference(balance, sectoral_t=sectoral_t)
    assert found.difference == pytest.approx(difference)
    assert found.is_expected is expected
    assert (found.expected.value, found.expected.status) == (0.05, "recalled")
    assert found.expected.document == "PROV_2011"


def test_without_a_sectoral_result_there_is_no_difference():
    found = reference(FuelBalance("lpg", 1))
    assert (found.difference, found.is_expected) == (None, None)


def test_the_same_fuel_burnt_as_it_came_gives_the_sectoral_result():
    sectoral = result(record("fuel", "diesel", FC=1000), method=REGION).total_t
    found = reference(FuelBalance("diesel", imports=1000), sectoral_t=sectoral)
    assert found.difference == pytest.approx(0, abs=1e-12)


def test_the_edition_of_2025_has_its_own_factors():
    later = AsOf(date(2025, 12, 31), date(2026, 6, 30))
    assert reference(FuelBalance("lpg", 100), method=LATER, as_of=later).co2_t > 310


@pytest.mark.parametrize(
    ("balance", "place", "key"),
    [
        (FuelBalance("wood", 1), "item", "unknown_item"),
        (FuelBalance("lpg", -1), "production", "negative_quantity"),
        (FuelBalance("lpg", float("nan")), "production", "not_finite"),
        (FuelBalance("lpg", 1, non_energy=1, fixed=40), "fixed", "share_too_large"),
        (FuelBalance("lpg", 1, oxidation=98), "oxidation", "share_too_large"),
        (FuelBalance("bitumen", 1), "ncv", "missing_quantity"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(balance, place, key):
    with pytest.raises(PlatformError) as caught:
        reference(FuelBalance("coke", 1), balance)
    assert (caught.value.where, caught.value.text_key) == (f"balances[1].{place}", key)


def test_a_factor_that_does_not_apply_yet_is_refused():
    with pytest.raises(PlatformError) as caught:
        reference(FuelBalance("lpg", 1), as_of=AsOf(date(1999, 12, 31), date(2026, 6, 30)))
    assert caught.value.text_key == "factor_not_in_force"
