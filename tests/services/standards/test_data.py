"""The standards' data hold together, and a folder that does not is refused."""

import shutil
from collections import Counter
from datetime import date

import pytest

from services.standards.catalog import load_catalog, read_catalog
from services.standards.formulas import FORMULAS
from services.standards.tables import DATA_FOLDER, StandardDataError, read_rows, read_toml
from services.units import is_unit

CATALOG = load_catalog()
SOURCES = [s for m in CATALOG.methods.values() for s in m.sources.values()]
FACTORS = [f for s in SOURCES for column in s.defaults.values() for f in column if f]
LOADED = [
    "GB/T 32150-2015",
    "GB/T 32151.1-2015",
    "GB/T 32151.8-2015",
    "省级温室气体清单编制指南(试行)2011",
    "省级温室气体清单编制指南(2025年版)",
]


def name_of(source):
    return f"{source.method} {source.code}"


def test_these_methods_are_loaded_and_all_others_say_that_they_are_not():
    assert [m.designation for m in CATALOG.methods.values() if m.is_loaded] == LOADED
    others = [m for m in CATALOG.methods.values() if not m.is_loaded]
    assert len(others) >= 20
    assert all(not m.sources for m in others)
    assert all(m.valid_from for m in others)


def test_every_designation_of_the_twelve_parts_is_in_the_catalogue():
    for part in range(1, 13):
        assert any(d.startswith(f"GB/T 32151.{part}-") for d in CATALOG.methods)


@pytest.mark.parametrize("method", CATALOG.methods.values(), ids=lambda m: m.designation)
def test_dates_ascend(method):
    assert method.valid_to is None or method.valid_from < method.valid_to
    assert not method.is_loaded or method.published is None or method.published < method.valid_from


def test_a_new_edition_begins_the_day_after_the_old_one_ends():
    for part in (4, 5, 7, 8, 9, 10):
        old, new = (m for d, m in CATALOG.methods.items() if d.startswith(f"GB/T 32151.{part}-"))
        assert (new.valid_from - old.valid_to).days == 1


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_formula_inputs_and_units_are_known(source):
    assert source.kind in FORMULAS
    assert source.sign in (1, -1)
    for entry in source.inputs.values():
        assert all(is_unit(name) for name in entry.unit.split(" or "))
        assert set(entry.names) == {"zh-CN", "en"}
    for choice in source.choices:
        assert all(symbol in source.inputs for option in choice.options for symbol in option)


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_what_a_source_does_not_fill_it_asks_for(source):
    fills = [e for e in source.inputs.values() if e.default or e.policy or e.constant is not None]
    assert len(fills) < len(source.inputs)


def test_every_factor_has_source_and_status():
    # Nothing was verified against a document yet.
    assert {f.status for f in FACTORS} == {"secondary", "recalled"}
    assert [f.code for f in FACTORS if not f.reference] == []


def test_no_factor_has_an_impossible_value():
    shares = [f.code for f in FACTORS if f.unit == "0..1" and f.value > 1]
    assert shares + [f.code for f in FACTORS if f.value < 0] == []


def test_every_printed_value_lies_in_the_range_of_its_kind():
    for source in SOURCES:
        for index, item in enumerate(source.items):
            for symbol, (low, high) in CATALOG.kinds[item.kind].ranges.items():
                factor = source.default_of(symbol, index)
                assert factor is None or low <= factor.value <= high


def test_no_table_row_lies_unused():
    tables = {
        s["table"] for m in read_toml("methods.toml")["method"] for s in m["source"] if "table" in s
    }
    assert {row["table"] for row in read_rows("fuels.csv")} == tables
    used = {f.code for f in FACTORS}
    assert {row["code"] for row in read_rows("factors.csv")} <= used


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("fuels.csv", ("table", "item")),
        ("factors.csv", ("code",)),
        ("gwp.csv", ("gas", "gwp_set")),
        ("grid_factors.csv", ("grid", "data_year")),
        ("items.csv", ("item",)),
        ("symbols.csv", ("symbol",)),
        ("methods_not_loaded.csv", ("designation",)),
    ],
)
def test_no_key_stands_twice(name, key):
    counted = Counter(tuple(row[k] for k in key) for row in read_rows(name))
    assert [k for k, times in counted.items() if times > 1] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("fuels.csv", "NDRC_B1_METAL,COKE,t,28.447", "NDRC_B1_METAL,COKE,t,284.47", "outside"),
        ("fuels.csv", "NDRC_B1_METAL,COKE,t", "NDRC_B1_METAL,ANTHRACITE,t", "twice"),
        ("fuels.csv", "NDRC_B1_METAL,COKE,t", "NO_TABLE,COKE,t", "unknown table"),
        ("items.csv", "COKE,coke,", "COKES,coke,", "no name for"),
        ("items.csv", "COKE,coke,", "COKE,wood,", "unknown kind"),
        ("factors.csv", "0.11,tCO2/GJ", "0.11,tCO2/MWh", "none of"),
        ("factors.csv", "0.11,tCO2/GJ", "0.11,tCO2/xx", "unknown unit"),
        ("factors.csv", "0.11,tCO2/GJ,secondary", "0.11,tCO2/GJ,certain", "unknown status"),
        ("factors.csv", "PWR.DESUL_CONV,100", "PWR.DESUL_CONV,101", "impossible"),
        ("factors.csv", "EF.HEAT,", "EF.HOT,", "no factor fits"),
        ("grid_factors.csv", "2012,east", "2009,east", "do not ascend"),
        ("grid_places.csv", "31,east", "31,far_east", "no name"),
        ("gwp.csv", "CO2,CO2,SAR", "CO2,CO2,SARS", "not in SAR"),
        ("inputs.toml", "MWh = {", "MWhh = {", "no name for MWhh"),
        ("methods.toml", 'kind = "FUEL"', 'kind = "FUELS"', "unknown formula"),
        ("methods.toml", "valid_to = 2024-06-30", "valid_to = 2014-06-30", "do not ascend"),
        ("methods.toml", 'policy = "GRID_REGIONAL"\n', "", "no policy"),
        ("methods.toml", 'status = "secondary"', 'status = "sure"', "unknown scope or status"),
        ("methods_not_loaded.csv", "GB/T 32151.2-2015", "GB/T 32151.1-2015", "twice"),
    ],
)
def test_a_contradiction_in_the_data_stops_the_start(tmp_path, name, old, new, says):
    folder = tmp_path / "data"
    shutil.copytree(DATA_FOLDER, folder)
    before = (folder / name).read_text(encoding="utf-8")
    assert old in before
    (folder / name).write_text(before.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StandardDataError, match=says):
        read_catalog(folder)


def test_an_unknown_day_of_publication_counts_as_the_first_day():
    heat = next(f for f in FACTORS if f.code == "EF.HEAT")
    assert heat.published is None
    assert heat.known_from == date(2016, 6, 1)


def test_the_catalogue_is_read_once():
    assert load_catalog() is load_catalog()
