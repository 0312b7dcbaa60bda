"""Which events other systems can be told of, and what is said of each."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.data.webhooks import Announced
from services.security.permissions import Action

TABLE = Path(__file__).with_name("events.toml")
# Sent when somebody wants to see whether it arrives; of no entry of the log.
PING = "ping"


@dataclass(frozen=True, slots=True)
class Event:
    """What others call it, the deed behind it, the permission to hear of it, what is passed on."""

    name: str
    deed: str
    permission: Action
    resource: str
    tells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """Every event by name, and the seconds between one try and the next."""

    by_name: Mapping[str, Event]
    retries_s: tuple[int, ...]

    @property
    def by_deed(self) -> Mapping[str, Event]:
        """Return every event by the deed behind it."""
        return {event.deed: event for event in self.by_name.values()}


@cache
def load_events() -> Events:
    """Read the table of events."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    events = [
        Event(**(row | {"permission": Action(row["permission"]), "tells": tuple(row["tells"])}))
        for row in read["event"]
    ]
    return Events({event.name: event for event in events}, tuple(read["retries_s"]))


def told(event: Event, deed: Announced) -> str:
    """Return the body that tells of a deed: what, where and when, and never a figure."""
    data = {
        "organization": {"id": deed.organization_id, "code": deed.code},
        event.resource: deed.resource,
        **{name: deed.after[name] for name in event.tells if name in deed.after},
        "log_position": deed.position,
    }
    return body(event.name, deed.at, data)


def body(name: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Return the body of an event, in the form of Standard Webhooks: type, timestamp, data."""
    whole = {"type": name, "timestamp": at.isoformat(), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
