"""Charts of a region: what is unknown stays empty, signs are kept, bars start at zero."""

from itertools import pairwise

from components.figures.region import (
    Band,
    cover_steps,
    difference_bars,
    paired_lines,
    stacked_area,
)

YEARS = [2018, 2019, 2020, 2021]


def bands(*values):
    return [Band(f"band {at}", "fuel-coal", row) for at, row in enumerate(values)]


def test_areas_hold_the_values_of_every_band():
    figure = stacked_area(YEARS, bands([1, 2, 3, 4], [5, 6, 7, 8]), "Mt")
    assert [list(trace.y) for trace in figure.data] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert {trace.stackgroup for trace in figure.data} == {"run-0"}


def test_a_year_without_a_value_breaks_the_area_instead_of_being_zero():
    figure = stacked_area(YEARS, bands([1, None, 3, 4]), "Mt")
    assert [list(trace.x) for trace in figure.data] == [[2018], [2020, 2021]]
    assert len({trace.stackgroup for trace in figure.data}) == 2


def test_one_unknown_band_leaves_the_whole_year_out_of_the_stack():
    figure = stacked_area(YEARS, bands([1, 2, 3, 4], [1, None, 3, 4]), "Mt")
    assert all(2019 not in trace.x for trace in figure.data)


def test_a_gap_between_two_stretches_is_shaded():
    figure = stacked_area(YEARS, bands([1, None, 3, 4]), "Mt")
    (shape,) = figure.layout.shapes
    assert (shape.x0, shape.x1) == (2018, 2020)


def test_names_stand_at_the_right_and_never_on_each_other():
    thin = bands([1, 1, 1, 100], [1, 1, 1, 0.1], [1, 1, 1, 0.1])
    heights = [a.y for a in stacked_area(YEARS, thin, "Mt").layout.annotations]
    assert len(heights) == 3
    assert all(b - a >= 0.06 * 100 for a, b in pairwise(heights))


def test_a_chart_without_any_value_is_empty_and_fails_nothing():
    assert len(stacked_area(YEARS, bands([None] * 4), "Mt").data) == 0


def test_the_marked_year_is_drawn_only_when_it_is_among_the_years():
    assert len(stacked_area(YEARS, bands([1, 2, 3, 4]), "Mt", 2020).layout.shapes) == 1
    assert len(stacked_area(YEARS, bands([1, 2, 3, 4]), "Mt", 1999).layout.shapes) == 0


def test_computed_and_published_share_one_axis_from_zero():
    figure = paired_lines(YEARS, *bands([1, 2, 3, 4], [2, 2, 2, 2]), "Mt")
    assert {trace.yaxis for trace in figure.data} == {None}
    assert figure.layout.yaxis.rangemode == "tozero"
    assert {trace.line.dash for trace in figure.data} == {"solid", "dot"}


def test_differences_keep_their_sign_and_share_one_scale():
    figure = difference_bars(YEARS, bands([4.7, -2.0, 1, 0], [43.0, 1, 1, 1]))
    assert list(figure.data[0].y) == [4.7, -2.0, 1, 0]
    low, high = figure.layout.yaxis.range
    assert low < -2.0
    assert high > 43.0
    assert figure.layout.yaxis2.range == figure.layout.yaxis.range


def test_parts_follow_each_other_and_the_gap_ends_at_the_inventory():
    parts = [Band("a", "brand", [30.0]), Band("b", "brand", [20.0])]
    figure = cover_steps(Band("all", "ink", [80.0]), parts, Band("gap", "unknown", [30.0]), "Mt")
    steps = {bar.y[0]: (bar.base[0], bar.base[0] + bar.x[0]) for bar in figure.data}
    assert steps == {"all": (0, 80), "a": (0, 30), "b": (30, 50), "gap": (50, 80)}
    assert figure.data[-1].marker.pattern.shape == "/"


def test_a_sum_above_the_inventory_gives_a_gap_that_points_back():
    parts = [Band("a", "brand", [90.0])]
    figure = cover_steps(Band("all", "ink", [80.0]), parts, Band("gap", "unknown", [-10.0]), "Mt")
    assert (figure.data[-1].base[0], figure.data[-1].x[0]) == (90.0, -10.0)


def test_without_an_inventory_no_gap_is_drawn():
    figure = cover_steps(Band("all", "ink", [None]), [], Band("gap", "unknown", [None]), "Mt")
    assert [bar.name for bar in figure.data] == ["all"]
