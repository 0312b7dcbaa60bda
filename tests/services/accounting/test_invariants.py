"""Whatever of a run is changed behind its back, a rule names it; an untouched run is quiet."""

from dataclasses import replace

import pytest

from services.accounting.invariants import between, within_run
from services.standards.catalog import load_catalog
from tests.services.standards.asking import REGION, record, result

GWP = load_catalog().gwp
DONE = result(
    record("fuel", FC=12, NCV=1, CC=1, OF=1),  # 44 t CO2
    record("rice", "single", area=1000),  # 215.5 t CH4 x 21
    record("forest_gain", "bamboo", area=60),
    record("el_import", MWh=10, EF=0.5),
    method=REGION,
)


def changed(number, **values):
    lines = list(DONE.lines)
    lines[number] = replace(lines[number], **values)
    return replace(DONE, lines=tuple(lines))


def rules(done):
    return [(found.invariant, found.part) for found in within_run(done, GWP)]


def test_an_untouched_run_is_quiet():
    assert rules(DONE) == []
    assert between(DONE, DONE) == ()


@pytest.mark.parametrize("name", ["total_t", "direct_t", "indirect_t", "deducted_t"])
def test_a_total_that_its_lines_do_not_make(name):
    wrong = replace(DONE, **{name: getattr(DONE, name) + 0.001})
    (found,) = within_run(wrong, GWP)
    assert (found.invariant, found.part) == ("total", name)
    assert found.found - found.expected == pytest.approx(0.001)


@pytest.mark.parametrize("name", ["quota_t", "land_use_t", "total_with_land_use_t"])
def test_what_stands_beside_is_held_to_its_lines_too(name):
    assert rules(replace(DONE, memo={**DONE.memo, name: 1.5})) == [("memo", name)]
    left_out = {key: value for key, value in DONE.memo.items() if key != name}
    assert rules(replace(DONE, memo=left_out)) == [("memo", name)]


def test_a_line_whose_gas_and_potential_do_not_make_its_equivalent():
    assert ("line_product", "2 rice CH4") in rules(changed(1, gas_t=215.6))


def test_a_potential_of_another_set_is_named():
    # 28 is that of the fifth report; the run says SAR, which has 21.
    wrong = changed(1, gwp=28.0, gas_t=4525.5 / 28)
    assert rules(wrong) == [("line_potential", "2 rice CH4")]


def test_a_line_of_another_gas_is_named_by_its_potential():
    assert rules(changed(0, gas="N2O")) == [("line_potential", "1 fuel N2O")]


def test_a_line_that_left_breaks_the_totals():
    less = replace(DONE, lines=DONE.lines[1:])
    assert {"total_t", "direct_t"} <= {part for _, part in rules(less)}


def test_lines_and_totals_changed_together_show_when_computed_again():
    wrong = changed(0, gas_t=45.0, co2e_t=45.0)
    (found,) = between(wrong, DONE)
    assert (found.part, found.expected, found.found) == ("fuel CO2 direct", 44.0, 45.0)


JANUARY = record("fuel", FC=12, NCV=1, CC=1, OF=1) | {"month": 1}  # 44 t
MONTHS = result(JANUARY, JANUARY | {"month": 2}, record("fuel", FC=3, NCV=1, CC=1, OF=1))


def test_months_that_make_the_total_are_quiet():
    assert MONTHS.by_month == {"1": 44.0, "2": 44.0, "year": 11.0}
    assert rules(MONTHS) == []


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"1": 44.0, "2": 45.0, "year": 11.0}, {"2", "total"}),
        ({"1": 88.0, "year": 11.0}, {"1", "2"}),
        ({"1": 44.0, "2": 44.0, "3": 0.0, "year": 11.0}, {"3"}),
        ({}, {"1", "2", "year"}),
    ],
)
def test_parts_by_month_that_are_not_those_of_the_lines_are_named(parts, named):
    assert set(rules(replace(MONTHS, by_month=parts))) == {("month", part) for part in named}


def test_a_line_put_into_another_month_is_named_at_both():
    lines = (replace(MONTHS.lines[0], month=2), *MONTHS.lines[1:])
    wrong = replace(MONTHS, lines=lines)
    assert set(rules(wrong)) == {("month", "1"), ("month", "2")}
    assert [found.part for found in between(wrong, MONTHS)] == [
        "fuel CO2 direct 1",
        "fuel CO2 direct 2",
    ]
