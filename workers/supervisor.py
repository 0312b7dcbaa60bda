"""Keeps every process of the platform alive and stops them in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from workers.embedded.ports import pause
from workers.embedded.process import ServerNotStartedError
from workers.embedded.servers import Server, Servers
from workers.programs import Program

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
# A process that lived this long before it ended starts again without waiting.
STEADY_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


@dataclass(slots=True)
class Watched:
    """A process with its history of failures."""

    what: Server | Program
    started_at: float = field(default_factory=time.monotonic)
    failures: int = 0
    again_at: float | None = None

    def note_end(self, now: float) -> None:
        """Plan the next start: at once the first time, later and later after that."""
        self.failures = 0 if now - self.started_at > STEADY_SECONDS else self.failures + 1
        patience = min(FIRST_WAIT_SECONDS * 2 ** (self.failures - 1), LONGEST_WAIT_SECONDS)
        wait = patience if self.failures > 1 else 0.0
        self.again_at = now + wait
        # What it had started itself must not live on beside its successor.
        self.what.process.kill_group()
        status = self.what.process.status
        LOG.warning("%s ended with %s; starts again in %.1f s", self.what.name, status, wait)

    def restart(self, environment: Mapping[str, str]) -> bool:
        """Start it again; return whether it came up."""
        self.started_at, self.again_at = time.monotonic(), None
        try:
            self.what.start(environment)
        except ServerNotStartedError as error:
            LOG.warning("%s", error)
            return False
        return True


@dataclass(slots=True)
class Supervisor:
    """The servers and programs that run now; watch() returns only by an exception."""

    servers: Servers
    programs: list[Program]
    watched: list[Watched] = field(default_factory=list)

    def watch(self) -> None:
        """Look at every process several times a second and start again what ended."""
        known = [*self.servers.by_variable.values(), *self.programs]
        self.watched = [Watched(what) for what in known]
        while True:
            self.look(self.servers.addresses())
            self.move_programs()
            pause(LOOK_SECONDS)

    def look(self, addresses: Mapping[str, str]) -> None:
        """Start again what has ended and whose waiting time is over."""
        for one in self.watched:
            now = time.monotonic()
            if one.what.process.running:
                continue
            if one.again_at is None:
                one.note_end(now)
            elif now >= one.again_at and one.restart(addresses):
                LOG.warning("%s runs again as %s", one.what.name, one.what.process.pid)

    def move_programs(self) -> None:
        """Start again what was given an address that a server no longer has.

        Another program can take the port of a server that is down, or not up yet.
        """
        addresses = self.servers.addresses()
        for program in self.programs:
            if program.environment != addresses:
                LOG.warning("An address has changed; %s starts again", program.name)
                program.stop()
                program.start(addresses)

    def stop(self) -> None:
        """Stop the programs together, then the servers they used."""
        for program in self.programs:
            program.ask_to_stop()
        for program in self.programs:
            program.stop()
        self.servers.stop()
