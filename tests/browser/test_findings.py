"""A result whose totals disagree says so until somebody permitted resolves it (5.2.1 b)."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from services.accounting.invariants import Inconsistency
from services.consistency import nightly
from services.data import findings, organizations, runs
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.findings import Place
from services.standards.catalog import load_catalog
from tests.browser.axe import serious_findings

pytestmark = pytest.mark.browser

SLOW_MS = 60_000
YEAR = 2021
ADDRESS = f"/enterprise/accounting?year={YEAR}"
WRONG = Inconsistency("total", "direct_t", 1_250_000.25, 1_250_001.25)


@pytest.fixture
def keep(live_server, live_database):
    """Return a function that keeps what a check found of the cement works; nothing afterwards."""
    database = Database(live_database.url)
    # The scheduler's own check of the day would find that all agrees, and take it away.
    while nightly.advance(database, load_catalog(), datetime.now(UTC)) is not None:
        pass

    def kept(*found):
        with database.work(SYSTEM_SCOPE) as work:
            subject = organizations.by_code(work, "SAMPLE-CEMENT")
            pointer = runs.pointer(work, subject.organization_id, YEAR)
            place = Place(subject, YEAR, pointer.current_run)
            findings.keep(work, place, found, datetime.now(UTC))
            work.commit()

    yield kept
    kept()
    database.dispose()


@pytest.mark.usefixtures("live_server")
def test_it_is_said_where_and_resolved_with_a_reason(keep, signed_in):
    keep(WRONG)
    page = signed_in("approver")
    page.goto(ADDRESS)
    card = page.locator("#findings-card")
    expect(card.get_by_text("完成但有不一致")).to_be_visible(timeout=SLOW_MS)
    expect(card.get_by_text("direct_t")).to_be_visible()
    expect(card.get_by_text("应为 1,250,000.25，实为 1,250,001.25，相差 1")).to_be_visible()
    assert serious_findings("findings", page) == []
    card.get_by_role("textbox").fill("抄录有误，已更正")
    card.get_by_role("button", name="处理").click()
    expect(card.get_by_text("抄录有误，已更正")).to_be_visible(timeout=SLOW_MS)
    page.reload()
    expect(card.get_by_text("不一致已处理")).to_be_visible(timeout=SLOW_MS)


def test_whoever_reports_sees_it_but_cannot_resolve_it(keep, signed_in):
    keep(WRONG)
    page = signed_in("reporter")
    page.goto(ADDRESS)
    card = page.locator("#findings-card")
    expect(card).to_be_visible(timeout=SLOW_MS)
    expect(card.get_by_role("button")).to_have_count(0)


def test_where_all_agrees_nothing_is_said(signed_in):
    page = signed_in("approver")
    page.goto("/enterprise/accounting?year=2022")
    expect(page.locator(".tile").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#findings-card")).to_have_count(0)
