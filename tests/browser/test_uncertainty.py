"""From a reason typed in place of a number to marks, bands and a simulation on the result page."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from services.collection import manual
from services.data.drafts import DraftVersion
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.browser.people import patient, settled_in
from tests.places import add_firm, add_login

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

NUMBERS = itertools.count(1)
ROWS = [
    {"source": "fuel", "item": "bituminous", "FC": "12000"},
    {"source": "fuel", "item": "diesel", "FC": "300", "origin": "estimated"},
    {"source": "fuel", "item": "gasoline", "FC": "未估算", "note": "叉车没有台账"},
    {"source": "el_buy", "MWh": "25000"},
]


@pytest.fixture
def plant(live):
    # The live platform is shared, so every test has a plant and people of its own.
    return add_firm(live, f"BAND{next(NUMBERS)}", method="GB/T 32150-2015")


@pytest.fixture
def reporter(live, plant):
    place = plant.organization_id
    return add_login(live, f"band-reporter-{place}", (Role.REPORTER, place))


def submit(live, plant, login, year, rows):
    catalog, actor = load_catalog(), actor_of_login(live, login)
    version = DraftVersion(plant.organization_id, year, 0)
    draft = manual.save_draft(actor, live, version, rows)
    manual.submit_draft(actor, live, catalog, draft.version)


def test_a_result_tells_what_is_missing_estimated_and_uncertain(page, live, plant, reporter):
    patient(page)
    settled_in(page, reporter)
    submit(live, plant, reporter.login, 2021, [{**ROWS[0], "FC": "10000"}, ROWS[3]])
    submit(live, plant, reporter.login, 2023, ROWS)
    page.goto(f"/enterprise/accounting?organization={plant.organization_id}&year=2023")
    total = page.locator(".tile").first
    expect(total.locator(".tile-band")).to_have_text(re.compile(r"±\d+\.\d%"))
    expect(total).to_contain_text("完整度 75%")
    expect(total).to_contain_text("估算")
    card = page.locator("#result-uncertainty")
    expect(card).to_contain_text("NE · 未估算")
    expect(card).to_contain_text("叉车没有台账")
    expect(card).to_contain_text("自 2021 年变化")
    card.get_by_role("button", name="用蒙特卡洛模拟复核").click()
    expect(card).to_contain_text("抽样 10,000 次")


def test_a_phone_shows_bands_without_scrolling_sideways(new_page, live, plant, reporter):
    phone = new_page(width=390, height=844)
    patient(phone)
    settled_in(phone, reporter)
    submit(live, plant, reporter.login, 2023, ROWS)
    phone.goto(f"/enterprise/accounting?organization={plant.organization_id}&year=2023")
    card = phone.locator("#result-uncertainty")
    card.locator("summary").first.click()
    expect(card.locator("details[open] td").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
