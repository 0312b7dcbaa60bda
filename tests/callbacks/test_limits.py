"""Whoever asks too often is told to wait, in both languages, by every process alike."""

from datetime import timedelta

import pytest

from app import create_app
from callbacks.context import Context
from callbacks.session import present_actor
from services import clock
from services.data import audit, sessions
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.security.permissions import PERMISSIONS, Role
from services.standards.catalog import load_catalog
from tests.callbacks.conftest import OWN, PASSWORD, add_once, body_of, call, come_in
from tests.callbacks.programs import Program, token_for
from tests.fixtures.web import web_settings
from workers.counters import counters_at
from workers.embedded.ports import free_port
from workers.queue import connect

pytestmark = pytest.mark.postgres
HOME = "home-register.children"


class Given:
    """Counters whose sums are given, by the name of the limit; others count from one."""

    def __init__(self, **given):
        self.given, self.sums = given, {}

    def count(self, key, _seconds):
        name = key.split(":")[1]
        self.sums[key] = self.sums.get(key, self.given.get(name, 0)) + 1
        return self.sums[key]


@pytest.fixture
def counted(app_database, tmp_path, redis_url):
    """Return a function that gives an application whose counters stand where they are told to."""

    def make(counters):
        parts = (app_database, load_catalog(), web_settings(tmp_path), connect(redis_url))
        return create_app(Context(*parts, present_actor, counters))

    return make


def test_the_last_one_allowed_is_answered_and_the_next_told_when_to_come(counted, app_database):
    app = counted(Given(page=2_990))
    add_once(app_database, "quick", Role.REPORTER)
    client = come_in(app, app_database, "quick")
    answers = [call(client, body_of(app, HOME, "all")) for _ in range(12)]
    assert {200, 429} == {answer.status_code for answer in answers}
    assert [a.status_code for a in answers] == sorted(a.status_code for a in answers)
    last = answers[-1]
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert last.get_json()["error"]["what"] == "请求过于频繁，请稍候。"
    client.set_cookie("language", "en")
    page = client.get("/account")
    assert page.status_code == 429
    assert "Too many requests came from you." in page.get_data(as_text=True)


def test_strangers_are_counted_by_their_address_and_files_not_at_all(counted):
    client = counted(Given(stranger=600)).server.test_client()
    assert client.get("/login").status_code == 429
    assert client.get("/log/checkpoint").status_code == 429
    assert client.get("/theme.css").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_an_address_that_failed_too_often_is_told_when_to_come_again(counted, app_database):
    app = counted(Given())
    add_once(app_database, "patient", Role.REPORTER)
    client, far = app.server.test_client(), {"REMOTE_ADDR": "203.0.113.9"}
    with app_database.work(SYSTEM_SCOPE) as work:
        for _ in range(49):
            sessions.count_failure(work, "A:203.0.113.9", clock.now(), clock.now() - timedelta(1))
        work.commit()
    form = {"login": "guess50", "password": "wrong"}
    assert client.post("/login", data=form, headers=OWN, environ_base=far).status_code == 401
    form = {"login": "patient", "password": PASSWORD}
    answer = client.post("/login", data=form, headers=OWN, environ_base=far)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "203.0.113.9" in answer.get_data(as_text=True)
    assert client.post("/login", data=form, headers=OWN).status_code == 302


def test_while_the_counters_are_away_people_are_served_and_addresses_still_locked(counted, caplog):
    app = counted(counters_at(f"redis://127.0.0.1:{free_port()}"))
    client = app.server.test_client()
    assert client.get("/login").status_code == 200
    assert "no limit holds" in caplog.text


def refusals(database, action):
    with database.work(SYSTEM_SCOPE) as work:
        found = audit.search(work, AuditQuery(action=action, result="refused"), 1000)
    return [each.event.after for each in found]


def test_a_flood_of_foreign_requests_leaves_a_count_and_not_a_row_each(counted, app_database):
    client = counted(Given()).server.test_client()
    before = len(refusals(app_database, "foreign_request"))
    for _ in range(100):
        assert client.post("/language", headers={"Origin": "https://evil.example"}).status_code
    told = refusals(app_database, "foreign_request")
    # The first twenty, then the fortieth and the eightieth.
    assert len(told) - before == 22
    assert [dict(after) for after in told[:2]] == [{"refused": 80}, {"refused": 40}]


def test_tokens_that_nobody_holds_are_counted_and_those_that_count_go_on(counted, app_database):
    app = counted(Given(unknown_token=48))
    add_once(app_database, "programmer", Role.REPORTER)
    before = len(refusals(app_database, "unknown_token"))
    asks = Program(app, "shuangtan-1.tried"), Program(app, "of another kind")
    answers = [one.get("/organizations") for one in asks + asks]
    # The 49th and the 50th within a quarter of an hour are answered, the next told when to come.
    assert [one.status_code for one in answers] == [401, 401, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 900
    assert len(refusals(app_database, "unknown_token")) - before == 4
    known = token_for(app_database, "programmer", PERMISSIONS[Role.REPORTER])
    assert Program(app, known).get("/organizations").status_code == 200


def test_a_flood_of_unknown_tokens_leaves_a_count_and_not_a_row_each(counted, app_database):
    asks = Program(counted(Given(refusal=19)), "shuangtan-1.tried")
    before = len(refusals(app_database, "unknown_token"))
    for _ in range(30):
        asks.get("/organizations")
    told = refusals(app_database, "unknown_token")
    # The twentieth and the fortieth refusal of this source: the first and the twenty-first here.
    assert [dict(after) for after in told[: len(told) - before]] == [{"refused": 40}, {}]
