"""Every input has a half-width, its own or that of a rule whose document is named."""

import shutil
from datetime import date

import pytest

from services.standards.catalog import load_catalog, read_catalog
from services.standards.half_widths import Traits, rule_for
from services.standards.model import AsOf
from services.standards.problems import (
    MissingFieldError,
    NegativeError,
    UnknownFieldError,
    UnknownUnitError,
    UnlikeUnitError,
)
from services.standards.quantities import HalfWidthError, read_quantity
from services.standards.tables import DATA_FOLDER, StandardDataError
from tests.services.standards.asking import GENERAL, record, result

CATALOG = load_catalog()
AS_OF = AsOf(date(2023, 12, 31), date(2026, 6, 30))


def rule(*traits):
    return rule_for(CATALOG.half_widths, Traits(*traits), AS_OF)


@pytest.mark.parametrize(
    ("traits", "name", "percent"),
    [
        (("FC", "measured", "coal", "FUEL", "enterprise", "t"), "fuel_solid", 3),
        (("FC", "measured", "coal", "FUEL", "region", "t"), "statistics_energy", 5),
        (("FC", "estimated", "coal", "FUEL", "enterprise", "t"), "estimated", 15),
        (("MWh", "measured", "", "ELECTRICITY", "enterprise", "MWh"), "electricity_meter", 2),
        (("NCV", "default", "coal", "FUEL", "enterprise", "GJ/t"), "default_ncv_coal", 23),
        (("NCV", "measured", "coal", "FUEL", "enterprise", "GJ/t"), "measured_ncv", 1.5),
        (("CC", "default", "natural_gas", "FUEL", "enterprise", ""), "default_cc_natural_gas", 3.9),
        (("EF", "policy", "", "ELECTRICITY", "enterprise", "tCO2/MWh"), "grid_factor", 5),
        (("EF", "default", "", "HEAT", "enterprise", "tCO2/GJ"), "heat_factor", 15),
        (("EF", "default", "carbonate", "MASS_EF", "enterprise", "tCO2/t"), "carbonate_factor", 3),
        (("EF", "default", "process", "PRODUCT_GAS", "enterprise", "t/t"), "n2o_factor", 20),
        (("EF", "default", "mining", "PRODUCT_GAS", "enterprise", "kg/t"), "coal_ch4_factor", 67),
        (("BF", "constant", "coal", "FUEL", "enterprise", "0..1"), "exact", 0),
    ],
)
def test_the_kind_of_quantity_decides(traits, name, percent):
    found = rule(*traits)
    assert (found.rule, found.half_width * 100) == (name, pytest.approx(percent))


def test_a_rule_names_its_document_in_both_languages():
    found = rule("NCV", "default", "coal", "FUEL", "enterprise", "")
    assert "IPCC 2006 国家温室气体清单指南 第2卷" in found.reference.zh
    assert "2006 IPCC Guidelines, volume 2" in found.reference.en


def test_a_rule_before_it_was_known_is_not_used():
    before = AsOf(date(2005, 12, 31), date(2006, 1, 1))
    known = AsOf(date(2005, 12, 31), date(2007, 1, 1))
    traits = Traits("NCV", "default", "coal", "FUEL", "enterprise", "")
    assert rule_for(CATALOG.half_widths, traits, before).rule == "default_ncv_other"
    assert rule_for(CATALOG.half_widths, traits, known).rule == "default_ncv_coal"


def test_nothing_is_verified_that_nobody_compared():
    assert {rule.status for rule in CATALOG.half_widths} <= {"secondary", "recalled"}


def folder_with(tmp_path, old, new):
    folder = tmp_path / "data"
    shutil.copytree(DATA_FOLDER, folder)
    path = folder / "uncertainty.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("measured_ncv,NCV,", "measured_ncv,NVC,", "NVC"),
        ("measured_ncv,NCV,measured,", "measured_ncv,NCV,guessed,", "guessed"),
        (",coal,,,,23,", ",cool,,,,23,", "cool"),
        (",coal,,,,23,", ",coal,,,,-23,", "impossible value"),
        (",coal,,,,23,,", ",coal,,,,23,square,", "shape"),
        ("measured,*,measured,", "measured,Q,measured,", "no last resort"),
        ("IPCC_2006_V5", "IPCC_2006_V9", "IPCC_2006_V9"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(tmp_path, old, new, told):
    with pytest.raises(StandardDataError, match=told):
        read_catalog(folder_with(tmp_path, old, new))


@pytest.mark.parametrize(
    ("given", "fraction"),
    [(0.05, 0.05), ({"value": 5, "unit": "%"}, 0.05), ({"value": 0.05}, 0.05), (0, 0.0),
     ({"value": 150, "unit": "%"}, 1.5), (None, None)],
)  # fmt: skip
def test_a_quantity_may_state_its_own(given, fraction):
    cell = {"value": 10, "unit": "t", "uncertainty": given}
    assert read_quantity(cell, "t", "records[0].inputs.FC").half_width == fraction


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (5, HalfWidthError),
        ({"value": 5}, HalfWidthError),
        ({"value": 1001, "unit": "%"}, HalfWidthError),
        (-0.1, NegativeError),
        ({"unit": "%"}, MissingFieldError),
        ({"value": 5, "unit": "t"}, UnlikeUnitError),
        ({"value": 5, "unit": "pc"}, UnknownUnitError),
        ({"value": 5, "unit": "%", "shape": "flat"}, UnknownFieldError),
    ],
)
def test_an_uncertainty_that_makes_no_sense_is_refused_at_its_place(given, error):
    with pytest.raises(error) as caught:
        read_quantity({"value": 10, "uncertainty": given}, "t", "records[0].inputs.FC")
    assert caught.value.where.startswith("records[0].inputs.FC.uncertainty")


def test_a_stated_uncertainty_stands_on_the_line_and_no_other_is_printed():
    found = result(
        record("fuel", "bituminous", FC={"value": 10, "uncertainty": 0.02}), method=GENERAL
    )
    inputs = found.as_json()["lines"][0]["inputs"]
    assert inputs["FC"]["uncertainty"] == 0.02
    assert "uncertainty" not in inputs["NCV"]
