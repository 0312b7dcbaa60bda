"""Somebody of a firm who is signed in and does nothing, so that a manager may end that."""

from datetime import timedelta
from uuid import UUID, uuid4

from services.clock import now, today
from services.data import memberships, people, sessions
from services.data.engine import SYSTEM_SCOPE
from services.data.memberships import NewMembership
from services.data.sessions import StoredSession
from services.data.work import Scope
from services.security.session import hash_of, new_token

NOBODYS = UUID(int=998)


def rest(database, organization_id, role):
    """Add two people with a role there and two open sessions each; return who they are."""
    return [_rest(database, f"ruht{n}.{organization_id}", organization_id, role) for n in (1, 2)]


def _rest(database, login, organization_id, role):
    with database.work(SYSTEM_SCOPE) as work:
        person_id = people.add(work, login, login)
        memberships.add(work, NewMembership(person_id, role, organization_id, today()))
        work.commit()
    with database.work(Scope(person_id=person_id)) as work:
        for _ in range(2):
            sessions.add(work, opened(person_id, new_token(person_id), now()))
        work.commit()
    return person_id


def opened(person_id, token, at):
    """Return a session that is open from an instant on, with the second factor just given."""
    later = at + timedelta(hours=8)
    named = {"token_hash": hash_of(token), "person_id": person_id, "channel": "web"}
    times = {"began_at": at, "seen_at": at, "expires_at": later, "stepped_up_at": at}
    more = {"ended_at": None, "session_id": uuid4(), "address": "", "agent": ""}
    return StoredSession(**named, **times, **more)


def resting_session(database, resting):
    """Return the id of one of the sessions of these people that are left, or of none."""
    for person_id in resting:
        with database.work(Scope(person_id=person_id)) as work:
            living = sessions.living(work, person_id, now())
        if living:
            return living[0].session_id
    return NOBODYS
