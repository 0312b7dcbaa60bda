"""What a person does in a browser: set a first password, fill the grid of a plant, submit."""

import re

from playwright.sync_api import expect

from services.accounting import reading
from services.data import drafts
from services.data.engine import SYSTEM_SCOPE
from services.security.actors import actor_of_login
from services.security.session import sign_out
from tests.doors import Person, code_of, door_of, settle
from tests.fixtures.browser import sign_in
from tests.fixtures.databases import opened

YEAR = 2023
# The machine of a test may be busy with others; none of this is a measurement.
SLOW_MS = 120_000
FUEL, COAL = "化石燃料燃烧", "烟煤"
NEW_PASSWORD = "Zhe-shi-yi-ge-mima-2026"

PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const given = {clipboardData: data, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", given));
}"""


def sign_in_first(page, person):
    """Sign in for the first time: another password, an authenticator, recovery codes, the page."""
    page.goto("/login")
    page.locator("#login").fill(person.login)
    page.locator("#password").fill(person.password)
    page.locator("#sign-in").click()
    expect(page).to_have_url(re.compile("/password$"))
    page.locator("#old").fill(person.password)
    page.locator("#new").fill(NEW_PASSWORD)
    page.locator("input[name=again]").fill(NEW_PASSWORD)
    page.locator("#save-password").click()
    seed = page.locator("#seed").inner_text().replace(" ", "")
    page.locator("#code").fill(code_of(seed))
    page.locator("#confirm-code").click()
    expect(page.locator("#codes li")).to_have_count(10)
    page.locator("#codes-kept").click()
    expect(page.locator("#shell-main h1")).to_be_visible()
    return Person(person.login, NEW_PASSWORD, seed)


def settled_in(page, person):
    """Open a session of somebody new, whose first steps are done beside the browser."""
    with opened(page.database_url) as database:
        settled, token = settle(database, person, NEW_PASSWORD)
        sign_out(door_of(database), token)
    sign_in(page, settled)
    expect(page.locator("#shell-main h1")).to_be_visible()
    return settled


def paste(page, rows):
    """Paste rows of cells where the focus is, as a spreadsheet hands them over."""
    page.evaluate(PASTE, "\r\n".join("\t".join(row) for row in rows) + "\r\n")


def patient(page):
    """Give a page the time that a busy machine needs."""
    page.set_default_timeout(SLOW_MS)
    return page


def address_of(path, plant):
    """Return the address of a page of the plant's year."""
    return f"{path}?organization={plant.organization_id}&year={YEAR}"


def open_entry(page, plant):
    """Open the plant's grid with the columns of fuels."""
    page.goto(address_of("/collection/manual", plant))
    expect(page.locator('[row-index="0"] [col-id="source"]')).to_be_visible()
    page.locator("[data-entry-section=fuel]").click()


def paste_rows(page, rows, field="source"):
    """Paste rows from the first cell of a column on."""
    page.locator(f'[row-index="0"] [col-id="{field}"]').click()
    paste(page, rows)


def type_into(page, meant):
    """Open the cell in focus, replace what stands there, and leave it downwards."""
    page.keyboard.press("Enter")
    expect(page.locator(".ag-cell-editor input:focus, .entry-choice-input:focus")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(meant)
    page.keyboard.press("Enter")


def submit(page):
    """Submit what is in the grid, as soon as it is saved and free of errors."""
    page.locator("[data-entry-submit]").click()
    page.locator("[data-entry-action=confirm-submit]").click()
    expect(page).to_have_url(re.compile("/enterprise/accounting"))


def stored_rows(live, plant):
    """Return the rows of the plant's draft as they are kept."""
    with live.work(SYSTEM_SCOPE) as work:
        found = drafts.get(work, plant.organization_id, YEAR)
    return found.rows if found else ()


def result_of(live, plant):
    """Return the plant's current run."""
    approver = actor_of_login(live, f"path-approver-{plant.organization_id}")
    return reading.result_of(approver, live, plant.organization_id, YEAR)
