"""Connectors of organizations as they are kept, with what each fetch brought (4.2 b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

PAUSED, ACTIVE, REMOVED = "paused", "active", "removed"
HOURLY, DAILY = "hour", "day"
THIS_YEAR, LAST_YEAR, BOTH_YEARS = "this", "last", "both"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is fetched, by the clock of China, and for which years."""

    every: str = DAILY
    hour: int = 2
    years: str = THIS_YEAR


@dataclass(frozen=True, slots=True)
class StoredConnector:
    """A connector without its secrets; `started_by` vouches for the rows that it brings."""

    organization_id: int
    connector_id: UUID
    access_path: str
    name: str
    kind: str
    settings: Mapping[str, str]
    schedule: Schedule
    state: str
    failures: int
    next_at: datetime | None
    made_by: int
    made_at: datetime
    started_by: int | None

    @property
    def owner(self) -> str:
        """Return what its secrets are bound to."""
        return f"connector {self.connector_id} of {self.organization_id}"


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a fetch for a year brought; `waiting` rows are wrong, or stand otherwise in the draft.

    `sha256` names the file that was kept, empty where nothing had to be. `error` is told by
    language.
    """

    connector_id: UUID
    at: datetime
    year: int
    state: str
    rows: int = 0
    new_rows: int = 0
    waiting: int = 0
    sha256: str = ""
    error: Mapping[str, str] = field(default_factory=dict)
    fetch_id: UUID = field(default_factory=uuid4)
