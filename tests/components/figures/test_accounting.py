"""Bars start at zero, keep their colours, and say their amounts (5.2.1)."""

import pytest

from components.figures.accounting import Bar, bars
from services.i18n.texts import use_language

ROWS = (Bar("燃料 · 烟煤", 30_000.0, "#111111"), Bar("售出", -10_000.0, "#222222"))


def trace_of(rows):
    return bars(rows).data[0]


def test_bars_are_measured_in_the_unit_on_their_axis():
    figure = bars(ROWS)
    assert list(figure.data[0].x) == [3.0, -1.0]
    assert figure.layout.xaxis.title.text == "万吨 CO₂e"


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[1:], ()])
def test_zero_is_always_on_the_axis(rows):
    low, high = bars(rows).layout.xaxis.range
    assert low <= 0 <= high


def test_each_bar_keeps_its_own_colour():
    assert list(trace_of(ROWS).marker.color) == ["#111111", "#222222"]


def test_the_estimated_part_of_a_bar_is_hatched():
    estimated = Bar("柴油", 30_000.0, "#333333", estimated_t=10_000.0)
    solid, hatched = bars((ROWS[0], estimated)).data
    assert list(solid.x) == [3.0, 3.0]
    assert (list(hatched.base), list(hatched.x)) == ([3.0, 2.0], [0.0, 1.0])
    assert hatched.marker.pattern.shape == "/"


def test_without_estimates_and_bands_there_is_nothing_but_bars():
    assert len(bars(ROWS).data) == 1


def test_a_band_spans_its_interval_and_the_amount_stands_beyond_it():
    banded = Bar("燃料", 30_000.0, "#111111", band=(27_000.0, 33_000.0))
    amounts, bands = bars((banded, ROWS[0])).data
    assert (list(bands.base), list(bands.x), list(bands.y)) == ([2.7], [0.6], [0.22])
    assert (list(amounts.text), list(bands.text)) == (["", "3.00 万吨"], ["3.00 万吨"])
    assert list(bands.customdata[0]) == ["燃料", "27,000", "33,000"]
    assert bars((banded,)).layout.xaxis.range[1] > 3.3


def test_the_band_of_a_deduction_runs_away_from_zero():
    sold = Bar("售出", -10_000.0, "#222222", band=(-11_000.0, -9_000.0))
    _, band = bars((sold,)).data
    assert (list(band.base), list(band.x)) == ([-0.9], [pytest.approx(-0.2)])


def test_a_small_bar_is_told_in_a_unit_that_can_be_read():
    small = (ROWS[0], Bar("柴油", 9.0, "#333333"))
    assert list(trace_of(small).text) == ["3.00 万吨", "9.00 吨"]


def test_hovering_tells_every_digit():
    with use_language("en"):
        (told,) = trace_of((Bar("x", 12_345.678, "#111111"),)).customdata
    assert list(told) == ["x", "12,345.678"]


def test_each_name_stands_above_its_bar_and_takes_no_width():
    figure = bars(ROWS)
    names = {label.text: label.y for label in figure.layout.annotations}
    assert list(names) == ["燃料 · 烟煤", "售出"]
    # The axis runs downwards, so above is less.
    tops = [y - figure.data[0].width / 2 for y in figure.data[0].y]
    assert list(names.values()) == pytest.approx(tops)
    assert figure.layout.yaxis.showticklabels is False


def test_amounts_stand_beside_the_bars_and_are_never_turned():
    trace = trace_of(ROWS)
    assert (trace.textposition, trace.textangle) == ("outside", 0)
