"""The shell as people use it: door, language, theme, navigation, phone, keyboard, no script."""

import re

import pytest
from playwright.sync_api import expect

from services.standards.clauses import counts
from tests.fixtures.browser import sign_in, sign_in_by_forms

PHONE = {"width": 390, "height": 844}
SMALLEST_TARGET = 44
SLOW = 30_000  # milliseconds that a busy machine may take for the first page

TOO_SMALL = """(smallest) => [...document.querySelectorAll("button, a, summary, input, select")]
    .filter((e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && box.bottom > 0)
    .filter(([e]) => !e.closest("th, td, p, .breadcrumb, .skip"))
    .filter(([e, box]) => box.height < smallest - 4 && !e.matches("label input"))
    .map(([e, box]) => `${e.className || e.tagName} ${Math.round(box.height)}`)"""
WIDTH = "document.documentElement.scrollWidth"
STYLE = "getComputedStyle(document.body).backgroundColor"


def ready(page):
    """Wait until the register of the home page stands."""
    expect(page.locator(".register table")).to_be_visible(timeout=SLOW)
    expect(page.locator(".skeleton")).to_have_count(0, timeout=SLOW)


def test_a_stranger_is_led_to_the_door_and_back_to_where_they_were_going(page, sample_people):
    page.goto("/enterprise/accounting?year=2023")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    sign_in_by_forms(page, sample_people["reporter"], page.url)
    expect(page).to_have_url(re.compile(r"/enterprise/accounting\?year=2023"))


def test_a_wrong_password_is_told_and_the_name_kept(new_page):
    page = new_page()
    page.goto("/login")
    page.fill("#login", "somebody")
    page.fill("#password", "wrong")
    page.click("#sign-in")
    expect(page.get_by_role("alert")).to_contain_text("somebody")
    expect(page.locator("#login")).to_have_value("somebody")
    # The answer 401 is what the browser is meant to see.
    page.complaints.clear()


def test_the_door_works_without_scripts_in_both_languages(new_page, sample_people):
    page = new_page(java_script_enabled=False)
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.get_by_role("button", name="EN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, sample_people["system_administrator"])
    expect(page).to_have_title("Overview · 双碳")
    page.goto("/password")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change password")


def test_language_and_theme_stay(page, sample_people):
    sign_in(page, sample_people["bureau_officer"])
    ready(page)
    light = page.evaluate(STYLE)
    page.get_by_role("button", name="EN").click()
    expect(page.locator("h1")).to_have_text("Overview", timeout=SLOW)
    ready(page)
    with page.expect_response("**/theme"):
        page.locator(".theme-switch").click()
    expect(page.locator("body")).not_to_have_css("background-color", light)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("h1")).to_have_text("Overview", timeout=SLOW)
    page.get_by_role("button", name="中").click()
    expect(page.locator("h1")).to_have_text("总览", timeout=SLOW)
    with page.expect_response("**/theme"):
        page.locator(".theme-switch").click()
    expect(page.locator("body")).to_have_css("background-color", light)


def test_the_navigation_shows_what_the_person_may_open_and_where_they_are(page, sample_people):
    sign_in(page, sample_people["reporter"])
    ready(page)
    here = page.locator(".navigation a[aria-current=page]")
    expect(here).to_have_text("总览")
    addresses = page.locator(".navigation a").evaluate_all("all => all.map(a => a.pathname)")
    assert "/government/accounting" not in addresses
    page.locator('.navigation a[href="/enterprise/accounting"]').click()
    expect(here).to_contain_text("5.2.1")
    page.go_back()
    expect(here).to_have_text("总览")


def test_a_page_one_may_not_open_says_so(page, sample_people):
    sign_in(page, sample_people["reporter"])
    page.goto("/government/accounting")
    expect(page.locator(".state-error")).to_contain_text("查看地区核算")


def test_an_address_without_a_page_says_so(page, sample_people):
    sign_in(page, sample_people["reporter"])
    page.goto("/no/such/page")
    expect(page.locator("h1")).to_have_text("没有这个页面")
    page.complaints.clear()  # the browser notes the 404 that we send


def test_the_register_is_filtered_and_sorted(page, sample_people):
    sign_in(page, sample_people["bureau_officer"])
    ready(page)
    expect(page.locator(".register tbody tr")).to_have_count(sum(counts().values()))
    page.locator(".tabs label", has_text="非软件要求").click()
    chosen = page.locator(".register tbody .badge")
    expect(page.locator(".register tbody tr")).to_have_count(counts()["not_software"])
    expect(chosen).to_have_text(["– 非软件要求"] * counts()["not_software"])
    heading = page.get_by_role("button", name="条款", exact=True)
    first = page.locator(".register tbody tr").first.inner_text()
    heading.click()
    heading.click()
    expect(page.locator(".register th[aria-sort=descending]")).to_have_count(1)
    assert page.locator(".register tbody tr").first.inner_text() != first


def test_everything_is_reached_by_keyboard_with_a_visible_focus(page, sample_people):
    sign_in(page, sample_people["reporter"])
    ready(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate("document.activeElement.className || document.activeElement.tagName")
        )
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
    assert {"tool theme-switch", "tool"} <= seen


def test_a_session_that_ended_leads_to_the_door(page, sample_people):
    sign_in(page, sample_people["approver"])
    ready(page)
    page.context.clear_cookies(name="shuangtan")
    page.locator(".tabs label", has_text="部分实现").click()
    expect(page).to_have_url(re.compile("/login"))
    page.complaints.clear()  # the answer 401 that led here


def test_signing_out_closes_the_door(page, sample_people):
    sign_in(page, sample_people["approver"])
    ready(page)
    page.locator(".person-menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.goto("/")
    expect(page).to_have_url(re.compile("/login"))


@pytest.mark.parametrize("person", ["reporter", "bureau_officer"])
def test_on_a_phone_nothing_runs_over_and_a_finger_finds_its_target(
    new_page, sample_people, person
):
    page = new_page(**PHONE, has_touch=True)
    page.goto("/login")
    assert page.evaluate(WIDTH) == PHONE["width"]
    sign_in(page, sample_people[person])
    ready(page)
    assert page.evaluate(WIDTH) == PHONE["width"]
    assert page.evaluate(TOO_SMALL, SMALLEST_TARGET) == []
    expect(page.locator(".navigation")).not_to_be_visible()
    page.locator(".menu-button").tap()
    expect(page.locator(".navigation")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".navigation")).not_to_be_visible()


def test_chinese_is_drawn_with_a_font_that_has_it(page):
    page.goto("/login")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"Shuangtan Sans\"', '双碳')")


def test_on_paper_there_is_no_navigation(page, sample_people):
    sign_in(page, sample_people["bureau_officer"])
    ready(page)
    page.emulate_media(media="print")
    expect(page.locator(".navigation")).not_to_be_visible()
    expect(page.locator(".top")).not_to_be_visible()
    expect(page.locator(".register table")).to_be_visible()


def test_a_chart_gives_its_numbers_as_table_file_and_picture(page, sample_people):
    sign_in(page, sample_people["bureau_officer"])
    page.goto("/government/accounting")
    chart = page.locator(".chart-card").first
    expect(chart.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=SLOW)
    chart.get_by_role("button", name="表格").click()
    shown = chart.locator("tbody tr").first.locator("td").all_inner_texts()
    assert len(shown) > 1
    with page.expect_download() as saved:
        chart.get_by_role("button", name="CSV").click()
    lines = saved.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == chart.locator("h2").inner_text()
    assert any(line.startswith("来源,") for line in lines)
    (row,) = (line.split(",") for line in lines if line.startswith(f"{shown[0]},"))
    # The page rounds to tonnes, the file keeps every digit.
    assert float(row[1]) == pytest.approx(float(shown[1].replace(",", "")), abs=0.5)
    chart.get_by_role("button", name="图", exact=True).click()
    for kind, first in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as saved:
            chart.get_by_role("button", name=kind).click()
        picture = saved.value.path().read_bytes()
        assert picture.startswith(first)
    assert "来源".encode() in picture


def test_a_drawn_chart_follows_the_theme(page, sample_people):
    sign_in(page, sample_people["bureau_officer"])
    page.goto("/government/accounting")
    words = page.locator(".js-plotly-plot .ytick text").first
    expect(words).to_be_visible(timeout=SLOW)
    before = words.evaluate("e => getComputedStyle(e).fill")
    page.locator(".theme-switch").click()
    expect(words).not_to_have_css("fill", before)
    with page.expect_response("**/theme"):
        page.locator(".theme-switch").click()
    expect(words).to_have_css("fill", before)
