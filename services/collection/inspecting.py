"""Looking into a file that somebody sent, in a process that can harm nobody (4.2 a, 7.2)."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from services.errors import PlatformError
from services.i18n.texts import t

PROGRAM = Path(__file__).with_name("contents.py")
# The process ends by its own limit of processor time before; this is for one that only waits.
WAIT_SECONDS = 20
AT_ONCE = 2


class HarmfulFileError(PlatformError):
    """The content of a file could harm whoever opens it."""

    text_key = "file_harmful"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("file", value=name, reason=t(f"file_harm.{reason}"))
        self.reason = reason


def look_into(name: str, content: BinaryIO) -> str | None:
    """Return the kind of a file's content, or None; raise HarmfulFileError where it could harm."""
    with _places():
        told = _asked(content)
    if told is None:
        raise HarmfulFileError(name, "limits")
    if "harm" in told:
        raise HarmfulFileError(name, str(told["harm"]))
    return told["kind"]


@cache
def _places() -> BoundedSemaphore:
    return BoundedSemaphore(AT_ONCE)


def _asked(content: BinaryIO) -> dict[str, str | None] | None:
    """Return what the program says of a file, or None when it was ended by a limit."""
    # Without our environment and folders: whatever takes the process over finds nothing in it, has
    # no network where the kernel allows, and can read the file, from its beginning, but not change
    # it.
    command = [sys.executable, "-I", "-S", str(PROGRAM)]
    given: dict[str, Any] = {"capture_output": True, "timeout": WAIT_SECONDS, "check": False}
    try:
        with Path(f"/dev/fd/{content.fileno()}").open("rb") as file:
            done = subprocess.run(command, stdin=file, env={}, **given)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        return None
    found: dict[str, str | None] = json.loads(done.stdout)
    return found
