"""A government user from sign-in to the number's origin: country, province, own region (5.1.1)."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.ids import government_accounting as ids

pytestmark = pytest.mark.browser

SLOW_MS = 60_000
# Where a point of the map (kilometres east and north of 105 E, 35 N) stands on the screen.
PLACE = """([east, north]) => {
    const graph = document.querySelector("#government-accounting-map .js-plotly-plot");
    const {xaxis, yaxis} = graph._fullLayout, box = graph.getBoundingClientRect();
    return {x: box.left + xaxis._offset + xaxis.d2p(east),
            y: box.top + yaxis._offset + yaxis.d2p(north)};
}"""
IN_SICHUAN = [-100, -450]


@pytest.fixture
def bureau(signed_in):
    """Return a function that opens the region page as the bureau of the sample province."""

    def opened(query="", **options):
        page = signed_in("bureau_officer", **options)
        page.goto(f"{ids.PATH}{query}")
        expect(page.locator(".tile").first).to_be_visible(timeout=SLOW_MS)
        return page

    return opened


def tile(page, label):
    return page.locator(".tile", has_text=label).locator(".tile-value")


def test_the_country_is_computed_and_compared_like_with_like(bureau):
    page = bureau("?region=100000&year=2020")
    # By hand: 10,389,649,509 t computed, 9,879,009,000 t published.
    expect(tile(page, "化石能源 CO₂ 排放量")).to_have_text("104")
    expect(tile(page, "与公布值之差")).to_have_text("+5.2")
    expect(page.get_by_text("主要原因：原料与非能源用途")).to_be_visible()


def test_a_number_leads_to_its_factor_clause_and_source(bureau):
    page = bureau("?region=100000&year=2020")
    page.locator(".tile-link").first.click()
    chain = page.locator(f"#{ids.CHAIN}")
    expect(chain).to_be_in_viewport(timeout=SLOW_MS)
    for words in ("84.2492 EJ", "0.02637 tC/GJ", "44/12", "7,657,291,839.12 吨", "待核实"):
        expect(chain.get_by_text(words).first).to_be_visible()
    expect(chain).to_contain_text("Energy Institute")
    expect(chain).to_contain_text("2026年11月22日")


def test_a_click_on_the_map_drills_and_back_returns(bureau):
    page = bureau("?region=100000&year=2019")
    page.locator(f"#{ids.MAP} .main-svg").first.scroll_into_view_if_needed()
    at = page.evaluate(PLACE, IN_SICHUAN)
    page.mouse.move(at["x"], at["y"])
    page.mouse.click(at["x"], at["y"])
    expect(page).to_have_url(re.compile("region=510000"), timeout=SLOW_MS)
    expect(page.get_by_text("四川 CO₂ 排放量，按能源品种与工业过程")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("公布值，非本平台核算").first).to_be_visible()
    page.go_back()
    expect(tile(page, "化石能源 CO₂ 排放量")).to_be_visible(timeout=SLOW_MS)


def test_the_ranking_is_walked_by_keyboard(bureau):
    page = bureau("?region=100000&year=2019")
    page.get_by_role("link", name="江苏").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("region=320000"), timeout=SLOW_MS)
    expect(tile(page, "全国排名")).to_have_text("3", timeout=SLOW_MS)


def test_another_year_stands_in_the_address_and_survives_a_reload(bureau):
    page = bureau("?region=100000&year=2020")
    page.locator(f"#{ids.YEAR}").select_option("2010")
    expect(page).to_have_url(re.compile("year=2010"), timeout=SLOW_MS)
    expect(tile(page, "化石能源 CO₂ 排放量")).to_have_text("82.2", timeout=SLOW_MS)
    page.reload()
    expect(tile(page, "化石能源 CO₂ 排放量")).to_have_text("82.2", timeout=SLOW_MS)


def test_a_province_without_figures_shows_a_dash_and_the_reason(bureau):
    page = bureau("?region=540000&year=2019")
    expect(tile(page, "CO₂ 排放量（公布值）")).to_have_text("—")
    expect(page.get_by_text("该来源没有能源平衡表，未编制").first).to_be_visible()


def test_the_own_region_states_the_gap_to_its_organizations(bureau):
    page = bureau("?region=990000&year=2023")
    expect(page.get_by_text("示例", exact=True).first).to_be_visible()
    for label in ("清单：化石燃料燃烧", "下级单位之和：化石燃料燃烧", "差额占清单"):
        expect(tile(page, label).first).not_to_have_text("—")
    page.locator(f"#{ids.COVERAGE}").locator("xpath=ancestor::section").get_by_role(
        "button", name="表格"
    ).click()
    expect(page.get_by_role("cell", name="差额（清单 − 之和）")).to_be_visible()


def test_the_five_sectors_open_to_their_sources_and_name_what_has_no_number(bureau):
    page = bureau("?region=990000&year=2023")
    for label in ("排放总量（不含土地利用）", "排放总量（含土地利用）", "土地利用变化与林业"):
        expect(tile(page, label).first).not_to_have_text("—")
    parts = page.locator(f"#{ids.PARTS}")
    waste = parts.locator("details", has_text="废弃物处理")
    expect(waste.get_by_text("填埋")).to_be_hidden()
    waste.locator("summary").click()
    expect(waste.get_by_text("未估算（NE）")).to_be_visible()
    expect(waste.get_by_text("待核实").first).to_be_visible()
    expect(page.locator(f"#{ids.BESIDE}").get_by_text("国际航空燃料舱")).to_be_visible()


def test_the_reference_approach_is_held_against_what_the_guideline_expects(bureau):
    page = bureau("?region=990000&year=2023")
    card = page.locator(".chart-card", has=page.locator(f"#{ids.REFERENCE}"))
    expect(card.get_by_text("在预期范围内")).to_be_visible()
    page.locator(f"#{ids.YEAR}").select_option("2021")
    expect(card.get_by_text("超出预期范围")).to_be_visible(timeout=SLOW_MS)


def test_the_edition_is_chosen_and_survives_a_reload(bureau):
    page = bureau("?region=990000&year=2023")
    expect(page.get_by_text("GWP：SAR", exact=True)).to_be_visible()
    page.locator(f"#{ids.EDITION}").select_option("省级温室气体清单编制指南(2025年版)")
    for _ in range(2):
        expect(page.get_by_text("GWP：AR5", exact=True)).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_text("仅供比较", exact=True)).to_be_visible()
        expect(page.get_by_text("沿用2011版：EF").first).to_be_attached()
        page.reload()


def test_the_file_holds_the_numbers_of_the_screen(bureau):
    page = bureau("?region=990000&year=2023")
    card = page.locator(".chart-card", has=page.locator(f"#{ids.SECTORS}"))
    card.get_by_role("button", name="表格").click()
    row = card.locator("tbody tr", has_text="排放总量（不含土地利用）")
    # Behind the total stand what is estimated, both bounds, completeness and remarks.
    shown = row.locator("td").nth(-6).inner_text().replace(",", "")
    with page.expect_download() as waiting:
        card.get_by_role("button", name="CSV").click()
    lines = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    (total,) = [line for line in csv.reader(lines) if line[:1] == ["排放总量（不含土地利用）"]]
    assert round(float(total[-6])) == int(shown)


def test_the_page_fits_a_phone_in_english(bureau):
    page = bureau(width=390, height=844)
    page.context.add_cookies(
        [{"name": "language", "value": "en", "url": page.url.split("/government")[0]}]
    )
    page.reload()
    expect(page.get_by_text("Fossil CO₂ emissions", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(f"#{ids.MAP} .main-svg").first).to_be_attached(timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_enterprise_user_is_told_that_the_page_is_not_for_them(signed_in):
    page = signed_in("reporter")
    page.goto(ids.PATH)
    expect(page.locator(".state-error")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".tile")).to_have_count(0)
