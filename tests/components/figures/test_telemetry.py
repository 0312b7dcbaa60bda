"""The live curve shows Shanghai's time, the band of extremes, and keeps what is zoomed."""

from datetime import UTC, datetime

from components.figures.telemetry import live_curve

TIMES = [datetime(2026, 1, 1, 16, 0, second, tzinfo=UTC) for second in (0, 5, 10)]


def curve(times=TIMES):
    n = len(times)
    return live_curve(times, [2.0] * n, ([1.0] * n, [3.0] * n), "kW", "#2b6cb0")


def test_times_are_those_of_shanghai():
    assert curve().data[2].x[0] == datetime(2026, 1, 2, 0, 0, 0)  # noqa: DTZ001


def test_the_band_lies_between_lowest_and_highest():
    low, high, mean = curve().data
    assert (list(low.y), list(high.y), list(mean.y)) == ([1.0] * 3, [3.0] * 3, [2.0] * 3)
    assert high.fill == "tonexty"
    assert high.fillcolor == "rgba(43, 108, 176, 0.18)"


def test_one_reading_alone_is_a_dot_that_can_be_seen():
    assert curve(TIMES[:1]).data[2].mode == "lines+markers"
    assert curve().data[2].mode == "lines"


def test_a_new_reading_does_not_undo_the_zoom():
    assert curve().layout.uirevision == curve(TIMES[:2]).layout.uirevision is not None


def test_the_axis_names_its_unit():
    assert curve().layout.yaxis.title.text == "kW"
