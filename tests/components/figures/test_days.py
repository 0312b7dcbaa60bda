"""A month by day: hatched in a colour that is seen, on an axis of the whole month."""

from datetime import date

from components.figures.days import day_bars

DAYS = [date(2026, 2, 26), date(2026, 2, 28)]
GREEN = "#0b7a4b"


def test_the_hatching_is_drawn_in_the_colour_of_the_bar_on_light_and_dark_ground():
    (bar,) = day_bars(DAYS, [50.0, 2.0], "t", GREEN).data
    assert bar.marker.color == GREEN
    assert bar.marker.pattern.shape == "/"
    # Without one of its own the hatching takes the colour of the bar, on the ground as it is.
    assert bar.marker.pattern.fgcolor is None


def test_the_axis_is_the_whole_month_so_that_a_day_without_readings_is_seen_as_one():
    axis = day_bars(DAYS[:1], [50.0], "t", GREEN).layout.xaxis
    assert axis.range == ("2026-01-31T12:00", "2026-02-28T12:00")
