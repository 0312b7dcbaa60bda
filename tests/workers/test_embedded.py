"""The embedded servers: their addresses are guarded by passwords and survive a crash."""

import os
import shutil
import signal
import socket

import psycopg
import pytest
import redis

from tests.fixtures.servers import open_folder
from tests.waiting import wait_until
from workers.embedded.broker import Broker
from workers.embedded.ports import free_port
from workers.embedded.postgres import SUPERUSER, DataFolderError, Postgres
from workers.embedded.process import Process
from workers.embedded.valkey import Valkey

pytestmark = pytest.mark.slow


@pytest.fixture
def folder():
    made = open_folder("shuangtan-embedded-")
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def running(folder):
    started = []

    def run(server):
        server.start(os.environ)
        started.append(server)
        return server

    yield run
    for server in started:
        server.stop()


def kill(server):
    os.kill(server.process.pid, signal.SIGKILL)
    wait_until(lambda: not server.process.running)


def test_the_applications_login_is_no_superuser_and_owns_no_database(servers):
    with psycopg.connect(servers.postgres.url()) as connection:
        powers = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert powers == (False, False, False, False)
    assert owner == ("shuangtan_owner",)


def test_a_wrong_password_is_refused(servers):
    wrong = f"postgresql://postgres:wrong@127.0.0.1:{servers.postgres.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=servers.valkey.port).ping()


@pytest.mark.faults
def test_postgres_keeps_its_data_and_address_over_a_kill(folder, running):
    server = running(Postgres(folder))
    address = server.url()
    with psycopg.connect(server.url(SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    kill(server)
    server.start(os.environ)
    assert server.url() == address
    with psycopg.connect(server.url(SUPERUSER)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


@pytest.mark.faults
def test_valkey_keeps_its_data_over_a_kill(folder, running):
    server = running(Valkey(folder))
    address = server.url
    with redis.Redis.from_url(address) as client:
        client.set("kept", "yes")
    # The append-only file is written out once a second.
    wait_until(lambda: b"kept" in b"".join(p.read_bytes() for p in folder.rglob("*.aof")))
    kill(server)
    server.start(os.environ)
    assert server.url == address
    with redis.Redis.from_url(address) as client:
        assert client.get("kept") == b"yes"


@pytest.mark.faults
def test_the_broker_keeps_its_address_over_a_kill(folder, running):
    server = running(Broker(folder))
    address = server.url
    kill(server)
    server.start(os.environ)
    assert server.url == address


@pytest.mark.parametrize("content", [b"", b"9", b"\xff\xfe", None])
def test_a_broken_data_folder_is_told_by_name(folder, running, content):
    server = running(Postgres(folder))
    server.stop()
    version = server.cluster / "PG_VERSION"
    version.unlink()
    if content is not None:
        version.write_bytes(content)
    with pytest.raises(DataFolderError) as raised:
        server.start(os.environ)
    assert str(server.cluster) in str(raised.value)


def test_secrets_are_readable_by_their_owner_only(servers):
    for path in (servers.folder / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_port_taken_by_another_program_is_chosen_again(folder, running):
    server = running(Valkey(folder))
    first = server.port
    server.stop()
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        server.start(os.environ)
        assert server.port != first


def test_a_process_that_ends_at_once_says_why(tmp_path):
    process = Process("example", tmp_path / "example.log")
    process.start(["/bin/sh", "-c", "echo no room left; exit 3"], os.environ)
    wait_until(lambda: not process.running)
    assert process.status == 3
    assert "no room left" in process.not_started().values["reason"]


def test_free_ports_can_be_bound():
    assert free_port() > 1024
