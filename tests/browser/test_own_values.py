"""A measured value from its proposal by one person to the line it stands in (4.5, 5.2.1 b)."""

from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from services.accounting import filing
from services.accounting.restatement import newest_change
from services.clock import today
from services.collection import manual, own_values
from services.collection.attachments import Limits, ValueYear
from services.collection.own_values import Proposal
from services.data.drafts import DraftVersion
from services.security.actors import actor_of_login
from services.standards.catalog import load_catalog
from tests.browser.people import (
    COAL,
    FUEL,
    SLOW_MS,
    YEAR,
    address_of,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    submit,
)
from tests.uploads import Sent, send
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

CATALOG = load_catalog()
ROW = {"source": "fuel", "item": "bituminous"}
REPORT = {"name": "煤质报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 coal"}
TYPED = {
    "value": "23.5",
    "unit": "MJ/kg",
    "valid-from": f"{YEAR}-01-01",
    "valid-to": f"{YEAR}-12-31",
    "laboratory": "月度综合样，煤质检测中心",
}


def open_library(page, plant):
    page.goto(f"/standards/library?view=own&organization={plant.organization_id}")
    expect(page.get_by_role("heading", name="登记实测值")).to_be_visible()


def propose(page, **others):
    page.locator("#standards-own-what").select_option("bituminous:NCV")
    for name, typed in (TYPED | others).items():
        page.locator(f"#standards-own-{name}").fill(typed)
    page.get_by_role("button", name="提交审核").click()


def propose_with_report(page, plant):
    """Propose a value: without its report it is refused, with it, it waits."""
    open_library(page, plant)
    propose(page)
    expect(page.get_by_role("alert")).to_contain_text("没有附检测报告")
    page.locator("#standards-own-upload input[type=file]").set_input_files([REPORT])
    expect(page.locator("#standards-own-picked")).to_contain_text(REPORT["name"])
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("tbody tr", has_text=COAL)).to_contain_text("待审核")
    # Whoever proposed it is not asked to decide.
    expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)


def accept(page, plant):
    """Read the report and accept the value."""
    open_library(page, plant)
    with page.expect_download() as saved:
        page.get_by_role("link", name=REPORT["name"]).first.click()
    assert saved.value.path().read_bytes() == REPORT["buffer"]
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("tbody tr", has_text=COAL)).to_contain_text("有效")


def test_a_value_is_proposed_accepted_and_stands_in_the_line(page, new_page, live, plant, staff):
    settled_in(patient(page), staff[0])
    propose_with_report(page, plant)
    other = patient(new_page())
    settled_in(other, staff[1])
    accept(other, plant)
    open_entry(page, plant)
    paste_rows(page, [[FUEL, COAL, "1,200"]])
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")
    expect(page.locator('[row-index="0"] [col-id="NCV"]')).to_contain_text("23.5")
    submit(page)
    page.locator(".line-toggle").first.click()
    given = page.locator(".line-detail").first.locator("tr", has_text="低位发热量")
    expect(given).to_contain_text("23.5")
    expect(given).to_contain_text("实测")
    expect(given).to_contain_text(REPORT["name"])
    inputs = result_of(live, plant).lines[0].inputs
    assert (inputs["NCV"].value, inputs["NCV"].origin) == (23.5, "measured")


def proposal_of(live, plant):
    reporter, _ = people_of(live, plant)
    place, report = (
        ValueYear(plant.organization_id, today().year),
        (REPORT["name"], REPORT["buffer"]),
    )
    kept = send(reporter, live, place, Sent(*report), Limits(1, 2))
    return Proposal(
        plant.organization_id, "bituminous", "NCV", "23.5", "GJ/t",
        date(YEAR, 1, 1), date(YEAR, 12, 31), "煤质检测中心",
        files=[(kept.year, kept.sha256)],
    )  # fmt: skip


def people_of(live, plant):
    logins = (f"path-{role}-{plant.organization_id}" for role in ("reporter", "approver"))
    return tuple(actor_of_login(live, login) for login in logins)


def test_a_value_of_some_months_stands_in_their_rows_alone(page, live, plant, staff):
    reporter, approver = people_of(live, plant)
    spring = replace(
        proposal_of(live, plant), valid_from=date(YEAR, 3, 1), valid_to=date(YEAR, 6, 30)
    )
    value_id = own_values.propose(reporter, live, CATALOG, spring)
    own_values.accept(approver, live, plant.organization_id, value_id)
    settled_in(patient(page), staff[0])
    open_entry(page, plant)
    page.locator("[data-entry-months]").click()
    paste_rows(page, [[FUEL, COAL, month, "100"] for month in ("3", "8")])
    expect(page.locator("[data-entry-status]")).to_contain_text("已保存草稿")
    expect(page.locator('[row-index="0"] [col-id="NCV"]')).to_contain_text("23.5")
    expect(page.locator('[row-index="1"] [col-id="month"]')).to_have_text("8月")
    expect(page.locator('[row-index="1"] [col-id="NCV"]')).not_to_contain_text("23.5")
    submit(page)
    filled = [line.inputs["NCV"].origin for line in result_of(live, plant).lines]
    assert filled == ["measured", "default"]


class Filed:
    """A plant whose year is filed with a measured value, and another value that waits."""

    def __init__(self, live, plant):
        key, self.live = plant.organization_id, live
        self.reporter, self.approver = people_of(live, plant)
        self.first = proposal_of(live, plant)
        value_id = self.propose(self.first)
        own_values.accept(self.approver, live, key, value_id)
        version = DraftVersion(key, YEAR, 0)
        draft = manual.save_draft(self.reporter, live, version, [{**ROW, "FC": "1200"}])
        manual.submit_draft(self.reporter, live, CATALOG, draft.version)
        entry = manual.read_entry(self.reporter, live, key, YEAR)
        filing.approve(self.approver, live, key, entry.submission_id)
        self.propose(replace(self.first, supersedes=value_id, value="24"))

    def propose(self, proposal):
        return own_values.propose(self.reporter, self.live, CATALOG, proposal)

    def is_restated(self):
        place = (self.live, self.first.organization_id, YEAR)
        return newest_change(self.reporter, *place) is not None


def test_a_value_accepted_later_restates_the_filed_year_by_itself(page, live, plant, staff):
    filed = Filed(live, plant)
    settled_in(patient(page), staff[1])
    open_library(page, plant)
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("tbody tr", has_text="已被代替")).to_be_visible()
    wait_until(filed.is_restated, SLOW_MS / 1000)
    page.goto(address_of("/enterprise/accounting", plant))
    hint = page.locator("#enterprise-accounting-restated")
    expect(hint).to_contain_text("已有重述")
    expect(hint).to_contain_text("自有实测值")
    hint.get_by_role("link", name="查看重述对比").click()
    expect(page.locator("tbody tr", has_text="自有实测值")).to_be_visible()
