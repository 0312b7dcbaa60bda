"""The engine against a slow calculator of its own: every source, item, alternative and key."""

import json
from datetime import date

import pytest

from services.standards.calculate import calculate, parse_request
from services.standards.catalog import load_catalog
from tests.services.standards.slow.golden import file_of, golden
from tests.services.standards.slow.heat_power import is_split
from tests.services.standards.slow.tables import methods

REL = 1e-12
TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")
loaded = pytest.mark.parametrize("designation", list(methods()))


def read(designation):
    return json.loads(file_of(designation).read_text(encoding="utf-8"))


def computed(expected, records, **others):
    names = ("method", "year", "region", "known_on")
    order = {name: expected[name] for name in names} | {"records": records} | others
    return calculate(load_catalog(), parse_request(order))


@loaded
def test_every_line_is_the_number_worked_out_by_hand(designation):
    expected = read(designation)
    records = [case["record"] for case in expected["cases"]]
    found = {(line.record, line.gas): line for line in computed(expected, records).lines}
    for number, case in enumerate(expected["cases"]):
        for gas, (tonnes, co2e) in case["gas_t_and_co2e_t"].items():
            line = found.pop((number, gas))
            assert (line.gas_t, line.co2e_t) == pytest.approx((tonnes, co2e), rel=REL), case
    assert found == {}


@loaded
def test_totals_are_those_worked_out_by_hand(designation):
    expected = read(designation)
    result = computed(expected, [case["record"] for case in expected["cases"]])
    assert [getattr(result, name) for name in TOTALS] == pytest.approx(
        [expected[name] for name in TOTALS], rel=REL
    )


@pytest.mark.parametrize("designation", list(filter(is_split, methods())))
def test_heat_and_power_are_split_as_by_hand(designation):
    expected = read(designation)
    told = expected["heat_power"]
    records = [case["record"] for case in expected["cases"]]
    found = computed(expected, records, heat_power=told["given"]).heat_power
    values = {name: getattr(found, name) for name in told["expected"]}
    assert values == pytest.approx(told["expected"], rel=REL)


@loaded
def test_a_golden_file_holds_what_the_slow_calculator_says(designation):
    assert file_of(designation).read_text(encoding="utf-8") == golden(designation)


@loaded
def test_a_golden_file_has_a_case_for_every_source_and_item(designation):
    told = {_key(case["record"]) for case in read(designation)["cases"]}
    sources = load_catalog().method(designation).sources.values()
    wanted = {(s.code, item.code) for s in sources for item in s.items}
    wanted |= {(s.code, None) for s in sources if not s.items}
    assert wanted - told == set()


def _key(record):
    streams = record["inputs"].get("in")
    item = streams[0].get("item") if isinstance(streams, list) else record["item"]
    has_items = bool(item) and record["source"] != "el_import"
    return record["source"], item if has_items else None


def test_a_golden_file_belongs_to_a_method():
    files = {file_of(designation).name for designation in methods()}
    assert {path.name for path in file_of("x").parent.glob("*.json")} == files


def test_the_day_of_knowledge_is_past():
    assert all(date.fromisoformat(read(d)["known_on"]) < date(2026, 7, 1) for d in methods())
