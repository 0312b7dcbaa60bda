"""What the result page shows adds up to the run, and hides nothing (5.2.1)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from callbacks.enterprise.result_view import (
    MOST_BARS,
    bar_table,
    detail_of,
    item_bars,
    line_page,
    lines_sheet,
    marks_of,
    scope_bars,
)
from components.panels.chart import plain_rows
from components.panels.emission_lines import LINES_A_PAGE, line_detail
from services.accounting.bands import Band
from services.accounting.results import ActivityRow, Filing, Person, RunResult, RunSummary, Subject
from services.formatting import date_text
from services.i18n.words import Words, same
from services.reports.material import Material
from services.reports.names import Names
from services.standards.catalog import load_catalog
from services.standards.results import EmissionLine, InputValue

METHOD = "GB/T 32151.8-2015"
CATALOG = load_catalog()
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
NOTES = {1: "化验单 A-17"}
ITEMS = ("anthracite", "bituminous", "lignite", "washed_coal", "other_washed", "briquette",
         "coke", "crude", "fuel_oil", "gasoline", "diesel", "kerosene")  # fmt: skip


def line(at, tonnes, item="bituminous", **changes):
    inputs = {"FC": InputValue(tonnes, "t", changes.pop("origin", "measured"), Words(), "user")}
    values = {
        "record": at, "source": "fuel", "item": item, "gas": "CO2", "gas_t": tonnes, "gwp": 1.0,
        "co2e_t": tonnes, "emission_scope": "direct", "sign": 1, "formula": "FC*(1-BF)*44/12",
        "inputs": inputs,
    }  # fmt: skip
    return EmissionLine(**(values | changes))


def material(*lines):
    subject = Subject(
        1, {"zh-CN": "示例", "en": "Sample"}, "enterprise", "S", "320000", "cn.o1", True
    )
    total = sum(each.sign * each.co2e_t for each in lines)
    run = RunSummary(
        UUID(int=1), subject, 2023, METHOD, "voluntary", date(2026, 11, 1), "SAR", "ab", total,
        total, 0.0, 0.0, {}, AT,
    )  # fmt: skip
    filing = Filing(UUID(int=2), "submitted", Person(1, "A"), AT, None, None, "")
    names = Names(CATALOG.describe(METHOD))
    rows = tuple(ActivityRow(at, "fuel", "", {}, NOTES.get(at, "")) for at in range(len(lines)))
    return Material(RunResult(run, filing, rows, lines), names, AT)


def test_the_largest_source_stands_first_and_equal_items_stand_together():
    bars = item_bars(material(line(0, 1.0, "diesel"), line(1, 5.0), line(2, 2.0)))
    assert [bar.co2e_t for bar in bars] == [7.0, 1.0]


def test_small_bars_are_put_together_and_nothing_is_lost():
    lines = [line(at, float(at + 1), item) for at, item in enumerate(ITEMS)]
    bars = item_bars(material(*lines))
    assert len(bars) == MOST_BARS + 1
    assert sum(bar.co2e_t for bar in bars) == sum(range(1, 13))


def test_a_table_is_rounded_to_be_read_and_its_file_keeps_every_digit():
    table = bar_table(item_bars(material(line(0, 62562.50000000001))), "源")
    assert table.rows[0]["co2e_t"].content == "62,562.50"
    assert plain_rows(table)[0][1] == 62562.50000000001


def test_what_is_sold_counts_against_the_indirect_bar():
    sold = {"source": "el_sell", "item": "", "emission_scope": "indirect", "sign": -1}
    bought = {"source": "el_buy", "item": "", "emission_scope": "indirect"}
    bars = scope_bars(material(line(0, 3.0, **bought), line(1, 5.0, **sold)))
    assert [bar.co2e_t for bar in bars] == [-2.0]


def test_the_estimated_share_counts_emissions_not_lines():
    lines = (line(0, 9.0), line(1, 1.0, origin="estimated"))
    assert marks_of(material(*lines))["total"].quality.estimated_share == pytest.approx(0.1)
    assert marks_of(material())["total"].quality.estimated_share == 0.0


def test_each_total_has_the_band_and_the_quality_of_its_own_lines():
    bought = {"source": "el_buy", "item": "", "emission_scope": "indirect"}
    shown = material(line(0, 9.0), line(1, 1.0, origin="estimated", **bought))
    bands = {("total",): Band(10.0, 9.0, 11.0), ("indirect",): Band(1.0, 0.5, 1.5)}
    marks = marks_of(shown, bands)
    assert marks["total"].band == bands["total",]
    assert marks["indirect"].band == bands["indirect",]
    assert marks["deducted"].band is None
    shares = [marks[name].quality.estimated_share for name in ("total", "direct", "indirect")]
    assert shares == [pytest.approx(0.1), 0.0, 1.0]


def test_an_estimated_bar_is_marked():
    bars = item_bars(material(line(0, 9.0), line(1, 1.0, "diesel", origin="estimated")))
    assert [bar.is_estimated for bar in bars] == [False, True]


def test_pages_of_lines_leave_none_out():
    shown = material(*(line(at, 1.0) for at in range(LINES_A_PAGE + 3)))
    first, second = line_page(shown, 0), line_page(shown, 1)
    assert (len(first.rows), len(second.rows), second.total) == (20, 3, 23)
    assert second.rows[0].row == LINES_A_PAGE + 1


def test_a_line_opens_to_its_formula_with_the_numbers_put_in():
    one = line(0, 1000.0, inputs={
        "FC": InputValue(1000.0, "t", "measured", Words(), "user"),
        "BF": InputValue(0.1, "0..1", "default", same("table"), "recalled"),
    })  # fmt: skip
    opened = detail_of(CATALOG, material(one), one)
    assert opened.formula_text == "FC × (1 − BF) × 44/12"
    assert opened.numbers_text == "1,000 × (1 − 0.1) × 44/12"
    assert [(given.symbol, given.origin, given.status) for given in opened.inputs] == [
        ("FC", "measured", "user"),
        ("BF", "default", "recalled"),
    ]


def test_an_entered_value_says_who_entered_it_and_when():
    shown = material(line(0, 1.0), line(1, 1.0, origin="estimated"))
    told = [detail_of(CATALOG, shown, each).inputs[0].reference for each in shown.result.lines]
    # 08:00 UTC is 16:00 in Shanghai.
    assert [("A" in text, "2026-11-20 16:00" in text) for text in told] == [(True, True)] * 2


def test_a_default_keeps_its_own_document():
    default = InputValue(0.1, "0..1", "default", same("table B.1"), "recalled")
    shown = material(line(0, 1.0, inputs={"BF": default}))
    assert detail_of(CATALOG, shown, shown.result.lines[0]).inputs[0].reference == "table B.1"


def test_a_factor_tells_its_document_and_dates():
    default = InputValue(21.0, "1", "default", same("GWP"), "secondary", factor="GWP.SAR.CH4")
    shown = material(line(0, 1.0, inputs={"GWP": default}))
    told = detail_of(CATALOG, shown, shown.result.lines[0]).inputs[0].printed
    row = CATALOG.factors["GWP.SAR.CH4"]
    assert CATALOG.documents[row.document].names["zh-CN"] in told
    assert f"自 {date_text(row.applies_from)} 起适用" in told
    assert told in str(line_detail(detail_of(CATALOG, shown, shown.result.lines[0])))


def test_a_line_shows_the_note_of_its_own_row():
    shown = material(line(0, 1.0), line(1, 1.0))
    found = [detail_of(CATALOG, shown, each).activity for each in shown.result.lines]
    assert [[record.note for record in records] for records in found] == [[""], ["化验单 A-17"]]


@pytest.mark.parametrize(("note", "told"), [("化验单 A-17", "化验单 A-17"), ("", "没有备注")])
def test_the_opened_line_tells_its_note_or_that_there_is_none(note, told):
    shown = detail_of(CATALOG, material(line(0, 1.0)), line(0, 1.0))
    (record,) = shown.activity
    text = str(line_detail(replace(shown, activity=(replace(record, note=note),))))
    assert told in text


def test_a_file_of_lines_holds_numbers_with_every_digit():
    sheet = lines_sheet(material(line(0, 0.1 + 0.2)))
    assert 0.1 + 0.2 in sheet.rows[0]
