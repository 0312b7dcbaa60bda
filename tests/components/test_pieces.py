"""Pieces: tiles, tables, charts and states say what they must."""

import json

import plotly.graph_objects as go
import pytest

from components.panels import states
from components.panels.badge import TONES, status_mark, trust_badge
from components.panels.chart import ChartMeta, DataTable, chart_card, plain_rows
from components.panels.formula import formula
from components.panels.graph import graph
from components.panels.tile import tile
from components.shell.filters import read_filters, write_filters
from components.shell.page import page
from components.shell.places import PLACES, places_of
from components.tables.table import Cell, Column, data_table, plain_text
from components.theme import STATUS_MARKS, use_theme
from services.errors import Explanation, NotAllowedError
from services.i18n.texts import LANGUAGES, use_language
from services.reports.formulas import as_data, read_formula
from services.security.permissions import Action, Actor, Membership, Role, require

META = ChartMeta("亿吨 CO₂", "2000–2023", "能源统计", "2023", "GB/T 32150", {"地区": "全国"}, "/x")
TABLE = DataTable(
    (("year", "年份"), Column("coal", "煤炭", numeric=True, unit="亿吨")),
    [{"year": 2022, "coal": 78.123456789}, {"year": 2023, "coal": None}],
)


def found(component, class_name):
    return [
        c
        for c in component._traverse()
        if class_name in (getattr(c, "className", "") or "").split()
    ]


def test_a_number_in_a_table_shows_every_digit_and_unknown_is_no_zero():
    cells = found(data_table(TABLE.columns, TABLE.rows), "table")[0].children[-1].children
    assert [[cell.children for cell in row.children] for row in cells] == [
        ["2,022", "78.123456789"],
        ["2,023", "—"],
    ]


def test_a_formula_goes_to_the_browser_as_a_short_list_with_words_to_be_read_aloud():
    text = "Q_raw × (1 − FR10) × 44/12"
    set_ = formula(as_data(read_formula(text)), text)
    told = json.loads(getattr(set_, "data-formula"))
    assert told == [
        "*",
        ["i", "Q", "raw"],
        ["+", [1, "1"], [-1, ["i", "FR", "10"]]],
        ["/", "44", "12"],
    ]
    assert (set_.role, getattr(set_, "aria-label")) == ("math", text)


def test_a_column_of_numbers_is_known_as_one():
    assert [column.numeric for column in TABLE.described()] == [True, True]


def test_a_cell_may_sort_by_another_value_than_it_shows():
    table = data_table((("a", "A"),), [{"a": Cell("many", 9)}])
    assert (
        table.children.children[-1].children[0].children[0].to_plotly_json()["props"]["data-sort"]
        == "9"
    )


def test_a_chart_carries_its_table_and_its_files_the_same_numbers():
    card = chart_card("c", "标题", go.Figure(), TABLE, META)
    table = json.loads(card.to_plotly_json()["props"]["data-table"])
    assert table["rows"][0][1] == ["78.123456789", "78.123456789"]
    assert table["rows"][1][1] == ["—", ""]
    assert plain_rows(TABLE) == [[2022, 78.123456789], [2023, None]]


def test_a_chart_names_unit_period_source_and_origin():
    text = plain_text(chart_card("c", "标题", go.Figure(), TABLE, META))
    for part in (
        "标题",
        "亿吨 CO₂",
        "2000–2023",
        "来源：能源统计",
        "截至 2023",
        "GB/T 32150",
        "PNG",
        "XLSX",
    ):
        assert part in text


def test_a_graph_wears_the_theme_of_the_visitor_and_knows_no_cloud():
    with use_theme("dark"):
        drawn = graph("c", go.Figure())
    assert drawn.figure["layout"]["template"]["layout"]["font"]["color"] == "#e9f3ee"
    assert drawn.config["showSendToCloud"] is False


def test_a_tile_marks_its_status_by_more_than_colour():
    text = plain_text(tile("排放", "1.23", "万吨", status="over"))
    assert "■" in text
    assert "超限" in text


def test_an_estimate_is_marked():
    assert "≈" in plain_text(tile("排放", "1.23", "万吨", estimated=True))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_badge_and_status_has_words(code):
    with use_language(code):
        assert all(plain_text(trust_badge(kind)) for kind in TONES)
        assert all(plain_text(status_mark(status)) for status in STATUS_MARKS)


def test_an_error_tells_what_why_and_what_to_do():
    shown = states.error(Explanation("B2", "what", "why", "do"))
    assert shown.role == "alert"
    assert all(part in plain_text(shown) for part in ("B2", "what", "why", "do"))


def test_an_error_tells_where_in_the_words_of_the_reader():
    told = {}
    for code in LANGUAGES:
        with use_language(code):
            told[code] = [states.place_text(where) for where in ("organization", "B2", "FC")]
    assert told == {"zh-CN": ["单位", "B2", "FC"], "en": ["Organization", "B2", "FC"]}


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_a_person_may_not_do_is_told_in_words(code):
    with use_language(code):
        for action in Action:
            with pytest.raises(NotAllowedError) as refused:
                require(Actor(1, "A"), action, "cn.p990000")
            text = plain_text(states.error(refused.value.explain()))
            assert action.value not in text
            assert "cn.p990000" not in text
            assert states.place_text(action.value) in text


def test_nothing_for_a_good_reason_looks_otherwise_than_nothing_yet():
    pictures = [
        shown.children[0].className
        for shown in (states.empty("t", "h"), states.calm("t", "h"), states.lost("t", "h", None))
    ]
    assert len(set(pictures)) == 3


def test_a_chart_has_its_room_before_it_is_drawn():
    (room,) = found(chart_card("c", "标题", go.Figure(), TABLE, META, height=321), "chart-view")
    assert room.style == {"minHeight": "321px"}


def test_on_a_phone_each_number_of_a_table_still_has_its_unit():
    cells = found(data_table(TABLE.columns, TABLE.rows), "table")[0].children[-1].children
    labels = [c.to_plotly_json()["props"]["data-label"] for c in cells[0].children]
    assert labels == ["年份", "煤炭 亿吨"]


def test_a_skeleton_has_the_final_height():
    assert states.loading("chart", height=320).style == {"height": "320px"}


def test_the_last_crumb_is_where_one_stands():
    shown = page("t", breadcrumb=(("中国", "/a"), ("江苏", "/b")))
    links = [c for c in shown._traverse() if type(c).__name__ == "Link"]
    assert [link.href for link in links] == ["/a"]


def test_filters_survive_the_way_through_the_address():
    filters = {"region": "320000", "year": "2023"}
    assert write_filters(filters | {"gas": ""}) == "?region=320000&year=2023"
    assert read_filters(write_filters(filters)) == filters
    assert read_filters(None) == {}


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (
            Role.REPORTER,
            [
                "/",
                "/collection/campaigns",
                "/collection/manual",
                "/collection/import",
                "/collection/connectors",
                "/collection/telemetry",
                "/collection/devices",
                "/collection/provisional",
                "/collection/alerts",
                "/collection/checks",
                "/collection/verification",
                "/standards/library",
                "/enterprise/accounting",
                "/enterprise/restatement",
            ],
        ),
        (
            Role.APPROVER,
            [
                "/",
                "/collection/campaigns",
                "/collection/telemetry",
                "/collection/devices",
                "/collection/provisional",
                "/collection/alerts",
                "/collection/checks",
                "/collection/verification",
                "/standards/library",
                "/enterprise/accounting",
                "/enterprise/restatement",
            ],
        ),
        (
            Role.BUREAU_OFFICER,
            [
                "/",
                "/collection/campaigns",
                "/collection/webhooks",
                "/collection/alerts",
                "/collection/checks",
                "/collection/radar",
                "/collection/verification",
                "/standards/library",
                "/government/accounting",
                "/government/discrepancies",
                "/government/energy-balance",
                "/government/recalculation",
            ],
        ),
        (
            Role.SYSTEM_ADMINISTRATOR,
            [
                "/",
                "/standards/library",
                "/administration/people",
                "/administration/organizations",
                "/administration/parameters",
            ],
        ),
    ],
)
def test_a_person_sees_only_the_places_of_the_own_role(role, paths):
    actor = Actor(1, "n", (Membership(role, 1, "cn"),))
    shown = places_of(actor, [place.path for place in PLACES])
    assert [place.path for place in shown] == paths


def test_a_page_that_does_not_exist_is_no_place():
    actor = Actor(1, "n", tuple(Membership(role, 1, "cn") for role in Role))
    assert [place.path for place in places_of(actor, ["/"])] == ["/"]
