"""Who comes before the database is ready is asked to come again; afterwards all is as usual."""

import pytest

from app import create_app
from callbacks.context import Context
from callbacks.session import present_actor
from services.preparation import bring_up_to_date
from services.standards.catalog import load_catalog
from tests.callbacks.conftest import OWN
from tests.fixtures.databases import opened
from tests.fixtures.web import web_settings
from workers.embedded.ports import free_port
from workers.queue import connect

pytestmark = pytest.mark.postgres


def browser_of(database, folder):
    """A browser before an application on a database."""
    queue = connect(f"redis://127.0.0.1:{free_port()}")
    context = Context(database, load_catalog(), web_settings(folder), queue, present_actor)
    return create_app(context).server.test_client()


@pytest.fixture
def early(empty_owner_url, tmp_path):
    """A browser that comes while the database is still empty."""
    with opened(empty_owner_url) as database:
        yield browser_of(database, tmp_path)


@pytest.mark.parametrize("path", ["/login", "/", "/collection/manual", "/password"])
def test_a_person_gets_a_page_that_tries_again(early, path):
    answer = early.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    text = answer.get_data(as_text=True)
    assert "平台正在启动" in text
    assert '<meta http-equiv="refresh" content="2">' in text


def test_the_page_speaks_the_language_of_the_visitor(early):
    early.set_cookie("language", "en")
    assert "The platform is starting." in early.get("/login").get_data(as_text=True)


def test_a_form_sent_early_is_answered_alike(early):
    answer = early.post("/login", data={"login": "admin", "password": "x"}, headers=OWN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies"])
def test_a_program_gets_its_own_kind_of_answer(early, path):
    answer = early.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.get_json()["error"]["what"] == "平台正在启动。"


def test_a_program_of_the_api_gets_a_problem(early):
    answer = early.get("/api/anything")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert (answer.mimetype, answer.get_json()["status"]) == ("application/problem+json", 503)


@pytest.mark.parametrize("path", ["/theme.css", "/fonts/face.css", "/assets/10-base.css"])
def test_what_the_page_looks_with_is_there(early, path):
    with early.get(path) as answer:
        assert answer.status_code == 200


def test_health_is_told_only_when_the_database_is_ready(early, empty_owner_url):
    assert early.get("/healthz").status_code == 503
    bring_up_to_date(empty_owner_url)
    assert early.get("/healthz").status_code == 200
    assert early.get("/login").status_code == 200


def test_an_application_is_built_and_answers_while_its_database_is_away(tmp_path):
    # Also what makes it safe to fork: nothing is connected by building it.
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with opened(nowhere) as database:
        browser = browser_of(database, tmp_path)
        assert database.engine.pool.checkedin() == 0
        assert browser.get("/login").status_code == 503
        assert browser.get("/healthz").status_code == 503
