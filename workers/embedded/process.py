"""One child process in a group of its own, whose life ends with ours and who writes to a log."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.errors import PlatformError
from workers.embedded.guard import KEEP_USER

GUARD = Path(__file__).with_name("guard.py")
LOG_TAIL_BYTES = 16_000
# How Python and PostgreSQL begin the line that says what was wrong.
REASON = re.compile(r"(\w+\.)*\w*(Error|Exception)(:.*)?$|.*\bFATAL: .*")


class ServerNotStartedError(PlatformError):
    """A server of ours ended or stayed silent instead of answering."""

    text_key = "server_not_started"


@dataclass(frozen=True, slots=True)
class User:
    """The ordinary user that a server becomes when we are root."""

    uid: int = KEEP_USER
    gid: int = KEEP_USER


def guarded(command: Sequence[str], stop_signal: int, user: User) -> list[str]:
    """Return the command as the user's, with a signal that it gets when this process ends."""
    numbers = (os.getpid(), stop_signal, user.uid, user.gid)
    return [sys.executable, "-I", "-S", str(GUARD), *(str(int(n)) for n in numbers), *command]


@dataclass(slots=True)
class Process:
    """A command that can be started, watched, stopped and started again."""

    name: str
    log: Path
    stop_signal: int = signal.SIGTERM
    user: User = field(default_factory=User)
    folder: Path = Path("/")
    _child: subprocess.Popen[bytes] | None = None
    _log_start: int = 0

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the command, detached from the terminal so that Ctrl-C reaches only us."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._log_start = output.tell()
            self._child = subprocess.Popen(
                guarded(command, self.stop_signal, self.user),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(environment),
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """Return the process id while the command runs."""
        return self._child.pid if self._child is not None and self.running else None

    @property
    def running(self) -> bool:
        """Return whether the command was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    @property
    def status(self) -> int | None:
        """Return how the command ended: its exit status, or minus the signal's number."""
        return None if self._child is None else self._child.poll()

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(self.stop_signal)

    def stop(self, seconds: float = 5.0) -> None:
        """Stop the command and everything it started; insist when it does not listen."""
        self.ask_to_stop()
        if self._child is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(seconds)
        self.kill_group()
        self._child.wait()

    def kill_group(self) -> None:
        """Kill whatever is left of the command's process group."""
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """Return the line of the log where the reason of a failure stands, else its last."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(self._log_start, self.log.stat().st_size - LOG_TAIL_BYTES))
                lines = stream.read().decode(errors="replace").strip().splitlines()
        except OSError:
            return ""
        reasons = [line for line in lines if REASON.match(line)]
        return (reasons or lines or [""])[-1]

    def not_started(self) -> ServerNotStartedError:
        """Return the error that says why the command is not up."""
        return ServerNotStartedError(self.name, reason=self.last_words(), log=self.log)
