"""Whoever asks too often reads when to go on, and finds what they typed where it was."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from redis import Redis

from services import clock
from services.security.actors import actor_of_login
from services.security.limits import limit_of
from tests.browser.people import patient, settled_in
from tests.browser.test_own_values import REPORT, TYPED, open_library, propose
from tests.fixtures.browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

TIME = r"\d{1,2}:\d{2}:\d{2}"
MINUTES_AHEAD = 10
HOST = "127.0.0.1"


@contextmanager
def no_more(live_server, person_id, name="page"):
    """Let somebody have used up what they may ask for, in this minute and in some that follow."""
    limit = limit_of(name, clock.today())
    span = int(clock.now().timestamp()) // limit.seconds
    spans = range(span, span + MINUTES_AHEAD)
    keys = [f"limit:{name}:person {person_id}:{each}" for each in spans]
    with Redis.from_url(live_server.settings.redis_url) as redis:
        redis.mset(dict.fromkeys(keys, limit.amount))
        yield
        redis.delete(*keys)


@pytest.fixture
def visitor(page, live, plant, staff):
    """A reporter before the form for a measured value, and who that is."""
    settled_in(patient(page), staff[0])
    open_library(page, plant)
    return page, actor_of_login(live, f"path-reporter-{plant.organization_id}").person_id


@pytest.mark.parametrize(
    ("language", "told"), [("zh-CN", "请求过于频繁，请在"), ("en", "There are too many requests.")]
)
def test_what_was_pressed_in_vain_stays_and_is_pressed_again(visitor, live_server, language, told):
    page, me = visitor
    page.context.add_cookies([{"name": "language", "value": language, "domain": HOST, "path": "/"}])
    page.reload()
    pressed = page.locator("#standards-own-propose")
    expect(pressed).to_be_enabled()
    page.locator("#standards-own-what").select_option("bituminous:NCV")
    for name, typed in TYPED.items():
        page.locator(f"#standards-own-{name}").fill(typed)
    with no_more(live_server, me):
        pressed.click()
        expect(page.locator(".messages [role=alert]")).to_contain_text(told)
        expect(page.locator(".messages [role=alert]")).to_contain_text(re.compile(TIME))
    for name, typed in TYPED.items():
        expect(page.locator(f"#standards-own-{name}")).to_have_value(typed)
    with no_more(live_server, me, "api"):
        page.locator("#standards-own-upload input[type=file]").set_input_files([REPORT])
        expect(page.locator("[data-file-status]")).to_contain_text(told)
    page.locator("#standards-own-upload input[type=file]").set_input_files([REPORT])
    expect(page.locator("#standards-own-picked")).to_contain_text(REPORT["name"])
    pressed.click()
    expect(page.locator("tbody tr", has_text=TYPED["laboratory"])).to_be_visible()
    page.complaints.clear()  # the browser notes each 429 that was sent


def test_what_the_page_asks_by_itself_is_asked_again_when_it_may(page, sample_people):
    refused = []

    def refuse_once(route):
        """Answer as a proxy in front does, in words of its own."""
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=429, headers={"Retry-After": "1"}, body="<html>429</html>")

    sign_in(patient(page), sample_people["bureau_officer"])
    expect(page.locator(".register table")).to_be_visible()
    page.route("**/_dash-update-component*", refuse_once)
    page.reload()
    expect(page.locator(".messages .message-watch")).to_contain_text(re.compile(TIME))
    expect(page.locator(".register table")).to_be_visible()
    expect(page.locator(".messages .message-watch")).to_be_hidden()
    expect(page.locator(".skeleton")).to_have_count(0)
    page.complaints.clear()


def test_a_refused_file_is_told_and_the_form_keeps_what_was_typed(visitor):
    page, _ = visitor
    picker = page.locator("#standards-own-upload input[type=file]")
    picker.set_input_files([REPORT])
    expect(page.locator("#standards-own-picked")).to_contain_text(REPORT["name"])
    page.locator("#standards-own-laboratory").fill(TYPED["laboratory"])
    picker.set_input_files([REPORT | {"buffer": b"MZ", "name": "a.pdf"}])
    expect(page.locator("[data-file-status]")).to_contain_text("“a.pdf”不是可作证据的文件")
    # What was sent before is still chosen, and what was typed still there.
    expect(page.locator("#standards-own-picked")).to_contain_text(REPORT["name"])
    propose(page)
    expect(page.locator("tbody tr", has_text="待审核")).to_be_visible()
    page.complaints.clear()
