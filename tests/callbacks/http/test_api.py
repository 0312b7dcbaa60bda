"""The API answers programs in JSON, and tells errors as the command line does."""

import pytest
from flask import Flask

from callbacks.context import Context
from callbacks.http.api import add_api
from services.errors import NotAllowedError
from services.i18n.texts import use_language
from services.security.permissions import Role
from tests.places import add_person
from tests.services.reports.filed import Queue
from tests.services.reports.test_explaining import Firm

pytestmark = pytest.mark.postgres


@pytest.fixture
def firm(database):
    return Firm(database)


def client_of(firm, actor):
    server = Flask("api")
    add_api(server, Context(firm.database, firm.catalog, None, Queue(), lambda: actor))
    return server.test_client()


def asked(firm, query="", actor=None):
    address = f"/api/v1/runs/{firm.run.run_id}/lineage{query}"
    return client_of(firm, actor or firm.reporter).get(address)


def test_a_run_is_explained_as_json(firm):
    answer = asked(firm)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == firm.explain()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "锅炉" in answer.get_data(as_text=True)


def test_one_line_is_explained_alone(firm):
    assert [line["line"] for line in asked(firm, "?line=1").json["lines"]] == [1]


@pytest.mark.parametrize("line", ["9", "-1", "x", "²", ""])
def test_a_line_that_is_not_there_is_told(firm, line):
    with use_language("en"):
        answer = asked(firm, f"?line={line}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert {"where", "what", "why", "do", "detail", "code"} < answer.json.keys()
    assert answer.json["where"] == "line"


def test_a_run_of_another_firm_is_not_found(firm, database):
    stranger = Firm(database, "X2")
    answer = asked(stranger, actor=firm.reporter)
    assert answer.status_code == 404
    assert "X2" not in answer.get_data(as_text=True)


def test_who_may_not_see_results_is_told_nothing(firm, database):
    place = firm.key
    viewer = add_person(database, "bureau.here", (Role.BUREAU_OFFICER, place))
    answer = asked(firm, actor=viewer)
    assert answer.status_code == 404
    assert NotAllowedError.text_key not in answer.get_data(as_text=True)
