"""Messages that were set aside, and those that were taken in again (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from services.data.telemetry_tables import quarantine
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it came, with the instant it first arrived."""

    topic: str
    payload: bytes
    first_at: datetime


def waiting(work: Work, organization_id: int, begins: str, limit: int) -> tuple[Kept, ...]:
    """Return the messages that are kept whole and not taken in yet, the oldest first.

    Only those whose topic begins so: what another protocol set aside would take their place.
    """
    query = (
        select(quarantine.c.topic, quarantine.c.payload, quarantine.c.first_at)
        .where(quarantine.c.organization_id == organization_id)
        .where(quarantine.c.redriven_at.is_(None))
        .where(quarantine.c.topic.startswith(begins, autoescape=True))
        .where(func.length(quarantine.c.payload) == quarantine.c.size)
        .order_by(quarantine.c.first_at, quarantine.c.digest)
        .limit(limit)
    )
    return tuple(
        Kept(row.topic, bytes(row.payload), row.first_at) for row in work.connection.execute(query)
    )


def mark_redriven(work: Work, organization_id: int, digests: Sequence[bytes], at: datetime) -> None:
    """Note that these messages were taken in; they are shown no more."""
    work.connection.execute(
        update(quarantine)
        .where(quarantine.c.organization_id == organization_id)
        .where(quarantine.c.digest.in_(digests))
        .values(redriven_at=at)
    )
