"""The chart of sectors hatches what is estimated, and draws the interval of each sum."""

import pytest

from components.figures.sectors import GasBand, SectorName, sector_bars

SECTORS = [SectorName("Energy", "", (5.0, 9.0)), SectorName("Land use"), SectorName("Waste", "+2")]
GASES = [
    GasBand("CO2", "gas-co2", (6.0, -2.0, None), (1.5, None, None)),
    GasBand("CH4", "gas-ch4", (1.0, None, 3.0), (None, None, None)),
]


@pytest.fixture(scope="module")
def drawn():
    return sector_bars(SECTORS, GASES, "Mt").to_dict()


def bars_of(drawn, name):
    return [part for part in drawn["data"] if part.get("name") == name]


def test_the_estimated_part_of_a_gas_is_hatched_on_the_known_part(drawn):
    known, hatched = bars_of(drawn, "CO2")
    assert list(known["x"]) == [4.5, -2.0, None]
    assert list(hatched["x"]) == [1.5, 0.0, 0.0]
    assert hatched["marker"]["pattern"]["shape"] == "/"
    assert hatched["showlegend"] is False
    # Nothing of the other gas is estimated.
    assert len(bars_of(drawn, "CH4")) == 1


def test_an_interval_stands_below_the_bar_and_the_words_beyond_it(drawn):
    (interval,) = [part for part in drawn["data"] if "width" in part]
    assert (list(interval["base"]), list(interval["x"])) == ([5.0], [4.0])
    assert list(interval["y"]) == ["Energy"]
    # A bar takes 0.65 of its row, half of it below the middle.
    assert interval["offset"] > 0.65 / 2
    places = {note["y"]: note["x"] for note in drawn["layout"]["annotations"]}
    assert places["Energy"] == 9.0
