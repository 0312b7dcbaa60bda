"""Importing a module opens no connection, starts no thread, and reads no setting or clock."""

import ast
import re
import subprocess
import sys

from tests.architecture.sources import MODULES, ROOT, dotted, nodes

SETTINGS = "services.settings"
CLOCK = "services.clock"
# Becomes another program; it has no settings of the platform.
STANDALONE = "workers.embedded.guard"
RUN_BY_OTHERS = re.compile(r"pages\b|services\.data\.migrations\.(env|versions\.\d)")
PROGRAM = """
import socket, threading
socket.socket.connect = socket.socket.bind = None
{imports}
assert threading.active_count() == 1, threading.enumerate()
"""


def test_importing_everything_opens_no_socket_and_starts_no_thread():
    # Pages are run by Dash and migrations by Alembic, which finds them by their number.
    names = [name for name in map(dotted, MODULES) if not RUN_BY_OTHERS.match(name)]
    program = PROGRAM.format(imports="\n".join(f"import {name}" for name in names))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def reads_the_environment(node):
    # What a server hands over with a request is named so too.
    of_request = isinstance(node.value, ast.Name) and node.value.id == "request"
    return node.attr in {"environ", "getenv"} and not of_request


def test_only_settings_reads_the_environment():
    readers = [
        dotted(path)
        for path in MODULES
        if any(map(reads_the_environment, nodes(path, ast.Attribute)))
    ]
    assert set(readers) <= {SETTINGS, STANDALONE}


def asks_the_time(node):
    return (
        node.attr in {"now", "today", "utcnow"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    )


def test_only_the_clock_asks_the_time():
    asked = [
        f"{dotted(path)}:{node.lineno}"
        for path in MODULES
        if dotted(path) != CLOCK
        for node in nodes(path, ast.Attribute)
        if asks_the_time(node)
    ]
    assert asked == []
