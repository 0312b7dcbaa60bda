"""The map of the provinces: every province, hatched where unknown, one answer a click."""

import math
from itertools import pairwise

import pytest

from components.figures.map import Area, MapWords, base_map, province_map
from components.theme import colour

LIMITS = (1.0, 2.0)
WORDS = MapWords(classes=("low", "middle", "high"), unknown="none", inset="South China Sea")


def area(code, value):
    return Area(code, code, value, f"{code}: {value}")


def trace_of(figure, code):
    (found,) = (t for t in figure.data if t.name == code)
    return found


def test_the_base_map_has_all_34_provinces_and_the_south_china_sea():
    provinces = base_map()["provinces"]
    assert len(provinces) == 34
    assert {"710000", "810000", "820000", "460000"} <= set(provinces)
    # The ten dashes and the outlines of the box.
    assert len(base_map()["inset"]) == 13


def test_every_outline_is_closed_and_has_an_area():
    for province in base_map()["provinces"].values():
        for ring in province["rings"]:
            assert ring[0] == ring[-1]
            assert len(ring) >= 4


def test_the_map_keeps_the_true_proportions_of_areas():
    # An equal-area projection: Xinjiang is 1.66 million km2, Hainan island 0.034.
    assert size("650000") == pytest.approx(1.66e6, rel=0.03)
    assert size("460000") == pytest.approx(3.4e4, rel=0.12)


def size(code):
    rings = base_map()["provinces"][code]["rings"]
    return sum(abs(shoelace(ring)) for ring in rings)


def shoelace(ring):
    return math.fsum((a[0] * b[1] - b[0] * a[1]) / 2 for a, b in pairwise(ring))


def test_the_inset_does_not_cover_land():
    left = min(x for ring in base_map()["inset"] for x, _ in ring)
    top = max(y for ring in base_map()["inset"] for _, y in ring)
    for province in base_map()["provinces"].values():
        assert not [1 for ring in province["rings"] for x, y in ring if x > left and y < top]


def test_a_value_on_a_limit_belongs_to_the_class_above():
    figure = province_map([area("110000", 0.9), area("120000", 1.0)], LIMITS, WORDS)
    below, on = (trace_of(figure, code).fillcolor for code in ("110000", "120000"))
    assert below != on
    assert on == trace_of(province_map([area("120000", 1.9)], LIMITS, WORDS), "120000").fillcolor


def test_an_unknown_value_is_hatched_and_not_given_the_lowest_shade():
    figure = province_map([area("540000", None), area("110000", 0.0)], LIMITS, WORDS)
    unknown, zero = trace_of(figure, "540000"), trace_of(figure, "110000")
    assert unknown.fillpattern.shape == "/"
    assert zero.fillpattern.shape is None
    assert unknown.fillcolor == colour("sunken")


def test_an_outline_answers_a_click_with_its_province():
    trace = trace_of(province_map([area("320000", 1.5)], LIMITS, WORDS), "320000")
    assert list(trace.customdata) == ["320000"]
    assert trace.hoveron == "fills"


def test_the_chosen_province_is_drawn_again_above_all_others():
    plain = province_map([area("320000", 1.5)], LIMITS, WORDS)
    chosen = province_map([area("320000", 1.5)], LIMITS, WORDS, "320000")
    assert len(chosen.data) == len(plain.data) + 2


def test_the_country_as_choice_marks_no_province():
    plain = province_map([area("320000", 1.5)], LIMITS, WORDS)
    assert len(province_map([area("320000", 1.5)], LIMITS, WORDS, "100000").data) == len(plain.data)


def test_the_legend_names_every_class_and_the_unknown():
    figure = province_map([area("320000", 1.5)], LIMITS, WORDS)
    words = {annotation.text for annotation in figure.layout.annotations}
    assert words == {*WORDS.classes, WORDS.unknown, WORDS.inset}


def test_nothing_of_the_map_asks_another_machine():
    figure = province_map([area("320000", 1.5)], LIMITS, WORDS)
    assert {trace.type for trace in figure.data} == {"scatter"}
