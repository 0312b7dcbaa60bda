"""The pictures: every further look can be taken, and every language and theme is seen."""

from datetime import date

import pytest

from components.shell.places import place_at
from components.theme import THEMES
from services.i18n.texts import LANGUAGES
from services.security.permissions import Role
from tools.screens import ONE_EACH, SIZES, STEPS, Look, chosen_looks, further_scenes, looks, scenes

OUTSIDE_THE_SHELL = {
    "/login",
    "/password",
    "/account",
    "/account/data",
    "/account/delegation",
    "/api/v1/docs",
    "/step-up",
    "/factor/new",
    "/no/such/page",
    "/wall/1.none",
}


def test_every_further_look_is_dated_named_once_and_of_a_page_we_have():
    found = further_scenes()
    assert len({scene.name for scene in found}) == len(found)
    for scene in found:
        path = scene.path.partition("?")[0]
        assert isinstance(scene.since, date)
        assert scene.role in {"", *Role}
        assert path in OUTSIDE_THE_SHELL or place_at(path)
        assert all(what in STEPS and len(rest) == 2 for what, *rest in scene.steps)


def test_the_further_looks_show_every_language_and_theme():
    assert set(ONE_EACH) == set(SIZES)
    assert {language for language, _ in ONE_EACH.values()} == set(LANGUAGES)
    assert {theme for _, theme in ONE_EACH.values()} == set(THEMES)


@pytest.mark.parametrize(
    ("words", "count"),
    # Four sizes, two languages, two themes.
    [([], 16), (["phone"], 4), (["en", "dark"], 4), (["wall", "touch", "en"], 4), (["login"], 16)],
)
def test_words_choose_the_looks(words, count):
    assert len(chosen_looks(words)) == count
    assert len(list(looks())) == 16


def test_a_further_look_is_taken_once_a_size_unless_its_language_or_theme_is_asked_for():
    usual, other = Look("phone", "en", "dark"), Look("phone", "zh-CN", "light")
    names = {scene.name for scene in further_scenes()}
    assert names <= {scene.name for scene in scenes(usual, [])}
    assert not names & {scene.name for scene in scenes(other, [])}
    assert names <= {scene.name for scene in scenes(other, ["zh-CN"])}


def test_words_choose_pages_by_name_or_address():
    look = Look("phone", "en", "dark")
    assert {scene.name for scene in scenes(look, ["not-found", "phone"])} == {"not-found"}
    assert "region-error" in {scene.name for scene in scenes(look, ["/government"])}
