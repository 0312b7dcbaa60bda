"""What a process cannot leave: heat of clinker, raw meal, carbon in a tonne of fuel."""

from datetime import date
from uuid import uuid4

import pytest

from services.collection.radar.bands import BandError, band_named, bands_on, ratios_of
from services.collection.radar.judging import judge
from services.collection.radar.reading import Filed, read
from services.data.submissions import StoredRow

METHOD = "GB/T 32151.8-2015"


def cement(**coal):
    rows = [
        StoredRow("fuel", "bituminous", coal, ""),
        StoredRow("clinker", "", {"Q_clinker": "100000"}, ""),
        StoredRow("nonfuel_c", "", {"Q_raw": "155000"}, ""),
    ]
    return [Filed(1, uuid4(), 2022, METHOD, rows)]


def ratios(catalog, filed):
    return {r.band.name: r.value for r in ratios_of(catalog, read(catalog, filed))}


def test_heat_is_fuel_by_its_own_value_or_the_default(catalog):
    assert ratios(catalog, cement(FC="16000", NCV="21"))["clinker_heat"] == pytest.approx(3.36)
    assert ratios(catalog, cement(FC="16000"))["clinker_heat"] == pytest.approx(16 * 0.1957)


def test_raw_meal_and_carbon_of_the_fuel(catalog):
    found = ratios(catalog, cement(FC="16000", NCV="40", CC="0.0262"))
    assert found["raw_meal"] == pytest.approx(1.55)
    assert found["fuel_carbon"] == pytest.approx(1.048)


def test_a_kiln_below_the_heat_of_formation_is_worth_a_look_whatever_the_peers(catalog):
    (judged,) = judge(catalog, read(catalog, cement(FC="6000", NCV="21")))
    assert judged.is_listed
    (reason,) = judged.reasons
    assert (reason.kind, reason.chance, reason.told["band"]) == ("band", None, "clinker_heat")
    assert reason.told["ratio"] == pytest.approx(1.26)
    (sound,) = judge(catalog, read(catalog, cement(FC="16000", NCV="21")))
    assert not sound.is_listed


def test_a_band_counts_from_its_first_day_and_says_whose_word_it_is():
    assert bands_on(date(2014, 12, 31)) == ()
    assert {band.name for band in bands_on(date(2015, 1, 1))} == {
        "clinker_heat", "raw_meal", "fuel_carbon"
    }  # fmt: skip
    assert band_named("clinker_heat").status == "recalled"
    with pytest.raises(BandError, match="other"):
        band_named("other")
