"""Nobody reaches a callback without a session, its permission and a body of the right shape."""

import json

import pytest

from bench._malformed import malformed
from callbacks.routes import endpoints_at, public_endpoints
from callbacks.session import CALLBACKS, DOORSTEPS
from callbacks.wiring import register_of
from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.security.actors import ROOT_ID
from services.security.permissions import PERMISSIONS, Action, Role
from services.security.session import Stage
from tests.callbacks.conftest import NUMBERS, OWN, PASSWORD, body_of, call, callable_keys
from tests.places import add_login

pytestmark = pytest.mark.postgres

HOME, JSON = "home-register.children", "application/json"
# As many roles as one person can hold; what they do not permit is refused before its body is read.
TOGETHER = (Role.REPORTER, Role.CHECKER, Role.APPROVER, Role.MANAGER, Role.BUREAU_OFFICER)
# Written out here, so that nothing becomes public by a word in the register alone.
DOOR_AND_LOOKS = {
    "_dash_assets.static",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_favicon.ico",
    "health",
    "log.checkpoint",
    "log.key",
    "log.consistency",
    "log.cosignature",
    "looks.tokens",
    "looks.templates",
    "looks.face",
    "looks.font",
    "session.sign_in_form",
    "session.sign_in",
    "session.choose_language",
    "api.contract",
    "api.page",
    "walls.invitation",
    "walls.enrol",
}
OPEN_PATHS = ("/login", "/healthz", "/theme.css", "/theme.json", "/fonts/face.css")


def test_every_callback_refuses_a_stranger(app, stranger):
    answers = {key: call(stranger, body_of(app, key)) for key in callable_keys(app)}
    assert len(answers) > 5
    assert {key: a.status_code for key, a in answers.items() if a.status_code != 401} == {}
    assert [key for key, a in answers.items() if "response" in a.get_json()] == []


def test_every_callback_refuses_a_person_without_its_permission(app, visitor):
    client = visitor("administrator", Role.SYSTEM_ADMINISTRATOR)
    allowed = PERMISSIONS[Role.SYSTEM_ADMINISTRATOR]
    closed = [k for k, entry in register_of(app).items() if entry.permission not in allowed]
    assert closed
    answers = {key: call(client, body_of(app, key)) for key in closed}
    assert {key: a.status_code for key, a in answers.items() if a.status_code != 403} == {}
    assert [key for key, a in answers.items() if "response" in a.get_json()] == []


def test_a_person_without_any_role_reaches_no_callback_and_no_page(app, visitor):
    client = visitor("nobody")
    assert {call(client, body_of(app, key)).status_code for key in callable_keys(app)} == {403}


def test_a_permitted_person_is_answered(app, visitor):
    client = visitor("reporter", Role.REPORTER)
    answer = call(client, body_of(app, HOME, "done"))
    assert answer.status_code == 200
    assert "home-register" in answer.get_json()["response"]


def test_a_page_says_no_before_its_layout_is_made(app, visitor):
    client = visitor("viewer", Role.BUREAU_OFFICER)
    key = next(key for key in callable_keys(app) if "_pages_content" in key)
    body = body_of(app, key)
    body["inputs"][0]["value"], body["inputs"][1]["value"] = "/collection/manual", ""
    text = call(client, body).get_data(as_text=True)
    assert "state-error" in text
    assert "collection-manual" not in text


def test_a_one_time_password_opens_nothing_but_its_own_change(app, newcomer):
    client, _ = newcomer
    assert call(client, body_of(app, HOME)).status_code == 403
    assert client.get("/").location == "/password"
    assert client.get("/password").status_code == 200


@pytest.fixture(params=sorted(DOORSTEPS))
def half_open(request, app, app_database, visitor):
    """A stage of sign-in and a browser that stands there."""
    stage, client = request.param, app.server.test_client()
    if stage is Stage.FACTOR:
        visitor("halfway", Role.REPORTER)
        client.post("/login", data={"login": "halfway", "password": PASSWORD}, headers=OWN)
        return stage, client
    login = f"halfway{next(NUMBERS)}"
    made = add_login(app_database, login, (Role.REPORTER, ROOT_ID))
    client.post("/login", data={"login": login, "password": made.password}, headers=OWN)
    if stage is Stage.ENROL:
        new = {"old": made.password, "new": PASSWORD, "again": PASSWORD}
        client.post("/password", data=new, headers=OWN)
    return stage, client


def test_whoever_gave_one_factor_crawls_and_finds_only_the_way_to_the_next(app, half_open):
    stage, client = half_open
    allowed = public_endpoints(app.server) | endpoints_at(app.server, stage)
    for rule in app.server.url_map.iter_rules():
        if rule.endpoint in allowed:
            continue
        address = rule.rule.split("<")[0] + ("x" if "<" in rule.rule else "")
        method = "GET" if "GET" in rule.methods else "POST"
        answer = client.open(address, method=method, headers=OWN)
        led = answer.status_code == 302 and answer.location.startswith(DOORSTEPS[stage])
        assert led or answer.status_code == 403, (address, answer.status_code)


def test_whoever_gave_one_factor_reaches_no_callback(app, half_open):
    _, client = half_open
    answers = {key: call(client, body_of(app, key)) for key in callable_keys(app)}
    assert {key: a.status_code for key, a in answers.items() if a.status_code != 403} == {}


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_a_stranger_may_see_the_door_and_its_looks(stranger, path):
    assert stranger.get(path).status_code == 200


def test_a_stranger_crawling_every_address_finds_only_the_door(app, stranger):
    for rule in app.server.url_map.iter_rules():
        if rule.endpoint in DOOR_AND_LOOKS:
            continue
        address = rule.rule.split("<")[0] + ("x" if "<" in rule.rule else "")
        method = "GET" if "GET" in rule.methods else "POST"
        answer = stranger.open(address, method=method, headers=OWN)
        door = answer.status_code == 302 and answer.location.startswith("/login")
        assert door or answer.status_code == 401, (address, answer.status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/_dash-update-component", "/login", "/language"])
def test_an_order_from_another_site_is_refused(stranger, headers, path):
    assert stranger.post(path, headers=headers).status_code == 403


def refusals(database):
    with database.work(SYSTEM_SCOPE) as work:
        found = audit.search(work, AuditQuery(result="refused"), 1000)
    return [(each.login, each.event.action, each.event.channel) for each in found]


def test_what_the_gate_refuses_is_written_down(app, app_database, visitor, stranger):
    client, before = visitor("system", Role.SYSTEM_ADMINISTRATOR), refusals(app_database)
    key = next(k for k, e in register_of(app).items() if e.permission is Action.VIEW_REGION)
    assert call(client, body_of(app, key)).status_code == 403
    assert stranger.post("/login", headers={"Origin": "https://evil.example"}).status_code == 403
    assert refusals(app_database) == [
        ("", "foreign_request", "web"),
        ("system", "view_region", "web"),
        *before,
    ]


def test_an_id_out_of_sight_is_not_found_and_written_down(app_database, visitor):
    client, before = visitor("reporter", Role.REPORTER), refusals(app_database)
    unknown = "/api/v1/runs/00000000-0000-4000-8000-000000000000/lineage"
    assert client.get(unknown).status_code == 404
    assert refusals(app_database) == [("reporter", "run", "api"), *before]


MALFORMED = {
    "no object": [],
    "empty": {},
    "output is a number": {"output": 5},
    "unknown output": {"output": "nothing.children", "inputs": [], "outputs": {}},
    "no inputs": {"output": HOME, "outputs": {"id": "home-register", "property": "children"}},
    "a number": 7,
}


def changed(app, **parts):
    return body_of(app, HOME) | parts


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_refused_as_such(visitor, name):
    client = visitor("reporter", Role.REPORTER)
    assert call(client, MALFORMED[name]).status_code == 400


@pytest.mark.parametrize(
    "parts",
    [
        {"inputs": [{"id": "zzz", "property": "value", "value": "done"}]},
        {"inputs": [{"id": "home-status", "property": "options", "value": "done"}]},
        {"inputs": [["home-status"]]},
        {"inputs": "home-status"},
        {"inputs": []},
        {"state": [{"id": "home-status", "property": "value"}]},
        {"state": {}},
        {"outputs": None},
        {"outputs": {"id": "shell-messages", "property": "children"}},
        {"outputs": [{"id": "home-register", "property": "children"}]},
        {"changedPropIds": 3},
        {"changedPropIds": [{}]},
        {"changedPropIds": ["home-register.children"]},
        {"changedPropIds": ['{"type":"x"}.value', "home-status.value"]},
        {"changedPropIds": ["{.value"]},
    ],
)
def test_a_body_that_names_other_parts_is_refused(app, visitor, parts):
    client = visitor("reporter", Role.REPORTER)
    assert call(client, changed(app, **parts)).status_code == 400


SENT = {"organization": 1, "year": 2023, "serial": 1, "revision": 0, "rows": []}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"organization": value} for value in ("1", 0, True, 1.0, 2**63, None)),
        *({"year": value} for value in ("2023", -1, 10_000)),
        *({"revision": value} for value in ("x", -1, 2**31)),
        *({"rows": value} for value in (None, {}, [[]], ["x"])),
    ],
    ids=str,
)
def test_a_record_is_refused_where_a_field_is_of_another_kind(app, visitor, wrong):
    client = visitor("reporter", Role.REPORTER)
    key = next(key for key in callable_keys(app) if "collection-manual-saved" in key)
    # The organization is none of the visitor's, which the page is told.
    assert call(client, body_of(app, key, SENT)).status_code == 200
    assert call(client, body_of(app, key, SENT | wrong)).status_code == 400
    (name,) = wrong
    less = {field: value for field, value in SENT.items() if field != name}
    assert call(client, body_of(app, key, less)).status_code == 400


def test_values_nobody_expects_are_told_on_screen_and_never_a_broken_answer(app, visitor, caplog):
    client = visitor("everybody", *TOGETHER)
    for key in callable_keys(app):
        for value in (None, 1, "x", [], {}, [None], {"a": 1}):
            answer = call(client, body_of(app, key, value))
            assert answer.status_code < 500, (key, value)
    assert "Unexpected error" not in caplog.text


@pytest.mark.parametrize("body", ["{", "", "[" * 100_000, '{"output": ' * 3000, "\x00"])
def test_broken_json_is_refused(visitor, body):
    client = visitor("reporter", Role.REPORTER)
    answer = client.post(
        "/_dash-update-component", data=body, content_type="application/json", headers=OWN
    )
    assert answer.status_code == 400


def test_only_json_is_taken(visitor):
    client = visitor("reporter", Role.REPORTER)
    answer = client.post(
        "/_dash-update-component", data=json.dumps({}), content_type="text/plain", headers=OWN
    )
    assert answer.status_code == 415


def test_a_huge_body_is_refused_before_it_is_read(app, visitor):
    client = visitor("reporter", Role.REPORTER)
    assert call(client, changed(app, more="x" * 5_000_000)).status_code == 413


def test_what_strangers_may_reach_is_the_list_above(app):
    assert public_endpoints(app.server) == DOOR_AND_LOOKS


def test_a_value_of_another_kind_is_refused_with_its_reason(app, visitor):
    client = visitor("reporter", Role.REPORTER)
    status = {"id": "home-status", "property": "value", "value": ["done"]}
    answer = call(client, changed(app, inputs=[status]))
    told = answer.get_json()["error"]
    assert (answer.status_code, told["why"]) == (400, "home-status.value: entry")
    assert call(client, changed(app, more=1)).get_json()["error"]["why"] == "unknown: more"


def test_a_route_asked_for_otherwise_is_refused_and_a_program_told_why(visitor):
    client = visitor("reporter", Role.REPORTER)
    lineage = "/api/v1/runs/00000000-0000-4000-8000-000000000000/lineage?lines=1"
    answer = client.get(lineage)
    assert (answer.status_code, answer.get_json()["why"]) == (400, "query lines: unknown")
    person = client.get("/account?x=1")
    assert (person.status_code, person.mimetype) == (400, "text/html")
    assert client.get(f"/download/file/{10**30}/2024/x").status_code == 400
    assert client.post("/theme", json={"theme": "dark"}, headers=OWN).status_code == 400


def test_a_route_asks_for_its_permission_before_anything_else(app_database, visitor):
    client, before = visitor("viewer", Role.BUREAU_OFFICER), refusals(app_database)
    address = "/download/report/00000000-0000-4000-8000-000000000000/pdf"
    assert client.get(address).status_code == 403
    assert refusals(app_database) == [("viewer", "order_report", "web"), *before]


def test_no_malformed_body_out_of_thirty_is_an_error_of_ours(app, visitor):
    """`bench malformed` sends ten times as many."""
    client = visitor("everybody", *TOGETHER)
    for key in callable_keys(app):
        for body in malformed(app.callback_map[key], key, 30, seed=1):
            answer = client.post(CALLBACKS, data=body, content_type=JSON, headers=OWN)
            assert answer.status_code < 500, (key, body[:300])
