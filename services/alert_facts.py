"""Alerts as plain values: for data, use cases and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

INFO, WARNING, ERROR = "info", "warning", "error"
# From the least to the worst.
SEVERITIES = (INFO, WARNING, ERROR)
OPEN, ACKNOWLEDGED, RESOLVED = "open", "acknowledged", "resolved"
STATES = (OPEN, ACKNOWLEDGED, RESOLVED)
# What becomes of an alert, as its history tells it.
OPENED, REOPENED, ESCALATED = "opened", "reopened", "escalated"
ASSIGNED, COMMENTED = "assigned", "commented"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it stands. `names` are those of its place, `subject` what it is about.

    Of the subject nothing is told to whom readings are closed. `clear_since` is since when what it
    tells of is over, None while it stands; `owner` is the name of who takes care.
    """

    organization_id: int
    alert_id: UUID
    access_path: str
    names: Mapping[str, str]
    rule: str
    rule_version: int
    severity: str
    key: str
    subject: Mapping[str, Any]
    link: str
    state: str
    opened_at: datetime
    waiting_since: datetime
    seen_at: datetime
    clear_since: datetime | None
    occurrences: int
    owner_id: int | None
    owner: str
    escalated_at: datetime | None
    resolved_at: datetime | None
    resolved_by: int | None

    @property
    def is_standing(self) -> bool:
        """Return whether what it tells of goes on."""
        return self.clear_since is None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One thing that became of an alert; the platform itself did it where `made_by` is empty."""

    kind: str
    at: datetime
    made_by: str
    owner: str
    body: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What first and last showed what an alert tells of: figures by name, with their unit."""

    first_seen: Mapping[str, Any]
    last_seen: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are asked for; empty is all. `state` may be "active": not resolved."""

    organization_id: int | None = None
    state: str = "active"
    severity: str = ""
    rule: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many alerts are not resolved, by severity."""

    by_severity: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self.by_severity.values())

    @property
    def worst(self) -> str:
        """Return the worst severity there is; empty without any."""
        return next((name for name in reversed(SEVERITIES) if self.by_severity.get(name)), "")


@dataclass(frozen=True, slots=True)
class Wish:
    """Where somebody wishes to be told, of which severity on, and in which hours not.

    An empty severity is never. Hours are those of China, the first belongs to it and the last not.
    """

    address: str = ""
    severity: str = ""
    quiet_from: int | None = None
    quiet_until: int | None = None
