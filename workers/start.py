"""One start of the platform: servers, migrations, our processes, and what is told meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, t, use_language
from services.refusals import refuse_unsafe
from services.settings import Settings, environment
from workers import programs
from workers.embedded.ports import is_free, wait_for
from workers.embedded.postgres import Postgres
from workers.embedded.servers import Server, Servers, folder_of, hold
from workers.lines import write_log
from workers.programs import Program
from workers.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[1]
FIRST_PAGE_SECONDS = 60.0


class PortTakenError(PlatformError):
    """Another program listens where the platform wants to."""

    text_key = "port_taken"


class StopAskedError(BaseException):
    """Ctrl-C or SIGTERM; no error, so nothing that catches errors may catch it."""


@dataclass(slots=True)
class Start:
    """One start of the platform, step by step; what is up so far is stopped on any way out."""

    servers: Servers
    programs: list[Program] = field(default_factory=list)

    def run(self) -> None:
        """Start everything, tell the address, and watch until asked to stop."""
        supervisor = Supervisor(self.servers, self.programs)
        try:
            self.check()
            # Loading the web takes as long as making the database; it says 503 until that is done.
            web = self.start_web()
            self.servers.start(tell_server)
            supervisor.move_programs()
            settings = self.settings()
            prepare_database(settings)
            wait_for_web(web, settings)
            say("running.address", url=address(settings))
            tell_passwords(settings)
            self.start_background(settings)
            supervisor.watch()
        finally:
            ignore_signals()
            supervisor.stop()

    def check(self) -> None:
        """Refuse before anything is started what cannot or must not be started."""
        refuse_unsafe(self.servers.given)
        settings = self.settings()
        check_port(settings)
        if settings.extensions:
            # Only then: it loads somebody else's code, and the standards' data.
            from services.extensions import refuse_broken

            refuse_broken(settings.extensions)

    def settings(self) -> Settings:
        """Return the settings of this start, with the addresses of our servers."""
        return Settings.from_environment(self.servers.owner_addresses())

    def start_web(self) -> Program:
        """Start the web server, which becomes ready in its own time."""
        self.servers.choose_ports()
        settings = self.settings()
        server = programs.web(
            ROOT,
            self.servers.data_folder / "log",
            settings.host,
            settings.port,
            settings.web_processes,
        )
        server.arguments += ("--log-level", settings.log_level.lower())
        self.programs.append(server)
        server.start(self.servers.addresses())
        return server

    def start_background(self, settings: Settings) -> None:
        """Start workers, listeners and scheduler."""
        wanted = {"stations": bool(settings.hj212), "nodes": settings.sparkplug}
        more = [name for name, is_wanted in wanted.items() if is_wanted]
        logs = self.servers.data_folder / "log"
        for program in programs.background(ROOT, logs, settings.workers, more=more):
            self.programs.append(program)
            program.start(self.servers.addresses())


def run_platform() -> None:
    """Run the platform of this environment until it is told to stop."""
    given = environment()
    folder = folder_of(given, ROOT)
    log_to(folder, given)
    with hold(folder), signals_raise():
        try:
            Start(Servers.needed(folder, given)).run()
        except StopAskedError:
            say("running.stopped")


def prepare_database(settings: Settings) -> None:
    """Bring schema and base data up to date."""
    # Imported while the web server loads, not before it is started: it takes half a second.
    from services.data.sealing import Sealing
    from services.preparation import bring_up_to_date

    bring_up_to_date(settings.database_owner_url, Sealing(settings.device_secrets))
    say("running.data_ready")


def tell_passwords(settings: Settings) -> None:
    """Print the one-time passwords of a first start, each as soon as it holds."""
    from services.preparation import people_of_first_start

    told = False
    for person in people_of_first_start(settings):
        if not told:
            say("running.passwords")
        told = True
        print_line(f"    {person.login:<24} {person.password}")
    if told:
        say("running.passwords_once")


def wait_for_web(web: Program, settings: Settings) -> None:
    """Wait for the first healthy answer, or raise when the web server gives up."""
    if not wait_for(
        lambda: answers(settings) or not web.process.running, FIRST_PAGE_SECONDS, every=0.05
    ):
        raise web.process.not_started()
    if not web.process.running:
        raise web.process.not_started()


def address(settings: Settings) -> str:
    """Return what to open in the browser; a passkey needs a name, not an IP address."""
    if settings.site:
        return settings.site
    local = settings.host in ("127.0.0.1", "0.0.0.0", "localhost", "::1", "::")
    return f"http://{'localhost' if local else settings.host}:{settings.port}"


def check_port(settings: Settings) -> None:
    """Raise PortTakenError when another program listens on the platform's port."""
    if not is_free(settings.port, settings.host):
        raise PortTakenError("SHUANGTAN_PORT", value=settings.port)


def answers(settings: Settings) -> bool:
    """Return whether the web server gives a healthy answer."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/healthz", timeout=10) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def tell_server(server: Server) -> None:
    """Say that a server is up, and where PostgreSQL keeps its data when not in the data folder."""
    say(f"running.server_ready.{server.name}")
    if isinstance(server, Postgres) and not server.cluster.is_relative_to(server.data_folder):
        say("running.cluster_elsewhere", folder=server.cluster)


def say(key: str, **values: object) -> None:
    """Print a line of progress in both languages, Chinese first."""
    parts = []
    for language in LANGUAGES:
        with use_language(language):
            parts.append(t(key, **values))
    print_line(" · ".join(dict.fromkeys(parts)))


def print_line(line: str) -> None:
    """Print for the person at the terminal; a closed terminal does not stop the platform."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for good


def log_to(folder: Path, given: dict[str, str]) -> None:
    """Write the supervisor's own log beside those of its children."""
    (folder / "log").mkdir(exist_ok=True)
    write_log(given.get("SHUANGTAN_LOG_LEVEL", "INFO"), folder / "log" / "supervisor.log")


@contextmanager
def signals_raise() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM raise StopAskedError wherever we are."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup asks us to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT:
            signal.signal(number, _raise_stop)
    yield


def _raise_stop(_number: int, _frame: Any) -> NoReturn:
    raise StopAskedError


def ignore_signals() -> None:
    """Let nobody interrupt the stopping, which ends by itself in seconds."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
