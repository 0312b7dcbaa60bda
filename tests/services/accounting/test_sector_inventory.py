"""An inventory by sector agrees with the totals of its run, and names what has no number."""

import math

import pytest

from services.accounting.sector_inventory import NOT_ENTERED, editions, inventory_of
from services.standards.catalog import load_catalog
from tests.services.standards.asking import REGION, record, result

LATER = "省级温室气体清单编制指南(2025年版)"
RECORDS = (
    record("fuel", FC=12, NCV=1, CC=1, OF=1),  # 44 t CO2
    record("rice", "single", area=1000),  # 215.5 t CH4 x 21 = 4525.5
    record("manure", "dairy", heads=1000),  # 8.33 t CH4 = 174.93; 2.065 t N2O = 640.15
    record("forest_gain", "bamboo", area=60),  # 7532.8 t removed
    record("forest_loss", "shrub", area=60),  # 1978.9 t
    record("bunker_aviation", "jet", AD=10),  # 700.7 t beside
    record("el_export", MWh=10, EF=0.5),  # 5 t beside, sent out
    {"source": "magnesium", "missing": "not_occurring"},
    {"source": "industrial_water_ch4", "missing": "not_estimated", "note": "no survey"},
)


def shown(*records, method=REGION, **others):
    done = result(*records, method=method, **others)
    return inventory_of(load_catalog().describe(method), done, is_recomputed=False)


@pytest.fixture(scope="module")
def inventory():
    return shown(*RECORDS)


def test_sectors_and_both_totals(inventory):
    assert inventory.sectors == pytest.approx(
        {"energy": 44, "agriculture": 5340.58, "land_use": -5553.9}
    )
    assert inventory.total_t == pytest.approx(5384.58)
    assert inventory.land_use_t == pytest.approx(-5553.9)
    assert inventory.total_with_land_use_t == pytest.approx(-169.32)


def test_the_parts_and_the_gases_of_a_sector_add_up_to_it(inventory):
    for sector, tonnes in inventory.sectors.items():
        parts = inventory.of_sector(sector)
        assert math.fsum(part.co2e_t for part in parts) == pytest.approx(tonnes)
        assert math.fsum(inventory.by_gas(sector).values()) == pytest.approx(tonnes)


def test_a_source_is_told_by_gas(inventory):
    manure = next(part for part in inventory.parts if part.source == "manure")
    assert manure.by_gas_t == pytest.approx({"CH4": 174.93, "N2O": 640.15})
    assert inventory.gases == ("CO2", "CH4", "N2O")


def test_what_stands_beside_is_in_no_sector(inventory):
    beside = {part.source: part.co2e_t for part in inventory.beside}
    assert beside == pytest.approx({"bunker_aviation": 700.7, "el_export": -5})
    assert inventory.net_import_t == pytest.approx(-5)
    assert not {part.source for part in inventory.parts} & beside.keys()


def test_what_has_no_number_is_named_with_its_reason(inventory):
    told = {w.names["en"]: (w.notation, w.is_gap) for w in inventory.without_number}
    assert told["Magnesium"] == ("not_occurring", False)
    assert told["Treatment of industrial waste water"] == ("not_estimated", True)
    assert told["Enteric fermentation"] == (NOT_ENTERED, True)
    assert "Fossil fuel combustion" not in told
    assert [w.note for w in inventory.gaps("waste")][:1] == ["no survey"]


def test_without_land_use_it_is_unknown_and_not_zero():
    found = shown(record("lime", Q=1))
    assert (found.land_use_t, found.total_with_land_use_t, found.biomass_co2_t) == (None,) * 3
    assert found.net_import_t is None


def test_a_part_is_as_certain_as_its_least_certain_factor(inventory):
    rice = next(part for part in inventory.parts if part.source == "rice")
    fuel = next(part for part in inventory.parts if part.source == "fuel")
    assert (rice.status, fuel.status) == ("recalled", "")


def test_a_default_taken_from_the_edition_before_is_marked():
    (part,) = shown(record("lime", Q=1), method=LATER, year=2025).parts
    assert part.older == ("EF",)
    assert shown(record("lime", Q=1)).parts[0].older == ()


def test_the_editions_are_those_for_regions_in_their_order():
    assert [method.designation for method in editions(load_catalog())] == [REGION, LATER]
