"""What is refused below /api/ is told as RFC 9457 asks, in the language of the program."""

import pytest

from callbacks.problems import KINDS
from services.i18n.texts import LANGUAGES, texts
from services.security.permissions import Action, Role
from tests.callbacks.conftest import add_once
from tests.callbacks.programs import Program, token_for

pytestmark = pytest.mark.postgres

UNKNOWN = "/runs/00000000-0000-4000-8000-000000000000"
RIGHTS = (
    *(Action.VIEW_RESULT, Action.VIEW_STANDARDS, Action.VIEW_ORGANIZATION),
    *(Action.EDIT_ACTIVITY, Action.ORDER_REPORT),
)


@pytest.fixture(scope="module")
def token(app, app_database):
    add_once(app_database, "program", Role.REPORTER)
    return token_for(app_database, "program", RIGHTS)


@pytest.fixture(params=LANGUAGES)
def program(request, app, token):
    return Program(app, token, request.param), texts(request.param), request.param


def problem(answer, known, language, status, kind=""):
    """Check a refusal and return what it tells."""
    told, name = answer.json, kind or KINDS[status]
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (told["status"], told["title"]) == (status, known[f"api.problem.{name}.title"])
    assert told["type"] == f"/api/v1/docs#problem-{name}"
    assert told["instance"].startswith("/api/v1/")
    assert told["what"] in told["detail"]
    assert answer.headers["Content-Language"] == language
    return told


def test_a_stranger_is_asked_who_it_is(app, program):
    _, known, language = program
    stranger = Program(app, "none", language)
    problem(stranger.get("/organizations"), known, language, 401)


def test_what_a_token_lacks_is_told_as_such(program):
    asked, known, language = program
    body = {"messages": []}
    problem(asked.post("/organizations/1/readings", body), known, language, 403)


@pytest.mark.parametrize("path", [UNKNOWN, "/organizations/1", "/factors/none", "/nothing"])
def test_what_is_not_there_is_not_found(program, path):
    asked, known, language = program
    problem(asked.get(path), known, language, 404)


def test_another_method_is_told_which_there_are(program):
    asked, known, language = program
    answer = asked.put("/factors", {})
    problem(answer, known, language, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "more=1", "limit=1&limit=2", "cursor=x"]
)
def test_a_query_of_another_kind_is_malformed(program, query):
    asked, known, language = program
    problem(asked.get(f"/organizations?{query}"), known, language, 400)


def test_a_cursor_of_another_listing_is_malformed(program):
    asked, known, language = program
    cursor = asked.get("/factors?limit=1").json["next"]
    told = problem(asked.get(f"/organizations?cursor={cursor}"), known, language, 400)
    assert told["code"] == "cursor"


def test_a_body_is_json_that_fits_its_schema(program):
    asked, known, language = program
    address = "/api/v1/organizations/320500/reports"
    send = {"headers": asked.headers}
    text = asked.client.post(address, data="year=2024", **send)
    problem(text, known, language, 415)
    broken = asked.client.post(address, data=b'{"year":', content_type="application/json", **send)
    problem(broken, known, language, 400)
    large = asked.client.post(address, json={"x": "x" * 5_000_000}, **send)
    problem(large, known, language, 413)
    body = {"year": 2024, "language": "fr", "more": 1}
    told = problem(asked.post("/organizations/320500/reports", body), known, language, 422)
    found = {(each["pointer"], each["what"]) for each in told["problems"]}
    assert found == {("/language", "enum"), ("", "additionalProperties")}


def test_a_change_says_what_it_was_made_from(program):
    asked, known, language = program
    place = "/organizations/320500/entries/2024"
    problem(asked.put(place, {"rows": []}), known, language, 428)
    problem(asked.put(place, {"rows": []}, If_Match='"*"'), known, language, 412)


def test_what_nobody_foresaw_is_told_under_a_number(app, program, monkeypatch):
    asked, known, language = program

    def fail(**_path):
        raise RuntimeError("planted")

    monkeypatch.setitem(app.server.view_functions, "api.factors", fail)
    told = problem(asked.get("/factors"), known, language, 500)
    assert told["number"] in told["detail"]


def test_the_language_that_a_person_chose_goes_before_that_of_the_browser(app, program):
    client = app.server.test_client()
    client.set_cookie("language", "en")
    answer = client.get("/api/v1/organizations", headers={"Accept-Language": "zh-CN"})
    assert answer.headers["Content-Language"] == "en"
