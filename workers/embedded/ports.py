"""Loopback ports of the embedded servers: chosen once, remembered, chosen again only if taken."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
_NEVER = threading.Event()


def free_port(host: str = LOOPBACK) -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Return whether a server could listen on the port."""
    with socket.socket() as probe:
        # What the servers do too: a port left in TIME_WAIT by a stopped one is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Return whether somebody listens on the port."""
    try:
        with socket.create_connection((host, port), 0.5):
            return True
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Return whether the condition became true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause(every)
    return True


def pause(seconds: float) -> None:
    """Let time pass; a signal handler may raise out of it."""
    _NEVER.wait(seconds)


@dataclass(frozen=True, slots=True)
class Ports:
    """The remembered ports of one data folder."""

    path: Path

    def port_of(self, name: str, patience: float = 3.0) -> int:
        """Return the server's own port, a new one when another program holds it."""
        known = self._read()
        port = known.get(name)
        # A server of ours that was killed a moment ago may need a moment to let go.
        if port is not None and wait_for(lambda: is_free(port), patience, every=0.05):
            return port
        fresh = free_port()
        self.path.write_text(json.dumps(known | {name: fresh}, indent=1), encoding="utf-8")
        return fresh

    def known(self, name: str) -> int:
        """Return the remembered port of a server, 0 when it never ran."""
        return self._read().get(name, 0)

    def _read(self) -> dict[str, int]:
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return {name: port for name, port in known.items() if isinstance(port, int)}
