"""Months lie in order, deductions below zero, estimates hatched, and no data is no zero (5.2.1)."""

from components.figures.months import MonthAxis, Stack, month_bars

AXIS = MonthAxis(["1", "2", "3"], ["1月", "2月", "3月"], "月", "无数据")
COAL = Stack("煤炭", "fuel-coal", [20_000.0, None, 0.0], [5_000.0, 0.0, 0.0])
SOLD = Stack("电力", "fuel-electricity", [-10_000.0, None, None], [0.0, 0.0, 0.0])


def drawn(*stacks):
    return month_bars(AXIS, stacks, 10_000.0, "万吨 CO₂e")


def test_bands_lie_on_each_other_and_deductions_below():
    figure = drawn(COAL, SOLD)
    assert figure.layout.barmode == "relative"
    solid, hatched, sold = figure.data[:3]
    assert (list(solid.y), list(hatched.y)) == ([1.5, None, 0.0], [0.5, 0.0, 0.0])
    assert hatched.marker.pattern.shape == "/"
    assert list(sold.y) == [-1.0, None, None]
    assert figure.layout.yaxis.title.text == "万吨 CO₂e"


def test_hovering_tells_month_group_and_every_digit():
    (first, *_) = drawn(COAL).data
    assert list(first.customdata[0]) == ["1月", "20,000"]
    assert "煤炭" in first.hovertemplate


def test_only_a_month_that_nobody_entered_is_marked_and_one_of_zero_is_not():
    mark = drawn(COAL, SOLD).data[-1]
    assert (mark.mode, list(mark.x), list(mark.text)) == ("text", [1], ["—"])
    assert list(mark.customdata[0]) == ["2月", "无数据"]
    full = Stack("煤炭", "fuel-coal", [1.0, 2.0, 3.0], [0.0] * 3)
    assert [trace.type for trace in drawn(full).data] == ["bar"]


def test_each_group_stands_once_in_the_legend():
    shown = [trace.name for trace in drawn(COAL, SOLD).data if trace.showlegend is not False]
    assert shown == ["煤炭", "电力"]
