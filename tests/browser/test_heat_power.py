"""The result page of a power plant splits its total into heat and power (5.2.1 b)."""

import pytest
from playwright.sync_api import expect

from services.collection import manual
from services.data.drafts import DraftVersion
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.browser.axe import serious_findings
from tests.browser.people import patient, settled_in
from tests.places import add_firm, add_login

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

COAL = {"source": "fuel", "item": "bituminous", "FC": "1000", "C": "0.6", "OF": "1"}


@pytest.fixture
def plant(live):
    """A plant with a submitted year of 1000 t × 0.6 × 44/12 = 2200 t, and its reporter."""
    firm = add_firm(live, "CHP1", method="GB/T 32151.1-2015")
    reporter = add_login(live, "chp-reporter", (Role.REPORTER, firm.organization_id))
    actor = actor_of_login(live, reporter.login)
    draft = manual.save_draft(actor, live, DraftVersion(firm.organization_id, 2023, 0), [COAL])
    manual.submit_draft(actor, live, load_catalog(), draft.version)
    return firm.organization_id, reporter


def test_heat_and_power_are_split_and_a_bad_number_is_told(page, plant):
    place, reporter = plant
    settled_in(patient(page), reporter)
    page.goto(f"/enterprise/accounting?organization={place}&year=2023")
    fields = [page.get_by_label(name) for name in ("供热量", "锅炉总产热量", "供电量")]
    for entry, value in zip(fields, ("250000", "1000000", "50000"), strict=True):
        entry.fill(value)
    split = page.get_by_role("button", name="计算分摊")
    split.click()
    shown = page.locator("#enterprise-accounting-heat-power")
    for text in ("25.0%", "550.00", "1,650.00", "0.002200", "0.033000"):
        expect(shown).to_contain_text(text)
    page.get_by_role("button", name="保存").click()
    expect(shown).to_contain_text("已保存：第 1 版")
    assert serious_findings("heat and power", page) == []
    page.reload()
    expect(shown).to_contain_text("已保存：第 1 版")
    expect(fields[1]).to_have_value("1000000")
    fields[0].fill("2000000")
    split.click()
    expect(page.locator("[role=alert]")).to_contain_text("供热量 2000000 与锅炉总产热量 1000000")
