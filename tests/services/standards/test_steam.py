"""Heat in steam and water: the printed tables, split at saturation, nothing outside."""

import numpy as np
import pytest

from services.errors import PlatformError
from services.standards.steam import enthalpy_of
from tests.services.standards.asking import GENERAL, notices, record, result

NAN = np.nan


def enthalpy(pressure, temperature=NAN):
    return enthalpy_of(np.array([pressure]), np.array([temperature])).kj_per_kg[0]


@pytest.mark.parametrize(
    ("pressure", "expected"),
    [(1.75, 2794.45), (1.0, 2777.0), (2.0, 2797.4), (1.5, 2790.3), (0.006, 2566.7)],
)
def test_saturated_steam_is_interpolated_in_pressure(pressure, expected):
    assert enthalpy(pressure) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pressure", "temperature", "expected"),
    [
        (1, 300, 3051.3),  # a printed cell
        (1, 290, (3008.3 + 3051.3) / 2),  # half way in temperature
        (2, 300, (3051.3 + 2994.2) / 2),  # half way in pressure
        (30, 600, 3444.2),  # the last cell
    ],
)
def test_superheated_steam_is_interpolated_in_both(pressure, temperature, expected):
    assert enthalpy(pressure, temperature) == pytest.approx(expected)


def test_just_above_saturation_no_liquid_cell_takes_part():
    # Across the split, half way between 675.7 (liquid) and 2777.3 kJ/kg, it would be far below.
    assert 2776 < enthalpy(1, 180.0) < 2778
    assert 2760 < enthalpy(0.75, 175) < 2830


def test_at_saturation_both_tables_agree():
    assert enthalpy(1, 179.88) == pytest.approx(enthalpy(1), abs=0.5)


@pytest.mark.parametrize(
    ("inputs", "where", "key"),
    [
        ({"t": 1, "P": 22.5}, "P", "steam_outside"),
        ({"t": 1, "P": 0.0009}, "P", "steam_outside"),
        ({"t": 1, "P": 1, "T": 601}, "T", "steam_outside"),
        ({"t": 1, "P": 31, "T": 500}, "T", "steam_outside"),
        ({"t": 1, "P": 0.005, "T": 100}, "T", "steam_outside"),
        ({"t": 1, "P": 25, "T": 380}, "T", "steam_outside"),
        ({"t": 1, "P": 1, "T": 179.5}, "T", "near_saturation"),
        ({"t": 1, "T": 19.9}, "T", "water_temperature"),
        ({"t": 1, "T": 400}, "T", "water_temperature"),
        ({"t": 1, "P": 1, "T": 10}, "T", "water_temperature"),
        ({"t": 1}, "T", "missing_quantity"),
        ({"P": 1, "T": 300}, "t", "missing_quantity"),
        ({}, "GJ", "missing_quantity"),
    ],
)
def test_what_cannot_be_told_is_an_error_at_its_cell(inputs, where, key):
    with pytest.raises(PlatformError) as caught:
        result(record("ht_buy", **inputs), method=GENERAL)
    assert (caught.value.where, caught.value.text_key) == (f"records[0].inputs.{where}", key)


@pytest.mark.parametrize("inputs", [{"P": 17.5}, {"P": 0.5, "T": 400}, {"P": 0.7, "T": 400}])
def test_a_doubtful_printed_value_is_said(inputs):
    assert "suspect_steam" in notices(result(record("ht_buy", t=1, **inputs), method=GENERAL))


def test_a_doubtful_neighbour_without_weight_is_not_said():
    found = notices(result(record("ht_buy", t=1, P=1, T=400), method=GENERAL))
    assert "suspect_steam" not in found


def test_liquid_below_saturation_counts_as_water_and_says_so():
    found = result(record("ht_buy", t=1000, P=1, T=160), method=GENERAL)
    assert "liquid_steam" in notices(found)
    assert found.total_t == pytest.approx(1000 * (675.7 - 83.74) / 1000 * 0.11)


def test_the_heat_that_was_derived_stands_on_the_line():
    line = result(record("ht_buy", t=30000, P=1.0), method=GENERAL).lines[0]
    assert line.inputs["GJ"].value == pytest.approx(30000 * (2777.0 - 83.74) / 1000)
    assert line.inputs["GJ"].origin == line.inputs["h"].origin == "derived"
    assert "T" not in line.inputs
