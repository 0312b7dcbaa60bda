"""Bands of a run: what is one quantity, what counts in which total, and the trend."""

import math
from datetime import date
from uuid import uuid4

import pytest

from services.accounting.propagation import RunLines
from services.accounting.uncertainty import draws_for, propagate, simulate_lines
from services.algorithms.simulation import Plan
from services.standards.catalog import load_catalog
from services.standards.model import AsOf
from tests.services.standards.asking import GENERAL, KNOWN_ON, REGION, result

CATALOG = load_catalog()
PLAN = Plan(draws=20_000, seed=11)
EXACT = 0


def quantity(value, half_width=EXACT, **others):
    return {"value": value, "uncertainty": half_width, **others}


def electricity(mwh, half_width=EXACT, source="el_buy", **inputs):
    return {"source": source, "inputs": {"MWh": quantity(mwh, half_width), **inputs}}


def coal(tonnes, half_width=EXACT, **inputs):
    cell = quantity(tonnes, half_width)
    return {"source": "fuel", "item": "bituminous", "inputs": {"FC": cell, **inputs}}


def run(*records, year=2023, method=GENERAL):
    lines = result(*records, method=method, year=year).lines
    as_of = AsOf(date(year, 12, 31), KNOWN_ON)
    return RunLines(year, CATALOG.method(method), lines, as_of)


def approach_1(*runs):
    return propagate(CATALOG, uuid4(), runs)


def approach_2(*runs):
    return simulate_lines(CATALOG, runs, PLAN)


def half_width(name):
    """Return the half-width of a rule of the table, as a fraction."""
    return next(r.half_width for r in CATALOG.half_widths if r.rule == name)


def test_a_line_is_a_product_of_its_inputs():
    # 1 000 MWh ± 3 % times 0.6 ± 4 %: 600 t ± 5 %.
    found = approach_1(run(electricity(1000, 0.03, EF=quantity(0.6, 0.04))))
    band = found.bands["total",]
    assert band.value_t == pytest.approx(600.0)
    assert (band.low_t, band.high_t) == (pytest.approx(570.0), pytest.approx(630.0))
    assert band.share == pytest.approx(0.05)


def test_independent_records_average_out():
    # Four meters of ± 6 % each: ± 3 % of the sum.
    records = [electricity(250, 0.06, EF=quantity(0.6)) for _ in range(4)]
    assert approach_1(run(*records)).bands["total",].share == pytest.approx(0.03)


def test_a_default_used_on_several_lines_does_not_average_out():
    found = approach_1(run(*(coal(100) for _ in range(9))))
    widths = [half_width(f"default_{name}_coal") for name in ("ncv", "cc", "of")]
    expected = math.sqrt(sum(width**2 for width in widths))
    assert found.bands["total",].share == pytest.approx(expected, rel=1e-6)
    assert {(c.symbol, c.lines) for c in found.contributions} == {
        ("NCV", 9), ("CC", 9), ("OF", 9),
    }  # fmt: skip


def test_the_same_grid_factor_on_what_is_bought_and_sold_takes_itself_away():
    both = run(electricity(1000), electricity(1000, source="el_sell"))
    assert approach_1(both).bands["total",].half_width_t == pytest.approx(0.0, abs=1e-9)
    alone = approach_1(run(electricity(1000))).bands["total",]
    assert alone.share == pytest.approx(half_width("grid_factor"))


def test_every_total_and_source_has_its_band():
    found = approach_1(
        run(coal(100, 0.1, **{"NCV": quantity(20), "CC": quantity(0.025), "OF": quantity(1)}),
            electricity(1000, 0.05, EF=quantity(0.6)))
    )  # fmt: skip
    # 100 t × 20 × 0.025 × 44/12 = 183.33 t ± 10 %; 600 t ± 5 %.
    direct, indirect = found.bands["direct",], found.bands["indirect",]
    assert (direct.half_width_t, indirect.half_width_t) == (
        pytest.approx(18.3333, rel=1e-5),
        pytest.approx(30.0),
    )
    assert found.bands["total",].half_width_t == pytest.approx(math.hypot(18.3333, 30), rel=1e-5)
    parts = {group: band for group, band in found.bands.items() if len(group) > 1}
    assert parts == {
        ("source", "fuel"): direct,
        ("source", "el_buy"): indirect,
        ("item", "fuel", "bituminous"): direct,
        ("item", "el_buy", ""): indirect,
        ("gas", "direct", "CO2"): direct,
        ("gas", "indirect", "CO2"): indirect,
    }


def test_contributions_are_shares_of_the_variance_the_largest_first():
    # 3 % and 4 %: 9/25 and 16/25.
    found = approach_1(run(electricity(1000, 0.03, EF=quantity(0.6, 0.04))))
    shares = [(c.symbol, pytest.approx(c.share)) for c in found.contributions]
    assert shares == [("EF", 0.64), ("MWh", 0.36)]


def test_a_total_of_zero_has_no_relative_band():
    found = approach_1(run(electricity(0, 0.03, EF=quantity(0.6))))
    assert found.bands["total",].share is None


def test_simulation_and_propagation_agree_where_nothing_is_wide():
    lines = run(
        electricity(1000, 0.03, EF=quantity(0.6, 0.04)),
        electricity(500, 0.08, EF=quantity(0.6, 0.04)),
    )
    first, second = approach_1(lines).bands["total",], approach_2(lines)
    assert second.bands["total",].half_width_t == pytest.approx(first.half_width_t, rel=0.03)
    assert second.means_t["total",] == pytest.approx(first.value_t, rel=0.001)
    assert second.bands["indirect",] == second.bands["total",]


def test_simulation_is_lopsided_where_a_quantity_is_wide():
    wide = {"value": 100, "unit": "%"}
    found = approach_2(run(electricity(1000, wide, EF=quantity(0.6)))).bands["total",]
    assert found.high_t - found.value_t > 1.5 * (found.value_t - found.low_t)
    assert found.low_t > 0


def test_same_seed_same_simulation():
    lines = run(electricity(1000, 0.03))
    assert approach_2(lines) == approach_2(lines)


def test_a_shared_factor_leaves_the_trend_exact_and_activity_does_not():
    # Both years by the same default factors: only the activity of ± 3 % in each year is left.
    base, now = run(coal(100, 0.03), year=2022), run(coal(120, 0.03), year=2023)
    trend = approach_1(base, now).trend
    assert (trend.base_year, trend.change_percent) == (2022, pytest.approx(20.0))
    row = trend.rows[0]
    assert (row.source, row.item, row.gas) == ("fuel", "bituminous", "CO2")
    assert row.factor_trend == pytest.approx(0.0, abs=1e-6)
    # Type B: 120/100; times √2 · 3 %.
    assert trend.half_width == pytest.approx(1.2 * math.sqrt(2) * 3)
    # ± 3 % of 120 and of 100, so √(1.2² + 1.2²) · 3 in points of the base: the same here.
    mean, low, high = approach_2(base, now).trend
    assert mean == pytest.approx(20.0, abs=0.2)
    assert (high - low) / 2 == pytest.approx(trend.half_width, rel=0.03)


def test_a_source_that_ended_since_still_stands_in_the_trend():
    base = run(coal(100, 0.03), electricity(100, 0.05, EF=quantity(1.0)), year=2022)
    trend = approach_1(base, run(coal(100, 0.03), year=2023)).trend
    ended = next(row for row in trend.rows if row.source == "el_buy")
    assert (ended.base_t, ended.current_t) == (pytest.approx(100.0), 0.0)
    assert ended.activity_percent == pytest.approx(5.0)


def test_what_is_deducted_lowers_the_total_and_adds_to_its_uncertainty():
    # 600 t ± 5 % and 10 × 19.7 t = 197 t ± 10 % taken off: √(30² + 19.7²) of 403 t.
    volume = {"V": quantity(10, 0.1), "purity": quantity(1), "rho": quantity(19.7)}
    recovered = {"source": "co2_recovery", "inputs": volume}
    bought = electricity(1000, 0.05, EF=quantity(0.6))
    found = approach_1(run(bought, recovered, method="GB/T 32151.10-2015")).bands
    assert found["total",].value_t == pytest.approx(403.0)
    assert found["total",].half_width_t == pytest.approx(math.hypot(30, 19.7))
    assert found["deduct",].value_t == pytest.approx(-197.0)


def test_what_stands_beside_the_total_has_no_part_in_it():
    fuel = {"source": "fuel", "item": "raw_coal", "inputs": {"FC": 1000}}
    traded = {"source": "el_import", "item": "320000", "inputs": {"MWh": 1e6}}
    alone, both = (approach_1(run(*r, method=REGION)) for r in ((fuel,), (fuel, traded)))
    assert both.bands == alone.bands
    assert both.bands["total",].value_t > 0


def test_large_runs_are_drawn_less_often():
    assert [draws_for(lines) for lines in (10, 500, 1000, 100_000)] == [10_000, 10_000, 5000, 1000]


def test_a_run_without_lines_has_bands_of_nothing():
    empty = RunLines(2023, CATALOG.method(GENERAL), (), AsOf(date(2023, 12, 31), KNOWN_ON))
    assert approach_1(empty).bands["total",].half_width_t == 0
    assert approach_2(empty).bands["total",].half_width_t == 0
