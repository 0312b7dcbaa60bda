"""Every reason of the radar is told in both languages, with names and without an accusation."""

import pytest

from bench._forgeries import filed, population
from callbacks.collection.radar import _names
from components.panels.radar_words import chance_words, one_in, reason_words, seldom_words
from services.collection.radar.judging import judge
from services.collection.radar.reading import read
from services.collection.radar.rounds import _plain
from services.i18n.texts import LANGUAGES, texts, use_language
from services.standards.catalog import load_catalog

KINDS = {"repeated", "flat", "smooth", "locked", "digits", "twin", "copy", "last_year", "edits",
         "consumption", "band", "default"}  # fmt: skip
ACCUSING = ("造假", "作假", "弄虚", "forge", "fraud", "fake", "cheat", "falsif")


@pytest.fixture(scope="module")
def reasons():
    """One reason of each kind, with its method."""
    catalog = load_catalog()
    reading = read(catalog, filed(population(3, 420, 2)))
    found = {}
    for judged in judge(catalog, reading):
        for reason in judged.reasons:
            method = reading.filed[judged.owner].method
            found.setdefault(reason.kind, (_plain(reading, reason), method))
    return found


def test_every_kind_that_can_be_planted_is_told(reasons):
    assert set(reasons) >= KINDS - {"band", "consumption"}
    assert set(reasons) & {"band", "consumption"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_reason_names_rows_and_numbers_and_leaves_no_place_open(reasons, code):
    with use_language(code):
        for kind, (told, method) in reasons.items():
            names = _names(load_catalog(), method)
            words = reason_words(told, names, "甲厂")
            assert "{" not in words, (kind, words)
            assert "nan" not in words, (kind, words)
            # A band is told by its own name, and not by rows.
            for place in told["places"][: kind != "band"]:
                name = names[f"{place['source']}.{place['symbol']}"]
                assert name in words, (kind, words)
            if kind in ("twin", "copy"):
                assert "甲厂" in words


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_of_the_radar_accuses_anybody(code):
    told = " ".join(text for key, text in texts(code).items() if "radar" in key).lower()
    assert len(told) > 1_000
    assert [word for word in ACCUSING if word in told] == []


def test_a_chance_is_told_as_one_in_so_many_and_not_beyond_what_models_know():
    assert (one_in(0.00037), one_in(0.5), one_in(1.0)) == ("2,700", "2", "1")
    with use_language("en"):
        assert seldom_words(0.00037).endswith("2,700")
        assert "1,000,000" in seldom_words(1e-9)
        assert "million" in chance_words(1e-12)
        assert seldom_words(None) == "outside what the process gives"
