"""The grid while things overlap: rows drawn anew, another year opened, an answer lost (4.2 a)."""

import itertools
import json

import pytest
from playwright.sync_api import expect

from services.data import drafts
from services.data.engine import SYSTEM_SCOPE
from tests.browser.people import COAL, YEAR, open_entry, patient, settled_in
from tests.places import add_firm
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

ITEM, AMOUNT = ('[row-index="0"] [col-id="item"]', '[row-index="0"] [col-id="FC"]')
DRAW_ANEW = "shuangtan.entry.model.setCell('r2', 'note', 'drawn anew')"
# The grid of the first year answers when told to: on a busy machine this happens by itself.
HOLD_FIRST_GRID = """() => {
    const real = window.dash_ag_grid, kept = {value: null};
    const ask = (id) => {
        if (kept.value) return real.getApiAsync(id);
        return new Promise((done) => (kept.value = () => real.getApiAsync(id).then(done)));
    };
    window.dash_ag_grid = Object.create(real, {getApiAsync: {value: ask}});
    window.answerFirstGrid = () => kept.value();
}"""
LONG_AFTER_MS = 21_000
NUMBERS = itertools.count(1)


@pytest.fixture
def plant(live):
    # The general rules cover every year on offer, so that each of them opens with a grid.
    return add_firm(live, f"OVERLAP{next(NUMBERS)}", method="GB/T 32150-2015")


@pytest.fixture
def reporter(page, staff):
    settled_in(patient(page), staff[0])
    return page


def stored(live, plant, year):
    with live.work(SYSTEM_SCOPE) as work:
        found = drafts.get(work, plant.organization_id, year)
    return list(found.rows) if found else []


def type_amount(page, text):
    page.locator(AMOUNT).click()
    page.keyboard.press("Enter")
    expect(page.locator(f"{AMOUNT} input")).to_be_focused()
    page.keyboard.type(text)


def test_a_cell_stays_open_while_the_rows_are_drawn_anew(reporter, live, plant):
    open_entry(reporter, plant)
    type_amount(reporter, "12")
    reporter.evaluate(DRAW_ANEW)
    expect(reporter.locator(f"{AMOUNT} input")).to_be_focused()
    reporter.keyboard.type("34")
    reporter.keyboard.press("Enter")
    expect(reporter.locator(AMOUNT)).to_have_text("1234")


def test_the_list_of_a_cell_closes_and_gives_the_focus_back(reporter, live, plant):
    open_entry(reporter, plant)
    reporter.locator(ITEM).click()
    for key, text in (("Enter", "烟煤"), ("Escape", "烟煤")):
        reporter.keyboard.press("Enter")
        expect(reporter.locator(".entry-choice-input")).to_be_focused()
        reporter.evaluate(DRAW_ANEW)
        if key == "Enter":
            reporter.keyboard.type(COAL)
        reporter.keyboard.press(key)
        expect(reporter.locator(".entry-choice")).to_have_count(0)
        expect(reporter.locator(ITEM)).to_be_focused()
        expect(reporter.locator(ITEM)).to_have_text(text)


def test_who_goes_on_before_the_grid_stands_writes_into_the_year_on_screen(reporter, live, plant):
    expect(reporter.locator(".register table")).to_be_visible()
    reporter.evaluate(HOLD_FIRST_GRID)
    reporter.locator('.navigation a[href="/collection/manual"]').click()
    expect(reporter.locator(".ag-root").first).to_be_visible()
    reporter.locator(f'.entry-years a[href*="year={YEAR}"]').click()
    expect(reporter.locator(".entry-years .chosen")).to_have_text(str(YEAR))
    expect(reporter.locator("[data-entry-reason]")).to_have_text("请先填入数据")
    reporter.evaluate("void window.answerFirstGrid()")
    type_amount(reporter, "1234")
    reporter.keyboard.press("Enter")
    wait_until(lambda: stored(live, plant, YEAR), 60)
    assert [row["FC"] for row in stored(live, plant, YEAR)] == ["1234"]
    assert [year for year in range(YEAR - 3, YEAR + 3) if stored(live, plant, year)] == [YEAR]


def test_an_answer_that_is_lost_is_asked_for_again(reporter, live, plant):
    reporter.clock.install()
    lost = []

    def lose_first_check(route):
        body = json.loads(route.request.post_data)
        if not lost and body["output"].startswith("..collection-manual-checked"):
            lost.append(body)
            route.abort()
        else:
            route.continue_()

    reporter.route("**/_dash-update-component*", lose_first_check)
    open_entry(reporter, plant)
    wait_until(lambda: lost, 60)
    reporter.locator('[row-index="0"] [col-id="source"]').click()
    reporter.evaluate("shuangtan.entry.model.setCell('r1', 'FC', '1')")
    reporter.clock.run_for(LONG_AFTER_MS)
    expect(reporter.locator("[data-entry-reason]")).to_contain_text("处错误")
    reporter.complaints.clear()  # the browser notes the answer that we took away
