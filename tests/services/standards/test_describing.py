"""What a method asks for, as the entry grid and `methods` show it."""

import json

import pytest

from services.errors import PlatformError
from services.standards.catalog import load_catalog
from services.standards.describing import description_json
from tests.services.standards.asking import CEMENT, POWER, REGION, record, result


def source_of(method, code):
    found = load_catalog().describe(method).sources
    return next(source for source in found if source.source == code)


def test_a_symbol_says_unit_need_and_alternatives():
    fuel = source_of(CEMENT, "fuel")
    told = {s.symbol: (s.unit, s.required, s.choice) for s in fuel.symbols}
    assert told == {
        "FC": ("t or 10^4 Nm3", True, "carbon"),
        "NCV": ("GJ/t or GJ/10^4 Nm3", False, "carbon"),
        "CC": ("tC/GJ", False, "carbon"),
        "C": ("tC/t or tC/10^4 Nm3", False, "carbon"),
        "OF": ("0..1", False, "oxidation"),
        "BF": ("0..1", False, ""),
    }
    (carbon, _) = fuel.choices
    assert carbon.options == (("FC", "NCV", "CC"), ("FC", "C"))


def test_an_item_says_its_units_and_defaults():
    gas = next(item for item in source_of(CEMENT, "fuel").items if item.item == "ng")
    assert gas.names == {"zh-CN": "天然气", "en": "Natural gas"}
    assert gas.units["FC"] == "10^4 Nm3"
    assert gas.units["NCV"] == "GJ/10^4 Nm3"
    assert {s: d.value for s, d in gas.defaults.items()} == {
        "NCV": 389.31,
        "CC": 0.0153,
        "OF": 0.99,
    }
    assert gas.status == "secondary"


def test_what_has_no_default_has_none():
    gas = next(item for item in source_of(POWER, "fuel").items if item.item == "cog")
    assert set(gas.defaults) == {"CC", "OF", "eta"}


def test_a_region_takes_amounts_or_heat():
    source = source_of(REGION, "fuel")
    assert source.choices[0].options == (("FC", "NCV", "CC"), ("AD", "CC"))
    assert not [s for s in source.symbols if s.required]


def test_a_policy_stands_in_place_of_a_default():
    factor = next(s for s in source_of(CEMENT, "el_buy").symbols if s.symbol == "EF")
    assert (factor.policy, factor.default, factor.required) == ("GRID_REGIONAL", None, False)


def test_a_method_that_is_not_loaded_has_dates_and_no_sources():
    told = load_catalog().describe("GB/T 32151.8-2023")
    assert (told.status, told.sources) == ("not_loaded", ())
    assert told.valid_from.isoformat() == "2024-07-01"


def test_an_unknown_designation_is_an_error():
    with pytest.raises(PlatformError) as caught:
        load_catalog().describe("GB/T 1")
    assert caught.value.text_key == "unknown_method"


@pytest.mark.parametrize(
    "designation", [m.designation for m in load_catalog().methods.values() if m.is_loaded]
)
def test_every_default_shown_has_value_unit_source_and_status(designation):
    told = json.loads(json.dumps(description_json(load_catalog().describe(designation))))
    assert told["gwp_set"] in ("SAR", "AR5")
    shown = [s["default"] for source in told["sources"] for s in source["symbols"] if s["default"]]
    shown += [d for s in told["sources"] for item in s["items"] for d in item["defaults"].values()]
    assert shown
    for default in shown:
        assert default["source"]
        assert default["unit"]
        assert default["status"] in ("secondary", "recalled")
        assert default["value"] >= 0


def test_a_bare_number_is_in_the_unit_shown_for_the_item():
    for item in source_of(CEMENT, "fuel").items:
        bare = result(record("fuel", item.item, FC=3))
        unit = item.units["FC"]
        assert (
            bare.total_t == result(record("fuel", item.item, FC={"value": 3, "unit": unit})).total_t
        )
        assert bare.lines[0].inputs["FC"].unit == unit
