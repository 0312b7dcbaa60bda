"""Connectors of an organization: who makes one, who lets it run, and when it is due (4.2 b).

Two people: who manages the firm makes a connector and knows its secrets; who fills in the year lets
it run and vouches for its rows, which come in with that person's rights.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services import clock, jobs
from services.alerts.lifecycle import Condition
from services.alerts.observing import Observation, observe
from services.collection.connectors.kinds import (
    ConnectorFieldError,
    ConnectorKind,
    Kinds,
    split,
)
from services.collection.years import check_year
from services.connectors import (
    ACTIVE,
    BOTH_YEARS,
    DAILY,
    HOURLY,
    LAST_YEAR,
    PAUSED,
    REMOVED,
    THIS_YEAR,
    Fetch,
    Schedule,
    StoredConnector,
)
from services.data import connectors, organizations
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language
from services.jobs import JobQueue
from services.security.actors import actor_of_person
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import JOB, Deed, Sender, record_deed, sent_by

LOG = logging.getLogger(__name__)
LONGEST_NAME, LONGEST_SETTING = 60, 2_000
SHOWN_FETCHES = 50
# A system that failed so often in a row is asked no more until somebody looks at it.
MOST_FAILURES = 3
FAILED = "failed"
EVERY, YEARS = (HOURLY, DAILY), (THIS_YEAR, LAST_YEAR, BOTH_YEARS)


class UnknownKindError(PlatformError):
    """The kind of a connector is none that this platform has now."""

    text_key = "connector_kind"


@dataclass(frozen=True, slots=True)
class ConnectorOrder:
    """A connector as it was typed: `given` are settings and secrets by name."""

    name: str
    kind: str
    given: Mapping[str, str]
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class ConnectorsView:
    """The connectors of an organization with their newest fetches, and what the actor may do."""

    organization: Organization
    connectors: tuple[StoredConnector, ...]
    fetches: tuple[Fetch, ...]
    may_manage: bool
    may_start: bool


def kind_of(kinds: Kinds, name: str) -> ConnectorKind:
    """Return a kind, or raise UnknownKindError: its extension may be gone."""
    if name not in kinds:
        raise UnknownKindError("kind", value=name[:40])
    return kinds[name]


def view_of(actor: Actor, database: Database, organization_id: int) -> ConnectorsView:
    """Return the connectors of an organization and what they brought lately."""
    with database.work(scope_for(actor, Action.VIEW_CONNECTORS)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_CONNECTORS, subject.access_path)
        return ConnectorsView(
            subject,
            connectors.of_organization(work, organization_id),
            connectors.fetches(work, organization_id, SHOWN_FETCHES),
            actor.may(Action.MANAGE_CONNECTORS, subject.access_path),
            actor.may(Action.EDIT_ACTIVITY, subject.access_path),
        )


def make(
    actor: Actor, database: Database, kinds: Kinds, organization_id: int, order: ConnectorOrder
) -> UUID:
    """Make a connector that does not run yet, with its secrets sealed; return its id."""
    settings, secrets = _checked(kinds, order)
    with database.work(scope_for(actor, Action.MANAGE_CONNECTORS)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_CONNECTORS, subject.access_path)
        new = _new(actor, subject, order, settings)
        connectors.add(work, subject, new)
        connectors.seal(work, new, secrets)
        _record(work, actor, new, "make_connector")
        work.commit()
    return new.connector_id


def change(
    actor: Actor, database: Database, kinds: Kinds, held: tuple[int, UUID], order: ConnectorOrder
) -> None:
    """Change a connector and pause it: who let it run did so for other settings.

    Secrets are told anew with every change, else whoever changes the address would have them sent
    to himself.
    """
    settings, secrets = _checked(kinds, order)
    with database.work(scope_for(actor, Action.MANAGE_CONNECTORS)) as work:
        found = _held(work, actor, Action.MANAGE_CONNECTORS, held)
        told = {"name": order.name.strip(), "kind": order.kind, "settings": settings}
        rests = {"state": PAUSED, "next_at": None, "started_by": None, "failures": 0}
        connectors.write(work, found, **told, **asdict(order.schedule), **rests)
        connectors.seal(work, found, secrets)
        new = connectors.get(work, *held)
        _record(work, actor, new, "change_connector", found)
        observe(work, [_seen(new, Condition.CLEAR)], clock.now())
        work.commit()


def start(actor: Actor, database: Database, held: tuple[int, UUID], now: datetime) -> None:
    """Let a connector run by its schedule, its rows coming in with the rights of the actor."""
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        found = _held(work, actor, Action.EDIT_ACTIVITY, held)
        at = next_after(found.schedule, now)
        values = {"state": ACTIVE, "next_at": at, "failures": 0}
        connectors.write(work, found, **values, started_by=actor.person_id)
        _record(work, actor, connectors.get(work, *held), "start_connector", found)
        observe(work, [_seen(found, Condition.CLEAR)], now)
        work.commit()


def pause(actor: Actor, database: Database, held: tuple[int, UUID]) -> None:
    """Let a connector rest, for who fills in the year or who manages the firm."""
    action = Action.VIEW_CONNECTORS
    with database.work(scope_for(actor, action)) as work:
        found = _held(work, actor, action, held)
        connectors.write(work, found, state=PAUSED, next_at=None)
        _record(work, actor, connectors.get(work, *held), "pause_connector", found)
        work.commit()


def remove(actor: Actor, database: Database, held: tuple[int, UUID]) -> None:
    """Remove a connector with its secrets; what it brought stays."""
    with database.work(scope_for(actor, Action.MANAGE_CONNECTORS)) as work:
        found = _held(work, actor, Action.MANAGE_CONNECTORS, held)
        values = {"state": REMOVED, "next_at": None, "secrets": None}
        connectors.write(work, found, **values)
        _record(work, actor, replace(found, state=REMOVED), "remove_connector", found)
        observe(work, [_seen(found, Condition.CLEAR)], clock.now())
        work.commit()


def order_look(
    actor: Actor, database: Database, queue: JobQueue, held: tuple[int, UUID], year: int
) -> UUID:
    """Order a fetch of which nothing is imported: its file is kept for the year, to be looked at.

    Return the id of the job.
    """
    check_year(year)
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        found = _held(work, actor, Action.EDIT_ACTIVITY, held)
        arguments = _arguments(found) | {"year": year}
        ordered = jobs.order_job(work, actor, jobs.FETCH, arguments, f"look:{uuid4()}")
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered.job_id


def order_due(database: Database, queue: JobQueue, now: datetime) -> int:
    """Order the fetches whose time has come; return how many."""
    with database.work(SYSTEM_SCOPE) as work:
        found = connectors.due(work, now)
    return sum(_order(database, queue, each, now) for each in found)


def next_after(schedule: Schedule, now: datetime) -> datetime:
    """Return when something is fetched next: at the next full hour, or at the hour of the day."""
    local = now.astimezone(clock.SHANGHAI)
    hour = local.replace(minute=0, second=0, microsecond=0)
    if schedule.every == HOURLY:
        return hour + timedelta(hours=1)
    at = hour.replace(hour=schedule.hour)
    return at if at > local else at + timedelta(days=1)


def years_of(schedule: Schedule, now: datetime) -> tuple[int, ...]:
    """Return the years that are fetched at an instant, the earlier first."""
    this = now.astimezone(clock.SHANGHAI).year
    years = {THIS_YEAR: (this,), LAST_YEAR: (this - 1,), BOTH_YEARS: (this - 1, this)}
    return years[schedule.years]


def note_failure(work: Work, held: StoredConnector, found: Fetch, error: PlatformError) -> None:
    """Write down that a fetch failed; the third in a row lets the connector rest."""
    connectors.add_fetch(work, held, replace(found, state=FAILED, error=told_of(error)))
    failures = held.failures + 1
    connectors.write(work, held, failures=failures)
    if failures >= MOST_FAILURES and held.state == ACTIVE:
        connectors.write(work, held, state=PAUSED, next_at=None)
        deed = Deed("pause_connector", str(held.connector_id), after={"failures": failures})
        record_deed(work, None, held, deed)
        observe(work, [_seen(held, Condition.STANDS)], clock.now())


def _seen(held: StoredConnector, found: Condition) -> Observation:
    """Return how a connector was found: at rest because the other system fails, or not so."""
    return Observation(
        place=held,
        rule="connector.paused",
        about=f"connector:{held.connector_id}",
        found=found,
        subject={"zh-CN": held.name, "en": held.name},
        link=f"/collection/connectors?organization={held.organization_id}",
    )


def told_of(error: PlatformError) -> dict[str, str]:
    """Return an error in each language."""
    told = {}
    for language in LANGUAGES:
        with use_language(language):
            told[language] = str(error)
    return told


def _order(database: Database, queue: JobQueue, due: StoredConnector, now: datetime) -> bool:
    key = f"fetch:{due.connector_id}:{due.next_at and due.next_at.isoformat()}"
    following = next_after(due.schedule, now)
    try:
        actor = actor_of_person(database, int(due.started_by or 0))
        with database.work(SYSTEM_SCOPE) as work:
            ordered = jobs.order_by_platform(work, actor, jobs.FETCH, _arguments(due), key)
            connectors.write(work, due, next_at=following)
            work.commit()
    except PlatformError as error:
        # Whoever let it run may not any more.
        LOG.warning("Connector %s was not run: %s", due.connector_id, error)
        with sent_by(Sender(JOB)), database.work(SYSTEM_SCOPE) as work:
            connectors.write(work, due, next_at=following)
            year = years_of(due.schedule, now)[-1]
            note_failure(work, due, Fetch(due.connector_id, now, year, FAILED), error)
            work.commit()
        return False
    queue.enqueue(ordered.job_id)
    return True


def _arguments(held: StoredConnector) -> dict[str, object]:
    return {"organization_id": held.organization_id, "connector_id": str(held.connector_id)}


def _checked(kinds: Kinds, order: ConnectorOrder) -> tuple[dict[str, str], dict[str, str]]:
    name, schedule = order.name.strip(), order.schedule
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise ConnectorFieldError("name", value=name[:40])
    for key, known in (("every", EVERY), ("years", YEARS), ("hour", range(24))):
        if getattr(schedule, key) not in known:
            raise ConnectorFieldError(key, value=str(getattr(schedule, key))[:40])
    for key, value in order.given.items():
        if len(value) > LONGEST_SETTING:
            raise ConnectorFieldError(key, value=len(value))
    kind = kind_of(kinds, order.kind)
    settings, secrets = split(kind, order.given)
    kind.check(settings)
    return settings, secrets


def _new(
    actor: Actor, subject: Organization, order: ConnectorOrder, settings: Mapping[str, str]
) -> StoredConnector:
    return StoredConnector(
        organization_id=subject.organization_id,
        connector_id=uuid4(),
        access_path=subject.access_path,
        name=order.name.strip(),
        kind=order.kind,
        settings=settings,
        schedule=order.schedule,
        state=PAUSED,
        failures=0,
        next_at=None,
        made_by=actor.person_id,
        made_at=clock.now(),
        started_by=None,
    )


def _held(work: Work, actor: Actor, action: Action, held: tuple[int, UUID]) -> StoredConnector:
    found = connectors.get(work, *held)
    require(actor, action, found.access_path)
    return found


def _record(
    work: Work,
    actor: Actor,
    new: StoredConnector,
    action: str,
    old: StoredConnector | None = None,
) -> None:
    before = _told(old) if old else {}
    deed = Deed(action, str(new.connector_id), before=before, after=_told(new))
    record_deed(work, actor.person_id, new, deed)


def _told(found: StoredConnector) -> dict[str, object]:
    """Return what the trail keeps: everything but secrets."""
    told = {"name": found.name, "kind": found.kind, "state": found.state}
    return {**told, **asdict(found.schedule), "settings": dict(found.settings)}
