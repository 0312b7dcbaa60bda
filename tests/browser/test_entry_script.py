"""The script of the entry grid by itself: blocks from a spreadsheet, undo, redo (4.2 a)."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
SCRIPT = Path("assets/js/entry/1_model.js")


@pytest.fixture
def run(chromium_browser):
    """Return a function that runs a line of script beside the entry model."""
    page = chromium_browser.new_page()
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    yield lambda line: page.evaluate(f"() => {{ const e = shuangtan.entryModel; {line} }}")
    page.close()


def parsed(run, text):
    return run(f"return e.parseBlock({json.dumps(text)})")


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb\nc\td\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\t\t\n\tb\t", [["a", "", ""], ["", "b", ""]]),
        ('"two\nlines"\tb', [["two\nlines", "b"]]),
        ('"say ""no"""\tb', [['say "no"', "b"]]),
        ('5" pipe\tb', [['5" pipe', "b"]]),
        ('"never closed\tb', [['"never closed', "b"]]),
        ("１，２３４．５\t 7 ", [["１，２３４．５", " 7 "]]),
        ("\ufeffa\tb", [["a", "b"]]),
        ("one", [["one"]]),
    ],
)
def test_a_copied_block_is_read_as_the_spreadsheet_meant_it(run, text, cells):
    assert parsed(run, text) == cells


def test_what_is_copied_out_is_read_back_unchanged(run):
    cells = [["a\tb", "line\nbreak", 'quo"te', ""], ["", "1", "２", "x"]]
    assert run(f"return e.parseBlock(e.formatBlock({json.dumps(cells)}))") == cells


def test_a_large_block_fills_rows_and_adds_those_that_are_missing(run):
    found = run("""
        const m = new e.EntryModel([{source: "fuel"}, {source: "fuel"}]);
        const numbers = (count) => Array.from({length: count}, (_, at) => at);
        const block = numbers(500).map((r) => numbers(8).map((c) => r + ":" + c));
        const fields = ["source", "item", "A", "B", "C", "D", "E", "F"];
        const beyond = m.paste(block, m.rows.map((r) => r._id), fields, {});
        return [beyond, m.rows.length, m.rows[499].F, m.rows[1].item];
    """)
    assert found == [0, 500, "499:7", "1:1"]


def test_columns_beyond_the_table_are_counted_and_empty_ones_are_not(run):
    paste = "const m = new e.EntryModel([]); return m.paste({block}, [], ['A'], {{}})"
    assert run(paste.format(block="[['1', '2', '3']]")) == 2
    assert run(paste.format(block="[['1', '', ' ']]")) == 0


def test_undo_and_redo_cover_typing_pasting_and_deleting(run):
    found = run("""
        const m = new e.EntryModel([{A: "1"}]);
        const id = m.rows[0]._id, seen = [];
        const see = () => seen.push(JSON.stringify(m.content().rows));
        m.setCell(id, "A", "2"); m.paste([["3"], ["4"]], [id], ["A"], {}); m.remove([id]);
        see(); m.undo(); see(); m.undo(); see(); m.undo(); see(); m.undo();
        m.redo(); m.redo(); see();
        return seen;
    """)
    assert found == [
        '[{"A":"4"}]', '[{"A":"3"},{"A":"4"}]', '[{"A":"2"}]', '[{"A":"1"}]',
        '[{"A":"3"},{"A":"4"}]',
    ]  # fmt: skip


def test_a_change_after_undo_forgets_what_was_undone(run):
    found = run("""
        const m = new e.EntryModel([{A: "1"}]), id = m.rows[0]._id;
        m.setCell(id, "A", "2"); m.undo(); m.setCell(id, "A", "3"); m.redo();
        return m.content().rows;
    """)
    assert found == [{"A": "3"}]


def test_empty_rows_stay_on_screen_and_out_of_the_draft(run):
    found = run("""
        const m = new e.EntryModel([{A: ""}, {A: "x"}]);
        return [m.rows.length, m.content()];
    """)
    assert found == [2, {"ids": ["r2"], "rows": [{"A": "x"}]}]
