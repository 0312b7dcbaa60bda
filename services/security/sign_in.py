"""Signing in and out: server-side sessions, back-off after failures, one-time passwords."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services import clock
from services.data import audit, people, sessions
from services.data.engine import ROOT_PATH, Database
from services.data.people import StoredCredential, StoredIdentity, StoredPerson
from services.data.sessions import Guard, StoredSession
from services.data.work import Scope, Work
from services.errors import PlatformError
from services.security import passwords
from services.security.actors import ROOT_ID, actor_with
from services.security.permissions import Actor

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
# A session row is not written more often than this, so that reading costs no write.
_TOUCH = timedelta(seconds=60)
# Of a person's number: as many as always fit into a bigint.
MOST_DIGITS = 18


class SignInError(PlatformError):
    """Name and password do not belong together; it is not said which of the two is wrong."""

    text_key = "sign_in"


class SignInLockedError(PlatformError):
    """Too many failures with this name; it is locked for a while."""

    text_key = "sign_in_locked"


class SessionOverError(PlatformError):
    """The session has ended or never was."""

    text_key = "session_over"


@dataclass(frozen=True, slots=True)
class Session:
    """Who a token belongs to. While `must_change` the person may only change the password."""

    person_id: int
    login: str
    name: str
    language: str
    theme: str
    must_change: bool
    actor: Actor


def sign_in(database: Database, login: str, password: str, channel: str = "web") -> str:
    """Return the token of a new session, or raise SignInError or SignInLockedError."""
    name, now = login.strip().lower(), clock.now()
    found = _person(database, name)
    scope = Scope(person_id=found.person_id if found else None)
    with database.work(scope) as work:
        guard = sessions.lock_guard(work, name[:200], now)
        if guard.locked_until and guard.locked_until > now:
            raise SignInLockedError("login", value=name, minutes=_minutes(guard, now))
        token = _try(work, found, password, channel)
        failed = replace(guard, failures=guard.failures + 1)
        after = Guard(0, None) if token else _locked(failed, now)
        sessions.write_guard(work, name[:200], after, now)
        _audit(work, found, name, "sign_in" if token else "sign_in_failed", channel)
        work.commit()
    if token is None:
        raise SignInError("login", value=name)
    return token


def session_of(database: Database, token: str) -> Session | None:
    """Return the living session of a token, or None; using it keeps it alive."""
    person_id = _whose(token)
    if person_id is None:
        return None
    token_hash, now = _hash(token), clock.now()
    # Whose the token says it is only opens the query: a row is found for the true one alone.
    found = sessions.opened(database, token_hash, person_id)
    if found is None or not _alive(found[0], now):
        return None
    if now - found[0].seen_at > _TOUCH:
        with database.work(Scope(person_id=person_id)) as work:
            sessions.touch(work, token_hash, now)
            work.commit()
    return _open(found[1]) if found[1].person.is_active else None


def actor_of_session(database: Database, token: str) -> Actor | None:
    """Return who acts with a token; None when it is over or the password must be changed."""
    found = session_of(database, token)
    return None if found is None or found.must_change else found.actor


def sign_out(database: Database, token: str) -> None:
    """End the session of a token; afterwards nobody can use it, wherever it was copied."""
    with database.work(Scope()) as work:
        sessions.end(work, _hash(token), clock.now())
        work.commit()


def change_password(database: Database, token: str, old: str, new: str) -> None:
    """Change the password of the session's person and end all their other sessions."""
    found = session_of(database, token)
    if found is None:
        raise SessionOverError("session")
    with database.work(Scope(person_id=found.person_id)) as work:
        stored = people.credential_of(work, found.person_id)
        if stored is None or not passwords.matches(stored.password_hash, old):
            raise SignInError("old_password", value=found.login)
        passwords.check_new(new, found.login, old)
        now = clock.now()
        people.replace_credential(
            work, found.person_id, passwords.hash_password(new), must_change=False, at=now
        )
        sessions.end_others(work, found.person_id, now, kept=_hash(token))
        _audit(work, found, found.login, "change_password", "web")
        work.commit()


def _person(database: Database, login: str) -> StoredPerson | None:
    with database.work(Scope()) as work:
        found = people.by_login(work, login)
    return found if found and found.is_active else None


def _try(work: Work, found: StoredPerson | None, password: str, channel: str) -> str | None:
    stored: StoredCredential | None = None
    if found:
        stored = people.credential_of(work, found.person_id)
    known = passwords.matches(stored.password_hash if stored else passwords.nobody(), password)
    if not (known and found):
        return None
    token, now = f"{found.person_id}.{secrets.token_urlsafe(32)}", clock.now()
    sessions.add(
        work,
        StoredSession(_hash(token), found.person_id, channel, now, now, now + ABSOLUTE, None),
    )
    return token


def _whose(token: str) -> int | None:
    """Return the person a token is made out to, or None when it is none of ours."""
    number = token.partition(".")[0]
    well_formed = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    return int(number) if well_formed else None


def _locked(guard: Guard, now: datetime) -> Guard:
    over = guard.failures - FREE_TRIES
    if over < 0:
        return replace(guard, locked_until=None)
    return replace(guard, locked_until=now + min(FIRST_LOCK * 2 ** min(over, 10), LONGEST_LOCK))


def _minutes(guard: Guard, now: datetime) -> int:
    left = guard.locked_until - now if guard.locked_until else timedelta()
    return max(1, -(-int(left.total_seconds()) // 60))


def _alive(stored: StoredSession, now: datetime) -> bool:
    return stored.ended_at is None and now < stored.expires_at and now - stored.seen_at <= IDLE


def _open(found: StoredIdentity) -> Session:
    person = found.person
    return Session(
        person.person_id,
        person.login,
        person.name,
        person.language,
        person.theme,
        found.must_change,
        actor_with(person, found.memberships),
    )


def _audit(
    work: Work, found: StoredPerson | Session | None, login: str, action: str, channel: str
) -> None:
    person_id = found.person_id if found else None
    audit.add(
        work,
        audit.AuditEvent(
            ROOT_ID, ROOT_PATH, person_id, action, login, clock.now(), channel=channel
        ),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
