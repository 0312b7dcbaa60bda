"""Working on alerts: see them, take them over, say what was found, and close them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services import clock
from services.alert_facts import (
    ACKNOWLEDGED,
    ASSIGNED,
    COMMENTED,
    OPEN,
    RESOLVED,
    Alert,
    AlertEvent,
    AlertFilter,
    Evidence,
    OpenCount,
)
from services.data import alert_lists
from services.data import alerts as rows
from services.data.alert_lists import Before
from services.data.alerts import Held, NewEvent
from services.data.engine import Database
from services.data.work import Work
from services.errors import ConflictError, NotFoundError, PlatformError
from services.security.permissions import PERMISSIONS, Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

LONGEST = 1_000
Which = tuple[int, UUID]
_HANDLING = frozenset(
    role.value for role, actions in PERMISSIONS.items() if Action.HANDLE_ALERTS in actions
)


class AlertStandsError(ConflictError):
    """What the alert tells of goes on, so that it cannot be closed."""

    text_key = "alert_stands"


class AlertResolvedError(ConflictError):
    """The alert was resolved before."""

    text_key = "alert_resolved"


class AlertWordsError(PlatformError):
    """A comment or a reason is missing, or longer than what others will read."""

    text_key = "alert_words"


@dataclass(frozen=True, slots=True)
class AlertsView:
    """A page of alerts, how many are open by severity, and the places that have any."""

    alerts: tuple[Alert, ...]
    has_more: bool
    count: OpenCount
    places: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert with what became of it; without readings where they are not open to the actor."""

    alert: Alert
    events: tuple[AlertEvent, ...]
    evidence: Evidence | None
    sees_readings: bool
    may_handle: bool
    people: Mapping[int, str]


def alerts_of(
    actor: Actor, database: Database, wanted: AlertFilter, before: Before | None, limit: int
) -> AlertsView:
    """Return a page of the alerts that the actor may see, the one opened last first."""
    require(actor, Action.VIEW_ALERTS)
    with database.work(scope_for(actor, Action.VIEW_ALERTS)) as work:
        found = alert_lists.page(work, wanted, before, limit + 1)
        count = alert_lists.open_count(work)
        places = alert_lists.places(work)
    shown = tuple(_shown(actor, each) for each in found[:limit])
    return AlertsView(shown, len(found) > limit, count, places)


def open_count(actor: Actor, database: Database) -> OpenCount:
    """Return how many alerts are open where the actor may see them."""
    with database.work(scope_for(actor, Action.VIEW_ALERTS)) as work:
        return alert_lists.open_count(work)


def alert_of(actor: Actor, database: Database, which: Which) -> AlertView:
    """Return an alert with its history, and its figures where the actor may read telemetry."""
    with database.work(scope_for(actor, Action.VIEW_ALERTS)) as work:
        found = alert_lists.get(work, *which)
        require(actor, Action.VIEW_ALERTS, found.access_path)
        events = alert_lists.events_of(work, found)
        people = alert_lists.people_at(work, which[0], _HANDLING, clock.today())
    may_handle = actor.may(Action.HANDLE_ALERTS, found.access_path)
    sees = actor.may(Action.VIEW_TELEMETRY, found.access_path)
    evidence = _evidence(actor, database, found) if sees else None
    shown, told = _shown(actor, found), events if _names_people(actor, found) else ()
    return AlertView(shown, told, evidence, sees, may_handle, people if may_handle else {})


def acknowledge(actor: Actor, database: Database, which: Which, now: datetime) -> None:
    """Take notice of an alert and take care of it."""
    with database.work(scope_for(actor, Action.HANDLE_ALERTS)) as work:
        found = _unresolved(work, actor, which, now)
        if found.state != OPEN:
            return
        rows.acknowledge(work, found, actor.person_id)
        _note(work, actor, found, NewEvent(ACKNOWLEDGED, now, actor.person_id, actor.person_id))
        work.commit()


def assign(actor: Actor, database: Database, which: Which, owner_id: int, now: datetime) -> None:
    """Let somebody who may handle alerts of the organization take care of one."""
    with database.work(scope_for(actor, Action.HANDLE_ALERTS)) as work:
        found = _unresolved(work, actor, which, now)
        known = alert_lists.people_at(work, which[0], _HANDLING, clock.today())
        if owner_id not in known and owner_id != actor.person_id:
            raise NotFoundError("person", value=owner_id)
        rows.acknowledge(work, found, owner_id)
        _note(work, actor, found, NewEvent(ASSIGNED, now, actor.person_id, owner_id))
        work.commit()


def comment(actor: Actor, database: Database, which: Which, body: str, now: datetime) -> None:
    """Say something about an alert."""
    said = _said("comment", body)
    with database.work(scope_for(actor, Action.HANDLE_ALERTS)) as work:
        found = _held(work, actor, which, now)
        _note(work, actor, found, NewEvent(COMMENTED, now, actor.person_id, body=said))
        work.commit()


def resolve(actor: Actor, database: Database, which: Which, reason: str, now: datetime) -> None:
    """Close an alert whose cause is over, with what it was; the trail keeps who said so."""
    said = _said("reason", reason)
    with database.work(scope_for(actor, Action.HANDLE_ALERTS)) as work:
        found = _unresolved(work, actor, which, now)
        if found.clear_since is None:
            raise AlertStandsError("state", value=found.rule)
        rows.resolve(work, found, actor.person_id, now)
        _note(work, actor, found, NewEvent(RESOLVED, now, actor.person_id, body=said))
        work.commit()


def _names_people(actor: Actor, found: Alert) -> bool:
    # A wall hangs where anybody may read it.
    return actor.may(Action.VIEW_ORGANIZATION, found.access_path)


def _shown(actor: Actor, found: Alert) -> Alert:
    """Return an alert without the name of who takes care, for whom that is none of his."""
    return found if _names_people(actor, found) else replace(found, owner="", owner_id=None)


def _evidence(actor: Actor, database: Database, found: Alert) -> Evidence | None:
    with database.work(scope_for(actor, Action.VIEW_TELEMETRY)) as work:
        evidence = alert_lists.evidence_of(work, found)
    if evidence is not None:
        deed = Deed("view_alert", str(found.alert_id))
        note_view(database, actor, Action.VIEW_TELEMETRY, found, deed)
    return evidence


def _held(work: Work, actor: Actor, which: Which, now: datetime) -> Held:
    found = alert_lists.get(work, *which)
    require(actor, Action.HANDLE_ALERTS, found.access_path)
    return rows.held(work, which, now)


def _unresolved(work: Work, actor: Actor, which: Which, now: datetime) -> Held:
    found = _held(work, actor, which, now)
    if found.state == RESOLVED:
        raise AlertResolvedError("state", value=found.rule)
    return found


def _note(work: Work, actor: Actor, found: Held, event: NewEvent) -> None:
    rows.add_events(work, [(found, found.alert_id, event)])
    told = {"rule": found.rule, "owner": event.owner_id, "said": event.body}
    after = {name: value for name, value in told.items() if value}
    deed = Deed(f"alert_{event.kind}", str(found.alert_id), after=after, at=event.at)
    record_deed(work, actor.person_id, found, deed)


def _said(name: str, text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise AlertWordsError(name, value=len(said), most=LONGEST)
    return said
