"""The platform's own processes: how each is started and stopped."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workers.embedded.process import Process


@dataclass(slots=True)
class Program:
    """One process of ours, run by this Python in the project's folder."""

    name: str
    arguments: tuple[str, ...]
    root: Path
    log_folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: Process | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it; whether it stays up is watched by the supervisor."""
        self.environment = environment
        log = self.log_folder / f"{self.name}.log"
        self._process = Process(self.name, log, folder=self.root)
        self._process.start([sys.executable, *self.arguments], environment)

    @property
    def process(self) -> Process:
        """Return the process; it exists from start() on."""
        assert self._process is not None
        return self._process

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once."""
        if self._process is not None:
            self._process.ask_to_stop()

    def stop(self) -> None:
        """Stop it and everything it started."""
        if self._process is not None:
            self._process.stop()


def web(root: Path, log_folder: Path, host: str, port: int, processes: int) -> Program:
    """Return the web server."""
    arguments = ["-m", "gunicorn", "-c", "python:workers.web", "app:create_server()"]
    arguments += ["-b", f"{host}:{port}", "-w", str(processes)]
    return Program("web", tuple(arguments), root, log_folder)


def background(
    root: Path, log_folder: Path, workers: int, *, more: Sequence[str] = ()
) -> list[Program]:
    """Return the listener, the scheduler, more listeners by name, and as many workers as wanted."""
    numbers = [""] if workers == 1 else [f"-{number}" for number in range(1, workers + 1)]
    modules = [(f"worker{number}", "workers.queue_worker") for number in numbers]
    modules += [("listener", "workers.listener"), ("scheduler", "workers.schedule")]
    modules += [(name, f"workers.{name}") for name in more]
    return [Program(name, ("-m", module), root, log_folder) for name, module in modules]
