"""A year begun with the rows of the year before, on a desk and on a phone (4.2 a)."""

import pytest
from playwright.sync_api import expect

from components.ids import collection_manual as ids
from services.collection import manual
from services.data.drafts import DraftVersion
from services.security.actors import actor_of_login
from tests.browser.people import YEAR, address_of, patient, settled_in, stored_rows

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LAST = [
    {"source": "fuel", "item": "diesel", "FC": "90", "note": "车辆"},
    {"source": "fuel", "item": "coke", "FC": "1,200"},
]


@pytest.mark.parametrize("size", SIZES)
def test_rows_of_the_year_before_are_shown_and_taken_over(new_page, live, plant, staff, size):
    width, height = SIZES[size]
    page = patient(new_page(width=width, height=height))
    place = plant.organization_id
    settled_in(page, staff[0])
    reporter = actor_of_login(live, f"path-reporter-{place}")
    manual.save_draft(reporter, live, DraftVersion(place, YEAR - 1, 0), LAST)
    page.goto(address_of("/collection/manual", plant))
    page.get_by_role("button", name="从 2022 年带入").click()
    before = page.locator(f"#{ids.ROWS_BEFORE}")
    expect(before).to_contain_text("FC 1,200")
    assert stored_rows(live, plant) == ()
    before.get_by_role("button", name="带入 2 行，数值留空").click()
    said = page.locator("[data-entry-said]")
    expect(said).to_contain_text("已带入 2 行")
    # Whoever presses again gets nothing twice.
    before.get_by_role("button", name="带入 2 行，连同数值").click()
    expect(said).to_contain_text("已带入 0 行")
    expect(page.locator("[data-entry-status]").first).to_contain_text("已保存")
    wanted = tuple({"source": "fuel", "item": row["item"]} for row in LAST)
    assert stored_rows(live, plant) == wanted
    assert page.evaluate("document.documentElement.scrollWidth") <= width
