"""Sessions of others: who is signed in, and ending that at once.

The security administrator sees everybody. A manager sees his own people: who holds only roles that
he gives, and nowhere but at his place or below. Whoever is something elsewhere too is nobody's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import clock
from services.data import people, session_lists, sessions
from services.data.engine import ROOT_PATH
from services.data.session_lists import LivingSession
from services.data.work import Work
from services.errors import NotFoundError
from services.security.agents import browser_and_system
from services.security.door import Door
from services.security.masking import masked_address
from services.security.permissions import (
    ADMINISTRATORS,
    GRANTABLE,
    PERMISSIONS,
    Action,
    Actor,
    Membership,
    Role,
    require,
)
from services.security.scopes import scope_for
from services.security.session import ENDED_BY_HAND
from services.security.trail import PLATFORM, Deed, Placed, record_deed

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
    require(actor, Action.MANAGE_SESSIONS)
    now = clock.now()
    with door.database.work(scope_for(actor, Action.MANAGE_SESSIONS)) as work:
        found = session_lists.living(work, now, MOST, _own_people(work, actor))
        held = session_lists.roles_of(work, [one.person_id for one in found], clock.today())
    others = [one for one in found if one.person_id != actor.person_id]
    listed = [_listed(one, tuple(map(Role, held.get(one.person_id, ())))) for one in others]
    return tuple(one for one in listed if now - one.seen_at <= door.profile.idle(_is_admin(one)))


def end_session_of(actor: Actor, door: Door, session_id: UUID) -> str:
    """End one session of somebody else, everywhere and at once; return whose it was."""
    found = next((s for s in open_sessions(actor, door) if s.session_id == session_id), None)
    if found is None:
        raise NotFoundError("session", value=session_id)
    with door.database.work(scope_for(actor, Action.MANAGE_SESSIONS)) as work:
        person = people.by_login(work, found.login)
        number = person.person_id if person else 0
        if not sessions.end_one(work, number, session_id, clock.now(), ENDED_BY_HAND):
            raise NotFoundError("session", value=session_id)
        deed = Deed("end_session_of", found.login, after={"session": str(session_id)})
        record_deed(work, actor.person_id, _place(actor), deed)
        work.commit()
    return found.login


def end_sessions_of(actor: Actor, door: Door, login: str) -> None:
    """End every session of somebody else."""
    require(actor, Action.MANAGE_SESSIONS)
    with door.database.work(scope_for(actor, Action.MANAGE_SESSIONS)) as work:
        person, own = people.by_login(work, login.strip().lower()), _own_people(work, actor)
        if person is None or person.person_id == actor.person_id:
            raise NotFoundError("login", value=login)
        if own is not None and person.person_id not in own:
            raise NotFoundError("login", value=login)
        sessions.end_others(work, person.person_id, clock.now(), why=ENDED_BY_HAND)
        deed = Deed("end_sessions_of", person.login)
        record_deed(work, actor.person_id, _place(actor), deed)
        work.commit()


def sees_everybody(actor: Actor) -> bool:
    """Return whether the actor sees the sessions of the whole platform."""
    return any(
        m.role is Role.SECURITY_ADMINISTRATOR and m.access_path == ROOT_PATH
        for m in actor.memberships
    )


def _own_people(work: Work, actor: Actor) -> frozenset[int] | None:
    """Return whom the actor looks after, by the database's own account; None for everybody."""
    if sees_everybody(actor):
        return None
    given = {r.value for m in _looking_after(actor) for r in GRANTABLE.get(m.role, frozenset())}
    return session_lists.people_within(work, clock.today(), sorted(given))


def _looking_after(actor: Actor) -> list[Membership]:
    return [m for m in actor.memberships if Action.MANAGE_SESSIONS in PERMISSIONS[m.role]]


def _place(actor: Actor) -> Placed:
    """Return where the deed is written down: at the platform, or at the manager's own place."""
    return PLATFORM if sees_everybody(actor) else _looking_after(actor)[0]


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
