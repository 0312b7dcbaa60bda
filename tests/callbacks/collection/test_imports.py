"""Reactions of the import page on a real database: look, put in, conflict (4.2 a)."""

import hashlib
from types import SimpleNamespace

import dash
import pytest
from dash.exceptions import PreventUpdate

from callbacks.collection import imports
from callbacks.context import Context
from components.ids import collection_import as ids
from services.collection import manual
from services.collection.attachments import EntryYear, Limits, attach
from services.collection.receiving import Upload
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from services.standards.catalog import load_catalog
from tests.callbacks.collection.test_manual import words
from tests.places import add_firm, add_staff
from tests.uploads import on_disk

pytestmark = pytest.mark.postgres
YEAR = 2023
ROWS = "排放源,品种,FC,NCV\nfuel,diesel,坏,43\nfuel,diesel,5,43\nfuel,ng,7,389\n"


class Pressed:
    """What a callback learns of the button that was pressed."""

    def __init__(self, how):
        self.triggered_id = ids.put(how)


@pytest.fixture
def firm(database):
    return add_firm(database, "IMPORT", method="GB/T 32151.8-2015")


@pytest.fixture
def context(database, firm):
    reporter, _ = add_staff(database, firm)
    settings = SimpleNamespace(file_mb=10)
    return Context(database, load_catalog(), settings, None, lambda: reporter)


@pytest.fixture
def query(firm):
    return {"organization": str(firm.organization_id), "year": str(YEAR)}


@pytest.fixture
def send(context, firm):
    def _send(text=ROWS):
        content = text.encode()
        with on_disk(content) as file:
            upload = Upload("a.csv", file, len(content), hashlib.sha256(content).hexdigest())
            place = EntryYear(firm.organization_id, YEAR)
            told = attach(context.actor(), context.database, place, upload, Limits(10, 200))
        return [{"sha256": told.sha256, "year": YEAR, "name": told.name}]

    return _send


def shown_of(panel):
    return panel.children[0].data


def rows_of(context, firm):
    place = (firm.organization_id, YEAR)
    return manual.read_entry(context.actor(), context.database, *place).rows


def press(monkeypatch, context, shown, how=ids.NEW):
    monkeypatch.setattr(dash, "ctx", Pressed(how))
    monkeypatch.setattr(dash, "set_props", lambda *_given: None)
    return imports.put_in(context, [1], shown)


def test_the_page_offers_templates_and_a_field_for_a_file(context, query):
    told = words(imports.show_import(context, query))
    assert f"/download/template/{query['organization']}/2023/xlsx" in told
    assert f"/api/v1/entries/{query['organization']}/2023/files" in told


def test_a_preview_names_the_bad_cell_and_writes_nothing(context, firm, query, send):
    told = words(imports.show_preview(context, send(), query))
    assert "放入草稿" in told
    assert "坏" in told
    assert "/download/rows-to-mend/" in told
    assert rows_of(context, firm) == ()


def test_good_rows_go_in_and_a_second_time_nothing_changes(monkeypatch, context, firm, query, send):
    sent = send()
    panel = imports.show_preview(context, sent, query)
    done = words(press(monkeypatch, context, shown_of(panel)))
    assert "已放入 2 行" in done
    assert [row["item"] for row in rows_of(context, firm)] == ["diesel", "ng"]
    again = imports.show_preview(context, sent, query)
    assert "没有可以放入的行" in words(again)
    assert "没有改动" in words(press(monkeypatch, context, shown_of(again)))


def test_what_differs_is_replaced_by_the_button_that_says_so(
    monkeypatch, context, firm, query, send
):
    press(monkeypatch, context, shown_of(imports.show_preview(context, send(), query)))
    changed = imports.show_preview(context, send(ROWS.replace("ng,7", "ng,8")), query)
    assert "与草稿不同：1 行" in words(changed)
    press(monkeypatch, context, shown_of(changed))
    assert [row["FC"] for row in rows_of(context, firm)] == ["5", "7"]
    press(monkeypatch, context, shown_of(changed), ids.ALL_ROWS)
    assert [row["FC"] for row in rows_of(context, firm)] == ["5", "8"]


def test_a_draft_that_changed_meanwhile_is_compared_anew(monkeypatch, context, firm, query, send):
    panel = imports.show_preview(context, send(), query)
    version = DraftVersion(firm.organization_id, YEAR, 0)
    manual.save_draft(context.actor(), context.database, version, [{"source": "el_buy"}])
    assert "放入草稿" in words(press(monkeypatch, context, shown_of(panel)))
    assert [row["source"] for row in rows_of(context, firm)] == ["el_buy"]


WIDE = "某厂台账,2023\n月份,柴油,电\n1,500,12500\n"


def told(layout, **changed):
    """Return what the form sends: keys, sources, items and units, changed at some columns."""
    found = {"key": [], "source": [], "item": [], "unit": []}
    for part in layout._traverse():
        named = getattr(part, "id", None)
        if isinstance(named, dict) and named["type"] == "collection-import-told":
            found[named["what"]].append(part.value)
    for what, at in changed.items():
        for column, value in at.items():
            found[what][column] = value
    return list(found.values())


def test_a_file_with_other_headings_is_told_once_and_read_by_that(
    monkeypatch, context, firm, query, send
):
    monkeypatch.setattr(dash, "set_props", lambda *_given: None)
    layout = imports.show_preview(context, send(WIDE), query)
    assert "说明一次即可" in words(layout)
    shown = shown_of(layout)
    again = imports.choose_heading(context, "0", shown)
    assert shown_of(again)["line"] == 0
    with pytest.raises(PreventUpdate):
        imports.choose_heading(context, "1", shown)
    given = told(
        layout,
        key={1: "FC", 2: "MWh"},
        source={1: "fuel", 2: "el_buy"},
        item={1: "diesel"},
        unit={1: "kg", 2: "kWh"},
    )
    panel = imports.keep_layout(context, 1, *given, "1", shown)
    press(monkeypatch, context, shown_of(panel))
    assert [(row.get("FC"), row.get("MWh")) for row in rows_of(context, firm)] == [
        ("0.5", None),
        (None, "12.5"),
    ]
    opened = imports.open_layout(context, 1, shown_of(panel))
    assert told(opened)[0] == ["month", "FC", "MWh"]


@pytest.mark.parametrize("sent", [[{}], ["x"], [{"sha256": 5}], [{"sha256": "0" * 64}], {"a": 1}])
def test_what_no_browser_sends_is_not_found(context, query, sent):
    with pytest.raises(NotFoundError):
        imports.show_preview(context, sent, query)


def test_nothing_sent_shows_nothing(context, query):
    with pytest.raises(PreventUpdate):
        imports.show_preview(context, [], query)
