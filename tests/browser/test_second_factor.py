"""Enrolling both second factors and coming in with them, as people do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import NEW_PASSWORD, patient, sign_in_first
from tests.fixtures.browser import give_code, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def by_name(live_server):
    """Return the address with a name: no passkey belongs to a bare address."""
    return live_server.url.replace("127.0.0.1", "localhost")


def give_key(page):
    """Plug a security key of Chromium's own into the page."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools


def test_the_first_sign_in_leads_by_password_and_authenticator_to_the_page(page, new_page, staff):
    person = sign_in_first(patient(page), staff[0])
    other = patient(new_page())
    sign_in(other, person)
    expect(other.locator("#shell-main h1")).to_be_visible()


def test_a_wrong_code_is_told_and_the_right_one_goes_on(page, sample_people):
    person = sample_people["bureau_viewer"]
    patient(page).goto("/login?next=/government/accounting")
    page.locator("#login").fill(person.login)
    page.locator("#password").fill(person.password)
    page.locator("#sign-in").click()
    page.locator("#code").fill("12345")
    page.locator("#give-code").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.complaints.clear()  # the answer 401 is what the browser is meant to see
    give_code(page, person)
    expect(page).to_have_url(re.compile("/government/accounting"))


def test_a_passkey_is_made_at_the_first_sign_in_and_opens_the_next(page, live_server, staff):
    give_key(patient(page))
    door = by_name(live_server) + "/login"

    def give_password(password):
        page.goto(door)
        page.locator("#login").fill(staff[1].login)
        page.locator("#password").fill(password)
        page.locator("#sign-in").click()

    give_password(staff[1].password)
    page.locator("#old").fill(staff[1].password)
    for field in ("#new", "#again"):
        page.locator(field).fill(NEW_PASSWORD)
    page.locator("#save-password").click()
    page.locator("#make-passkey").click()
    expect(page.locator("#codes li")).to_have_count(10)
    page.locator("#codes-kept").click()
    expect(page.locator("#shell-main h1")).to_be_visible()
    page.context.clear_cookies()
    give_password(NEW_PASSWORD)
    page.locator("#give-passkey").click()
    expect(page.locator("#shell-main h1")).to_be_visible()
    page.context.clear_cookies()
    give_password(NEW_PASSWORD)
    page.locator("#give-passkey").click()
    expect(page.locator("#shell-main h1")).to_be_visible()
