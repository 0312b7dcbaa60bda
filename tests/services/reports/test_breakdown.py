"""Sums by source and gas add up to the run's totals."""

import math

from services.reports.breakdown import by_gas, by_source
from tests.services.reports import samples


def gas_line(**changes):
    return samples.line(9, ("process", ""), "Q × EF", {}, 10.0, **changes)


def test_sources_add_up_to_the_total():
    found = by_source(samples.LINES)
    assert [(s.source, s.co2e_t) for s in found] == [
        ("fuel", 2178.0),
        ("clinker", 580.8),
        ("el_buy", 500.0),
        ("el_sell", -100.0),
    ]
    assert math.fsum(s.co2e_t for s in found) == samples.TOTAL_T


def test_rows_of_one_source_are_one_total():
    (found,) = by_source((samples.fuel_line(), samples.fuel_line(5)))
    assert found.co2e_t == 4356.0


def test_what_was_sold_is_taken_off_the_indirect_part_of_its_gas():
    (carbon,) = by_gas(samples.LINES)
    assert (carbon.direct_t, carbon.deducted_t, carbon.indirect_t) == (2758.8, 0.0, 400.0)
    assert carbon.total_t == samples.TOTAL_T


def test_deducted_is_a_positive_amount_taken_off():
    lines = (gas_line(), gas_line(emission_scope="deduct", sign=-1, co2e_t=4.0))
    (found,) = by_gas(lines)
    assert (found.deducted_t, found.total_t) == (4.0, 6.0)


def test_a_memo_item_is_no_part_of_any_sum():
    lines = (gas_line(), gas_line(emission_scope="memo", co2e_t=99.0))
    assert [s.co2e_t for s in by_source(lines)] == [10.0]
    assert [g.total_t for g in by_gas(lines)] == [10.0]


def test_each_gas_has_its_own_line():
    lines = (gas_line(), gas_line(gas="SF6", gwp=23900.0, gas_t=0.01, co2e_t=239.0))
    assert [(g.gas, g.total_t) for g in by_gas(lines)] == [("CO2", 10.0), ("SF6", 239.0)]
