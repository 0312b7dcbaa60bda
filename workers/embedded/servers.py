"""The embedded servers of a data folder: those whose address the environment does not give."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from services.errors import PlatformError
from workers.embedded.broker import Broker
from workers.embedded.ports import Ports
from workers.embedded.postgres import OWNER, Postgres, cluster_folder
from workers.embedded.secret_files import secret
from workers.embedded.valkey import Valkey

Server = Postgres | Valkey | Broker
LOCK_FILE = "running.lock"


class AlreadyRunningError(PlatformError):
    """Another process keeps the servers of this data folder."""

    text_key = "already_running"


class FolderNotWritableError(PlatformError):
    """The data folder cannot be made or written."""

    text_key = "folder_not_writable"


class NoDatabaseError(PlatformError):
    """The platform never ran with this data folder."""

    text_key = "no_database"


@dataclass(slots=True)
class Servers:
    """The servers to run here; `given` is the environment that may already name some."""

    data_folder: Path
    given: Mapping[str, str]
    by_variable: Mapping[str, Server]

    @classmethod
    def needed(cls, data_folder: Path, given: Mapping[str, str]) -> Servers:
        """Return the servers whose address is not given."""
        wanted: dict[str, Server] = {
            "DATABASE_URL": Postgres(data_folder),
            "REDIS_URL": Valkey(data_folder),
            "MQTT_URL": Broker(data_folder),
        }
        missing = {name: server for name, server in wanted.items() if not given.get(name)}
        return cls(data_folder, given, missing)

    def choose_ports(self) -> None:
        """Settle where each will answer, so that its address can be given before it is up."""
        ports = Ports(self.data_folder / "ports.json")
        for server in self.by_variable.values():
            server.port = ports.port_of(server.name)

    def start(self, tell: Callable[[Server], None]) -> None:
        """Start each in turn and tell when it is up."""
        for server in self.by_variable.values():
            server.start(self.given)
            tell(server)

    def stop(self) -> None:
        """Stop them in reverse order."""
        for server in reversed(list(self.by_variable.values())):
            server.stop()

    def addresses(self) -> dict[str, str]:
        """Return the environment of the platform's own processes; the owner's is not in it."""
        found = dict(self.given)
        for name, server in self.by_variable.items():
            found[name] = server.url() if isinstance(server, Postgres) else server.url
        found["SHUANGTAN_DATA"] = str(self.data_folder)
        if not found.get("SHUANGTAN_SECRET_KEY"):
            found["SHUANGTAN_SECRET_KEY"] = secret(self.data_folder / "secrets", "session-key")
        if not found.get("SHUANGTAN_FACTOR_KEY"):
            found["SHUANGTAN_FACTOR_KEY"] = secret(self.data_folder / "keys", "factor_secrets")
        if not found.get("SHUANGTAN_DEVICE_KEY"):
            found["SHUANGTAN_DEVICE_KEY"] = secret(self.data_folder / "keys", "device_secrets")
        if "DATABASE_URL" in self.by_variable:
            found.setdefault("SHUANGTAN_SAMPLE", "1")
        return found

    def owner_addresses(self) -> dict[str, str]:
        """Return the same environment with the database's owner, for migrations."""
        found = self.addresses()
        database = self.by_variable.get("DATABASE_URL")
        if isinstance(database, Postgres):
            found["DATABASE_OWNER_URL"] = database.url(OWNER)
        return found


def folder_of(given: Mapping[str, str], root: Path) -> Path:
    """Return the data folder, made if need be: SHUANGTAN_DATA, else var/ of the project."""
    folder = _named_folder(given, root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOCK_FILE).touch()
    except OSError as error:
        raise FolderNotWritableError(str(folder), reason=error.strerror or str(error)) from error
    return folder


def refuse_without_database(given: Mapping[str, str], root: Path) -> None:
    """Raise NoDatabaseError where there is none yet, and make nothing."""
    folder = _named_folder(given, root)
    if not given.get("DATABASE_URL") and not cluster_folder(folder).exists():
        raise NoDatabaseError(str(folder))


def _named_folder(given: Mapping[str, str], root: Path) -> Path:
    return (root / (given.get("SHUANGTAN_DATA") or "var")).resolve()


def hold(folder: Path) -> TextIOWrapper:
    """Take the data folder for this process; the returned file holds it while it is open."""
    stream = (folder / LOCK_FILE).open("a", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        stream.close()
        raise AlreadyRunningError(str(folder)) from error
    return stream


@contextmanager
def reach(given: Mapping[str, str], root: Path) -> Iterator[dict[str, str]]:
    """Give the environment in which commands find the servers: running ones, or for the while."""
    folder = folder_of(given, root)
    servers = Servers.needed(folder, given)
    try:
        held = hold(folder)
    except AlreadyRunningError:
        ports = Ports(folder / "ports.json")
        for server in servers.by_variable.values():
            server.port = ports.known(server.name)
        yield servers.owner_addresses()
        return
    with held:
        try:
            servers.start(lambda _server: None)
            yield servers.owner_addresses()
        finally:
            servers.stop()
