"""axe-core finds nothing serious on any page, light and dark, on a desk and on a phone (ui.md)."""

import pytest
from playwright.sync_api import expect

from callbacks.http.protection import COOKIE
from tests.browser.axe import serious_findings
from tests.browser.people import (
    COAL,
    FUEL,
    address_of,
    open_entry,
    paste_rows,
    patient,
    settled_in,
    type_into,
)
from tests.doors import renew_step_up
from tests.fixtures.browser import sign_in, watch
from tools.screens import Look, first_scenes, further_scenes, go, new_context

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

# Both themes and both sizes: colours follow from the one, what is there from the other.
LOOKS = (Look("desktop", "zh-CN", "light"), Look("phone", "zh-CN", "dark"))


@pytest.fixture(scope="module")
def sessions():
    """The cookies of those who signed in for a test before, by role: each signs in once."""
    return {}


@pytest.fixture
def visit(chromium_browser, live_server, live, sample_people, sessions):
    """Return a function that opens each scene as its role, and yields it with its page."""
    contexts = []

    def opened(role, look):
        contexts.append(new_context(chromium_browser, live_server.url, look))
        page = patient(watch(contexts[-1].new_page()))
        page.database_url = live_server.settings.database_url
        if role in sessions:
            contexts[-1].add_cookies(sessions[role])
            # On a slow machine a test before may have taken longer than a step up lasts.
            renew_step_up(live, sample_people[role].login)
        elif role:
            sign_in(page, sample_people[role])
            sessions[role] = [each for each in contexts[-1].cookies() if each["name"] == COOKIE]
        return page

    def each(scenes, look):
        pages = {role: opened(role, look) for role in {scene.role for scene in scenes}}
        for scene in scenes:
            go(pages[scene.role], scene)
            yield scene.name, pages[scene.role]

    yield each
    for context in contexts:
        context.close()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.size}-{look.theme}")
def test_axe_finds_nothing_serious_on_any_page(visit, look):
    visited = visit(first_scenes(), look)
    found = [text for name, page in visited for text in serious_findings(name, page)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_in_opened_parts_empty_years_and_refusals(visit):
    scenes = [scene for scene in further_scenes() if not scene.held]
    visited = visit(scenes, Look("desktop", "en", "dark"))
    found = [text for name, page in visited for text in serious_findings(name, page)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_in_a_grid_with_problems_an_open_cell_and_the_last_question(
    page, live, plant, staff
):
    settled_in(patient(page), staff[0])
    open_entry(page, plant)
    paste_rows(page, [[FUEL, COAL, "十二吨"]])
    expect(page.locator(".entry-cell-error")).to_be_visible()
    page.locator('[row-index="0"] [col-id="item"]').dblclick()
    expect(page.locator(".entry-choice-list li").first).to_be_visible()
    found = serious_findings("open cell", page)
    page.keyboard.press("Escape")
    page.locator('[row-index="0"] [col-id="FC"]').click()
    type_into(page, "12")
    page.locator("[data-entry-submit]").click()
    expect(page.locator("[data-entry-dialog]")).to_be_visible()
    found += serious_findings("question", page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_in_the_cards_and_the_drawer_of_a_phone(
    chromium_browser, live_server, live, plant, staff
):
    context = new_context(chromium_browser, live_server.url, Look("phone", "zh-CN", "light"))
    page = patient(watch(context.new_page()))
    page.database_url = live_server.settings.database_url
    settled_in(page, staff[0])
    page.goto(address_of("/collection/manual", plant))
    page.locator(".entry-card select").first.select_option(label=FUEL)
    expect(page.locator(".entry-card input").first).to_be_visible()
    found = serious_findings("cards", page)
    page.locator(".menu-button").tap()
    expect(page.locator(".navigation")).to_be_visible()
    found += serious_findings("drawer", page)
    context.close()
    assert not found, "\n".join(found)
