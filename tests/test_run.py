"""`python3 run.py`: first start, second start, crashes, Ctrl-C, and what goes wrong at a start."""

import os
import re
import shutil
import signal
import socket

import psycopg
import pytest

from tests.fixtures.platform import RunningPlatform
from tests.fixtures.servers import open_folder
from tests.waiting import wait_until
from workers.embedded.ports import Ports, free_port
from workers.embedded.postgres import SUPERUSER, Postgres
from workers.embedded.secret_files import secret

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
PASSWORD = re.compile(r"^ {4}(\S+) +([a-z0-9]{4}(?:-[a-z0-9]{4}){3})$", re.MULTILINE)
# Patience with a busy machine; how long a start takes is measured by `bench start`.
RESTART_SECONDS = 120
LAST_WORDS = "They are shown this once"
# A first start, from the making of the cluster to the loading of the sample.
MOMENTS = (
    lambda platform: any(platform.folder.glob("postgres*")),
    lambda platform: "database ready" in platform.output,
    lambda platform: "MQTT broker ready" in platform.output,
    lambda platform: "data ready" in platform.output,
    lambda platform: PASSWORD.search(platform.output),
)


@pytest.fixture(scope="module")
def folder():
    made = open_folder("shuangtan-run-")
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def first(folder):
    """The first start of the platform, which the tests of this module share."""
    platform = RunningPlatform(folder).wait_ready()
    yield platform
    platform.close()


@pytest.fixture
def folder_of_its_own():
    made = open_folder("shuangtan-own-")
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def start():
    started = []

    def run(folder, **environ):
        started.append(RunningPlatform(folder, **environ))
        return started[-1]

    yield run
    for platform in started:
        platform.close()


def superuser(folder):
    server = Postgres(folder)
    server.port = Ports(folder / "ports.json").known("postgres")
    return psycopg.connect(server.url(SUPERUSER))


def test_the_first_page_is_there(first):
    assert first.status_of("/login") == 200
    assert first.status_of("/healthz") == 200


def test_a_first_start_tells_its_one_time_passwords_and_keeps_them_nowhere(first):
    told = dict(PASSWORD.findall(first.wait_told(LAST_WORDS).output))
    assert {"admin", "security", "audit"} <= set(told)
    files = [path for path in first.folder.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files if "pg_wal" not in path.parts)
    assert [login for login, password in told.items() if password.encode() in kept] == []


def test_every_process_of_the_platform_runs(first):
    for words in ("gunicorn", "workers.queue_worker", "workers.listener", "workers.schedule"):
        wait_until(lambda words=words: first.pid_of(words), RESTART_SECONDS)


def test_a_second_start_in_the_same_folder_says_that_one_runs(first, start):
    second = start(first.folder)
    assert second.process.wait(RESTART_SECONDS) == 1
    wait_until(lambda: str(first.folder) in second.output)
    assert "Traceback" not in second.output
    assert first.status_of("/healthz") == 200


@pytest.mark.parametrize("words", ["workers.schedule", "workers.listener", "gunicorn"])
def test_a_killed_process_is_started_again(first, words):
    killed = wait_until(lambda: first.pid_of(words), RESTART_SECONDS)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: first.pid_of(words) not in (None, killed), RESTART_SECONDS)
    wait_until(lambda: first.status_of("/healthz") == 200, RESTART_SECONDS)


@pytest.mark.parametrize("words", ["bin/postgres -D", "valkey-server", "broker"])
def test_a_killed_server_comes_back_at_its_address(first, words):
    ports = first.ports()
    killed = wait_until(lambda: first.pid_of(words), RESTART_SECONDS)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: first.pid_of(words) not in (None, killed), RESTART_SECONDS)
    wait_until(lambda: first.status_of("/healthz") == 200, RESTART_SECONDS)
    assert first.ports() == ports


def test_ctrl_c_ends_everything_and_a_second_start_has_the_same_data(first, start):
    with superuser(first.folder) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    assert first.end(signal.SIGINT) == 0
    wait_until(lambda: first.processes() == {}, 2)
    assert "Traceback" not in first.output
    second = start(first.folder).wait_ready()
    assert PASSWORD.findall(second.output) == []
    with superuser(first.folder) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
    # Nothing may outlive the supervisor, also when it had no time to stop its children.
    second.kill()


def test_whoever_comes_early_meets_no_error(folder_of_its_own, start):
    platform = start(folder_of_its_own)
    seen = {None}

    def page_is_there():
        seen.add(platform.status_of("/login"))
        return 200 in seen

    wait_until(page_is_there, RESTART_SECONDS)
    # Refused, then asked to come again, then let in by a platform that is ready.
    assert platform.status_of("/healthz") == 200
    assert seen <= {None, 503, 200}


def test_a_first_start_killed_anywhere_is_continued(folder_of_its_own, start):
    passwords = []
    for reached in MOMENTS:
        platform = start(folder_of_its_own)
        wait_until(lambda reached=reached, at=platform: reached(at), RESTART_SECONDS)
        platform.kill()
        passwords += PASSWORD.findall(platform.output)
    last = start(folder_of_its_own).wait_told(LAST_WORDS)
    passwords += PASSWORD.findall(last.output)
    logins = [login for login, _ in passwords]
    # Three administrators, three plants with two people each, the verifier and the officer.
    assert sorted(set(logins)) == sorted(logins)
    assert len(logins) == 11
    assert {last.sign_in(*person) for person in passwords} == {"/password"}
    assert last.sign_in("admin", "wrong") is None


def test_a_taken_port_is_told_in_one_sentence(folder, start):
    empty = open_folder("shuangtan-port-")
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        platform = start(empty, port=port)
        assert platform.process.wait(RESTART_SECONDS) == 1
    wait_until(lambda: len(platform.lines) == 2)
    assert all(str(port) in line for line in platform.lines)
    assert platform.processes() == {}
    shutil.rmtree(empty)


def test_a_broken_database_folder_is_told_in_one_sentence(start):
    broken = open_folder("shuangtan-broken-")
    (broken / "postgres").mkdir()
    (broken / "postgres" / "PG_VERSION").write_bytes(b"\xff")
    platform = start(broken)
    assert platform.process.wait(RESTART_SECONDS) == 1
    wait_until(lambda: len(platform.lines) == 2)
    assert all(str(broken / "postgres") in line for line in platform.lines)
    assert (broken / "postgres" / "PG_VERSION").read_bytes() == b"\xff"
    shutil.rmtree(broken)


@pytest.mark.parametrize(
    ("name", "value"), [("DASH_DEBUG", "1"), ("SHUANGTAN_SECRET_KEY", "changeme")]
)
def test_an_unsafe_or_wrong_setting_is_refused_by_name(start, name, value):
    empty = open_folder("shuangtan-unsafe-")
    platform = start(empty, **{name: value})
    assert platform.process.wait(RESTART_SECONDS) == 1
    wait_until(lambda: len(platform.lines) == 2)
    assert all(name in line for line in platform.lines)
    assert not (empty / "postgres").exists()
    shutil.rmtree(empty)


def test_given_addresses_replace_the_embedded_servers(
    servers, empty_owner_url, redis_url, mqtt_url, start
):
    folder = open_folder("shuangtan-given-")
    given = {
        "DATABASE_URL": empty_owner_url,
        "REDIS_URL": redis_url,
        "MQTT_URL": mqtt_url,
        "SHUANGTAN_SECRET_KEY": secret(folder / "mine", "key"),
    }
    platform = start(folder, **given).wait_ready()
    assert platform.status_of("/healthz") == 200
    assert [c for c in platform.processes().values() if "postgres -D" in c or "valkey" in c] == []
    assert not (folder / "secrets").exists()
    assert platform.end(signal.SIGTERM) == 0
    shutil.rmtree(folder)
