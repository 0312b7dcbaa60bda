"""Results that were published and are wrong: the engine gives the right ones instead."""

import numpy as np
import pytest

from services.standards import steam
from services.standards.catalog import load_catalog
from services.standards.evaluation import Columns, evaluate_columns
from services.standards.model import AsOf
from services.units import convert
from tests.services.standards.asking import GENERAL, KNOWN_ON, POWER, record, result

STEEL_DIRECT_T = (9_626_162.28, 637_434.07)
STEEL_FIXED_T = 75_474.92
STEEL_ELECTRICITY_T, STEEL_HEAT_T = 655_526.74, -77_214.14


def test_w1_what_is_fixed_is_subtracted_and_never_added():
    # The published terms as records whose result is the term: C = 12/44 t of carbon per t of CO2.
    burnt = [record("fuel", FC=t, C=12 / 44, OF=1) for t in STEEL_DIRECT_T]
    found = result(
        *burnt,
        record("c_fixed", Q=STEEL_FIXED_T, EF=1),
        record("el_buy", MWh=STEEL_ELECTRICITY_T, EF=1),
        record("ht_sell", GJ=-STEEL_HEAT_T, EF=1),
        method="GB/T 32151.5-2015",
    )
    assert found.deducted_t == STEEL_FIXED_T
    assert found.total_t == pytest.approx(10_766_434.03)
    assert found.total_t != pytest.approx(10_917_383.87, abs=1)  # as published


def test_w2_coke_with_the_factor_of_ten_thousand_and_the_carbon_of_bituminous_coal():
    coke = {"FC": 775_092.54, "NCV": 28.435, "OF": 0.988}
    printed = 775_092.54 * 28.435 / 10_000 * 26.18 * 0.988 * 44 / 12
    assert printed == pytest.approx(209_028.16, abs=0.005)
    assert result(record("fuel", CC=0.02618, **coke)).total_t == pytest.approx(2_090_281.644118)
    assert result(record("fuel", CC=0.02942, **coke)).total_t == pytest.approx(2_348_971.962183)


def test_w3_electricity_in_ten_thousand_kwh():
    bought = record("el_buy", MWh={"value": 79_655.58, "unit": "万kWh"}, EF=0.581)
    found = result(bought, method=POWER)
    assert found.lines[0].inputs["MWh"].value == pytest.approx(796_555.8)
    assert found.total_t == pytest.approx(462_798.9198)
    assert found.total_t != pytest.approx(193_859, rel=0.01)


def test_w4_carbon_becomes_carbon_dioxide_by_44_over_12():
    pure = record("fuel", FC=12, C=1, OF=1)
    assert result(pure).total_t == 44.0
    assert result(pure).total_t != pytest.approx(12 * 22 / 14)


def test_w4_a_megawatt_hour_needs_no_further_factor():
    assert result(record("el_buy", MWh=1, EF=0.5)).total_t == 0.5
    assert convert(1, "kgCO2/kWh", "tCO2/MWh") == 1.0


def test_w5_c2f6_is_a_tenth_of_cf4_and_not_as_much():
    found = result(record("pfc", P=250_000), method="GB/T 32151.4-2015")
    # 250 000 t × (0.034 × 6500 + 0.0034 × 9200) / 1000
    assert found.total_t == pytest.approx(63_070)
    assert found.total_t != pytest.approx(250_000 * (0.034 * 6500 + 0.034 * 9200) / 1000)


@pytest.mark.parametrize("method", [GENERAL, POWER, "GB/T 32151.8-2015"])
def test_w6_bituminous_coal_holds_0_02618_tonnes_of_carbon_per_gj(method):
    source = load_catalog().method(method).sources["fuel"]
    assert source.default_of("CC", source.item_index["bituminous"]).value == 0.02618


def test_w7_saturated_steam_of_2_mpa():
    found = steam.enthalpy_of(np.array([2.0]), np.array([np.nan])).kj_per_kg
    assert found[0] == 2797.4
    assert found[0] != pytest.approx(2802.3, abs=1)


def test_w8_nothing_is_rounded_on_the_way():
    found = result(record("fuel", "ng", FC=21), method=POWER)
    assert found.total_t == pytest.approx(454.653191916, abs=1e-9)
    assert found.total_t != pytest.approx(454.33, abs=0.1)


def test_the_formula_itself_knows_no_sign():
    source = load_catalog().method(GENERAL).sources["ht_sell"]
    columns = Columns(np.array([-1]), {"GJ": np.array([100.0]), "EF": np.array([0.11])})
    found = evaluate_columns(source, columns, AsOf(KNOWN_ON, KNOWN_ON))
    assert found.gas_t["CO2"][0] == pytest.approx(11.0)
