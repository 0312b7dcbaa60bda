"""Sessions of others: who is signed in, and ending that at once, by the security administrator.

Sessions belong to the platform, not to a place, so nobody with less than the whole sees them;
the manager of a firm ends what his people may do by taking their roles back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import clock
from services.data import people, session_lists, sessions
from services.data.engine import ROOT_PATH
from services.data.session_lists import LivingSession
from services.data.work import Scope
from services.errors import NotFoundError
from services.security.agents import browser_and_system
from services.security.door import Door
from services.security.masking import masked_address
from services.security.permissions import ADMINISTRATORS, Action, Actor, Role, require
from services.security.scopes import scope_for
from services.security.session import ENDED_BY_HAND
from services.security.trail import PLATFORM, Deed, record_deed

MOST = 1000


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Somebody else's session: whose, with which roles, from where, and on what."""

    session_id: UUID
    login: str
    name: str
    roles: tuple[Role, ...]
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    system: str
    is_open: bool


def open_sessions(actor: Actor, door: Door) -> tuple[OpenSession, ...]:
    """Return the sessions of others that are alive, the one used last first."""
    require(actor, Action.MANAGE_SESSIONS, ROOT_PATH)
    now = clock.now()
    with door.database.work(scope_for(actor, Action.MANAGE_SESSIONS)) as work:
        found = session_lists.living(work, now, MOST)
        held = session_lists.roles_of(work, [one.person_id for one in found], clock.today())
    others = [one for one in found if one.person_id != actor.person_id]
    listed = [_listed(one, tuple(map(Role, held.get(one.person_id, ())))) for one in others]
    return tuple(one for one in listed if now - one.seen_at <= door.profile.idle(_is_admin(one)))


def end_session_of(actor: Actor, door: Door, session_id: UUID) -> str:
    """End one session of somebody else, everywhere and at once; return whose it was."""
    found = next((s for s in open_sessions(actor, door) if s.session_id == session_id), None)
    if found is None:
        raise NotFoundError("session", value=session_id)
    with door.database.work(Scope(person_id=actor.person_id)) as work:
        person = people.by_login(work, found.login)
        number = person.person_id if person else 0
        if not sessions.end_one(work, number, session_id, clock.now(), ENDED_BY_HAND):
            raise NotFoundError("session", value=session_id)
        deed = Deed("end_session_of", found.login, after={"session": str(session_id)})
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()
    return found.login


def end_sessions_of(actor: Actor, door: Door, login: str) -> None:
    """End every session of somebody else."""
    require(actor, Action.MANAGE_SESSIONS, ROOT_PATH)
    with door.database.work(Scope(person_id=actor.person_id)) as work:
        person = people.by_login(work, login.strip().lower())
        if person is None or person.person_id == actor.person_id:
            raise NotFoundError("login", value=login)
        sessions.end_others(work, person.person_id, clock.now(), why=ENDED_BY_HAND)
        record_deed(work, actor.person_id, PLATFORM, Deed("end_sessions_of", person.login))
        work.commit()


def _is_admin(one: OpenSession) -> bool:
    return any(role in ADMINISTRATORS for role in one.roles)


def _listed(one: LivingSession, roles: tuple[Role, ...]) -> OpenSession:
    return OpenSession(
        one.session_id,
        one.login,
        one.name,
        roles,
        one.began_at,
        one.seen_at,
        masked_address(one.address),
        *browser_and_system(one.agent),
        one.is_open,
    )
