"""A slipped unit is suggested in the grid, listed when handed in, and cleared by another person."""

import pytest
from playwright.sync_api import expect

from services.collection import manual
from services.data.drafts import DraftVersion
from services.security.actors import actor_of_login
from services.standards.catalog import load_catalog
from tests.browser.axe import serious_findings
from tests.browser.people import patient, settled_in

pytestmark = pytest.mark.browser

YEAR = 2023
# The sixth month is in kilograms.
COAL = [1689, 1503, 1487, 1415, 1324, 1358000, 1496, 1529, 1417, 1336, 1468, 1593]
ADDRESS = "/collection/checks"


@pytest.fixture
def handed_in(live, plant, staff):
    """Hand in a year of the plant with one slipped unit; return its people."""
    reporter, approver = staff
    actor, catalog = actor_of_login(live, reporter.login), load_catalog()
    rows = [
        {"source": "fuel", "item": "bituminous", "FC": str(value), "NCV": "22", "month": str(at)}
        | {"note": "已核对抄表记录"}
        for at, value in enumerate(COAL, 1)
    ]
    begun = DraftVersion(plant.organization_id, YEAR, 0)
    draft = manual.save_draft(actor, live, begun, rows)
    manual.submit_draft(actor, live, catalog, draft.version)
    return reporter, approver


def test_a_slip_is_listed_with_its_evidence_and_cleared(page, handed_in, patience):
    settled_in(patient(page), handed_in[1])
    page.goto(f"{ADDRESS}?rule=unit_slip")
    row = page.locator(".check")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("疑似单位错误")
    expect(row).to_contain_text("1,358,000")
    expect(row).to_contain_text("已核对抄表记录")
    row.locator("summary").click()
    expect(row.locator(".check-numbers li")).to_have_count(12)
    expect(row.locator("mark")).to_have_text("1,358,000")
    assert serious_findings("checks", page) == []
    row.get_by_role("textbox").fill("按千克填写，已由填报人确认")
    row.get_by_role("button", name="消除").click()
    expect(row).to_contain_text("按千克填写，已由填报人确认")
    page.reload()
    expect(page.get_by_text("没有符合条件的疑点")).to_be_visible()
    page.goto(f"{ADDRESS}?rule=unit_slip&state=cleared")
    expect(page.locator(".check")).to_contain_text("按千克填写，已由填报人确认")


def test_whoever_handed_it_in_is_told_that_another_clears(page, handed_in, patience):
    settled_in(patient(page), handed_in[0])
    page.goto(f"{ADDRESS}?rule=unit_slip")
    row = page.locator(".check")
    expect(row).to_contain_text("消除疑点由复核员或审核员办理")
    expect(row.get_by_role("button")).to_have_count(0)


def test_a_limit_is_set_with_a_reason_and_everything_checked_again(new_page, handed_in, patience):
    page = patient(new_page(390, 844))
    settled_in(page, handed_in[1])
    page.goto(ADDRESS)
    hints = page.locator(".check").filter(has_text="疑似单位错误")
    expect(hints).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="限值").click()
    page.locator("#collection-checks-limit").select_option("unit_slip.sigmas")
    page.locator("#collection-checks-value").fill("20")
    page.locator("#collection-checks-limit-reason").fill("季节性生产，波动较大")
    page.locator("#collection-checks-set").click()
    expect(page.locator("#collection-checks-limits")).to_contain_text("季节性生产，波动较大")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(ADDRESS)
    page.locator("#collection-checks-again").click()
    expect(page.locator("#collection-checks-standing")).to_contain_text("校核完成：1 个年度")
