"""A session that was ended is refused by another server process within a second."""

import http.client
import json
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from services.security.actors import actor_of_login
from services.security.lost_access import reset_password
from tests.doors import code_of, forget_step
from tests.fixtures.databases import _cloned, opened
from tests.fixtures.live import settings_of
from tests.serving import start_web
from workers.embedded.ports import LOOPBACK

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
WITHIN_SECONDS = 1.0
BODY = {
    "output": "home-places.children",
    "outputs": {"id": "home-places", "property": "children"},
    "inputs": [{"id": "home-places", "property": "id", "value": "home-places"}],
    "changedPropIds": [],
}


class Server:
    """One gunicorn with one process, and what a browser asks of it."""

    def __init__(self, servers, given, number):
        self.program, self.port = start_web(servers, given, f"two-{number}")

    def asked(self, method, path, body, cookie, kind):
        """Return status and cookies of an answer."""
        origin = f"http://{LOOPBACK}:{self.port}"
        headers = {"Origin": origin, "Content-Type": kind, "Cookie": cookie}
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        cookies = SimpleCookie()
        for line in answer.headers.get_all("Set-Cookie", []):
            cookies.load(line)
        connection.close()
        return answer.status, "; ".join(f"{name}={one.value}" for name, one in cookies.items())

    def form(self, path, cookie="", **given):
        kind = "application/x-www-form-urlencoded"
        return self.asked("POST", path, urlencode(given), cookie, kind)

    def called(self, cookie):
        body = json.dumps(BODY)
        return self.asked("POST", "/_dash-update-component", body, cookie, "application/json")[0]


@pytest.fixture(scope="module")
def two(servers, sample_template):
    """Two server processes on one database, and that database."""
    for clone in _cloned(servers, sample_template.name):
        given, started = settings_of(servers, clone.url, clone.owner_url), []
        try:
            started = [Server(servers, given, number) for number in (1, 2)]
            with opened(clone.url) as database:
                yield *started, database
        finally:
            for server in started:
                server.program.stop()


def come_in(two, person):
    """Return the cookie of a session that the first server opened and the second knows."""
    first, second, database = two
    forget_step(database, person.login)
    _, half_open = first.form("/login", login=person.login, password=person.password)
    _, cookie = first.form("/factor", half_open, code=code_of(person.seed))
    assert second.called(cookie) == 200
    return cookie


def refused_within(second, cookie, ended_at):
    while second.called(cookie) != 401:
        assert time.monotonic() - ended_at < WITHIN_SECONDS
    assert time.monotonic() - ended_at < WITHIN_SECONDS


def test_leaving_on_one_server_is_leaving_on_the_other(two, sample_template):
    first, second, _ = two
    signed_in = come_in(two, sample_template.people["reporter"])
    ended_at = time.monotonic()
    assert first.form("/logout", signed_in)[0] == 302
    refused_within(second, signed_in, ended_at)


def test_a_session_that_an_administrator_ended_is_refused_by_both(two, sample_template):
    first, second, database = two
    person = sample_template.people["approver"]
    signed_in = come_in(two, person)
    ended_at = time.monotonic()
    reset_password(actor_of_login(database, "admin"), database, person.login, "forgot it")
    refused_within(first, signed_in, ended_at)
    refused_within(second, signed_in, ended_at)
