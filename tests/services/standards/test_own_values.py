"""Which quantities an own value may fill, and which of the alternatives it takes."""

from dataclasses import replace
from datetime import date

import pytest

from components.forms.method_columns import grid_sources, with_own_values
from services.i18n.words import Words
from services.standards.calculate import calculate
from services.standards.catalog import load_catalog
from services.standards.own_findings import PartlyHeldError, TypedOverError, own_findings
from services.standards.own_values import (
    OwnValue,
    filled,
    measurable,
    own_in,
    standing_in,
    standing_in_months,
    without_own,
)
from services.standards.problems import WrongTypeError
from services.standards.request import CalculationRequest

CATALOG = load_catalog()
FIRM, POWER, GUIDE = "GB/T 32150-2015", "GB/T 32151.1-2015", "环办气候函〔2022〕485号"
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
NCV = OwnValue("1", "bituminous", "NCV", 23.5, "GJ/t", *YEAR, Words("报告", "report"), ("ab",))
C = OwnValue("2", "bituminous", "C", 0.6, "tC/t", date(2020, 1, 1), None, Words("碳", "carbon"))


def record(**inputs):
    return {"source": "fuel", "item": "bituminous", "inputs": inputs}


def symbols_filled(method, values, **inputs):
    (found,) = filled(CATALOG.method(method), YEAR, [record(**inputs)], values)
    return sorted(set(found["inputs"]) - set(inputs))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"FC": 100}, ["C"]),  # nothing is left to a default
        ({"FC": 100, "CC": 0.027}, ["NCV"]),
        ({"FC": 100, "NCV": 24}, []),
        ({"FC": 100, "C": 0.5}, []),
    ],
)
def test_what_a_record_gives_decides_between_alternatives(given, wanted):
    assert symbols_filled(FIRM, [NCV, C], **given) == wanted


def test_a_value_takes_the_place_of_the_default_alone():
    assert symbols_filled(FIRM, [NCV], FC=100) == ["NCV"]


def test_amounts_and_what_an_authority_sets_cannot_be_measured():
    found = {symbol for _, symbol in measurable(CATALOG.method(POWER))}
    assert {"NCV", "CC", "C", "OF"} <= found
    assert found.isdisjoint({"FC", "MWh", "GJ", "Q", "BF", "GWP"})


def test_a_default_that_differs_by_equipment_is_not_filled():
    # The default oxidation rate of coal is that of a kiln, or of a boiler.
    cement = next(m for m in CATALOG.designations() if m.startswith("CETS-AG-02"))
    assert ("bituminous", "OF") not in measurable(CATALOG.method(cement))


def test_a_line_names_the_document_of_the_value():
    records = filled(CATALOG.method(FIRM), YEAR, [record(FC=100)], [NCV])
    request = CalculationRequest(FIRM, 2023, "320000", records, date(2026, 1, 1))
    (line,) = calculate(CATALOG, request).lines
    given = line.inputs["NCV"]
    assert (given.value, given.origin, given.status) == (23.5, "measured", "verified")
    assert given.reference == NCV.reference
    assert own_in(records) == ("1",)
    assert without_own(records) == [record(FC=100)]


SPRING = replace(NCV, valid_from=date(2023, 3, 1), valid_to=date(2023, 6, 15))


@pytest.mark.parametrize(
    ("month", "is_filled"),
    [(2, False), (3, True), ("2023-05", True), (6, False), (None, False), ("spring", False)],
)
def test_a_value_of_part_of_the_year_fills_the_months_it_covers_to_the_last_day(month, is_filled):
    (found,) = filled(CATALOG.method(FIRM), YEAR, [record(FC=100) | {"month": month}], [SPRING])
    assert ("NCV" in found["inputs"]) is is_filled


def test_each_month_takes_the_value_of_its_own_days():
    later = replace(NCV, value_id="9", value=25.0, valid_from=date(2023, 6, 16), valid_to=None)
    records = [record(FC=100) | {"month": month} for month in (3, 7)]
    found = filled(CATALOG.method(FIRM), YEAR, records, [SPRING, later])
    assert [each["inputs"]["NCV"]["value"] for each in found] == [23.5, 25.0]


def test_the_grid_shows_by_month_what_holds_for_part_of_the_year():
    method = CATALOG.method(FIRM)
    assert standing_in(method, YEAR, [SPRING])["fuel"] == {}
    months = standing_in_months(method, 2023, [SPRING, C])
    assert {month: found["fuel"] for month, found in months.items()} == {
        month: {("bituminous", "NCV"): 23.5} for month in (3, 4, 5)
    }
    (fuel,) = (
        source
        for source in with_own_values(grid_sources(CATALOG.describe(FIRM)), {}, months)
        if source.choice.code == "fuel"
    )
    assert fuel.monthly == {str(month): {"bituminous": {"NCV": "23.5"}} for month in (3, 4, 5)}


def test_the_grid_shows_the_value_in_the_unit_of_the_cell():
    kilo = replace(NCV, value=23_500.0, unit="kJ/kg")
    own = standing_in(CATALOG.method(FIRM), YEAR, [kilo])["fuel"]
    assert own == {("bituminous", "NCV"): pytest.approx(23.5)}
    shown = with_own_values(grid_sources(CATALOG.describe(FIRM)), {"fuel": own}, {})
    fuel = next(source for source in shown if source.choice.code == "fuel")
    assert float(fuel.defaults["bituminous"]["NCV"]) == pytest.approx(23.5)
    assert "CC" in fuel.defaults["bituminous"]


def heat(**inputs):
    return {"source": "ht_buy", "inputs": inputs}


SUPPLIED = OwnValue("3", "@ht_buy", "EF", 95.0, "kgCO2/GJ", *YEAR, Words("供热协议", "contract"))


def test_the_factor_of_the_supplier_stands_in_for_the_default_of_heat():
    records = [heat(GJ=1000), heat(GJ=1000, EF=0.1), {**heat(GJ=1000), "source": "ht_sell"}]
    found = filled(CATALOG.method(FIRM), YEAR, records, [SUPPLIED])
    request = CalculationRequest(FIRM, 2023, "320000", found, date(2026, 1, 1))
    bought, typed, sold = calculate(CATALOG, request).lines
    # 95 kgCO2/GJ are 0.095 tCO2/GJ; what is typed goes before it, what is sold keeps 0.11.
    assert (bought.gas_t, typed.gas_t, sold.gas_t) == pytest.approx((95, 100, 110))
    given = bought.inputs["EF"]
    assert (given.origin, given.status, given.reference) == (
        "measured",
        "verified",
        SUPPLIED.reference,
    )


def test_a_value_of_a_source_is_offered_where_its_method_has_it_and_shown_in_its_cells():
    offered = measurable(CATALOG.method(FIRM))["@ht_buy", "EF"]
    assert (offered.unit, offered.names["en"]) == ("tCO2/GJ", "Purchased heat")
    assert ("@ht_buy", "EF") not in measurable(CATALOG.method(POWER))
    assert ("@el_buy", "EF") not in measurable(CATALOG.method(FIRM))  # a policy decides
    own = standing_in(CATALOG.method(FIRM), YEAR, [SUPPLIED])
    assert {code: cells for code, cells in own.items() if cells} == {
        "ht_buy": {("", "EF"): pytest.approx(0.095)}
    }


def test_the_same_word_for_a_source_and_an_item_is_not_mixed_up():
    # Limestone is a source of aluminium works and an item of steel works.
    of_source = replace(SUPPLIED, item="@limestone", value=0.4, unit="tCO2/t")
    used = {"source": "flux", "item": "limestone", "inputs": {"Q": 1}}
    steel = CATALOG.method("GB/T 32151.5-2015")
    assert filled(steel, YEAR, [used], [of_source]) == [used]
    (taken,) = filled(steel, YEAR, [used], [replace(of_source, item="limestone")])
    assert "EF" in taken["inputs"]


def warnings(record, *values):
    method = CATALOG.method(FIRM)
    (found,) = filled(method, YEAR, [record], values)
    return [(type(p.error), p.field) for p in own_findings(method, YEAR, [found], values)]


@pytest.mark.parametrize(
    ("record", "values", "told"),
    [
        (record(FC=100), [SPRING], [(PartlyHeldError, "NCV")]),
        (record(FC=100) | {"month": 6}, [SPRING], [(PartlyHeldError, "NCV")]),
        (record(FC=100) | {"month": 4}, [SPRING], []),
        (record(FC=100) | {"month": 8}, [SPRING], []),
        (record(FC=100), [replace(SPRING, valid_to=date(2030, 1, 1))], [(PartlyHeldError, "NCV")]),
        (record(FC=100, NCV=24), [SPRING], []),  # its own mean of the year
        (record(FC=100, C=0.6), [SPRING], []),  # another way, which needs no heat value
        (record(FC=100, NCV=24), [NCV], [(TypedOverError, "NCV")]),
        (record(FC=100, NCV=23.5), [NCV], []),
        (record(FC=100), [NCV], []),
        (heat(GJ=1, EF=0.1), [SUPPLIED], [(TypedOverError, "EF")]),
        (heat(GJ=1, EF={"value": 95, "unit": "kgCO2/GJ"}), [SUPPLIED], []),
        (heat(GJ=1), [replace(SUPPLIED, valid_from=date(2023, 2, 1))], [(PartlyHeldError, "EF")]),
        (heat(GJ=1), [replace(SUPPLIED, valid_from=date(2024, 1, 1), valid_to=None)], []),
    ],
)
def test_a_value_that_is_not_taken_is_named(record, values, told):
    assert warnings(record, *values) == told


def test_a_record_may_name_the_document_of_any_quantity():
    def given(reference):
        stated = {"value": 23.5, "unit": "GJ/t", "reference": reference}
        request = CalculationRequest(
            FIRM, 2023, "320000", [record(FC=1, NCV=stated)], date(2026, 1, 1)
        )
        return calculate(CATALOG, request).lines[0].inputs["NCV"]

    assert (str(given("化验单 7").reference), given("化验单 7").status) == ("化验单 7", "user")
    with pytest.raises(WrongTypeError, match="reference"):
        given(7)
