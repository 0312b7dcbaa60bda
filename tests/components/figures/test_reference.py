"""Amounts beside the bars of two approaches never lie across the lines they are held against."""

from components.figures.reference import agreement_bars
from components.figures.region import Band


def places(*values, expected=(100.0, 100.0)):
    bands = [Band(f"way {n}", "accent", [value]) for n, value in enumerate(values)]
    drawn = agreement_bars(bands, expected, "Mt").to_dict()
    return [note["x"] for note in drawn["layout"]["annotations"]]


def test_an_amount_stands_behind_its_bar_or_behind_the_line_it_would_cross():
    # The longest is 120, so that an amount takes 19.2: from 95 it would lie across 100.
    assert places(40.0, 95.0, 100.0, 120.0) == [40.0, 100.0, 100.0, 120.0]


def test_the_same_for_a_band_of_two_lines():
    # The longest is 105, so that an amount takes 16.8: from 85 it would reach into the band.
    assert places(50.0, 85.0, 99.0, expected=(95.0, 105.0)) == [50.0, 105.0, 105.0]
