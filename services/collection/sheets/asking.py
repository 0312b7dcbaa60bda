"""Asking the limited process what stands in a file (4.2 a, 7.2)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zlib
from collections import OrderedDict
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

ROOT = Path(__file__).parents[3]
STARTED = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from services.collection.sheets.program import main; sys.exit(main())"
)
# The process ends by its own limit of processor time before; this is for one that only waits.
WAIT_SECONDS = 40
AT_ONCE = 2
# What was said of the last files is kept, packed: whoever looked at one often puts it in next.
MOST_KEPT = 8 * 1024 * 1024


def ask(content: bytes) -> dict[str, Any] | None:
    """Return what the program says of a file, or None when it was ended by a limit."""
    fingerprint = hashlib.sha256(content).digest()
    said = _answers().get(fingerprint)
    if said is None:
        said = _asked(content)
        if said is None:
            return None
        _answers().keep(fingerprint, said)
    found: dict[str, Any] = json.loads(said)
    return found


def _asked(content: bytes) -> bytes | None:
    # Without our environment and packages: whatever takes it over finds nothing in it.
    command = [sys.executable, "-I", "-S", "-B", "-c", STARTED, str(ROOT)]
    given: dict[str, Any] = {"capture_output": True, "timeout": WAIT_SECONDS, "check": False}
    with _places():
        try:
            done = subprocess.run(command, input=content, env={}, **given)
        except subprocess.TimeoutExpired:
            return None
    return bytes(done.stdout) if done.returncode == 0 else None


class Answers:
    """What was said of the files asked about last, packed, by the SHA-256 of their content."""

    def __init__(self, most_bytes: int = MOST_KEPT) -> None:
        self._most = most_bytes
        self._packed: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, fingerprint: bytes) -> bytes | None:
        """Return what was said of a file, or None where it is not kept any more."""
        with self._lock:
            packed = self._packed.get(fingerprint)
            if packed is None:
                return None
            self._packed.move_to_end(fingerprint)
        return zlib.decompress(packed)

    def keep(self, fingerprint: bytes, said: bytes) -> None:
        """Keep what was said of a file, and forget the oldest until all of it fits."""
        packed = zlib.compress(said, 1)
        with self._lock:
            self._packed[fingerprint] = packed
            self._packed.move_to_end(fingerprint)
            while sum(map(len, self._packed.values())) > self._most:
                self._packed.popitem(last=False)


@cache
def _answers() -> Answers:
    return Answers()


@cache
def _places() -> BoundedSemaphore:
    return BoundedSemaphore(AT_ONCE)
