"""The waterfall shows every part, and all of it lies inside its axis."""

import pytest

from components.figures.bridge import Pillar, waterfall

PILLARS = [
    Pillar("filed", 1000.0, True),
    Pillar("factor", -300.0),
    Pillar("activity", 50.0),
    Pillar("restated", 750.0, True),
]


def test_totals_stand_on_zero_and_changes_hang_between():
    (trace,) = waterfall(PILLARS).data
    assert list(trace.measure) == ["absolute", "relative", "relative", "absolute"]
    assert list(trace.customdata) == ["1,000", "-300", "50", "750"]
    assert trace.text[2].startswith("+")


@pytest.mark.parametrize("first", [1000.0, -1000.0, 0.0])
def test_every_level_lies_inside_the_axis(first):
    figure = waterfall([Pillar("filed", first, True), Pillar("factor", 500.0)])
    low, high = figure.layout.xaxis.range
    levels = [0.0, first, first + 500]
    scale = max(abs(x) for x in figure.data[0].x) / max(abs(first), 500)
    assert all(low <= level * scale <= high for level in levels)
