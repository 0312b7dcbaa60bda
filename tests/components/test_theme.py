"""Tokens: contrasts that people can read, one source for style sheets and charts."""

import re

import pytest

from components import theme
from tests.architecture.sources import ROOT

TEXTS = [
    (ink, ground)
    for ground in ("background", "surface", "raised", "sunken")
    for ink in ("ink", "muted")
] + [
    ("brand", "surface"), ("brand", "brand-soft"), ("on-brand", "brand"),
    ("on-brand", "brand-strong"), ("watch-ink", "surface"), ("over-ink", "surface"),
    ("watch-ink", "watch-soft"), ("over-ink", "over-soft"), ("good", "good-soft"),
    ("unknown", "unknown-soft"), ("accent", "accent-soft"),
]  # fmt: skip
MARKS = [
    name
    for name in theme.TOKENS["light"]
    if name.startswith(("fuel-", "scenario-", "scope-")) or name in theme.STATUS_MARKS
]


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_that_wcag_gives_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_text_can_be_read(name, ink, ground):
    tokens = theme.TOKENS[name]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("ground", ["background", "surface"])
def test_text_on_the_wall_can_be_read_from_afar(ground):
    tokens = theme.TOKENS["dark"]
    assert min(contrast(tokens[ink], tokens[ground]) for ink in ("ink", "muted")) >= 7


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize("mark", MARKS)
def test_marks_stand_out_from_the_card_behind_them(name, mark):
    assert contrast(theme.TOKENS[name][mark], theme.TOKENS[name]["surface"]) >= 3


@pytest.mark.parametrize("name", theme.THEMES)
def test_fuels_have_colours_of_their_own(name):
    fuels = list(theme.COLORS[name]["fuel"].values())
    assert len(set(fuels)) == len(fuels)


def test_both_themes_have_the_same_tokens():
    assert set(theme.TOKENS["light"]) == set(theme.TOKENS["dark"])


def test_every_token_is_a_variable_with_its_value():
    sheet = theme.style_sheet()
    for name in theme.THEMES:
        block = sheet.split(f'[data-theme="{name}"]')[1].split("}")[0]
        assert all(f"--{key}: {value};" in block for key, value in theme.TOKENS[name].items())


def test_style_sheets_use_no_variable_that_nobody_defines():
    sheets = "\n".join(path.read_text() for path in (ROOT / "assets").rglob("*.css"))
    defined = set(re.findall(r"(--[\w-]+)\s*:", sheets + theme.style_sheet()))
    assert set(re.findall(r"var\((--[\w-]+)[,)]", sheets)) - defined == set()


def test_charts_wear_the_same_tokens():
    for name in theme.THEMES:
        layout = theme.template(name).layout
        assert layout.font.color == theme.TOKENS[name]["ink"]
        assert layout.xaxis.gridcolor == theme.TOKENS[name]["line"]


def test_a_theme_nobody_knows_is_the_light_one():
    with theme.use_theme("pink"):
        assert theme.current() == "light"
    with theme.use_theme("dark"):
        assert theme.colour("ink") == theme.TOKENS["dark"]["ink"]
    assert theme.current() == "light"
