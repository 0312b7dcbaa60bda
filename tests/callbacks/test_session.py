"""Signing in and out, the first password, language and theme."""

import re

import pytest

from app import create_app
from callbacks.context import Context
from callbacks.session import present_actor
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.callbacks.conftest import (
    OWN,
    PASSWORD,
    body_of,
    call,
    come_in,
    give_code,
    person_of,
)
from tests.doors import code_of
from tests.fixtures.web import web_settings
from tests.places import add_login
from workers.queue import connect

pytestmark = pytest.mark.postgres
HOME = "home-register.children"


def post(client, path, **data):
    return client.post(path, data=data, headers=OWN)


def test_a_wrong_password_is_told_without_saying_what_was_wrong(stranger, visitor):
    visitor("reporter", Role.REPORTER)
    known = post(stranger, "/login", login="reporter", password="wrong")
    unknown = post(stranger, "/login", login="nobody-at-all", password="wrong")
    told = [
        a.get_data(as_text=True).split('role="alert"')[1].split("</div>")[0].replace(login, "…")
        for a, login in ((known, "reporter"), (unknown, "nobody-at-all"))
    ]
    assert known.status_code == unknown.status_code == 401
    assert told[0] == told[1]


def test_what_was_typed_as_a_name_is_shown_but_never_run(stranger):
    answer = post(stranger, "/login", login='"><script>alert(1)</script>', password="x")
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_signing_out_ends_the_session_everywhere(app, visitor):
    client = visitor("reporter", Role.REPORTER)
    copied = app.server.test_client()
    copied.set_cookie("shuangtan", client.get_cookie("shuangtan").value)
    assert call(copied, body_of(app, HOME, "all")).status_code == 200
    assert post(client, "/logout").location == "/login"
    assert call(copied, body_of(app, HOME, "all")).status_code == 401


def polls(app):
    """Return for each callback that a clock starts its key and the clock."""
    return {
        key: f"{entry['inputs'][0]['id']}.n_intervals"
        for key, entry in app.callback_map.items()
        if "callback" in entry and [i["property"] for i in entry["inputs"]] == ["n_intervals"]
    }


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(app, visitor, later):
    """Half an hour without a hand ends a session, however often its page asks."""
    client, clocks = visitor("idle", Role.REPORTER), polls(app)
    # Telemetry, reports, recalculation, seals.
    assert len(clocks) >= 4
    for _ in range(5):
        later(minutes=5)
        for key, ticked in clocks.items():
            body = body_of(app, key) | {"changedPropIds": [ticked]}
            assert call(client, body).status_code != 401
    # Nothing of all that was use; a press would have been.
    later(minutes=5, seconds=1)
    assert call(client, body).status_code == 401


def test_what_somebody_presses_keeps_them_signed_in(app, visitor, later):
    client = visitor("busy", Role.REPORTER)
    pressed = "{id}.{property}".format(**app.callback_map[HOME]["inputs"][0])
    for _ in range(3):
        later(minutes=20)
        body = body_of(app, HOME, "all") | {"changedPropIds": [pressed]}
        assert call(client, body).status_code == 200


def test_a_page_that_is_opened_keeps_its_person_signed_in(visitor, later):
    client = visitor("reader", Role.REPORTER)
    for _ in range(3):
        later(minutes=20)
        assert client.get("/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app, visitor):
    visitor("reporter", Role.REPORTER)
    client = app.server.test_client()
    answer = post(client, "/login", login="reporter", password=PASSWORD)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("shuangtan="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_cookie_is_secure_over_tls(app, visitor):
    visitor("reporter", Role.REPORTER)
    client = app.server.test_client()
    answer = client.post(
        "/login",
        base_url="https://localhost",
        data={"login": "reporter", "password": PASSWORD},
        headers={"Origin": "https://localhost"},
    )
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("shuangtan="))
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", ""]
)
def test_signing_in_leads_to_no_other_machine(app, app_database, visitor, address):
    visitor("reporter", Role.REPORTER)
    client = app.server.test_client()
    answer = post(client, "/login", login="reporter", password=PASSWORD, next=address)
    assert answer.location == "/factor"
    given = give_code(client, person_of(app_database, "reporter"), app_database, address)
    assert given.location == "/"


def test_signing_in_leads_back_to_where_one_was_going(app, app_database, stranger, visitor):
    visitor("reporter", Role.REPORTER)
    sent = stranger.get("/enterprise/accounting?organization=12&year=2023").location
    assert sent == "/login?next=/enterprise/accounting%3Forganization%3D12%26year%3D2023"
    come_in(app, app_database, "reporter", "/enterprise/accounting?organization=12&year=2023")


def seed_on(page):
    return re.search(r'id="seed">([^<]+)<', page.get_data(as_text=True))[1].replace(" ", "")


def test_the_first_sign_in_asks_for_a_password_a_factor_and_shows_codes_once(app, newcomer):
    client, password = newcomer
    own = post(client, "/password", old=password, new=PASSWORD, again=PASSWORD, next="/standards")
    assert own.location == "/standards"
    assert client.get("/standards").location == "/factor/new?next=/standards"
    assert call(client, body_of(app, HOME, "all")).status_code == 403
    seed = seed_on(client.get("/factor/new"))
    wrong = post(client, "/factor/new", code="12345")
    assert wrong.status_code == 400
    assert seed_on(wrong) == seed
    shown = post(client, "/factor/new", code=code_of(seed), next="/standards")
    assert shown.get_data(as_text=True).count("<li><code>") == 10
    assert 'href="/standards"' in shown.get_data(as_text=True)
    assert call(client, body_of(app, HOME, "all")).status_code == 200


def test_a_wrong_code_is_told_and_opens_nothing(app, app_database, visitor):
    visitor("reporter", Role.REPORTER)
    client = app.server.test_client()
    post(client, "/login", login="reporter", password=PASSWORD)
    answer = post(client, "/factor", code="12345")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert call(client, body_of(app, HOME, "all")).status_code == 403
    assert client.get("/factor").status_code == 200


def test_a_third_sign_in_ends_the_first_and_its_browser_is_told_why(app, app_database, visitor):
    first = visitor("thrice", Role.REPORTER)
    come_in(app, app_database, "thrice")
    come_in(app, app_database, "thrice")
    assert first.get("/").location == "/login?next=/"
    assert "您在别处登录了" in first.get("/login").get_data(as_text=True)


def test_a_revoked_session_is_refused_by_another_process_at_once(
    app, app_database, visitor, tmp_path, redis_url
):
    """Two applications share nothing but the database, as two processes do."""
    client = visitor("revoked", Role.REPORTER)
    settings = web_settings(tmp_path)
    context = Context(app_database, load_catalog(), settings, connect(redis_url), present_actor)
    elsewhere = create_app(context).server.test_client()
    elsewhere.set_cookie("shuangtan", client.get_cookie("shuangtan").value)
    assert call(elsewhere, body_of(app, HOME, "all")).status_code == 200
    post(client, "/logout")
    assert call(elsewhere, body_of(app, HOME, "all")).status_code == 401


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        (None, PASSWORD, PASSWORD + "x", "不一致"),
        ("wrong", PASSWORD, PASSWORD, "errors"),
        (None, "short", "short", "errors"),
    ],
)
def test_a_bad_new_password_is_explained(newcomer, old, new, again, told):
    client, password = newcomer
    answer = post(client, "/password", old=old or password, new=new, again=again)
    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert 'role="alert"' in text
    assert told == "errors" or told in text


def test_chinese_is_spoken_until_english_is_chosen_and_then_it_stays(stranger):
    assert '<html lang="zh-CN"' in stranger.get("/login").get_data(as_text=True)
    chosen = stranger.post(
        "/language", data={"language": "en"}, headers=OWN | {"Referer": "http://localhost/login"}
    )
    assert chosen.location == "/login"
    assert '<html lang="en"' in stranger.get("/login").get_data(as_text=True)


def test_a_language_chosen_before_signing_in_stays_with_the_person(app, app_database, visitor):
    visitor("linguist", Role.REPORTER)
    first, second = app.server.test_client(), app.server.test_client()
    first.set_cookie("language", "en")
    for client in (first, second):
        post(client, "/login", login="linguist", password=PASSWORD)
        give_code(client, person_of(app_database, "linguist"), app_database)
    assert second.get_cookie("language").value == "en"


def test_a_theme_is_kept_and_an_unknown_one_refused(visitor):
    client = visitor("painter", Role.REPORTER)
    assert post(client, "/theme", theme="dark").status_code == 204
    assert 'data-theme="dark"' in client.get("/").get_data(as_text=True)
    assert post(client, "/theme", theme="pink").status_code == 400


def test_a_second_visitor_of_a_browser_inherits_nothing(app_database, visitor):
    client = visitor("reporter", Role.REPORTER)
    made = add_login(app_database, "second")
    before = client.get_cookie("shuangtan").value
    post(client, "/login", login="second", password=made.password)
    assert client.get_cookie("shuangtan").value != before
    assert client.get("/").location == "/password"
