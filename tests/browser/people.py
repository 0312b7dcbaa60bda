"""What a person does in a browser: set a first password, paste a block of cells."""

import re

from playwright.sync_api import expect

from tests.fixtures.browser import sign_in

NEW_PASSWORD = "Zhe-shi-yi-ge-mima-2026"

PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const given = {clipboardData: data, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", given));
}"""


def sign_in_first(page, person):
    """Sign in for the first time: the one-time password has to be replaced at once."""
    sign_in(page, (person.login, person.password))
    expect(page).to_have_url(re.compile("/password$"))
    page.locator("#old").fill(person.password)
    page.locator("#new").fill(NEW_PASSWORD)
    page.locator("input[name=again]").fill(NEW_PASSWORD)
    page.locator("#save-password").click()
    expect(page.locator(".navigation")).to_be_visible()


def paste(page, rows):
    """Paste rows of cells where the focus is, as a spreadsheet hands them over."""
    page.evaluate(PASTE, "\r\n".join("\t".join(row) for row in rows) + "\r\n")
