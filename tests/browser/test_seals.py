"""The audit administrator sees how the log stands, takes proofs and has it checked."""

import re

import pytest
from playwright.sync_api import expect

from services.data import log
from services.data.engine import SYSTEM_SCOPE
from tests.browser.people import patient
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("patience")
SECONDS = 120

SEALED_EVENT = """
    SELECT l.record FROM base.log_leaf l JOIN base.log_entry e USING (leaf_id)
    WHERE l.kind = 'audit_event' ORDER BY e.position LIMIT 1
"""


@pytest.fixture(autouse=True)
def sealed(live):
    """Wait until the scheduler has sealed something: the platform has only begun."""
    wait_until(lambda: is_sealed(live), SECONDS)


def is_sealed(live):
    with live.work(SYSTEM_SCOPE) as work:
        return log.latest(work) is not None


def test_the_log_is_checked_and_its_proofs_are_taken(signed_in):
    page = patient(signed_in("audit_administrator"))
    page.goto("/administration/seals")
    expect(page.locator("#shell-main h1")).to_have_text("封存与证明")
    expect(page.locator("pre.note").first).to_contain_text("shuangtan.log/")
    page.locator("#administration-seals-check").click()
    expect(page.locator("#administration-seals-checks")).to_contain_text("全部一致")
    expect(page.locator("#administration-seals-last")).to_contain_text("0")
    page.goto("/administration/seals?from=1")
    expect(page.locator("pre.note").nth(1)).to_contain_text("old 1")
    page.goto("/administration/seals?kind=membership&record=nothing")
    expect(page.get_by_text("没有这条记录的叶子")).to_be_visible()
    page.goto("/administration/seals?from=zehn")
    expect(page.locator("[role=alert]")).to_contain_text("zehn")


def test_a_record_of_the_trail_is_found_in_the_log(signed_in, live):
    with live.work(SYSTEM_SCOPE) as work:
        record = work.connection.exec_driver_sql(SEALED_EVENT).scalar_one()
    page = patient(signed_in("audit_administrator"))
    page.goto("/administration/seals")
    page.locator("#administration-seals-kind").select_option("audit_event")
    page.locator("#administration-seals-record").fill(record)
    page.locator("button[type=submit]").filter(has_text=re.compile("^查找$")).click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="取包含证明").click()
    with open(taken.value.path(), encoding="utf-8") as file:
        assert file.readline() == "c2sp.org/tlog-proof@v1\n"
