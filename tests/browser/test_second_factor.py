"""Enrolling both second factors and coming in with them, as people do."""

import re

import pytest
from playwright.sync_api import expect

from components.ids import enterprise_accounting as ids
from services.collection import manual
from services.data.drafts import DraftVersion
from services.security.actors import actor_of_login
from services.standards.catalog import load_catalog
from tests.browser.people import NEW_PASSWORD, YEAR, address_of, patient, sign_in_first
from tests.doors import code_of, forget_step, let_grow_old
from tests.fixtures.browser import give_code, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

ROW = {"source": "fuel", "item": "bituminous", "FC": "1000", "NCV": "20", "CC": "0.025"}
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def file_year(live, plant):
    """Let the plant's reporter submit a year, so that somebody can decide on it."""
    reporter = actor_of_login(live, f"path-reporter-{plant.organization_id}")
    version = DraftVersion(plant.organization_id, YEAR, 0)
    draft = manual.save_draft(reporter, live, version, [ROW])
    manual.submit_draft(reporter, live, load_catalog(), draft.version)


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
    person = sample_people["bureau_officer"]
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
        # A page that still loads would be refused, and lead to the door by itself.
        page.goto("about:blank")
        page.context.clear_cookies()
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
    give_password(NEW_PASSWORD)
    page.locator("#give-passkey").click()
    expect(page.locator("#shell-main h1")).to_be_visible()
    give_password(NEW_PASSWORD)
    page.locator("#give-passkey").click()
    expect(page.locator("#shell-main h1")).to_be_visible()


def test_before_a_decision_the_factor_is_asked_for_and_nothing_typed_is_lost(
    new_page, live, plant, staff
):
    approver = patient(new_page())
    person = sign_in_first(approver, staff[1])
    file_year(live, plant)
    approver.goto(address_of("/enterprise/accounting", plant))
    comment = approver.locator(f"#{ids.COMMENT}")
    comment.fill("烟煤的热值请附检测报告")
    let_grow_old(live, person.login)
    approver.locator(f"#{ids.SEND_BACK}").click()
    window = approver.locator("dialog.step-up")
    window.locator("#code").fill("12345")
    window.locator("#give-code").click()
    expect(window.locator("[data-told]")).to_be_visible()
    forget_step(live, person.login)
    window.locator("#code").fill(code_of(person.seed))
    window.locator("#code").press("Enter")
    expect(window).to_have_count(0)
    expect(approver.locator("#shell-main")).to_contain_text("烟煤的热值请附检测报告")
    approver.complaints.clear()  # 403 and 400 are what the browser is meant to see


def test_a_delicate_action_that_is_cancelled_changes_nothing(new_page, live, plant, staff):
    approver = patient(new_page())
    person = sign_in_first(approver, staff[1])
    file_year(live, plant)
    approver.goto(address_of("/enterprise/accounting", plant))
    approver.locator(f"#{ids.COMMENT}").fill("请补充")
    let_grow_old(live, person.login)
    approver.locator(f"#{ids.APPROVE}").click()
    approver.locator("dialog.step-up [data-close]").click()
    expect(approver.locator("dialog.step-up")).to_have_count(0)
    expect(approver.locator(f"#{ids.APPROVE}")).to_be_enabled()
    expect(approver.locator(f"#{ids.COMMENT}")).to_have_value("请补充")
    approver.complaints.clear()


def test_the_account_ends_another_session_and_adds_a_second_factor(page, new_page, live, staff):
    person = sign_in_first(patient(page), staff[0])
    other = patient(new_page())
    sign_in(other, person)
    let_grow_old(live, person.login)
    page.goto("/account")
    expect(page.locator("#sessions tbody tr")).to_have_count(2)
    page.locator("#sessions tbody button").click()
    expect(page.locator("#sessions tbody tr")).to_have_count(1)
    other.goto("/")
    expect(other).to_have_url(re.compile("/login"))
    other.complaints.clear()  # what it still asked when its session ended was refused
    page.locator("#add-factor").click()
    forget_step(live, person.login)
    page.locator("dialog.step-up #code").fill(code_of(person.seed))
    page.locator("dialog.step-up #give-code").click()
    seed = page.locator("#seed").inner_text().replace(" ", "")
    page.locator("#name").fill("备用手机")
    page.locator("#code").fill(code_of(seed))
    page.locator("#confirm-code").click()
    expect(page.locator("#factors tbody tr")).to_have_count(2)
    page.locator("#factors tbody button").first.click()
    expect(page.locator("#factors tbody tr")).to_have_count(1)
    expect(page.locator("#factors")).to_contain_text("备用手机")
    page.locator("#renew-codes").click()
    expect(page.locator("#codes li")).to_have_count(10)
