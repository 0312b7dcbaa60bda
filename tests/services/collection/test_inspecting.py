"""A hostile file is refused with its reason, and hurts nobody but the process that looked at it."""

import io
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import time
import zipfile

import pytest

from services.collection.contents import MOST_MEMORY
from services.collection.inspecting import PROGRAM, HarmfulFileError, look_into
from services.i18n.texts import use_language
from tests.uploads import on_disk

MEGABYTE = 1024 * 1024
HEAD = {"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}


def workbook(**parts):
    """A workbook whose further parts are named by their content's kind."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (HEAD | parts).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def bomb():
    """Eleven megabytes of zeros in a hundredth of one."""
    return workbook(**{"xl/sheet1.xml": bytes(11 * MEGABYTE)})


def looked_into(name, content):
    with on_disk(content) as file:
        return look_into(name, file)


def nested(depth):
    return "<a>" * depth + "</a>" * depth


def png(width, height):
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\0" * 9


HARMFUL = {
    "nested": workbook(**{"xl/a.zip": workbook()}),
    "deep": workbook(**{"xl/sheet1.xml": nested(10_000)}),
    "names": workbook(**{"../../etc/passwd": "x"}),
    "entries": workbook(**{f"xl/{n}.xml": "" for n in range(501)}),
    "entities": workbook(**{"xl/sheet1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "broken": workbook(**{"xl/sheet1.xml": "<a><b></a>"}),
    "active": b"%PDF-1.7 << /S /JavaScript /JS (app.alert(1)) >>",
    "pixels": png(20_000, 20_000),
}


@pytest.mark.parametrize("reason", HARMFUL)
def test_a_harmful_file_is_refused_with_its_reason(reason):
    with use_language("en"), pytest.raises(HarmfulFileError) as refused:
        looked_into("a", HARMFUL[reason])
    assert refused.value.reason == reason
    assert "file_harm" not in str(refused.value)


def test_a_pdf_nested_without_end_is_refused():
    with pytest.raises(HarmfulFileError, match="嵌套"):
        looked_into("a.pdf", b"%PDF-1.7 " + b"[" * 10_000)


def test_a_bomb_costs_this_process_nothing():
    content = bomb()
    assert len(content) < MEGABYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(HarmfulFileError, match="过大"):
        looked_into("a.xlsx", content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024  # kilobytes


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a", workbook(**{"xl/sheet1.xml": nested(99)}), "xlsx"),
        ("a", png(4_000, 3_000), "png"),
        ("a", b"%PDF-1.7 " + b"[" * 400 + b"]" * 400, "pdf"),
        ("a", b"MZ\x90\x00", None),
    ],
)
def test_an_honest_file_passes(name, content, kind):
    assert looked_into(name, content) == kind


def run_limited(work):
    """Run some work under the limits of the program, with a second of processor time."""
    text = f"import contents\ncontents.MOST_SECONDS = 1\ncontents.limit()\n{work}"
    command = [sys.executable, "-S", "-c", text]
    began = time.monotonic()
    done = subprocess.run(command, cwd=PROGRAM.parent, capture_output=True, check=False)
    assert time.monotonic() - began < 20
    return done.returncode


@pytest.mark.parametrize(
    "work",
    [
        f"bytearray({MOST_MEMORY + 1})",
        "while True: pass",
        "kept = [open('/dev/null') for _ in range(20)]",
        "import tempfile; tempfile.TemporaryFile(buffering=0).write(b'x')",
    ],
    ids=["memory", "time", "files", "writing"],
)
def test_whatever_goes_beyond_the_limits_ends_there(work):
    assert run_limited(work) != 0


def test_under_the_limits_a_usual_file_needs_far_less():
    assert run_limited("assert contents.kind_in(b'a,b\\n1,2\\n') == 'csv'") == 0


TAKEN_OVER = """
import json, os, runpy, socket, sys
contents = runpy.run_path(sys.argv[1])
if os.geteuid() == 0:
    os.setuid(65534)
contents["limit"]()

def tried(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"

def connect():
    socket.socket().connect(("127.0.0.1", int(sys.argv[2])))

told = {"network": tried(connect), "process": tried(lambda: os.fork() or os._exit(0))}
told["alone"] = [name for _, name in socket.if_nameindex()]
print(json.dumps(told))
"""


def own_users_allowed():
    """Return whether the kernel gives somebody without rights a network of their own."""
    asked = ["unshare", "--user", "--net", "true"]
    given = {"user": 65534} if os.geteuid() == 0 else {}
    return subprocess.run(asked, capture_output=True, check=False, cwd="/", **given).returncode == 0


def test_who_takes_the_process_over_starts_no_other_and_reaches_nobody():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-I", "-S", "-c", TAKEN_OVER, str(PROGRAM), port]
        done = subprocess.run(command, env={}, capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert told["process"] == "BlockingIOError"
    # Where the kernel refuses, the network stays: docs/architecture.md says so.
    if own_users_allowed():
        assert (told["network"], told["alone"]) == ("OSError", ["lo"])
    else:
        assert told["network"] == "done"
