"""Looking into the audit trail: for the audit administrator alone, and looking leaves a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services import clock
from services.data import audit
from services.data.audit import AuditQuery, Cursor, FoundEvent
from services.data.engine import Database
from services.data.work import Work
from services.errors import PlatformError
from services.security.masking import masked_address, masked_login, masked_object
from services.security.permissions import Action, Actor, require
from services.security.readings import note_export
from services.security.scopes import scope_for
from services.security.trail import PLATFORM, Deed, record_deed

PAGE, MOST_EXPORTED = 100, 10_000
RESULTS = ("done", "failed", "refused")
CHANNELS = ("web", "api", "command", "mqtt", "job")
TEXTS = ("login", "action", "resource", "channel", "result")
SEARCHED = (*TEXTS, "first", "last", "within")
LONGEST = 200
# Of hours back from now: a month at most.
MOST_HOURS = 744


class AuditQueryError(PlatformError):
    """A part of what is looked for cannot be understood."""

    text_key = "audit_query"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event as it is shown: who (a sign-in name, or nothing), what to what, how it ended."""

    at: datetime
    login: str
    action: str
    resource: str
    result: str
    channel: str
    address: str
    access_path: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    before_digest: str
    after_digest: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Events that fit, the newest first, and where the next page begins; "" at the end."""

    events: tuple[AuditRow, ...]
    following: str


def search(
    actor: Actor,
    database: Database,
    query: AuditQuery,
    after: Cursor | None = None,
    unmasked: bool = False,
) -> AuditPage:
    """Return a page of events and write down who looked for what.

    People and addresses are masked; without masks they are another right and another event.
    """
    require(actor, Action.VIEW_AUDIT)
    if unmasked:
        require(actor, Action.REVEAL_PERSONAL)
    scope = scope_for(actor, Action.VIEW_AUDIT)
    with database.work(scope) as work:
        found = audit.search(work, replace(query, places=scope.access_paths), PAGE + 1, after)
        record_deed(work, actor.person_id, PLATFORM, Deed("search_audit", _words(query)))
        _note_revealed(work, actor, query, unmasked)
        work.commit()
    shown = found[:PAGE]
    following = _cursor_text(shown[-1]) if len(found) > PAGE else ""
    return AuditPage(tuple(_row(each, unmasked) for each in shown), following)


def export(
    actor: Actor, database: Database, query: AuditQuery, unmasked: bool = False
) -> tuple[AuditRow, ...]:
    """Return the events to be written to a file, the newest first, and write down who took them.

    There are at most 10,000; narrow the days for more. Masked as on screen.
    """
    require(actor, Action.EXPORT_AUDIT)
    if unmasked:
        require(actor, Action.REVEAL_PERSONAL)
    scope = scope_for(actor, Action.EXPORT_AUDIT)
    with database.work(scope) as work:
        found = audit.search(work, replace(query, places=scope.access_paths), MOST_EXPORTED)
        deed = Deed("export_audit", _words(query), after={"events": len(found)})
        note_export(work, actor, Action.EXPORT_AUDIT, PLATFORM, deed)
        _note_revealed(work, actor, query, unmasked)
        work.commit()
    return tuple(_row(each, unmasked) for each in found)


def read_query(given: Mapping[str, str]) -> AuditQuery:
    """Return what an address asks for, or raise AuditQueryError; days are those of Shanghai."""
    texts = {name: str(given.get(name) or "").strip()[:LONGEST] for name in TEXTS}
    first, last = _day(given, "first"), _day(given, "last")
    if first and last and last < first:
        raise AuditQueryError("last", value=last)
    begin = _since(given) or (_begin(first) if first else None)
    # The last day belongs to it whole.
    end = _begin(last + timedelta(days=1)) - timedelta(microseconds=1) if last else None
    login, action, resource, channel, result = (texts[name] for name in TEXTS)
    return AuditQuery(begin, end, login, action, resource, channel, result)


def read_cursor(text: str) -> Cursor | None:
    """Return where a page begins, from an address; None for the first."""
    if not text:
        return None
    instant, _, event_id = text.partition(" ")
    try:
        return datetime.fromisoformat(instant), UUID(event_id)
    except ValueError:
        raise AuditQueryError("after", value=text[:LONGEST]) from None


def _note_revealed(work: Work, actor: Actor, query: AuditQuery, unmasked: bool) -> None:
    if unmasked:
        deed = Deed("reveal_personal", _words(query))
        record_deed(work, actor.person_id, PLATFORM, deed)


def _row(found: FoundEvent, unmasked: bool) -> AuditRow:
    event = found.event
    names = [field.name for field in fields(AuditRow) if field.name != "login"]
    row = AuditRow(login=found.login, **{name: getattr(event, name) for name in names})
    if unmasked:
        return row
    return replace(
        row,
        login=masked_login(row.login),
        resource=masked_object(row.action, row.resource),
        address=masked_address(row.address),
    )


def _cursor_text(last: FoundEvent) -> str:
    return f"{last.event.at.isoformat()} {last.event_id}"


def _since(given: Mapping[str, str]) -> datetime | None:
    """Return the instant so many hours ago, where an address asks for that; it moves on."""
    text = str(given.get("within") or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 0 < int(text) <= MOST_HOURS):
        raise AuditQueryError("within", value=text[:LONGEST])
    return clock.now() - timedelta(hours=int(text))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = str(given.get(name) or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise AuditQueryError(name, value=text[:LONGEST]) from None


def _words(query: AuditQuery) -> str:
    wanted = {name: getattr(query, name) for name in (*TEXTS, "first", "last")}
    return " ".join(f"{name}={value}" for name, value in wanted.items() if value)[:LONGEST]
