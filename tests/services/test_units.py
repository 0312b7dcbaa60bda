"""Units convert within their dimension and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.units import UnknownUnitNameError, are_alike, convert, is_unit, unit


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        (1, "kt", "t", 1000),
        (1, "万吨", "t", 10_000),
        (1, "10^4 t", "t", 10_000),
        (2.5, "亿吨", "Mt", 250),
        (1, "kg", "t", 0.001),
        (1, "Nm3", "10^4 Nm3", 0.0001),
        (1, "10^3 Nm3", "10^4 Nm3", 0.1),
        (3, "万Nm3", "10^4 Nm3", 3),
        (3, "万标立方米", "10^4 Nm³", 3),
        (1, "10⁴ Nm³", "Nm3", 10_000),
        (1, "kWh", "MWh", 0.001),
        (1, "万kWh", "MWh", 10),
        (1, "万千瓦时", "MWh", 10),
        (1, "亿kWh", "GWh", 100),
        (1, "TJ", "GJ", 1000),
        (1, "MJ", "GJ", 0.001),
        (1, "EJ", "TJ", 1_000_000),
        (1, "tce", "GJ", 29.3076),
        (1, "万tce", "TJ", 293.076),
        (93, "%", "0..1", 0.93),
        (26.18, "tC/TJ", "tC/GJ", 0.02618),
        (26.18, "kgC/GJ", "tC/GJ", 0.02618),
        (0.581, "kgCO2/kWh", "tCO2/MWh", 0.581),
        (581, "gCO2/kWh", "tCO2/MWh", 0.581),
        (20.9, "MJ/kg", "GJ/t", 20.9),
        (20908, "kJ/kg", "GJ/t", 20.908),
        (38931, "kJ/Nm3", "GJ/10^4 Nm3", 389.31),
        (38.931, "MJ/Nm3", "GJ/10^4 Nm3", 389.31),
        (5000, "kcal/kg", "GJ/t", 20.934),
        (110, "kgCO2/GJ", "tCO2/GJ", 0.11),
        (10, "bar", "MPa(abs)", 1),
        (100, "kPa", "MPa", 0.1),
        (25, "℃", "degC", 25),
    ],
)
def test_quantities_convert(value, from_unit, to_unit, expected):
    assert convert(value, from_unit, to_unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("t", "Nm3"),
        ("MWh", "GJ"),
        ("tC", "tCO2"),
        ("tCO2", "tCO2e"),
        ("t", "tC"),
        ("GJ/t", "GJ/10^4 Nm3"),
        ("tC/GJ", "tCO2/GJ"),
        ("%", "t/t"),
    ],
)
def test_unlike_units_do_not_convert(left, right):
    assert not are_alike(left, right)
    with pytest.raises(ValueError, match="different things"):
        convert(1, left, right)


@pytest.mark.parametrize(
    "name", ["", "x", "T", "tonne", "/", "t/", "/t", "t//t", "10^5 t", "m4", "万"]
)
def test_an_unknown_unit_is_an_error(name):
    assert not is_unit(name)
    with pytest.raises(UnknownUnitNameError):
        unit(name)


@given(st.floats(min_value=0, max_value=1e12), st.sampled_from(["kg", "kt", "万吨", "g"]))
def test_there_and_back_is_the_same(value, name):
    assert convert(convert(value, name, "t"), "t", name) == pytest.approx(value, rel=1e-12)
