"""One's own account: the sessions that are open, and ending them from anywhere (7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import clock
from services.data import sessions
from services.data.work import Scope
from services.errors import NotFoundError
from services.security.agents import browser_and_system
from services.security.door import Door
from services.security.session import ENDED_BY_HAND, Origin, Stage, note, session_at

DONE = Origin()


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One open session as its person sees it; `is_present` is the one that looks."""

    session_id: UUID
    channel: str
    address: str
    browser: str
    system: str
    began_at: datetime
    seen_at: datetime
    is_present: bool
    is_open: bool


def sessions_of(door: Door, token: str) -> list[ListedSession]:
    """Return the open sessions of the session's person, the one used last first."""
    found = session_at(door, token, Stage.OPEN)
    now = clock.now()
    idle = door.profile.idle(found.actor.is_administrator)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        living = sessions.living(work, found.person_id, now)
    return [
        ListedSession(
            one.session_id,
            one.channel,
            one.address,
            *browser_and_system(one.agent),
            one.began_at,
            one.seen_at,
            one.session_id == found.session_id,
            one.stepped_up_at is not None,
        )
        for one in living
        if now - one.seen_at <= idle
    ]


def end_session(door: Door, token: str, session_id: UUID) -> None:
    """End one of one's own sessions, everywhere and at once."""
    found = session_at(door, token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        ended = sessions.end_one(work, found.person_id, session_id, clock.now(), ENDED_BY_HAND)
        if not ended:
            raise NotFoundError("session", value=str(session_id))
        note(work, found.person_id, "end_session", found.login, DONE)
        work.commit()


def end_other_sessions(door: Door, token: str) -> None:
    """End all of one's own sessions but this one."""
    found = session_at(door, token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        now = clock.now()
        sessions.end_others(work, found.person_id, now, found.token_hash, ENDED_BY_HAND)
        note(work, found.person_id, "end_other_sessions", found.login, DONE)
        work.commit()
