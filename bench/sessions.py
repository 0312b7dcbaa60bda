"""50 sessions read the result page, signed in as distinct people of 25 organizations.

Row-level security on, 2 s think time, one minute; compared with an empty Dash callback under the
same load on the same gunicorn settings. Goals: no errors, p95 at most 5 times the empty one's.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from bench._firms import PASSWORD, YEAR, Visitor, add_firms
from components.ids import enterprise_accounting as ids
from services.data.engine import Database
from services.preparation import bring_up_to_date, people_of_first_start
from services.settings import Settings
from services.standards.catalog import load_catalog
from workers.embedded.ports import LOOPBACK, answers, free_port, wait_for
from workers.embedded.servers import Servers
from workers.programs import Program, web

ROOT = Path(__file__).resolve().parents[1]
FIRMS, SESSIONS = 25, 50
# A first start makes the subset of the font beside the web server; it is over by then.
THINK_SECONDS, MEASURED_SECONDS, WARM_SECONDS = 2.0, 60.0, 30.0
GOAL_FACTOR = 5.0
CALLBACKS = "/_dash-update-component"


@dataclass(slots=True)
class Session:
    """One visitor's connection, and how long each answer took."""

    port: int
    body: bytes
    wanted: str
    cookie: str = ""
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def run(self, stop_at: float, phase: float) -> None:
        """Ask, think, ask again until the time is over."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        time.sleep(phase)
        while time.monotonic() < stop_at:
            started = time.perf_counter()
            status, text = post(connection, CALLBACKS, self.body, self.cookie)
            self.seconds.append(time.perf_counter() - started)
            if status != 200 or self.wanted not in text:
                self.errors.append(f"{status} {text[:120]}")
            time.sleep(THINK_SECONDS)
        connection.close()


def main() -> int:
    """Measure the result page and the empty callback, and print both."""
    folder = Path(tempfile.mkdtemp(prefix="shuangtan-bench-"))
    folder.chmod(0o755)
    servers = Servers.needed(folder, environment())
    try:
        servers.start(lambda _server: None)
        settings = Settings.from_environment(servers.owner_addresses())
        visitors = fill(settings)
        page = measured("app:create_server()", servers, lambda port: readers(port, visitors))
        empty = measured("bench._empty_app:create_server()", servers, idlers)
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return told(page, empty)


def environment() -> dict[str, str]:
    """Return this environment without addresses of other servers."""
    others = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MQTT_URL")
    return {name: value for name, value in os.environ.items() if name not in others}


def fill(settings: Settings) -> list[Visitor]:
    """Migrate, load the sample, and add the firms with their people."""
    bring_up_to_date(settings.database_owner_url)
    list(people_of_first_start(settings))
    database = Database(settings.database_url)
    try:
        key = bytes.fromhex(settings.factor_key)
        return add_firms(database, load_catalog(), FIRMS, key)
    finally:
        database.dispose()


def measured(
    application: str, servers: Servers, sessions_on: Callable[[int], list[Session]]
) -> list[Session]:
    """Serve an application, let the sessions warm it, measure, and return the sessions."""
    port = free_port()
    program = web(ROOT, servers.data_folder / "log", LOOPBACK, port, 2)
    arguments = tuple(
        application if part.startswith("app:") else part for part in program.arguments
    )
    server = Program("web", arguments, ROOT, servers.data_folder / "log")
    server.start(servers.addresses())
    try:
        if not wait_for(lambda: answers(port), 60):
            raise server.process.not_started()
        sessions = sessions_on(port)
        load(sessions, WARM_SECONDS)
        for session in sessions:
            session.seconds.clear()
        load(sessions, MEASURED_SECONDS)
    finally:
        server.stop()
    return sessions


def load(sessions: list[Session], seconds: float) -> None:
    """Let every session run at once, evenly out of step."""
    stop_at = time.monotonic() + seconds
    threads = [
        threading.Thread(target=session.run, args=(stop_at, THINK_SECONDS * number / len(sessions)))
        for number, session in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def readers(port: int, visitors: list[Visitor]) -> list[Session]:
    """Return a signed-in session for each visitor, reading the result of their organization."""
    sessions = []
    for visitor in visitors[:SESSIONS]:
        query = {"organization": str(visitor.organization_id), "year": str(YEAR)}
        body = callback(ids.RESULT, ids.QUERY, query)
        sessions.append(Session(port, body, visitor.name, signed_in(port, visitor)))
    return sessions


def idlers(port: int) -> list[Session]:
    """Return sessions that call the empty callback."""
    return [Session(port, callback("out", "in", "x"), '"x"') for _ in range(SESSIONS)]


def callback(output: str, given: str, value: object) -> bytes:
    """Return what the browser sends when `given.data` is to fill `output.children`."""
    body = {
        "output": f"{output}.children",
        "outputs": {"id": output, "property": "children"},
        "inputs": [{"id": given, "property": "data", "value": value}],
        "changedPropIds": [],
        "parsedChangedPropsIds": [],
    }
    return json.dumps(body).encode()


def signed_in(port: int, visitor: Visitor) -> str:
    """Sign in by the forms and return the session's cookie."""
    known = {"login": visitor.login, "password": PASSWORD}
    half_open = _sent(port, "/login", known, "")
    return _sent(port, "/factor", {"code": visitor.code()}, half_open)


def _sent(port: int, path: str, form: dict[str, str], cookie: str) -> str:
    """Send a form of the door and return the cookies it answers with."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    headers = {
        "Origin": f"http://{LOOPBACK}:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookie,
    }
    connection.request("POST", path, urlencode(form).encode(), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"{path}: {answer.status}")
    cookies = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        cookies.load(line)
    connection.close()
    return "; ".join(f"{name}={one.value}" for name, one in cookies.items())


def post(
    connection: http.client.HTTPConnection, path: str, body: bytes, cookie: str
) -> tuple[int, str]:
    """Send one callback and return status and text."""
    headers = {
        "Content-Type": "application/json",
        "Origin": f"http://{LOOPBACK}:{connection.port}",
        "Cookie": cookie,
    }
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def told(page: list[Session], empty: list[Session]) -> int:
    """Print the figures; the measurement fails when an answer was wrong."""
    slow, quick = line("result page", page), line("empty callback", empty)
    errors = [text for session in [*page, *empty] for text in session.errors]
    factor = slow / quick
    verdict = "reached" if factor <= GOAL_FACTOR else "MISSED"
    print(f"p95 ratio {factor:.1f}   goal {GOAL_FACTOR:.0f}   {verdict}")
    print(f"errors {len(errors)}   goal 0   {'reached' if not errors else errors[0]}")
    return 1 if errors else 0


def line(name: str, sessions: list[Session]) -> float:
    """Print the spread of the answers and return the 95th percentile in seconds."""
    seconds = [one for session in sessions for one in session.seconds]
    p95 = quantiles(seconds, n=100)[94]
    print(
        f"{name:<16} {len(seconds)} answers, {len(sessions)} sessions,"
        f" median {median(seconds) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms,"
        f" max {max(seconds) * 1000:.0f} ms"
    )
    return p95


if __name__ == "__main__":
    sys.exit(main())
