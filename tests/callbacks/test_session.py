"""Signing in and out, the first password, language and theme."""

import pytest

from services.security.permissions import Role
from tests.callbacks.conftest import OWN, PASSWORD, body_of, call
from tests.places import add_login

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
def test_signing_in_leads_to_no_other_machine(app, visitor, address):
    visitor("reporter", Role.REPORTER)
    client = app.server.test_client()
    answer = post(client, "/login", login="reporter", password=PASSWORD, next=address)
    assert answer.location == "/"


def test_signing_in_leads_back_to_where_one_was_going(stranger, visitor):
    visitor("reporter", Role.REPORTER)
    sent = stranger.get("/enterprise/accounting?organization=12&year=2023").location
    assert sent == "/login?next=/enterprise/accounting%3Forganization%3D12%26year%3D2023"
    wanted = "/enterprise/accounting?organization=12&year=2023"
    answer = post(stranger, "/login", login="reporter", password=PASSWORD, next=wanted)
    assert answer.location == wanted


def test_the_first_password_is_changed_once_and_then_the_way_is_open(app, newcomer):
    client, password = newcomer
    answer = post(client, "/password", old=password, new=PASSWORD, again=PASSWORD)
    assert answer.location == "/"
    assert call(client, body_of(app, HOME, "all")).status_code == 200


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


def test_a_language_chosen_before_signing_in_stays_with_the_person(app, visitor):
    visitor("linguist", Role.REPORTER)
    first, second = app.server.test_client(), app.server.test_client()
    first.set_cookie("language", "en")
    post(first, "/login", login="linguist", password=PASSWORD)
    post(second, "/login", login="linguist", password=PASSWORD)
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
