"""Whole columns at once: defaults, origins and blocks."""

from datetime import date

import numpy as np
import pytest

from services.standards import evaluation
from services.standards.catalog import load_catalog
from services.standards.evaluation import Columns, Origin, evaluate_columns, resolve_column
from services.standards.formulas.registry import FORMULAS
from services.standards.model import AsOf
from tests.services.standards.asking import CEMENT, POWER, record, result

AS_OF = AsOf(date(2023, 12, 31), date(2026, 6, 30))
NAN = np.nan


@pytest.fixture
def fuel():
    return load_catalog().method(CEMENT).sources["fuel"]


def test_empty_cells_take_the_default_of_their_item(fuel):
    items = np.array([fuel.item_index["coke"], fuel.item_index["ng"]])
    columns = Columns(items, {"FC": np.array([1.0, 1.0]), "NCV": np.array([NAN, 400.0])})
    values, codes = resolve_column(fuel, columns, "NCV", AS_OF)
    assert values.tolist() == [28.447, 400.0]
    assert codes.tolist() == [Origin.DEFAULT, Origin.MEASURED]
    found = evaluate_columns(fuel, columns, AS_OF)
    assert found.origins["NCV"].tolist() == [Origin.DEFAULT, Origin.MEASURED]
    assert found.origins["CC"].tolist() == [Origin.DEFAULT, Origin.DEFAULT]
    assert found.origins["FC"].tolist() == [Origin.MEASURED, Origin.MEASURED]


def test_a_row_without_value_and_default_is_nan_and_never_zero(fuel):
    found = evaluate_columns(fuel, Columns(np.array([-1]), {"FC": np.array([1.0])}), AS_OF)
    assert np.isnan(found.gas_t["CO2"][0])


def test_a_default_that_was_not_known_yet_is_not_used(fuel):
    early = AsOf(date(2023, 12, 31), date(2015, 11, 18))
    columns = Columns(np.array([0]), {"FC": np.array([1.0])})
    assert np.isnan(evaluate_columns(fuel, columns, early).gas_t["CO2"][0])


def test_blocks_change_no_row(fuel, monkeypatch):
    random = np.random.default_rng(1)
    items = random.integers(-1, len(fuel.items), 1000)
    given = {s: random.uniform(0.5, 1, 1000) for s in ("FC", "NCV", "CC", "OF")}
    given["NCV"][random.random(1000) < 0.5] = NAN
    whole = evaluate_columns(fuel, Columns(items, given), AS_OF)
    monkeypatch.setattr(evaluation, "BLOCK_ROWS", 7)
    parts = evaluate_columns(fuel, Columns(items, given), AS_OF)
    np.testing.assert_array_equal(whole.gas_t["CO2"], parts.gas_t["CO2"])
    np.testing.assert_array_equal(whole.origins["NCV"], parts.origins["NCV"])


def test_a_gap_behind_full_blocks_is_filled_and_told(fuel, monkeypatch):
    given = {symbol: np.full(40, 0.5) for symbol in ("FC", "NCV", "CC", "OF")}
    given["NCV"][35] = NAN
    monkeypatch.setattr(evaluation, "BLOCK_ROWS", 10)
    found = evaluate_columns(fuel, Columns(np.full(40, fuel.item_index["coke"]), given), AS_OF)
    assert found.gas_t["CO2"][35] == pytest.approx(0.5 * 28.447 * 0.5 * 0.5 * 44 / 12)
    assert np.flatnonzero(found.origins["NCV"]).tolist() == [35]


def _full_sources():
    for designation, edition in load_catalog().methods.items():
        for name, source in edition.sources.items():
            if FORMULAS[source.kind].hiding is not None:
                yield pytest.param(source, id=f"{designation}-{name}")


@pytest.mark.parametrize("source", list(_full_sources()))
def test_where_nothing_can_hide_a_gap_each_one_is_told(source):
    symbols = [s for s in source.inputs if s not in FORMULAS[source.kind].hiding]
    rows = len(symbols) + 1
    given = {symbol: np.full(rows, 0.5) for symbol in symbols}
    for row, symbol in enumerate(symbols):
        given[symbol][row] = NAN
    found = evaluate_columns(source, Columns(np.zeros(rows, dtype=int), given), AS_OF)
    for row, symbol in enumerate(symbols):
        assert symbol not in found.origins or found.origins[symbol][row] != Origin.MEASURED


def test_the_columns_give_what_calculate_gives(fuel):
    columns = Columns(np.array([fuel.item_index["coke"]]), {"FC": np.array([66522.44])})
    by_column = evaluate_columns(fuel, columns, AS_OF).gas_t["CO2"][0]
    assert result(record("fuel", "coke", FC=66522.44)).total_t == by_column


def test_amounts_in_heat_and_in_mass_stand_side_by_side():
    source = load_catalog().method("省级温室气体清单编制指南(试行)2011").sources["fuel"]
    items = np.array([source.item_index["raw_coal"]] * 2)
    given = {"FC": np.array([1000.0, NAN]), "AD": np.array([NAN, 20.908])}
    found = evaluate_columns(source, Columns(items, given), AS_OF).gas_t["CO2"]
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_oxidation_from_ash_holds_for_its_row_only():
    source = load_catalog().method(POWER).sources["fuel"]
    items = np.array([source.item_index["bituminous"]] * 2)
    given = {"FC": np.array([1e5, 1e5]), "NCV": np.array([20.908, 20.908])}
    ash = {"G_slag": 3000.0, "C_slag": 0.08, "G_ash": 20000.0, "C_ash": 0.03, "eta": 0.99}
    given |= {symbol: np.array([value, NAN]) for symbol, value in ash.items()}
    found = evaluate_columns(source, Columns(items, given), AS_OF)
    assert found.derived["OF"].tolist() == pytest.approx([0.984543, 0.98], abs=5e-7)
    assert found.gas_t["CO2"][1] == pytest.approx(196688.804107)


def test_the_oxidation_from_ash_stands_on_the_line_with_its_origin():
    ash = {"G_slag": 3000, "C_slag": 0.08, "G_ash": 20000, "C_ash": 0.03}
    line = result(record("fuel", "bituminous", FC=1e5, NCV=20.908, **ash), method=POWER).lines[0]
    assert line.inputs["OF"].origin == "derived"
    assert line.inputs["eta"].origin == "default"
    assert line.inputs["G_slag"].origin == "measured"
    assert "C" not in line.inputs
