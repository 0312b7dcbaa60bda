"""The standards' data hold together, and a folder that does not is refused."""

import shutil
from collections import Counter
from datetime import date

import pytest

from services.standards.catalog import load_catalog, read_catalog
from services.standards.formulas.registry import FORMULAS
from services.standards.tables import DATA_FOLDER, StandardDataError, read_rows
from services.units import is_unit

CATALOG = load_catalog()
SOURCES = [s for m in CATALOG.methods.values() for s in m.sources.values()]
FACTORS = [f for s in SOURCES for column in s.defaults.values() for f in column if f]
LOADED = {
    "GB/T 32150-2015",
    *(f"GB/T 32151.{part}-2015" for part in range(1, 11)),
    "GB/T 32151.11-2018",
    "GB/T 32151.12-2018",
    "环办气候函〔2022〕485号",
    *(f"CETS-AG-0{sector}.01-V01-2024" for sector in (2, 3, 4)),
    "省级温室气体清单编制指南(试行)2011",
    "省级温室气体清单编制指南(2025年版)",
}
# Tables that no loaded method names: they are there to be compared in the factor library.
ONLY_TO_COMPARE = {"CHEM_2023", "GBT_C1_2024", "ETS_POWER_2021"}
FACTORS_ONLY_TO_COMPARE = {
    "K.CO2_DENSITY_OTHER", "PWR.COAL_OF", "PWR.COAL_OF_ETS", "AL.GWP_CF4_2015",
    "PROV11.LU.BEF_ABOVE", "PROV11.REFERENCE_GAP",
}  # fmt: skip


CEMENT_FILE = "methods/gbt_32151_08_2015.toml"


def name_of(source):
    return f"{source.method} {source.code}"


def test_these_methods_are_loaded_and_all_others_say_that_they_are_not():
    assert {m.designation for m in CATALOG.methods.values() if m.is_loaded} == LOADED
    others = {m for m in CATALOG.methods if m not in LOADED}
    assert {f"GB/T 32151.{p}-2023" for p in (7, 8, 9, 10)} < others
    assert {"GB/T 32150-2025", "GB/T 32151.4-2026", "GB/T 32151.5-2026"} < others
    others = [m for m in CATALOG.methods.values() if not m.is_loaded]
    assert all(not m.sources for m in others)
    assert all(m.valid_from for m in others)


def test_every_designation_of_the_twelve_parts_is_in_the_catalogue():
    for part in range(1, 13):
        assert any(d.startswith(f"GB/T 32151.{part}-") for d in CATALOG.methods)


@pytest.mark.parametrize("method", CATALOG.methods.values(), ids=lambda m: m.designation)
def test_dates_ascend(method):
    assert method.valid_to is None or method.valid_from < method.valid_to
    # A guide of emissions trading may be issued in the year after the first it holds for.
    assert method.published is None or method.published.year <= method.valid_from.year + 1


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
    for source in (s for s in SOURCES if s.key is None):
        for index, item in enumerate(source.items):
            for symbol, (low, high) in CATALOG.kinds[item.kind].ranges.items():
                factor = None if source.is_balance else source.default_of(symbol, index)
                assert factor is None or factor.is_doubtful or low <= factor.value <= high


def test_no_table_row_lies_unused():
    named = {t for s in SOURCES for c in s.defaults.values() for f in c if f
             for t in (part.split(".")[0] for part in f.code.split("*"))}  # fmt: skip
    assert {row["table"] for row in read_rows("fuels.csv")} - named == ONLY_TO_COMPARE
    used = {part for f in FACTORS for part in f.code.split("*")}
    unused = {row["code"] for row in read_rows("factors.csv")} - used
    assert unused <= FACTORS_ONLY_TO_COMPARE


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("fuels.csv", ("table", "item")),
        ("factors.csv", ("code",)),
        ("gwp.csv", ("gas", "gwp_set")),
        ("electricity_factors.csv", ("metric", "place", "data_year")),
        ("documents.csv", ("document",)),
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
        ("electricity_factors.csv", "east,2012", "east,2009", "do not ascend"),
        ("electricity_factors.csv", "MEE_ELECTRICITY_2023", "NO_NOTICE", "unknown document"),
        ("grid_places.csv", "31,east", "31,far_east", "no name"),
        ("gwp.csv", "CO2,CO2,SAR", "CO2,CO2,SARS", "unknown set"),
        ("inputs.toml", "MWh = {", "MWhh = {", "no name for MWhh"),
        (CEMENT_FILE, 'kind = "FUEL"', 'kind = "FUELS"', "unknown formula"),
        (CEMENT_FILE, "valid_to = 2024-06-30", "valid_to = 2014-06-30", "do not ascend"),
        (CEMENT_FILE, 'policy = "GRID_REGIONAL"\n', "", "no policy"),
        (CEMENT_FILE, 'status = "secondary"', 'status = "sure"', "unknown scope or status"),
        ("methods_not_loaded.csv", "GB/T 32151.8-2023", "GB/T 32151.8-2015", "twice"),
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
    coke = next(f for f in FACTORS if f.code == "PROV_2011.COKE.NCV")
    assert coke.published is None
    assert coke.known_from == date(2000, 1, 1)


def test_the_catalogue_is_read_once():
    assert load_catalog() is load_catalog()
