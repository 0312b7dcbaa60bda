"""What the platform refuses to start with: open switches, an old Dash, a queue that pickles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Protocol

from services.errors import PlatformError

OLDEST_DASH = (4, 4, 1)
# Each of them opens a way into the process that a platform in use must not have.
OPENING_SWITCHES = ("DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED")
KEYS = ("SHUANGTAN_SECRET_KEY", "SHUANGTAN_FACTOR_KEY", "SHUANGTAN_DEVICE_KEY")
SWITCHED_OFF = ("", "0", "false", "no", "off")
PROBE = ["a", 1]


class UnsafeStartError(PlatformError):
    """A setting or a library would leave a door open."""

    text_key = "unsafe_start"


class Serializer(Protocol):
    """How a queue writes what it carries."""

    def dumps(self, value: Any) -> bytes:
        """Return the value as bytes."""
        ...


def refuse_unsafe(environ: Mapping[str, str]) -> None:
    """Raise UnsafeStartError when a switch or an old Dash would open the platform to strangers."""
    for name in OPENING_SWITCHES:
        value = environ.get(name, "")
        if value.strip().lower() not in SWITCHED_OFF:
            raise UnsafeStartError(name, value=value)
    # Whoever learns one key must not have the other with it.
    keys = [environ[name] for name in KEYS if environ.get(name)]
    if len(set(keys)) < len(keys):
        raise UnsafeStartError(" = ".join(KEYS), value="…")
    found = version("dash")
    if _numbers(found) < OLDEST_DASH:
        raise UnsafeStartError("dash", value=found)


def refuse_pickle(serializer: Serializer) -> None:
    """Raise UnsafeStartError when a queue writes anything but JSON: pickle runs what it reads."""
    try:
        plain = json.loads(serializer.dumps(PROBE)) == PROBE
    except ValueError:
        plain = False
    if not plain:
        raise UnsafeStartError("queue", value=getattr(serializer, "__name__", repr(serializer)))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdecimal())
