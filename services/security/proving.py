"""Giving the second factor: to open a half-open session, and again before something delicate."""

from __future__ import annotations

from collections.abc import Callable

from services import clock
from services.data import people, sessions
from services.data.sessions import Opening
from services.data.work import Scope, Work
from services.errors import PlatformError
from services.security import tries
from services.security.door import Door
from services.security.session import (
    REPLACED,
    Origin,
    Session,
    SessionOverError,
    Stage,
    hash_of,
    new_token,
    note,
    session_at,
)

# Tells whether somebody holds the second factor of the session, and uses it up where it is single.
Proof = Callable[[Work, Door, Session], bool]
DONE = Origin()


class FactorError(PlatformError):
    """The code or the passkey is not the person's, or was used before."""

    text_key = "second_factor"


def enter(door: Door, token: str, proof: Proof) -> str:
    """Open the session with the second factor and return its new token."""
    found = session_at(door, token, Stage.FACTOR)
    fresh = new_token(found.person_id)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        proved = _tried(work, door, found, proof)
        if proved:
            open_session(work, door, found, fresh)
        note(work, found.person_id, "sign_in" if proved else "factor_failed", found.login, DONE)
        work.commit()
    if not proved:
        raise FactorError("code")
    return fresh


def step_up(door: Door, token: str, proof: Proof) -> None:
    """Give the second factor again, so that something delicate may be done for a while."""
    found = session_at(door, token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        proved = _tried(work, door, found, proof)
        if proved:
            sessions.step_up(work, found.token_hash, clock.now())
        note(work, found.person_id, "step_up" if proved else "factor_failed", found.login, DONE)
        work.commit()
    if not proved:
        raise FactorError("code")


def open_session(work: Work, door: Door, found: Session, fresh: str) -> None:
    """Open a half-open session under a new token, and end the oldest beyond the number allowed."""
    now = clock.now()
    began = found.began_at or now
    opening = Opening(hash_of(fresh), now, began + door.profile.absolute)
    if not sessions.open_up(work, found.token_hash, opening):
        raise SessionOverError("session")
    _end_oldest(work, door, found.person_id, opening)
    people.came_in(work, found.person_id, now)


def _tried(work: Work, door: Door, found: Session, proof: Proof) -> bool:
    key, now = tries.factor_key(found.person_id), clock.now()
    guard = tries.hold(work, key, found.login, now)
    if proof(work, door, found):
        tries.succeeded(work, key, now)
        return True
    tries.failed(work, key, guard, door.profile, now)
    return False


def _end_oldest(work: Work, door: Door, person_id: int, newest: Opening) -> None:
    others = [
        one
        for one in sessions.living(work, person_id, newest.at)
        if one.stepped_up_at is not None and one.token_hash != newest.token_hash
    ]
    newest_first = sorted(others, key=lambda one: one.began_at, reverse=True)
    for one in newest_first[door.profile.sessions - 1 :]:
        sessions.end(work, one.token_hash, newest.at, REPLACED)
        note(work, person_id, "session_replaced", str(one.session_id), DONE)
