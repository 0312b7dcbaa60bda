"""One gunicorn with one process on a database of the tests."""

import os

from tests.fixtures.live import ROOT, START_SECONDS
from tests.waiting import wait_until
from workers.embedded.ports import LOOPBACK, answers, free_port
from workers.programs import Program, web


def start_web(servers, given, name):
    """Return a started program and the port at which it answers."""
    port, logs = free_port(), servers.folder / "log"
    program = Program(name, web(ROOT, logs, LOOPBACK, port, 1).arguments, ROOT, logs)
    program.start(os.environ | given)
    wait_until(lambda: answers(port), START_SECONDS)
    return program, port
