"""Both sides of an energy balance are the same amount, within the rounding of what is stated."""

import pytest

from services.standards.reference_approach import FuelBalance
from services.standards.supply_and_use import (
    NonEnergyError,
    SupplyUseError,
    check_sides,
    rounding,
)

# 1000 + 200 − 50 − 30 = 1120 supplied; 620 + 20 + 480 = 1120 used.
COAL = {"production": 1000.0, "imports": 200.0, "exports": 50.0, "stock_change": 30.0}
USED = {"transformation": 620.0, "losses": 20.0, "final_use": 480.0}


def balance(**changed):
    return FuelBalance("raw_coal", **{**COAL, **USED, **changed})


def test_equal_sides_and_a_supply_side_alone_pass():
    check_sides(balance(), "balances[0]")
    check_sides(FuelBalance("raw_coal", **COAL), "balances[0]")


def test_what_rounding_explains_passes_and_more_does_not():
    # Seven whole numbers: half a unit each, 3.5 together.
    assert rounding(balance()) == 3.5
    check_sides(balance(final_use=483.0), "balances[0]")
    with pytest.raises(SupplyUseError) as caught:
        check_sides(balance(final_use=484.0), "balances[2]")
    assert caught.value.where == "balances[2].final_use"
    assert caught.value.values["gap"] == pytest.approx(-4)


def test_a_gap_that_is_stated_as_statistical_difference_passes():
    check_sides(balance(final_use=400.0, difference=80.0), "balances[0]")
    check_sides(balance(final_use=500.0, difference=-20.0), "balances[0]")


def test_what_is_made_of_other_fuels_is_a_negative_input():
    coke = FuelBalance("coke", exports=20.0, transformation=-100.0, final_use=80.0)
    check_sides(coke, "balances[0]")


def test_non_energy_use_is_a_part_of_final_use():
    with pytest.raises(NonEnergyError):
        check_sides(balance(non_energy=481.0), "balances[0]")
