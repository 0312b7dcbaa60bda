"""Signing in by name and password, which opens half a session, and changing the password."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from services import clock
from services.data import organizations, people, sessions
from services.data.engine import Database
from services.data.people import StoredCredential, StoredPerson
from services.data.sessions import StoredSession
from services.data.work import Scope, Work
from services.errors import PlatformError
from services.security import known_devices, passwords, tries
from services.security.door import Door
from services.security.session import (
    Origin,
    Session,
    Stage,
    hash_of,
    new_token,
    note,
    session_at,
)

NOWHERE = Origin()


class SignInError(PlatformError):
    """Name and password do not belong together; it is not said which of the two is wrong."""

    text_key = "sign_in"


def sign_in(door: Door, login: str, password: str, origin: Origin = NOWHERE) -> str:
    """Return the token of a new session that waits for the second factor.

    Raise SignInError, or after too many failures SignInLockedError (of the name) or
    AddressLockedError (from the address).
    """
    name, now = login.strip().lower(), clock.now()
    found = _person(door.database, name)
    scope = Scope(person_id=found.person_id if found else None)
    with door.database.work(scope) as work:
        device = known_devices.device_of(door, found, origin.devices, now)
        if not device:
            tries.refuse_address(work, origin.address, now)
        # What strangers do to a name elsewhere holds nobody up on a device of their own.
        key = tries.device_key(found.person_id, device) if found and device else name
        guard = tries.hold(work, key, name, now)
        token: str | None = None
        if _knows(work, found, password) and found:
            token = _half_open(work, door, found, origin)
            tries.succeeded(work, key, now)
        else:
            tries.failed(work, key, guard, door.profile, now)
            tries.failed_from(work, origin.address, door.profile, now)
        action = "password_given" if token else "sign_in_failed"
        note(work, found.person_id if found else None, action, name, origin)
        work.commit()
    if token is None:
        raise SignInError("login", value=name)
    return token


def change_password(door: Door, token: str, old: str, new: str) -> None:
    """Change the password of the session's person and end all their other sessions."""
    found = session_at(door, token, Stage.PASSWORD, Stage.ENROL, Stage.OPEN)
    words = _words_of(door.database, found)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        now = clock.now()
        stored = _verified(work, door, found, old, now)
        if stored is not None:
            earlier = people.old_passwords(work, found.person_id, door.profile.history)
            passwords.check_new(new, door.profile, words)
            passwords.refuse_earlier(new, [stored.password_hash, *earlier])
            _replace(work, door, found, stored, new)
        work.commit()
    if stored is None:
        raise SignInError("old_password", value=found.login)


def _person(database: Database, login: str) -> StoredPerson | None:
    with database.work(Scope()) as work:
        found = people.by_login(work, login)
    return found if found and found.is_active else None


def _knows(work: Work, found: StoredPerson | None, password: str) -> bool:
    stored: StoredCredential | None = None
    if found:
        stored = people.credential_of(work, found.person_id)
    # An unknown name costs the same time as a known one.
    right = passwords.matches(stored.password_hash if stored else passwords.nobody(), password)
    return right and stored is not None


def _half_open(work: Work, door: Door, found: StoredPerson, origin: Origin) -> str:
    token, now = new_token(found.person_id), clock.now()
    waiting = StoredSession(
        token_hash=hash_of(token),
        person_id=found.person_id,
        channel=origin.channel,
        began_at=now,
        seen_at=now,
        expires_at=now + door.profile.half_open,
        ended_at=None,
        session_id=uuid4(),
        address=origin.address[:64],
        agent=origin.agent[:300],
        stepped_up_at=None,
    )
    sessions.add(work, waiting)
    return token


def _verified(
    work: Work, door: Door, found: Session, old: str, now: datetime
) -> StoredCredential | None:
    """Return the credential when the old password is right; count a failure when it is not."""
    key = tries.password_key(found.person_id)
    guard = tries.hold(work, key, found.login, now)
    stored = people.credential_of(work, found.person_id)
    if stored is not None and passwords.matches(stored.password_hash, old):
        tries.succeeded(work, key, now)
        return stored
    tries.failed(work, key, guard, door.profile, now)
    note(work, found.person_id, "old_password_failed", found.login, NOWHERE)
    return None


def _replace(work: Work, door: Door, found: Session, stored: StoredCredential, new: str) -> None:
    now, person_id = clock.now(), found.person_id
    people.keep_old_password(work, person_id, stored.password_hash, now)
    people.forget_old_passwords(work, person_id, door.profile.history)
    hashed = passwords.hash_password(new)
    people.replace_credential(work, person_id, hashed, must_change=False, at=now)
    sessions.end_others(work, person_id, now, kept=found.token_hash)
    note(work, person_id, "change_password", found.login, NOWHERE)


def _words_of(database: Database, found: Session) -> list[str]:
    """Return what others know of a person: a password made of it would be guessed first."""
    held = found.actor.memberships
    with database.work(Scope(found.actor.access_paths, found.person_id)) as work:
        places = [organizations.get(work, one.organization_id) for one in held]
    names = [name for place in places for name in (place.code, *place.names.values())]
    return [found.login, found.name, *names]
