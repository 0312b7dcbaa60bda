"""Files are read as they come, by a real server: nothing whole in memory, nothing left behind."""

import contextlib
import hashlib
import json
import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from services.collection.receiving import FOLDER
from services.data import attachments
from services.data.engine import SYSTEM_SCOPE
from services.security.api_tokens import TokenOrder, make_token
from services.security.permissions import Action, Role
from tests.doors import door_of, settle
from tests.fixtures.databases import _cloned, opened
from tests.fixtures.live import settings_of
from tests.places import add_firm, add_login
from tests.serving import start_web
from tests.waiting import wait_until
from workers.embedded.ports import LOOPBACK

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

MEGABYTE = 1024 * 1024
MOST = 10 * MEGABYTE
YEAR, PATIENCE = 2023, 30
PDF = b"%PDF-1.7 "
NOBODY = "0"


class Sender:
    """Somebody who sends files to a server of their own by bare connections."""

    def __init__(self, database, folder, started):
        self.database, self.folder = database, folder
        self.program, self.port = started
        self.firm = add_firm(database, "S1")
        made = add_login(database, "sender", (Role.REPORTER, self.firm.organization_id))
        order = TokenOrder("test", frozenset({Action.EDIT_ACTIVITY}), 1)
        self.token = make_token(door_of(database), settle(database, made)[1], order)

    def begin(self, *headers, name="a.pdf", place=None, language="en"):
        """Return a connection on which the head of a request was sent, and nothing of its body."""
        place = place or f"entries/{self.firm.organization_id}/{YEAR}"
        lines = (
            f"POST /api/v1/{place}/files?name={name} HTTP/1.1",
            f"Host: {LOOPBACK}",
            f"Authorization: Bearer {self.token}",
            f"Cookie: language={language}",
            *headers,
        )
        made = socket.create_connection((LOOPBACK, self.port), PATIENCE)
        made.sendall("\r\n".join((*lines, "", "")).encode())
        return made

    def sent(self, content, **given):
        """Return the answer to a file that is sent whole."""
        with self.begin(f"Content-Length: {len(content)}", **given) as connection:
            connection.sendall(content)
            return answer(connection)

    def kept(self):
        with self.database.work(SYSTEM_SCOPE) as work:
            return set(attachments.of_year(work, self.firm.organization_id, YEAR))

    def workers(self):
        main = self.program.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        found = [Path(f"/proc/{child}") for child in children]
        # The fonts are made by another child, in its own time.
        return [each for each in found if "gunicorn" in (each / "cmdline").read_text()]

    def open_files(self):
        """Return the files of the folder for what comes in that the server holds open."""
        found = []
        for worker in self.workers():
            for link in (worker / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(link).startswith(str(self.folder / FOLDER)):
                        found.append(link)
        return found

    def left_behind(self):
        return list((self.folder / FOLDER).iterdir())


def answer(connection):
    """Return status and document of the answer on a connection."""
    read = connection.makefile("rb")
    status = int(read.readline().split()[1])
    size = 0
    while (line := read.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode().partition(":")
        size = int(value) if name.lower() == "content-length" else size
    return status, json.loads(read.read(size))


@pytest.fixture(scope="module")
def sender(servers, base_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("streaming")
    for clone in _cloned(servers, base_template):
        given = settings_of(servers, clone.url, clone.owner_url)
        given |= {"SHUANGTAN_DATA": str(folder), "SHUANGTAN_FILE_MB": str(MOST // MEGABYTE)}
        started = start_web(servers, given, "streaming")
        try:
            with opened(clone.url) as database:
                yield Sender(database, folder, started)
        finally:
            started[0].stop()


def file_of(size, mark):
    return PDF + mark + b"x" * (size - len(PDF) - len(mark))


def highest_kilobytes(worker):
    (line,) = (text for text in (worker / "status").read_text().splitlines() if "VmHWM" in text)
    return int(line.split()[1])


def test_a_file_of_the_largest_size_costs_the_server_a_small_part_of_it(sender):
    assert sender.sent(file_of(1_000, b"warm"))[0] == 201
    (worker,) = sender.workers()
    (worker / "clear_refs").write_text("5")  # begins the highest mark anew
    before = highest_kilobytes(worker)
    content = file_of(MOST, b"large")
    status, told = sender.sent(content)
    assert (status, told["sha256"]) == (201, hashlib.sha256(content).hexdigest())
    assert highest_kilobytes(worker) - before < 7 * 1024


def test_a_body_without_a_length_is_refused_where_it_grows_too_large(sender):
    kept, chunk = sender.kept(), b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    words = {"zh-CN": "大于 10 MB", "en": "larger than 10 MB"}
    for language, what in words.items():
        with sender.begin("Transfer-Encoding: chunked", language=language) as connection:
            # 160 chunks of 64 kB are 10 MB. The answer is there before the body has an end.
            for _ in range(161):
                connection.sendall(chunk)
            status, told = answer(connection)
        assert status == 413
        assert what in told["what"]
    assert sender.kept() == kept
    assert sender.left_behind() == []


def test_a_body_without_a_length_that_is_small_enough_is_kept(sender):
    content = file_of(100_000, b"chunked")
    with sender.begin("Transfer-Encoding: chunked") as connection:
        connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content))
        status, told = answer(connection)
    assert (status, told["size"]) == (201, 100_000)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"place": f"entries/{NOBODY}/{YEAR}"}, 404),
        ({"place": f"own-values/{NOBODY}"}, 404),
        ({"name": ""}, 400),
        ({"place": "entries/1/1999"}, 400),
    ],
    ids=["another organization", "of a value", "name", "year"],
)
def test_what_may_not_be_sent_is_refused_before_any_of_it_is_read(sender, given, status):
    with sender.begin("Content-Length: 1000000", **given) as connection:
        assert answer(connection)[0] == status
        assert sender.open_files() == []


def test_a_length_beyond_the_limit_is_refused_before_any_of_it_is_read(sender):
    with sender.begin(f"Content-Length: {MOST + 1}") as connection:
        status, told = answer(connection)
    assert status == 413
    assert "larger than 10 MB" in told["what"]


def test_after_a_refusal_the_connection_serves_the_next_request(sender):
    body = b"x" * MEGABYTE
    with sender.begin(f"Content-Length: {len(body)}", name="") as connection:
        connection.sendall(body)
        assert answer(connection)[0] == 400
        connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_a_refused_kind_leaves_nothing(sender):
    kept = sender.kept()
    status, told = sender.sent(b"MZ" + b"\0" * MEGABYTE)
    assert status == 400
    assert "its content is not what its name says" in told["what"]
    assert (sender.kept(), sender.left_behind(), sender.open_files()) == (kept, [], [])


@pytest.mark.parametrize("head", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_a_connection_that_is_cut_leaves_nothing(sender, head):
    kept = sender.kept()
    # 0x20000 bytes are told and half of them sent.
    with sender.begin(head) as connection:
        connection.sendall((b"20000\r\n" if "chunked" in head else b"") + file_of(0x10000, b"cut"))
        wait_until(sender.open_files, PATIENCE)
        (held,) = sender.open_files()
        assert stat.S_IMODE(held.stat().st_mode) == 0o600
        # It has no name by which anybody else could open it.
        assert sender.left_behind() == []
    wait_until(lambda: not sender.open_files(), PATIENCE)
    assert (sender.kept(), sender.left_behind()) == (kept, [])


def test_two_files_sent_at_once_are_kept_each_as_it_came(sender):
    contents = [file_of(3 * MEGABYTE, mark) for mark in (b"one", b"two")]
    begun = [sender.begin(f"Content-Length: {len(content)}") for content in contents]
    for at in range(0, 3 * MEGABYTE, 0x10000):  # by turns, so that both are on their way
        for connection, content in zip(begun, contents, strict=True):
            connection.sendall(content[at : at + 0x10000])
    told = []
    readers = [threading.Thread(target=lambda c=c: told.append(answer(c))) for c in begun]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(PATIENCE)
    for connection in begun:
        connection.close()
    hashes = {hashlib.sha256(content).hexdigest() for content in contents}
    assert {status for status, _ in told} == {201}
    assert {document["sha256"] for _, document in told} == hashes <= sender.kept()
