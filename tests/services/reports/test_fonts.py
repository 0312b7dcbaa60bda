"""Fonts are cut to what a report needs, and turned glyphs are kept."""

import io

from fontTools.ttLib import TTFont

from services.reports.fonts import SANS, SERIF, FontStore, printable_characters


def test_a_cut_holds_exactly_the_characters_asked_for(tmp_path):
    font = TTFont(io.BytesIO(FontStore(tmp_path).cut(SERIF, "碳 A").content))
    assert set(font.getBestCmap()) == {ord("碳"), ord(" "), ord("A")}
    assert font["glyf"][font.getBestCmap()[ord("碳")]].numberOfContours > 0


def test_the_cut_does_not_depend_on_what_was_cut_before(tmp_path):
    fresh, used = FontStore(tmp_path / "a"), FontStore(tmp_path / "b")
    used.cut(SANS, "排放报告")
    assert used.cut(SANS, "碳中和") == fresh.cut(SANS, "碳中和")


def test_two_cuts_of_a_font_have_two_names(tmp_path):
    store = FontStore(tmp_path)
    first, second = store.cut(SANS, "碳"), store.cut(SANS, "中和")
    assert first.name.startswith(SANS)
    assert first.name != second.name


def test_kept_glyphs_serve_the_next_store(tmp_path):
    first = FontStore(tmp_path).cut(SANS, "碳中和")
    kept = next(tmp_path.glob("*.ttf"))
    before = kept.stat().st_mtime_ns
    assert FontStore(tmp_path).cut(SANS, "中") != first
    assert kept.stat().st_mtime_ns == before


def test_a_damaged_store_is_made_anew(tmp_path):
    store = FontStore(tmp_path)
    wanted = store.cut(SANS, "碳")
    next(tmp_path.glob("*.ttf")).write_bytes(b"half a file")
    assert store.cut(SANS, "碳") == wanted


def test_nothing_half_written_stays_behind(tmp_path):
    FontStore(tmp_path).cut(SANS, "碳")
    assert [path.suffix for path in tmp_path.iterdir()] == [".ttf"]


def test_characters_that_no_font_holds_are_left_out(tmp_path):
    font = TTFont(io.BytesIO(FontStore(tmp_path).cut(SANS, "碳💥").content))
    assert set(font.getBestCmap()) == {ord("碳")}


def test_lowered_digits_are_known_to_be_missing():
    assert ord("₂") not in printable_characters()
    assert ord("碳") in printable_characters()
