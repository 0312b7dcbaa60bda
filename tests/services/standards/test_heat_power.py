"""A power plant that supplies heat: what of its emissions belongs to heat, and what to power."""

import json

import pytest

from services.i18n.texts import use_language
from services.standards.calculate import calculate, parse_request
from services.standards.catalog import load_catalog
from services.standards.heat_power import HeatSuppliedError, NoHeatPowerError
from services.standards.printing import calculation_table
from services.standards.problems import (
    MissingQuantityError,
    NegativeError,
    UnknownFieldError,
    UnlikeUnitError,
    WrongTypeError,
)
from tests.services.standards.asking import CEMENT, POWER, record

SUPPLY = {"heat_supplied": 250_000, "heat_generated": 1_000_000, "power_supplied": 50_000}
COAL = record("fuel", "bituminous", FC=1000, C=0.6, OF=1)
# 1000 t × 0.6 × 44/12
TOTAL_T = 2200.0


def of(heat_power=SUPPLY, method=POWER):
    order = {"method": method, "year": 2023, "region": "320000", "known_on": "2026-06-30"}
    order |= {"records": [COAL], "heat_power": heat_power}
    return calculate(load_catalog(), parse_request(order))


def test_heat_has_the_share_of_what_is_supplied_and_power_the_rest():
    found = of()
    assert found.total_t == pytest.approx(TOTAL_T)
    told = found.heat_power
    # A quarter of 2200 t on 250,000 GJ, three quarters on 50,000 MWh.
    assert (told.supply_ratio, told.heat_t, told.power_t) == pytest.approx((0.25, 550, 1650))
    assert (told.heat_t_per_gj, told.power_t_per_mwh) == pytest.approx((0.0022, 0.033))


def test_the_split_stands_beside_the_total_and_changes_nothing():
    plain = of(None).as_json()
    split = of().as_json()
    told = split.pop("heat_power")
    assert split == plain
    assert told["status"] == "recalled"
    assert told["heat_generated"] == 1_000_000


def test_other_units_mean_the_same():
    kwh = {"value": 50_000_000, "unit": "kWh"}
    other = SUPPLY | {"heat_supplied": {"value": 250, "unit": "TJ"}, "power_supplied": kwh}
    assert of(other).heat_power == of().heat_power


@pytest.mark.parametrize(
    ("name", "rate"), [("heat_supplied", "heat_t_per_gj"), ("power_supplied", "power_t_per_mwh")]
)
def test_what_is_not_supplied_has_no_rate(name, rate):
    told = of(SUPPLY | {name: 0}).heat_power
    assert getattr(told, rate) is None
    assert told.heat_t + told.power_t == pytest.approx(TOTAL_T)


@pytest.mark.parametrize(
    ("raw", "error", "where"),
    [
        (SUPPLY | {"heat_supplied": 1_000_001}, HeatSuppliedError, "heat_power.heat_supplied"),
        (
            SUPPLY | {"heat_supplied": 0, "heat_generated": 0},
            *(HeatSuppliedError, "heat_power.heat_supplied"),
        ),
        (
            {"heat_supplied": 1, "heat_generated": 2},
            MissingQuantityError,
            "heat_power.power_supplied",
        ),
        (SUPPLY | {"x": 1}, UnknownFieldError, "heat_power.x"),
        (SUPPLY | {"power_supplied": -1}, NegativeError, "heat_power.power_supplied"),
        (
            SUPPLY | {"power_supplied": {"value": 1, "unit": "t"}},
            *(UnlikeUnitError, "heat_power.power_supplied.unit"),
        ),
        (5, WrongTypeError, "heat_power"),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_bad_split_names_its_cell(raw, error, where, language):
    with pytest.raises(error) as caught:
        of(raw)
    assert caught.value.where == where
    with use_language(language):
        assert str(caught.value)


def test_only_power_plants_split():
    with pytest.raises(NoHeatPowerError) as caught:
        of(method=CEMENT)
    assert POWER in str(caught.value)


@pytest.mark.parametrize(
    ("language", "told"), [("zh-CN", "供热比"), ("en", "Emissions per power (t CO₂e/MWh)")]
)
def test_the_terminal_and_the_json_show_it(language, told):
    found = of()
    with use_language(language):
        assert told in calculation_table(found)
        assert "supply_ratio" in json.dumps(found.as_json())
