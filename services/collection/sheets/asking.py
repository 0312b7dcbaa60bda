"""Asking the limited process what stands in a file (4.2 a, 7.2)."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

ROOT = Path(__file__).parents[3]
STARTED = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from services.collection.sheets.program import main; sys.exit(main())"
)
# The process ends by its own limit of processor time before; this is for one that only waits.
WAIT_SECONDS = 40
AT_ONCE = 2


def ask(content: bytes) -> dict[str, Any] | None:
    """Return what the program says of a file, or None when it was ended by a limit."""
    # Without our environment and packages: whatever takes it over finds nothing in it.
    command = [sys.executable, "-I", "-S", "-B", "-c", STARTED, str(ROOT)]
    given: dict[str, Any] = {"capture_output": True, "timeout": WAIT_SECONDS, "check": False}
    with _places():
        try:
            done = subprocess.run(command, input=content, env={}, **given)
        except subprocess.TimeoutExpired:
            return None
    if done.returncode != 0:
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@cache
def _places() -> BoundedSemaphore:
    return BoundedSemaphore(AT_ONCE)
