"""Lines computed again from their own inputs are themselves, and move as their formulas say."""

from datetime import date

import numpy as np
import pytest

from services.standards.catalog import load_catalog
from services.standards.model import AsOf
from services.standards.redraw import LineModel, cells_of
from tests.services.standards.asking import CEMENT, GENERAL, KNOWN_ON, record, result
from tests.services.standards.test_cases import cases

CATALOG = load_catalog()
ALUMINIUM = "GB/T 32151.4-2015"
CHEMICALS = "GB/T 32151.10-2015"


def model_of(calculation, year=2023):
    cells = cells_of(calculation.lines)
    as_of = AsOf(date(year, 12, 31), KNOWN_ON)
    return cells, LineModel(CATALOG.method(calculation.method), calculation.lines, cells, as_of)


def slopes_of(calculation):
    """Return what each line changes by when an input doubles, by the name of the input."""
    cells, model = model_of(calculation)
    names = [cell.name for cell in cells]
    return dict(zip(dict.fromkeys(names), model.slopes(names).T, strict=True))


@pytest.mark.parametrize("case", list(cases()))
def test_every_worked_case_is_computed_again_from_its_lines(case):
    year = case.get("year", 2023)
    found = result(*case["records"], method=case["method"], year=year)
    expected = [line.co2e_t for line in found.lines]
    assert model_of(found, year)[1].nominal_t() == pytest.approx(expected, rel=1e-12)


def test_every_factor_of_a_product_moves_the_line_by_itself():
    found = result(record("fuel", "bituminous", FC=1000, NCV=20.9), method=GENERAL)
    slopes = slopes_of(found)
    for symbol in ("FC", "NCV", "CC", "OF"):
        assert slopes[symbol] == pytest.approx([found.total_t], rel=1e-6)


def test_a_share_taken_off_moves_the_line_down():
    # 1 000 MWh less 250: the line falls by a third when the 250 double.
    found = result(
        record("el_buy", MWh=1000, MWh_nonfossil=250, EF=0.6),
        method="CETS-AG-02.01-V01-2024",
        year=2024,
    )
    slopes = slopes_of(found)
    assert slopes["MWh_nonfossil"] == pytest.approx([-150.0], rel=1e-6)
    assert slopes["MWh"] == pytest.approx([600.0], rel=1e-6)


def test_records_do_not_disturb_each_other():
    found = result(
        record("fuel", "bituminous", FC=1000), record("fuel", "diesel", FC=10), method=GENERAL
    )
    totals = [line.co2e_t for line in found.lines]
    assert slopes_of(found)["FC"] == pytest.approx(totals, rel=1e-6)


def test_what_is_derived_is_not_an_input_of_its_own():
    found = result(record("ht_buy", t=100, T=90, EF=0.11), method=GENERAL)
    assert "GJ" in found.lines[0].inputs
    assert {cell.symbol for cell in cells_of(found.lines)} == {"t", "T", "EF"}
    # (90 − 20) × 4.1868 kJ/kg rises by 90 × 4.1868 when 90 °C double.
    assert slopes_of(found)["T"] == pytest.approx([100 * 90 * 4.1868 / 1000 * 0.11], rel=1e-3)


def test_one_activity_moves_both_gases_of_its_record():
    found = result(record("pfc", P=1000), method=ALUMINIUM)
    gases = [line.co2e_t for line in found.lines]
    assert slopes_of(found)["P"] == pytest.approx(gases, rel=1e-6)
    assert slopes_of(found)["EF_CF4"][1] == pytest.approx(0.0, abs=1e-9)


def test_streams_of_a_balance_move_it_by_their_carbon():
    source = next(s for s in CATALOG.method(CHEMICALS).sources.values() if s.is_balance)
    inputs = {"in": [{"Q": 100, "CC": 0.6}], "out": [{"Q": 10, "CC": 0.3}]}
    found = result({"source": source.code, "inputs": inputs}, method=CHEMICALS)
    slopes = slopes_of(found)
    # 60 t and 3 t of carbon, times 44/12.
    assert slopes["in[0].Q"] == pytest.approx([220.0], rel=1e-6)
    assert slopes["out[0].CC"] == pytest.approx([-11.0], rel=1e-6)


def test_a_draw_outside_the_steam_table_leaves_the_line_as_it_was():
    found = result(record("ht_buy", t=100, P=1.0, T=300, EF=0.11), method=GENERAL)
    cells, model = model_of(found)
    relative = np.array([[10.0 if cell.symbol == "T" else 1.0] for cell in cells])
    assert model.co2e_t(relative, np.arange(len(cells)))[:, 0] == pytest.approx([found.total_t])


def test_a_stored_line_whose_factor_has_changed_since_keeps_its_amount():
    filed = result(record("nonfuel_c", FR0=0.001, Q_raw=1e6), method=CEMENT)
    older = [line.__class__(**{**fields(line), "co2e_t": 1.0}) for line in filed.lines]
    cells = cells_of(older)
    as_of = AsOf(date(2023, 12, 31), KNOWN_ON)
    model = LineModel(CATALOG.method(CEMENT), older, cells, as_of)
    found = model.co2e_t(np.ones((1, 1)), np.zeros(len(cells), dtype=int))
    assert found[:, 0] == pytest.approx([1.0])


def fields(line):
    return {name: getattr(line, name) for name in line.__dataclass_fields__}
