"""One's own account, and asking for the second factor again before something delicate."""

import re
from urllib.parse import quote
from uuid import uuid4

import pytest

from callbacks.gate import FOR_PROGRAMS
from callbacks.routes import endpoints_with_step_up
from callbacks.wiring import register_of
from services.security.permissions import PERMISSIONS, Action, Role
from tests.callbacks.conftest import (
    OWN,
    PASSWORD,
    add_once,
    body_of,
    call,
    come_in,
    person_of,
)
from tests.doors import code_of, forget_step, let_grow_old

pytestmark = pytest.mark.postgres

HOME = "home-register.children"


def post(client, path, **data):
    return client.post(path, data=data, headers=OWN)


def step_up(client, database, login, **more):
    forget_step(database, login)
    return post(client, "/step-up", code=code_of(person_of(database, login).seed), **more)


def stale(database, login):
    let_grow_old(database, login)
    forget_step(database, login)


def ids_on(client):
    page = client.get("/account").get_data(as_text=True)
    return page, re.findall(r'name="session" value="([^"]+)"', page)


def test_the_page_lists_sessions_and_one_is_ended_at_once(app, app_database, visitor):
    first = visitor("listed", Role.REPORTER)
    second = come_in(app, app_database, "listed")
    page, (other,) = ids_on(first)
    assert "本次登录" in page
    assert post(first, "/account/sessions", session=other).location == "/account"
    assert call(second, body_of(app, HOME, "all")).status_code == 401
    assert "已被您本人在别处或管理员结束" in second.get("/login").get_data(as_text=True)
    assert ids_on(first)[1] == []


def test_all_others_are_ended_and_this_one_stays(app, app_database, visitor):
    first = visitor("others", Role.REPORTER)
    second = come_in(app, app_database, "others")
    post(second, "/account/sessions")
    assert call(first, body_of(app, HOME, "all")).status_code == 401
    assert call(second, body_of(app, HOME, "all")).status_code == 200


def test_nobody_ends_a_session_of_somebody_else(app, visitor):
    mine = visitor("mine", Role.REPORTER)
    theirs = visitor("theirs", Role.REPORTER)
    (other,) = ids_on(theirs)[1]
    for number in (other, str(uuid4()), "x", "'--"):
        assert post(mine, "/account/sessions", session=number).status_code == 400
    assert ids_on(theirs)[1] == [other]


def test_the_last_factor_stays_and_codes_are_renewed(app_database, visitor):
    client = visitor("keeper", Role.REPORTER)
    assert post(client, "/account/factors", factor=str(uuid4())).status_code == 400
    shown = post(client, "/account/codes").get_data(as_text=True)
    assert shown.count("<li><code>") == 10


def test_callbacks_that_decide_ask_for_the_factor_again(app, app_database, visitor):
    client = visitor("decider", Role.APPROVER)
    asked = [key for key, entry in register_of(app).items() if entry.needs_step_up]
    rights = {Action.GRANT_ROLE, Action.MANAGE_PEOPLE, Action.MANAGE_ORGANIZATIONS}
    rights |= {Action.MANAGE_SESSIONS, Action.MANAGE_WALLS}
    rights |= {Action.RESET_PASSWORD, Action.RESET_FACTOR, Action.UNLOCK_SIGN_IN}
    rights |= {Action.SET_LABEL, Action.SET_RETENTION, Action.MANAGE_INSTITUTIONS}
    rights |= {Action.MANAGE_WEBHOOKS}
    # A chart's table, a result's lines, how far firms are, a verification, a round: as files.
    files = {Action.VIEW_HOME, Action.VIEW_RESULT, Action.VIEW_CAMPAIGNS}
    files |= {Action.VIEW_VERIFICATION, Action.RUN_RADAR}
    permissions = {key: register_of(app)[key].permission for key in asked}
    assert set(permissions.values()) == {Action.APPROVE_ACTIVITY, *rights, *files}
    asked = [key for key in asked if permissions[key] not in rights | files]
    # Approving, sending back, and deciding on somebody's own value.
    assert len(asked) == 3
    stale(app_database, "decider")
    for key in asked:
        answer = call(client, body_of(app, key))
        assert (answer.status_code, answer.get_json()["error"]["kind"]) == (403, "step_up")
    assert call(client, body_of(app, HOME, "all")).status_code == 200
    assert post(client, "/step-up", code="12345", window="1").status_code == 400
    assert call(client, body_of(app, asked[0])).status_code == 403
    assert step_up(client, app_database, "decider", window="1").status_code == 204
    assert [call(client, body_of(app, key)).status_code for key in asked] == [200] * 3


def test_a_button_that_nobody_pressed_asks_for_nothing(app, app_database, visitor):
    """Dash calls what hangs on a button once when another callback puts the button on the page."""
    client = visitor("opens", Role.APPROVER)
    stale(app_database, "opens")
    pressed = {
        key: body_of(app, key)
        for key, entry in register_of(app).items()
        if entry.permission in PERMISSIONS[Role.APPROVER] and entry.shape.waits_for_press
    }
    assert any(register_of(app)[key].needs_step_up for key in pressed)
    for key, body in pressed.items():
        for sent in body["inputs"]:
            for each in sent if isinstance(sent, list) else [sent]:
                each["value"] = None
        assert call(client, body).status_code == 204, key


def test_routes_that_are_delicate_ask_for_the_factor_again(app, app_database, visitor):
    client = visitor("delicate", Role.REPORTER, Role.APPROVER)
    stale(app_database, "delicate")
    endpoints = endpoints_with_step_up(app.server)
    assert {"download_evidence", "factor.enrol", "account.renew_codes"} <= endpoints
    for rule in app.server.url_map.iter_rules():
        if rule.endpoint not in endpoints:
            continue
        assert not rule.rule.startswith(FOR_PROGRAMS)
        address = re.sub(r"<uuid:[^>]+>", str(uuid4()), rule.rule).replace("<kind>", "csv")
        method = "GET" if "GET" in rule.methods else "POST"
        answer = client.open(address, method=method, headers=OWN)
        assert answer.status_code == 303, address
        assert answer.location.startswith("/step-up?next=")
    assert client.get("/step-up/state").get_json() == {"fresh": False}


def test_after_the_factor_the_browser_goes_where_it_wanted(app_database, visitor):
    client = visitor("goes.on", Role.REPORTER)
    stale(app_database, "goes.on")
    sent = client.get("/factor/new?next=/account").location
    assert sent == f"/step-up?next={quote('/factor/new?next=/account')}"
    assert client.get(sent).status_code == 200
    assert step_up(client, app_database, "goes.on", next="/factor/new").location == "/factor/new"
    assert client.get("/step-up/state").get_json() == {"fresh": True}
    assert client.get("/factor/new").status_code == 200


def test_a_code_of_somebody_else_does_not_step_up(app_database, visitor):
    client = visitor("stepper", Role.REPORTER)
    add_once(app_database, "stranger.code", Role.REPORTER)
    stale(app_database, "stepper")
    code = code_of(person_of(app_database, "stranger.code").seed)
    own = {code_of(person_of(app_database, "stepper").seed, ahead) for ahead in (-1, 0, 1)}
    assert code not in own
    assert post(client, "/step-up", code=code).status_code == 400


def test_the_password_is_changed_from_the_account(visitor):
    client = visitor("changer", Role.REPORTER)
    new = PASSWORD + "!"
    answer = post(client, "/password", old=PASSWORD, new=new, again=new, next="/account")
    assert answer.location == "/account"


@pytest.fixture
def token(app_database, visitor):
    """A token that may view results, of somebody who may do all that a reporter does."""
    client = visitor("programmer", Role.REPORTER)
    made = post(client, "/account/tokens", name="plant", days="30", action="view_result")
    return re.search(r'id="token">([^<]+)<', made.get_data(as_text=True))[1]


def lineage(app, **headers):
    client = app.server.test_client()
    return client.get(f"/api/v1/runs/{uuid4()}/lineage", headers=headers)


def test_a_token_is_answered_by_the_api_and_by_nothing_else(app, token):
    bearer = {"Authorization": f"Bearer {token}"}
    # There is no such run: that it is looked for shows that the token was known.
    assert lineage(app, **bearer).status_code == 404
    for wrong in ({}, {"Authorization": f"Bearer {token}x"}, {"Authorization": f"Basic {token}"}):
        assert lineage(app, **wrong).status_code == 401
    client = app.server.test_client()
    for path in ("/", "/account", f"/download/evidence/{uuid4()}"):
        assert client.get(path, headers=bearer).location.startswith("/login")
    answer = client.post("/_dash-update-component", json=body_of(app, HOME), headers=OWN | bearer)
    assert answer.status_code == 401


def test_a_token_changes_nothing_that_it_may_not_and_needs_no_page_of_ours(app, token):
    client = app.server.test_client()
    sent = {"data": b"%PDF-1.7", "headers": {"Authorization": f"Bearer {token}"}}
    answer = client.post("/api/v1/entries/320100/2023/files?name=a.pdf", **sent)
    assert answer.status_code == 403
    assert answer.get_json()["type"].endswith("#problem-permission")
    assert client.post("/api/v1/entries/320100/2023/files?name=a.pdf").status_code == 403


def test_an_ended_token_is_refused_at_once(app, app_database, token):
    client = come_in(app, app_database, "programmer")
    page = client.get("/account").get_data(as_text=True)
    assert "plant" in page
    assert token not in page
    for number in re.findall(r'name="token" value="([^"]+)"', page):
        post(client, "/account/tokens/end", token=number)
    assert lineage(app, Authorization=f"Bearer {token}").status_code == 401


@pytest.mark.parametrize(
    ("days", "action"),
    [("0", "view_result"), ("x", "view_result"), ("30", "approve_activity"), ("999999", "")],
)
def test_a_token_that_cannot_be_is_explained(visitor, days, action):
    client = visitor("orderer", Role.REPORTER)
    answer = post(client, "/account/tokens", name="plant", days=days, action=action)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
