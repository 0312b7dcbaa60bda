"""The grid's columns and payload come from the method's description alone (4.2 a)."""

from dataclasses import replace
from datetime import date

import pytest

from components.forms.entry_grid import columns
from components.forms.entry_payload import SCRIPT_TEXTS, entry_payload
from components.forms.entry_view import EntryState, EntryView
from components.forms.method_columns import grid_items, grid_sources
from services.i18n.texts import use_language
from services.i18n.words import Words, same
from services.standards.catalog import load_catalog
from services.standards.descriptions import (
    DefaultValue,
    ItemDescription,
    MethodDescription,
    SourceDescription,
    SymbolDescription,
)


def quantity(symbol, zh, unit, required=False, default=None):
    return SymbolDescription(symbol, {"zh-CN": zh, "en": symbol}, unit, required, "", "", default)


def source(code, kind, symbols, items=()):
    return SourceDescription(
        code, {"zh-CN": code + "源", "en": code}, kind, ("CO2",), "direct", 1, "recalled", Words(),
        (), tuple(symbols), tuple(items),
    )  # fmt: skip


@pytest.fixture
def method():
    heat = DefaultValue(20.908, "GJ/t", "default", same("table"), "secondary")
    coal = ItemDescription(
        "bituminous", {"zh-CN": "烟煤", "en": "Bituminous coal"}, "coal", "secondary",
        {"FC": "t"}, {"NCV": heat},
    )  # fmt: skip
    gas = ItemDescription(
        "natural_gas", {"zh-CN": "天然气", "en": "Natural gas"}, "gas", "secondary",
        {"FC": "10^4 Nm3"}, {},
    )  # fmt: skip
    oxidized = DefaultValue(0.98, "0..1", "default", same("table"), "secondary")
    fuel = [
        quantity("FC", "消耗量", "t or 10^4 Nm3", required=True),
        quantity("NCV", "低位发热量", "GJ/t"),
        quantity("OF", "碳氧化率", "0..1", default=oxidized),
    ]
    return MethodDescription(
        "GB/T X", {"zh-CN": "方法", "en": "Method"}, "loaded", "voluntary", "organization", "",
        "AR5", None, date(2016, 6, 1), None, Words(),
        (
            source("fuel", "FUEL", fuel, [coal, gas]),
            source("alt_fuel", "MASS_EF", [quantity("NCV", "低位发热量", "GJ/t")]),
            source("clinker", "OXIDE_BALANCE", [quantity("Q", "产量", "t", required=True)]),
            source("el_buy", "ELECTRICITY", [quantity("MWh", "电量", "MWh", required=True)]),
        ),
    )  # fmt: skip


@pytest.fixture
def view(method):
    rows = ({"source": "fuel", "item": "bituminous", "FC": "１，２３４"},)
    state = EntryState(is_editable=True, may_submit=True)
    return EntryView(12, 2023, 7, 3, rows, grid_sources(method), grid_items(method), state)


def test_columns_are_source_item_each_symbol_once_origin_note_and_files(view):
    fields = [column.get("field") for column in columns(view)]
    symbols = ["FC", "NCV", "OF", "Q", "MWh"]
    assert fields == [None, "source", "item", "month", *symbols, "origin", "note", "files"]


def test_months_are_hidden_until_asked_for_and_known_by_every_name(view):
    (month,) = [column for column in columns(view) if column.get("field") == "month"]
    assert month["hide"] is True
    told = entry_payload(view, "grid")
    assert told["fields"][:3] == ["source", "item", "month"]
    march = told["months"][2]
    assert (march["code"], march["name"]) == ("3", "3月")
    assert {"3月", "Mar", "03", "2023-03"} <= set(march["names"])


def test_rows_without_evidence_are_of_years(view):
    plain = replace(view, has_evidence=False)
    assert "month" not in [column.get("field") for column in columns(plain)]
    assert "month" not in entry_payload(plain, "grid")["fields"]


def test_the_hashes_of_files_are_neither_typed_nor_pasted(view):
    (files,) = [column for column in columns(view) if column.get("field") == "files"]
    assert files["editable"] is False
    assert "files" not in entry_payload(view, "grid")["fields"]


def test_a_header_names_the_quantity_its_symbol_and_every_unit_it_may_have(view):
    headers = {column.get("field"): column["headerName"] for column in columns(view)}
    assert headers["FC"] == "消耗量 FC\nt | 10⁴ Nm³"


def test_a_symbol_that_is_its_own_unit_is_told_once(view):
    headers = {column.get("field"): column["headerName"] for column in columns(view)}
    assert headers["MWh"] == "电量\nMWh"
    assert entry_payload(view, "grid")["cells"]["el_buy"]["MWh"]["label"] == "电量"


def test_whatever_has_a_heating_value_stands_among_the_fuels(view):
    groups = {source.choice.code: source.group for source in view.sources}
    assert groups == {
        "fuel": "fuel", "alt_fuel": "fuel", "clinker": "process", "el_buy": "electricity",
    }  # fmt: skip


def test_defaults_of_source_and_item_are_told_to_the_script(view):
    told = entry_payload(view, "grid")["defaults"]["fuel"]
    assert told["bituminous"] == {"OF": "0.98", "NCV": "20.908"}
    assert told["natural_gas"] == {"OF": "0.98"}


def test_rows_reach_the_script_as_typed(view):
    assert entry_payload(view, "grid")["rows"][0]["FC"] == "１，２３４"


def test_an_item_is_recognized_by_its_name_in_either_language(view):
    names = entry_payload(view, "grid")["items"]["bituminous"]["names"]
    assert {"烟煤", "Bituminous coal"} <= set(names)


def test_names_on_screen_are_in_the_language_of_the_visitor(method):
    with use_language("en"):
        assert [item.name for item in grid_items(method)] == ["Bituminous coal", "Natural gas"]


@pytest.mark.parametrize("code", ["zh-CN", "en"])
def test_every_word_of_the_script_exists_in_both_languages(view, code):
    with use_language(code):
        texts = entry_payload(view, "grid")["texts"]
    assert set(texts) == set(SCRIPT_TEXTS)
    assert all(texts.values())


def test_no_column_lets_the_grid_run_a_string_as_code(view):
    # Only {"function": …} is looked up by name in our script; a bare string would be evaluated.
    for column in columns(view):
        for name in ("valueGetter", "valueFormatter", "tooltipValueGetter"):
            assert name not in column or set(column[name]) == {"function"}


def test_a_method_with_options_has_a_column_for_them(view):
    described = load_catalog().describe("GB/T 32151.10-2015")
    with_options = replace(view, sources=grid_sources(described), items=grid_items(described))
    assert "key" in [column.get("field") for column in columns(with_options)]
    payload = entry_payload(with_options, "grid")
    assert payload["fields"][:3] == ["source", "item", "key"]
    options = {source["code"]: source["options"] for source in payload["sources"]}
    assert [option["code"] for option in options["feedstock"]] == ["in", "out"]
    assert options["feedstock"][0]["name"] == "流入"
    assert options["fuel"] == []


def test_terms_of_balances_have_columns_of_their_own_that_are_hidden_at_first(view):
    described = load_catalog().describe("GB/T 32151.5-2015")
    steel = replace(view, sources=grid_sources(described), items=grid_items(described))
    terms = {c["field"]: c for c in columns(steel) if str(c.get("field")).startswith("balance.")}
    assert all(column["hide"] for column in terms.values())
    assert terms["balance.opening"]["headerName"] == "期初库存\nt | 10⁴ Nm³"
    payload = entry_payload(steel, "grid")
    assert payload["terms"] == list(terms)
    of = {source["code"]: source["terms"] for source in payload["sources"]}
    assert of["el_buy"] == ["balance.purchased", "balance.generated", "balance.sold"]
    assert of["c_fixed"] == []
    assert payload["cells"]["el_buy"]["balance.generated"]["unit"] == "MWh"
    assert payload["units"]["fuel"]["cog"]["balance.flared"] == "10⁴ Nm³"
    # Gas has a form of its own, without stocks.
    assert "balance.opening" not in payload["units"]["fuel"]["cog"]
