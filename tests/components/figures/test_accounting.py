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


def test_an_estimate_is_hatched():
    estimated = Bar("柴油", 1.0, "#333333", is_estimated=True)
    assert list(trace_of((ROWS[0], estimated)).marker.pattern.shape) == ["", "/"]


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
