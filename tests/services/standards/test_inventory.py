"""Regional inventories: sectors, land use apart, zones by place, editions, and what is refused."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language
from services.standards.catalog import load_catalog
from services.standards.describing import description_json
from services.standards.descriptions import SECTORS
from services.standards.tables import read_rows
from tests.services.standards.asking import CEMENT, REGION, notices, record, result
from tests.services.standards.plausible import record_of

LATER = "省级温室气体清单编制指南(2025年版)"
EDITIONS = (REGION, LATER)
CATALOG = load_catalog()
OPEN_PLACE = re.compile(r"\{\w*\}")
PLAIN = ("item", "husbandry", "site", "use", "zone", "nitrogen_zone")
ONE_OF_EACH = (
    record("fuel", FC=12, NCV=1, CC=1, OF=1),  # 44 t CO2
    record("lime", Q=1000),  # 683 t CO2
    record("rice", "single", area=1000),  # 215.5 t CH4 x 21 = 4525.5
    record("forest_gain", "bamboo", area=60),  # 7532.8 t CO2 removed
    record("incineration", "msw", IW=1000),  # 74.1 tC x 44/12 = 271.7
    record("bunker_aviation", "jet", AD=10),  # beside the total
)


def told(designation):
    return description_json(CATALOG.describe(designation))


def inventory(*records, **others):
    return result(*records, **{"method": REGION} | others)


def test_every_sector_adds_up_and_land_use_stands_apart():
    found = inventory(*ONE_OF_EACH)
    assert found.sectors == pytest.approx(
        {"energy": 44, "industry": 683, "agriculture": 4525.5, "land_use": -7532.8, "waste": 271.7}
    )
    assert found.total_t == pytest.approx(44 + 683 + 4525.5 + 271.7)
    assert found.memo["land_use_t"] == pytest.approx(-7532.8)
    assert found.memo["total_with_land_use_t"] == pytest.approx(5524.2 - 7532.8)
    assert found.as_json()["sectors"] == found.sectors


def test_a_sector_without_lines_is_not_zero_but_absent():
    found = inventory(record("lime", Q=1))
    assert list(found.sectors) == ["industry"]
    assert "land_use_t" not in found.memo


def test_an_enterprise_has_no_sectors():
    found = result(record("fuel", "coke", FC=1), method=CEMENT)
    assert found.sectors == {}
    assert "sectors" not in found.as_json()
    assert {s["sector"] for s in told(CEMENT)["sources"]} == {None}


@pytest.mark.parametrize("designation", EDITIONS)
def test_every_source_of_a_region_has_a_sector_in_the_order_of_the_guideline(designation):
    sectors = [source["sector"] for source in told(designation)["sources"]]
    assert set(sectors) == set(SECTORS)
    assert sectors == sorted(sectors, key=SECTORS.index)


@pytest.mark.parametrize("designation", EDITIONS)
def test_only_removals_have_a_minus_and_no_line_is_negative(designation):
    year = 2025 if designation == LATER else 2020
    for source in CATALOG.method(designation).sources.values():
        for line in inventory(record_of(source), method=designation, year=year).lines:
            assert line.co2e_t > 0
            is_removal = source.code in ("wood_growth", "forest_gain")
            assert (line.sign < 0) == (is_removal or source.code == "el_export")
            assert (line.emission_scope == "land_use") == (source.sector == "land_use")


amounts = st.floats(min_value=0, max_value=1e6)


@settings(max_examples=60, deadline=None)
@given(growth=amounts, loss=amounts, lime=amounts)
def test_the_sectors_are_the_totals_whatever_the_amounts(growth, loss, lime):
    found = inventory(
        record("forest_gain", "shrub", area=growth),
        record("forest_loss", "shrub", area=loss),
        record("lime", Q=lime),
    )
    close = {"rel": 1e-12, "abs": 1e-9}
    without = [value for sector, value in found.sectors.items() if sector != "land_use"]
    assert math.fsum(without) == pytest.approx(found.total_t, **close)
    whole = found.memo["total_with_land_use_t"]
    assert math.fsum(found.sectors.values()) == pytest.approx(whole, **close)


@pytest.mark.parametrize(
    ("region", "tonnes"),
    [("110000", 234.0), ("230000", 168.0), ("370000", 215.5), ("440000", 236.7),
     ("510000", 156.2), ("650000", 231.2)],
)  # fmt: skip
def test_rice_follows_the_zone_of_the_province(region, tonnes):
    line = inventory(record("rice", "single", area=1000), region=region).lines[0]
    assert line.gas_t == pytest.approx(tonnes)


@pytest.mark.parametrize(
    ("region", "share"),
    [("650000", 0.0056), ("220000", 0.0114), ("370000", 0.0057), ("510000", 0.0109),
     ("350000", 0.0178), ("530000", 0.0106)],
)  # fmt: skip
def test_nitrogen_follows_the_zone_of_the_province(region, share):
    inputs = {"N_fert": 28, "N_manure": 0, "N_straw": 0}
    line = inventory(record("farmland", **inputs), region=region).lines[0]
    assert line.gas_t == pytest.approx(44 * share)


def test_every_province_lies_in_one_zone_of_each_kind():
    provinces = {p.prefix for p in CATALOG.grids.places if len(p.prefix) == 2}
    placed = {}
    for row in read_rows("zones.csv"):
        placed.setdefault(row["key"], []).append(row["prefix"])
    without_zone = {"71", "81", "82"}
    for prefixes in placed.values():
        assert sorted(prefixes) == sorted(provinces - without_zone)


BAD = [
    (record("rice", "single", area=1), {"region": "100000"}, "zone", "missing_key"),
    (record("enteric", "dairy", heads=1), {}, "husbandry", "missing_key"),
    (record("landfill", MSW_T=1, MSW_F=1, DOC=0.1), {}, "site", "missing_key"),
    (record("fuel_gases", "coke", FC=1), {}, "use", "missing_key"),
    (record("enteric", heads=1), {}, "item", "missing_item"),
    ({**record("enteric", "dairy", heads=1), "husbandry": "zoo"}, {}, "husbandry",
     "unknown_option"),
    ({**record("rice", "single", area=1), "site": "deep"}, {}, "site", "unused_key"),
    (record("rice", "winter_flooded", area=1), {}, "EF", "missing_quantity"),
    (record("manure", "buffalo", heads=1), {"region": "110000"}, "EF_CH4", "missing_quantity"),
    (record("rice", "single", area={"value": 1, "unit": "t"}), {}, "area.unit", "unlike_unit"),
    (record("farmland", N_fert=1, N_manure=1), {}, "N_straw", "missing_quantity"),
    (record("wood_growth", "arbor", stock=1, GR=5), {}, "GR", "share_too_large"),
    (record("forest_gain", "bamboo", area=-1), {}, "area", "negative_quantity"),
    (record("coal_ch4", "open_pit", P=1, R=3), {}, "R", "negative_result"),
    (record("cement", Q_clinker=1, Q_slag_clinker=2), {}, "Q_slag_clinker", "part_above_whole"),
    (record("steel", Q_limestone=0, Q_dolomite=0, Q_pig_iron=1, Q_steel=100), {}, "Q_steel",
     "negative_result"),
    (record("hcfc22", P=1000, destroyed=30), {}, "destroyed", "negative_result"),
    (record("conversion_decay", area=1, B_before=1, B_after=2), {}, "B_after",
     "part_above_whole"),
    ({**record("landfill", MSW_T=1, MSW_F=1, DOC=0.1, R=1), "site": "managed"}, {}, "R",
     "negative_result"),
    ({**record("landfill", MSW_T=1, MSW_F=1, W_paper=0.9, W_textile=0, W_food=0.2, W_wood=0,
               W_garden=0), "site": "managed"}, {}, "W_garden", "share_sum"),
    (record("industrial_water_ch4", TOW=1, S=2, MCF=0.5), {}, "S", "part_above_whole"),
    (record("sewage_ch4", TOW=1, R=1), {}, "R", "negative_result"),
    (record("industrial_water_ch4", TOW=1), {}, "MCF", "missing_quantity"),
    (record("industrial_water_ch4", TOW=1), {"method": LATER, "year": 2025}, "item",
     "missing_item"),
    (record("sewage_n2o", population=1, Pr=30, N_S=10), {}, "N_S", "negative_result"),
    (record("sewage_n2o", population=1, Pr=300), {}, "Pr", "above_ceiling"),
    (record("non_energy", "lubricant", AD=1), {}, "fixed", "missing_quantity"),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("order", "others", "field", "key"), BAD, ids=[f"{b[0]['source']} {b[2]} {b[3]}" for b in BAD]
)
def test_a_rule_names_its_cell(order, others, field, key, language):
    with pytest.raises(PlatformError) as caught:
        inventory(order, **others)
    place = field if field in PLAIN else f"inputs.{field}"
    assert (caught.value.where, caught.value.text_key) == (f"records[0].{place}", key)
    with use_language(language):
        assert not OPEN_PLACE.search(str(caught.value))


def test_an_emission_factor_of_ones_own_needs_no_zone():
    line = inventory(record("rice", "winter_flooded", area=1000, EF=300), region="100000").lines[0]
    assert line.gas_t == 300


def test_a_value_that_the_later_edition_lacks_comes_from_the_older_and_says_so():
    sludge = record("incineration", "sludge", IW=1000, FCF=0.1)
    later = inventory(sludge, method=LATER, year=2025)
    assert later.lines[0].inputs["CCW"].value == 0.3
    assert "older_edition" in notices(later)
    assert "PROV11.BURN.SLUDGE.CCW" in later.lines[0].inputs["CCW"].reference.zh
    assert "older_edition" not in notices(inventory(sludge))
    waste = record("incineration", "msw", IW=1000)
    assert "older_edition" not in notices(inventory(waste, method=LATER, year=2025))


def test_biomass_without_carbon_content_says_that_its_carbon_dioxide_is_unknown():
    found = inventory(record("biomass", "straw", Q=1000))
    assert "biomass_unknown" in notices(found)
    assert "biomass_co2_t" not in found.memo


def test_the_composition_of_waste_shows_what_was_derived():
    parts = {"W_paper": 0.1, "W_textile": 0, "W_food": 0.5, "W_wood": 0, "W_garden": 0}
    order = {**record("landfill", MSW_T=1000, MSW_F=1, **parts), "site": "managed"}
    line = inventory(order).lines[0]
    assert line.inputs["DOC"].origin == "derived"
    assert line.inputs["DOC"].value == pytest.approx(0.115)
    assert line.inputs["L0"].value == pytest.approx(0.115 / 3)
    assert str(line.inputs["L0"].reference) == "MCF × DOC × DOCf × F × 16/12"


@pytest.mark.parametrize(
    ("order", "formula"),
    [
        (record("rice", "single", area=1), "area × EF / 1000"),
        (record("lime", Q=1), "Q × EF"),
        (record("fuel_gases", "coke", AD=1, EF_CH4=1, EF_N2O=1), "AD × EF_CH4 / 1000"),
        (record("wood_growth", stock=1, GR=0.1), "stock × GR × SVD × BEF × CF × 44/12"),
        (record("sewage_ch4", COD=1), "COD × BOD_COD × Bo × MCF − R"),
        (record("non_energy", AD=1, CC=0.02, fixed=0.5), "AD × 1000 × CC × (1 − fixed) × 44/12"),
    ],
)
def test_the_formula_is_the_one_that_was_used(order, formula):
    assert inventory(order).lines[0].formula == formula


def test_a_factor_in_kilograms_belongs_to_a_formula_in_kilograms():
    for designation in EDITIONS:
        for source in CATALOG.method(designation).sources.values():
            units = [i.unit for s, i in source.inputs.items() if s.startswith("EF")]
            in_kilograms = all(unit.startswith("kg/") for unit in units)
            if source.kind.startswith("ACTIVITY_"):
                assert (source.kind == "ACTIVITY_KG") == in_kilograms, source.code
