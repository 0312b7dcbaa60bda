"""A year sent back: the reason is read, the cell corrected, the new run supersedes (5.2.1 b)."""

import pytest
from playwright.sync_api import expect

from services.data import runs, submissions
from services.data.engine import SYSTEM_SCOPE
from tests.browser.people import (
    COAL,
    FUEL,
    YEAR,
    address_of,
    open_entry,
    paste_rows,
    patient,
    result_of,
    settled_in,
    stored_rows,
    submit,
    type_into,
)
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

REASON = "第 2 行与磅单不符：\n应为 2,000 吨，请核对。"
NOTES = ("一号窑，磅单 №7", '二号窑 "=1+1"')
# FC × NCV × CC × OF × 44/12: 1,000 t × 20 GJ/t × 0.025 tC/GJ × 0.9 × 44/12 = 1,650 t CO2.
ROWS = [
    [FUEL, COAL, "１，０００", "20", "0.025", "", "９０％"],
    [FUEL, COAL, "200", "20", "0.025", "", "90%"],
]
FIRST_T = 1_650 + 330
CORRECTED_T = 1_650 + 3_300
FC_OF_SECOND_ROW = '[row-id="r2"] [col-id="FC"]'


def enter(page, live, plant):
    open_entry(page, plant)
    paste_rows(page, ROWS)
    paste_rows(page, [[note] for note in NOTES], "note")
    wait_until(lambda: [row.get("note") for row in stored_rows(live, plant)] == list(NOTES), 30)
    submit(page)


def send_back(page, plant, reason):
    page.goto(address_of("/enterprise/accounting", plant))
    page.get_by_label("审核意见").fill(reason)
    page.get_by_role("button", name="退回修改").click()


def submissions_of(live, plant):
    """Return every submission of the plant's year with its rows, the oldest first."""
    place = plant.organization_id
    with live.work(SYSTEM_SCOPE) as work:
        newest = submissions.latest(work, place, YEAR)
        run = runs.get(work, place, runs.pointer(work, place, YEAR).current_run)
        runs_back = [run]
        while runs_back[-1].supersedes:
            runs_back.append(runs.get(work, place, runs_back[-1].supersedes))
        kept = [submissions.rows_of(work, place, run.submission_id) for run in runs_back]
    assert newest.submission_id == runs_back[0].submission_id
    return runs_back[::-1], kept[::-1]


def correct(page, live, plant, typed):
    """Follow the reason from the result to the cell; what was typed stands as it was typed."""
    page.goto(address_of("/enterprise/accounting", plant))
    expect(page.locator(".filing-comment")).to_have_text(REASON)
    page.locator(".result-actions a").click()
    expect(page.locator(".entry-returned p")).to_have_text(REASON)
    expect(page.locator('[row-id="r1"] [col-id="FC"]')).to_have_text("１，０００")
    expect(page.locator('[row-id="r2"] [col-id="note"]')).to_have_text(NOTES[1])
    assert stored_rows(live, plant) == typed
    page.locator(FC_OF_SECOND_ROW).click()
    type_into(page, "2,000")
    expect(page.locator(FC_OF_SECOND_ROW)).to_have_text("2,000")
    # The reason stays in sight while it is being followed.
    expect(page.locator(".entry-returned p")).to_have_text(REASON)


def test_what_was_sent_back_is_corrected_and_submitted_again(new_page, live, plant, staff):
    reporter, approver = patient(new_page()), patient(new_page())
    settled_in(reporter, staff[0])
    enter(reporter, live, plant)
    first, typed = result_of(live, plant), stored_rows(live, plant)
    assert first.summary.total_t == pytest.approx(FIRST_T)

    settled_in(approver, staff[1])
    send_back(approver, plant, " \n")
    # Without a reason the reporter could not know what to do.
    expect(approver.locator(".message-over")).to_be_visible()
    assert result_of(live, plant).filing.state == "submitted"
    send_back(approver, plant, REASON)
    expect(approver.locator(".badge", has_text="已退回").first).to_be_visible()

    correct(reporter, live, plant, typed)
    submit(reporter)
    expect(reporter.locator(".badge", has_text="待审核").first).to_be_visible()
    second = result_of(live, plant)
    assert second.summary.total_t == pytest.approx(CORRECTED_T)
    (old, new), (before, after) = submissions_of(live, plant)
    assert (old.run_id, new.run_id) == (first.summary.run_id, second.summary.run_id)
    assert old.total_t == first.summary.total_t
    assert [row.cells["FC"] for row in before] == ["１，０００", "200"]
    assert [row.cells["FC"] for row in after] == ["１，０００", "2,000"]
    assert [row.note for row in before] == [row.note for row in after] == list(NOTES)
