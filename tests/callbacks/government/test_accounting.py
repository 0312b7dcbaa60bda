"""The region's page as the server answers it: pieces, addresses, refusals."""

import pytest
from dash import dcc, no_update

from callbacks.context import Context
from callbacks.government.accounting import (
    choose,
    choose_edition,
    choose_year,
    drill,
    show_region,
)
from components.ids import government_accounting as ids
from components.panels.region_page import region_frame
from components.theme import use_theme
from services.errors import NotAllowedError, NotFoundError
from services.i18n.texts import use_language
from services.security.permissions import Membership, Role
from services.standards.catalog import load_catalog
from tests.cleared import cleared

BUREAU = cleared(1, "bureau", Membership(Role.BUREAU_OFFICER, 990000, "cn.p990000"))
REPORTER = cleared(2, "plant", Membership(Role.REPORTER, 12, "cn.p990000.c990100.o12"))
SHOWN = {"region": "100000", "year": 2023, "edition": "", "standing": ""}
FIRST = "省级温室气体清单编制指南(试行)2011"
LATER = "省级温室气体清单编制指南(2025年版)"


@pytest.fixture
def context(sample_database):
    return Context(sample_database, load_catalog(), None, None, lambda: BUREAU)


def show(context, region="100000", year="", edition=""):
    return show_region(context, {"region": region, "year": year, "edition": edition})


def words(pieces):
    """Return every text of the pieces, joined."""
    found = []
    for piece in pieces:
        for part in [piece, *piece._traverse()]:
            if isinstance(part, str):
                found.append(part)
            elif isinstance(getattr(part, "children", None), str):
                found.append(part.children)
    return " ".join(found)


def graphs(pieces):
    return {p.id: p.figure for piece in pieces for p in piece._traverse() if type(p) is dcc.Graph}


def test_the_country_shows_every_chart(context):
    pieces, places, region, years, year, shown = show(context)
    assert set(graphs(pieces)) == {
        ids.FUELS, ids.COMPARISON, ids.DIFFERENCE, ids.MAP, ids.COVERAGE,
    }  # fmt: skip
    assert (region, year, shown) == ("100000", "2023", SHOWN)
    assert [place["value"] for place in places][:2] == ["100000", "990000"]
    assert [option["value"] for option in years] == [str(y) for y in range(2023, 1999, -1)]


def test_the_tiles_tell_the_computed_and_the_published_total(context):
    text = words(show(context, year="2020")[0])
    # 10,389,649,509 t computed, 9,879,009,000 t published, +5.2 %.
    assert "104" in text
    assert "公布值 98.8 亿吨 CO₂（煤+油+气）" in text
    assert "+5.2" in text


def test_the_main_reason_of_the_difference_is_named(context):
    assert "主要原因：原料与非能源用途" in words(show(context)[0])


def test_a_province_is_marked_as_published_and_not_computed(context):
    pieces, *_, year, _shown = show(context, "320000", "2023")
    assert "公布值，非本平台核算" in words(pieces)
    assert year == "2019"
    assert ids.FUELS in graphs(pieces)


def test_a_province_without_figures_says_why_and_shows_no_zero(context):
    text = words(show(context, "540000", "2019")[0])
    assert "该来源没有能源平衡表，未编制" in text
    assert "—" in text


def test_an_own_region_shows_inventory_sum_and_gap(context):
    pieces, *_ = show(context, "990000", "2023")
    text = words(pieces)
    assert ids.COVERAGE in graphs(pieces)
    told = ("清单：化石燃料燃烧", "下级单位之和：化石燃料燃烧", "差额占清单")
    assert all(word in text for word in told)
    assert "示例" in text


def test_the_inventory_names_both_totals_its_edition_and_what_has_no_number(context):
    pieces, *_, shown = show(context, "990000", "2023")
    text = words(pieces)
    for told in ("排放总量（不含土地利用）", "排放总量（含土地利用）", "GWP：SAR", "已批准的清单"):
        assert told in text
    assert ids.SECTORS in graphs(pieces)
    assert shown["standing"] == FIRST


def test_another_edition_is_computed_for_comparison_and_names_its_potentials(context):
    text = words(show(context, "990000", "2023", LATER)[0])
    for told in ("GWP：AR5", "仅供比较", "已批准的是《省级温室气体清单编制指南(试行)2011》"):
        assert told in text


def test_the_edition_stands_in_the_address_once_it_is_chosen(context):
    shown = {"region": "990000", "year": 2023, "edition": "", "standing": FIRST}
    assert choose_edition(context, FIRST, shown) is no_update
    assert choose_edition(context, LATER, None) is no_update
    assert "edition=%E7%9C%81" in choose_edition(context, LATER, shown)
    kept = choose(context, "990000", "2022", shown | {"edition": LATER})
    assert kept.startswith("?edition=")
    assert kept.endswith("&region=990000&year=2022")


def test_every_chart_names_its_source_with_the_day_it_was_retrieved(context):
    text = words(show(context)[0])
    for source in ("英国能源学会（EI）", "全球碳项目（GCP）", "中国碳核算数据库（CEADs）"):
        assert f"{source}，2026年11月22日取得" in text


def test_the_page_is_complete_in_english_and_in_the_dark(context):
    with use_language("en"), use_theme("dark"):
        text = words(show(context)[0])
    assert "Main reason: feedstock and non-energy use" in text
    assert "Published, not computed by this platform" in text


@pytest.mark.parametrize(("region", "year"), [("999999", ""), ("100000", "20x9"), ("x", "2019")])
def test_a_place_or_year_that_does_not_exist_is_told(context, region, year):
    with pytest.raises(NotFoundError):
        show(context, region, year)


def test_an_enterprise_gets_the_error_instead_of_the_page(sample_database):
    context = Context(sample_database, load_catalog(), None, None, lambda: REPORTER)
    with pytest.raises(NotAllowedError):
        show(context)


def test_another_choice_is_written_into_the_address(context):
    assert choose(context, "320000", "2019", SHOWN) == "?region=320000&year=2019"


@pytest.mark.parametrize("shown", [None, SHOWN])
def test_filling_the_filters_moves_nothing(context, shown):
    assert choose(context, "100000", "2023", shown) is no_update


def test_a_click_on_the_map_drills_and_keeps_the_year(context):
    click = {"points": [{"curveNumber": 9, "customdata": ["320000"]}]}
    assert drill(context, click, SHOWN) == "?region=320000&year=2023"


@pytest.mark.parametrize("click", [None, {"points": []}, {"points": [{"curveNumber": 40}]}])
def test_a_click_beside_the_provinces_moves_nothing(context, click):
    assert drill(context, click, SHOWN) is no_update


def test_a_click_on_a_year_goes_to_that_year(context):
    assert choose_year(context, {"points": [{"x": 2010}]}, SHOWN) == "?region=100000&year=2010"
    assert choose_year(context, {"points": [{"x": 2023}]}, SHOWN) is no_update


def test_the_frame_stands_before_any_data():
    frame = region_frame("320000", "2019")
    asked = next(p for p in frame._traverse() if getattr(p, "id", None) == ids.ASKED)
    assert asked.data == {"region": "320000", "year": "2019", "edition": ""}
    assert [p for p in frame._traverse() if "skeleton" in str(getattr(p, "className", ""))]
