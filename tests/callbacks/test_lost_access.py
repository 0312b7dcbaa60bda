"""Helping with an account on screen, what its person is told, and devices known by a cookie."""

import re

import pytest

from services.data.audit import AuditQuery, search
from services.data.engine import SYSTEM_SCOPE
from services.security.actors import ROOT_ID
from services.security.permissions import Role
from tests.callbacks.conftest import (
    OWN,
    PASSWORD,
    add_known,
    add_once,
    body_of,
    call,
    come_in,
    give_code,
    person_of,
)
from tests.doors import let_grow_old
from tests.places import add_login

pytestmark = pytest.mark.postgres

PAGE = "administration-people"
ACTS = {
    "set_password": f"{PAGE}-set-password",
    "end_factors": f"{PAGE}-end-factors",
    "unlock": f"{PAGE}-unlock",
}


def keyed(app, named):
    """Return the key of the one callback with this input."""
    [key] = [
        key
        for key, entry in app.callback_map.items()
        if "callback" in entry and named in [i["id"] for i in entry["inputs"]]
    ]
    return key


def shown(app, client, **query):
    """Return the page of accounts as text."""
    [key] = [key for key in app.callback_map if key.startswith(f"{PAGE}-content.children")]
    body = body_of(app, key)
    body["inputs"][0]["value"] = query
    return call(client, body)


def press(app, client, act, login, reason="asked in person"):
    body = body_of(app, keyed(app, ACTS[act]))
    values = {"reason": reason, "query": {"account": login}}
    for part in body["state"]:
        part["value"] = values[part["id"].rsplit("-", 1)[1]]
    return call(client, body)


@pytest.fixture
def system(visitor):
    return visitor("helper.system", Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def security(visitor):
    return visitor("helper.security", Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def helped(app_database):
    """Somebody who may be helped, anew for each test."""
    login = f"lost{len(all_events(app_database))}"
    add_known(app_database, login, (Role.REPORTER, ROOT_ID))
    return login


def all_events(database, action=""):
    with database.work(SYSTEM_SCOPE) as work:
        return search(work, AuditQuery(action=action), 10_000)


def test_each_administrator_is_offered_his_own_half(app, system, security, helped, visitor):
    for client, offered in ((system, {"set_password"}), (security, {"end_factors", "unlock"})):
        text = shown(app, client, account=helped).get_data(as_text=True)
        assert {act for act, named in ACTS.items() if named in text} == offered
    manager = visitor("helper.manager", Role.MANAGER)
    text = shown(app, manager, account=helped).get_data(as_text=True)
    assert not {act for act, named in ACTS.items() if named in text}
    assert shown(app, visitor("helper.none", Role.REPORTER)).status_code == 403


def test_nothing_is_offered_for_ones_own_account_or_one_that_has_ended(app, system, app_database):
    for login in ("helper.system", "nobody.known"):
        text = shown(app, system, account=login).get_data(as_text=True)
        assert ACTS["set_password"] not in text


def test_a_long_list_is_searched_and_shown_in_parts(app, system, app_database):
    for number in range(55):
        add_login(app_database, f"many{number:02}")
    first = shown(app, system, find="many").get_data(as_text=True)
    assert "many00" in first
    assert "many54" not in first
    second = shown(app, system, find="many", **{"from": "50"}).get_data(as_text=True)
    assert "many54" in second
    assert "many00" not in second
    assert "many54" in shown(app, system, find="MANY54").get_data(as_text=True)
    assert "many54" not in shown(app, system, find="%").get_data(as_text=True)


def test_two_administrators_let_somebody_in_again_on_screen(
    app, app_database, system, security, helped
):
    assert press(app, security, "end_factors", helped).status_code == 200
    answer = press(app, system, "set_password", helped).get_data(as_text=True)
    once = re.search(r"\w{4}(-\w{4}){3}", answer).group()
    client = app.server.test_client()
    known = {"login": helped, "password": once, "next": "/"}
    assert client.post("/login", data=known, headers=OWN).location.startswith("/password")
    told = client.get("/password").get_data(as_text=True)
    assert "helper.system" in told
    assert "helper.security" in told
    assert "asked in person" in told
    deeds = {e.event.action for e in all_events(app_database) if e.event.resource == helped}
    assert {"reset_factor", "reset_password"} <= deeds


def test_each_act_asks_for_the_factor_again_and_for_a_reason(app, app_database, system, helped):
    assert press(app, system, "set_password", helped, " ").status_code == 200
    assert not [e for e in all_events(app_database, "reset_password") if e.event.resource == helped]
    let_grow_old(app_database, "helper.system")
    answer = press(app, system, "set_password", helped)
    assert (answer.status_code, answer.get_json()["error"]["kind"]) == (403, "step_up")


def test_nobody_presses_what_belongs_to_the_other(app, system, security, helped):
    assert press(app, system, "end_factors", helped).status_code == 403
    assert press(app, system, "unlock", helped).status_code == 403
    assert press(app, security, "set_password", helped).status_code == 403


def test_the_account_page_tells_what_was_done_and_by_whom(app, app_database, security, helped):
    press(app, security, "unlock", helped, "a stranger locked it")
    client = come_in(app, app_database, helped)
    page = client.get("/account").get_data(as_text=True)
    assert "a stranger locked it" in page
    assert "helper.security" in page


def test_a_stranger_who_locks_a_name_does_not_hold_its_person_at_their_own_browser(
    app, app_database, helped
):
    own = come_in(app, app_database, helped)
    own.post("/logout", headers=OWN)
    stranger = app.server.test_client()
    for _ in range(6):
        wrong = {"login": helped, "password": "wrong"}
        assert stranger.post("/login", data=wrong, headers=OWN).status_code == 401
    known = {"login": helped, "password": PASSWORD}
    assert stranger.post("/login", data=known, headers=OWN).status_code == 401
    assert own.post("/login", data=known, headers=OWN).location.startswith("/factor")


def test_the_device_is_remembered_after_both_factors_and_not_after_one(app, app_database):
    add_once(app_database, "cautious2", Role.REPORTER)
    client = app.server.test_client()
    known = {"login": "cautious2", "password": PASSWORD}
    client.post("/login", data=known, headers=OWN)
    assert client.get_cookie("shuangtan_device") is None
    answer = give_code(client, person_of(app_database, "cautious2"), app_database)
    [line] = [c for c in answer.headers.getlist("Set-Cookie") if "shuangtan_device=" in c]
    assert "HttpOnly" in line
    assert "SameSite=Strict" in line
    assert "Max-Age=7776000" in line  # 90 days of 86,400 s
    assert client.get_cookie("shuangtan_device") is not None
