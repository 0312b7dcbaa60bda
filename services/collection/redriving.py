"""Messages taken out of quarantine once their cause is gone, by the way of all others (4.2 c).

The same checks, the same key against duplicates, and the instant at which they came. Only messages
of our own protocol: what another one set aside means nothing without what came before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.collection.admission import Accepted, Arrival, admit_all, read_all
from services.collection.intake import ensure_months, look_up, write_messages, write_readings
from services.collection.topics import OWN
from services.data import organizations, quarantine, telemetry
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.telemetry import RowsRefusedError
from services.data.work import Scope
from services.labels import EVERYTHING
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

MOST_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many messages were tried, and how many of them are stored now."""

    tried: int
    stored: int


@dataclass(frozen=True, slots=True)
class _Order:
    """Who has the messages of an organization tried again, and when."""

    actor: Actor
    organization: Organization
    now: datetime


def redrive(actor: Actor, database: Database, organization_id: int, now: datetime) -> Redriven:
    """Try the messages set aside for an organization again, the oldest thousand at a time."""
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, organization.access_path)
        kept = quarantine.waiting(work, organization_id, OWN, MOST_AT_ONCE)
    batch = [Arrival(one.topic, one.payload, one.first_at) for one in kept]
    accepted = _admitted(database, organization, batch)
    order = _Order(actor, organization, now)
    return Redriven(len(batch), _store(database, order, accepted) if accepted else 0)


def _admitted(
    database: Database, organization: Organization, batch: Sequence[Arrival]
) -> list[Accepted]:
    well_formed, refused = read_all(batch)
    accepted, _ = admit_all(well_formed, look_up(database, well_formed, refused))
    mine = organization.organization_id
    return [one for one in accepted if one.row.device.place.organization_id == mine]


def _store(database: Database, order: _Order, accepted: Sequence[Accepted]) -> int:
    """Return how many are stored; a row that the database refuses stays where it is, alone."""
    ensure_months(database, {day for one in accepted for day in one.row.days})
    try:
        with telemetry.told_apart():
            return _store_all(database, order, accepted)
    except RowsRefusedError:
        if len(accepted) == 1:
            return 0
    return sum(_store(database, order, [one]) for one in accepted)


def _store_all(database: Database, order: _Order, accepted: Sequence[Accepted]) -> int:
    organization, person_id = order.organization, order.actor.person_id
    # The place of the one organization that the actor was found to manage the devices of.
    scope = Scope((organization.access_path,), person_id, EVERYTHING)
    with database.work(scope) as work:
        fresh, repeated, _reused = write_messages(work, accepted)
        readings = write_readings(work, fresh)
        taken = [one for one, _ in fresh] + repeated
        digests = [one.origin.arrival.digest for one in taken]
        quarantine.mark_redriven(work, organization.organization_id, digests, order.now)
        told = {"messages": len(taken), "readings": readings}
        resource = f"organization:{organization.organization_id}"
        deed = Deed("redrive_messages", resource, after=told, at=order.now)
        record_deed(work, person_id, organization, deed)
        work.commit()
    return len(taken)
