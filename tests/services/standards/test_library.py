"""The library holds every value with its use, its versions and its marks; examples come out."""

from datetime import date

import pytest

from services.i18n.texts import LANGUAGES, use_language
from services.standards.catalog import load_catalog
from services.standards.examples import examples, examples_of, run_example
from services.standards.library import GROUPS, Query, find, loaded_library, versions
from services.standards.tables import read_rows
from services.standards.written import formulas_of

KNOWN_ON = date(2026, 6, 30)
VALUES = loaded_library(load_catalog())


def codes(found):
    return [value.code for value in found]


def test_every_value_of_the_files_is_there_once():
    known = load_catalog()
    assert len(set(codes(VALUES))) == len(VALUES)
    assert set(known.factors) < set(codes(VALUES))
    electricity = [v for v in VALUES if v.group == "electricity"]
    assert len(electricity) == len(read_rows("electricity_factors.csv"))
    assert {v.group for v in VALUES} == set(GROUPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_has_a_name_in_both_languages(language):
    with use_language(language):
        assert [v.code for v in VALUES if str(v.name) in ("", v.code)] == []
        assert [v.code for v in VALUES if not str(v.document)] == []


def test_words_are_looked_for_in_name_code_and_document_of_both_languages():
    wanted = "NDRC_B1_METAL.COKE.NCV"
    for text in ("焦炭 低位发热量 32151.5", "coke calorific", "ndrc_b1 coke.ncv"):
        assert wanted in codes(find(VALUES, Query(text)))
    assert find(VALUES, Query("no such thing")) == ()


def test_group_and_status_narrow_what_is_found():
    found = find(VALUES, Query("", "gwp", "recalled"))
    assert {(v.group, v.status) for v in found} == {("gwp", "recalled")}
    assert "GWP.AR4.CH4" in codes(found)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("GWP.SAR.CH4", [21, 25, 28, 27.9]),
        ("AL.NC_2015", [0.42, 0.411]),
        ("STEEL15.DOLOMITE", [0.471, 0.476]),
        ("ELECTRICITY.AVERAGE.EAST.2023", [0.928, 0.7182, 0.7129, 0.7035, 0.5992, 0.5617, 0.55]),
    ],
)
def test_versions_of_a_value_stand_in_the_order_of_their_days(code, known):
    assert [v.value for v in versions(VALUES, code)] == known


def test_a_value_names_the_methods_that_use_it():
    by_code = {v.code: v for v in VALUES}
    assert by_code["AL.NC_2024"].used_by == (("CETS-AG-04.01-V01-2024", "anode"),)
    east = {method for method, _ in by_code["ELECTRICITY.AVERAGE.EAST.2023"].used_by}
    assert "GB/T 32151.8-2015" in east
    assert "CETS-AG-02.01-V01-2024" not in east
    national = {m for m, _ in by_code["ELECTRICITY.AVERAGE.NATIONAL.2023"].used_by}
    assert "CETS-AG-02.01-V01-2024" in national


@pytest.mark.parametrize("example", examples(), ids=lambda e: f"{e.method}: {e.name}")
def test_a_worked_example_run_by_the_page_agrees(example):
    assert run_example(load_catalog(), example, KNOWN_ON).agrees


def test_a_wrong_total_is_said_to_differ():
    first = examples()[0]
    wrong = type(first)(**{n: getattr(first, n) for n in first.__slots__} | {"total_t": 1.0})
    assert not run_example(load_catalog(), wrong, KNOWN_ON).agrees


def test_every_loaded_method_of_an_enterprise_has_an_example():
    loaded = [m for m in load_catalog().methods.values() if m.is_loaded]
    without = [
        m.designation
        for m in loaded
        if m.subject == "enterprise" and not examples_of(m.designation)
    ]
    assert without == []


def test_a_source_is_written_in_every_way_it_may_be_computed():
    fuel = load_catalog().method("GB/T 32151.8-2015").sources["fuel"]
    assert formulas_of(fuel) == (
        "FC × NCV × CC × OF × (1 − BF) × 44/12",
        "FC × C × OF × (1 − BF) × 44/12",
    )
    pfc = load_catalog().method("GB/T 32151.4-2015").sources["pfc"]
    assert formulas_of(pfc) == ("P × EF_CF4 / 1000", "P × EF_C2F6 / 1000")
