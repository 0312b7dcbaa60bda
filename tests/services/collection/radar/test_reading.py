"""Typed rows become series: month by month, quantities apart from coefficients."""

from uuid import uuid4

import numpy as np
import pytest

from services.collection.radar.reading import Filed, Place, read, step_of
from services.data.submissions import StoredRow

METHOD = "GB/T 32151.8-2015"


def filed(*rows, shares=None):
    stored = [StoredRow(source, item, cells, "") for source, item, cells in rows]
    return Filed(1, uuid4(), 2022, METHOD, stored, shares=shares or {})


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("1,234.50", 0.01),
        ("12", 1),
        ("１２．５", 0.1),
        ("93%", 0.01),
        ("3.5e3", 100),
        ("(4.0)", 0.1),
    ],
)
def test_the_finest_digit_typed(text, step):
    assert step_of(text) == pytest.approx(step)


def test_months_in_any_spelling_stand_in_their_columns(catalog):
    rows = [
        ("el_buy", "", {"month": m, "MWh": f"{n}.5"}) for n, m in enumerate(("3月", "Apr", "5"))
    ]
    found = read(catalog, [filed(*rows)]).quantities
    assert found.places == (Place("el_buy", "", "", "MWh"),)
    assert found.series.values[0, 2:5].tolist() == [0.5, 1.5, 2.5]
    assert np.isnan(found.series.values[0, [0, 1, *range(5, 12)]]).all()
    assert found.series.step.tolist() == [0.1]


def test_quantities_coefficients_and_whole_years_are_kept_apart(catalog):
    fuel = {"FC": "100", "NCV": "20.30"}
    found = read(
        catalog,
        [filed(("fuel", "Bituminous", {**fuel, "month": "1"}), ("fuel", "diesel", {"FC": "7"}))],
    )
    assert [place.symbol for place in found.quantities.places] == ["FC"]
    assert [place.symbol for place in found.coefficients.places] == ["NCV"]
    assert [place.item for place in found.yearly.places] == ["diesel"]
    assert [(m.place.symbol, m.value, m.step) for m in found.measured] == [("NCV", 20.3, 0.01)]


def test_what_is_said_to_be_estimated_is_not_judged(catalog):
    row = ("el_buy", "", {"month": "1", "MWh": "100", "origin": "estimated"})
    assert len(read(catalog, [filed(row)]).quantities.series) == 0


def test_a_row_that_makes_nothing_of_the_emission_is_not_judged_by_itself(catalog):
    rows = [
        ("fuel", "diesel", {"month": "1", "FC": "5"}),
        ("el_buy", "", {"month": "1", "MWh": "9"}),
    ]
    shares = {("fuel", "diesel"): 0.002, ("el_buy", ""): 0.998}
    found = read(catalog, [filed(*rows, shares=shares)])
    assert [place.source for place in found.quantities.places] == ["el_buy"]
    assert found.totals[0, Place("fuel", "diesel", "", "FC")] == 5


def test_two_rows_of_the_same_month_are_two_series(catalog):
    rows = [("el_buy", "", {"month": "1", "MWh": text}) for text in ("10", "20")]
    assert [p.number for p in read(catalog, [filed(*rows)]).quantities.places] == [0, 1]


def test_a_year_given_once_for_all_months_is_one_measurement(catalog):
    rows = [("fuel", "coke", {"month": str(m), "FC": "1", "NCV": "28"}) for m in range(1, 13)]
    assert len(read(catalog, [filed(*rows)]).measured) == 1
    rows[0][2]["NCV"] = "28.1"
    assert len(read(catalog, [filed(*rows)]).measured) == 12
