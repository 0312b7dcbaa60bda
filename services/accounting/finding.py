"""Totals that disagree, as pages show them (5.2.1 b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.data.findings import StoredFinding


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference as it stands; resolved when somebody gave a reason."""

    finding_id: UUID
    year: int
    invariant: str
    part: str
    expected: float
    found: float
    found_at: datetime
    resolved_by: str
    resolved_at: datetime | None
    reason: str

    @property
    def is_open(self) -> bool:
        """Return whether nobody has resolved it yet."""
        return self.resolved_at is None


def finding_of(stored: StoredFinding) -> Finding:
    """Return a stored finding as it is shown."""
    return Finding(**{name: getattr(stored, name) for name in Finding.__dataclass_fields__})
