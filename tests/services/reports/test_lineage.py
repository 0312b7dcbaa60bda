"""From a total down to the printed row: nothing on the way is left out."""

import json
import math
from itertools import pairwise

import pytest

from services.reports.formulas import as_text, read_formula
from services.reports.line_lineage import Explained
from services.reports.lineage import UnknownLineError, lineage
from services.reports.lineage_text import lineage_text
from services.standards.calculate import calculate
from services.standards.catalog import load_catalog
from tests.services.standards.asking import CEMENT, POWER, record, request
from tests.services.standards.plausible import every_source, record_of, year_of

CHEMICALS, ALUMINIUM = "GB/T 32151.10-2015", "GB/T 32151.4-2015"
CATALOG = load_catalog()


def name_of(value):
    return getattr(value, "designation", getattr(value, "code", None))


def told(*records, only=None, **others):
    order = request(*records, **others)
    return lineage(CATALOG, Explained(calculate(CATALOG, order), records), only)


def inputs_of(line):
    return {given["symbol"]: given for given in line["inputs"]}


def test_a_total_leads_to_its_lines_and_they_add_up():
    found = told(
        record("fuel", "coke", FC=10), record("fuel", "ng", FC=1), record("el_buy", MWh=3),
        record("el_sell", MWh=1),
    )  # fmt: skip
    assert found["totals"]["total_t"]["of"] == ["direct_t", "deducted_t", "indirect_t"]
    assert found["totals"]["direct_t"]["lines"] == [0, 1]
    assert found["totals"]["indirect_t"]["lines"] == [2, 3]
    lines = found["lines"]
    for name in ("direct_t", "indirect_t"):
        total = found["totals"][name]
        parts = [lines[n]["sign"] * lines[n]["co2e_t"] for n in total["lines"]]
        assert total["value"] == math.fsum(parts)


def test_a_line_shows_its_formula_with_the_exact_numbers_put_in():
    (line,) = told(record("fuel", "coke", FC=0.1))["lines"]
    assert line["formula"]["text"] == "FC × NCV × CC × OF × (1 − BF) × 44/12"
    assert line["formula"]["filled"] == "0.1 × 28.447 × 0.0295 × 0.93 × (1 − 0) × 44/12"
    assert line["formula"]["tree"]["kind"] == "product"
    assert line["formula"]["filled_tree"]["factors"][0] == {"kind": "value", "text": "0.1"}


def test_a_default_leads_to_its_row_document_dates_and_status():
    (line,) = told(record("fuel", "coke", FC=1))["lines"]
    (row,) = inputs_of(line)["NCV"]["factor"]
    assert row["code"] == "NDRC_B1_METAL.COKE.NCV"
    assert (row["value"], row["unit"], row["status"]) == (28.447, "GJ/t", "secondary")
    assert row["document"]["code"] == "GB/T 32151.5-2015"
    assert row["published"] == "2015-11-19"
    assert row["applies_from"] == "2016-06-01"
    assert inputs_of(line)["FC"]["factor"] == []


def test_electricity_leads_to_the_notice_of_its_grid():
    (line,) = told(record("el_buy", MWh=1))["lines"]
    (row,) = inputs_of(line)["EF"]["factor"]
    assert row["code"].startswith("ELECTRICITY.average.east.")
    assert row["value"] == inputs_of(line)["EF"]["value"]
    assert row["document"]["names"]["en"]


def test_a_warming_potential_leads_to_its_report():
    (line,) = told(record("el_buy", MWh=1))["lines"]
    assert [row["code"] for row in line["gwp"]["factor"]] == ["GWP.SAR.CO2"]
    lines = told(record("pfc", P=1), method=ALUMINIUM)["lines"]
    assert [line["gwp"]["factor"][0]["code"] for line in lines] == [
        "AL.GWP_CF4_2015", "AL.GWP_C2F6_2015",
    ]  # fmt: skip


def test_what_was_derived_on_the_way_shows_how():
    ash = {"G_slag": 30, "C_slag": 0.08, "G_ash": 200, "C_ash": 0.03, "eta": 0.99}
    (line,) = told(record("fuel", "bituminous", FC=1000, NCV=20, **ash), method=POWER)["lines"]
    derived = inputs_of(line)["OF"]["formula"]
    assert derived["text"].startswith("1 − (G_slag × C_slag + G_ash × C_ash/eta)/(FC")
    assert derived["filled"].startswith("1 − (30 × 0.08 + 200 × 0.03/0.99)/(1000 × 20 ×")
    (steam,) = told(record("ht_buy", t=2, P=1, T=300))["lines"]
    assert inputs_of(steam)["h"]["formula"]["filled"] == "h(1, 300)"


def test_a_name_that_python_keeps_for_itself_takes_its_number_too():
    found = told(record("td_loss", in_grid=9, sold=7, export=1), method="GB/T 32151.2-2015")
    assert found["lines"][0]["formula"]["filled"].startswith("(9 + 0 − 1 − 7) × ")


def test_a_balance_shows_every_stream_and_the_records_behind_it():
    streams = [
        record("feedstock", Q=100, CC=0.5) | {"direction": "in"},
        record("fuel", "coke", FC=1, BF=0),
        record("feedstock", Q=10, CC=0.25) | {"direction": "out"},
    ]
    found = told(*streams, method=CHEMICALS)
    line = found["lines"][0]
    assert line["formula"]["filled"] == "(100 × 0.5 − 10 × 0.25) × 44/12"
    assert [each["record"] for each in line["activity"]] == [0, 2]
    assert line["activity"][1]["understood"] == streams[2]
    assert [each["record"] for each in found["lines"][1]["activity"]] == [1]


def test_one_line_can_be_asked_for():
    records = [record("fuel", "coke", FC=1), record("el_buy", MWh=1)]
    found = told(*records, only=1)
    assert [line["line"] for line in found["lines"]] == [1]
    assert found["totals"]["direct_t"]["lines"] == [0]
    for wrong in (2, -1):
        with pytest.raises(UnknownLineError):
            told(*records, only=wrong)


@pytest.mark.parametrize(("method", "source"), list(every_source()), ids=name_of)
def test_every_source_explains_itself_down_to_rows(method, source):
    own = record_of(source, 0 if source.items else -1)
    found = told(own, method=method.designation, year=year_of(method))
    for line in found["lines"]:
        assert_complete(line)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert lineage_text(found)


def assert_complete(line):
    """Every default names a row of its value, and the numbers take every symbol's place."""
    assert line["gwp"]["factor"]
    for given in line["inputs"]:
        is_printed = given["origin"] in ("default", "policy")
        assert bool(given["factor"]) == is_printed, given
        if is_printed:
            assert math.prod(row["value"] for row in given["factor"]) == given["value"]
        assert bool(given["formula"]) == (given["origin"] == "derived")
    names = {given["symbol"] for given in line["inputs"]}
    filled = line["formula"]["filled"]
    assert [name for name in names if f" {name} " in f" {filled} "] == []
    assert as_text(read_formula(filled)) == filled


def test_the_text_for_a_terminal_goes_from_totals_to_rows():
    text = lineage_text(told(record("fuel", "coke", FC=1), record("el_buy", MWh=1)))
    order = ["total_t = ", "[0] fuel", "FC × NCV", "NCV = 28.447", "NDRC_B1_METAL.COKE.NCV",
             "records[0]", "[1] el_buy"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert all(first < second for first, second in pairwise(places))


def test_memo_leads_to_its_lines():
    found = told(record("fuel", "coke", FC=1, BF=0.5), record("el_buy", MWh=1), method=CEMENT)
    assert found["memo"]["quota_t"]["of"] == ["direct_t", "deducted_t"]
    assert found["memo"]["biomass_co2_t"]["lines"] == [0]


def test_a_record_without_a_number_says_why_in_the_chain():
    missing = {"source": "el_buy", "missing": "not_estimated", "note": "meter broken"}
    found = told(record("fuel", "coke", FC=1), missing)
    assert found["missing"] == [{"record": 1, **missing}]
    assert [line["line"] for line in found["lines"]] == [0]
