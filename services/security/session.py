"""Sessions: the row in the database is the truth, and says how far somebody has come in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services import clock
from services.data import sessions
from services.data.people import StoredIdentity
from services.data.sessions import StoredSession
from services.data.work import Scope, Work
from services.errors import PlatformError
from services.security.actors import actor_with
from services.security.door import Door
from services.security.permissions import Actor
from services.security.profiles import Profile
from services.security.trail import DONE, FAILED, PLATFORM, Deed, Sender, record_deed, sent_by

# A session row is not written more often than this, so that reading costs no write.
TOUCH = timedelta(seconds=60)
# Of a person's number: as many as always fit into a bigint.
MOST_DIGITS = 18
# Why a session was ended by something else than its own person or time.
REPLACED, ENDED_BY_HAND = "replaced", "by_hand"


class SessionOverError(PlatformError):
    """The session has ended or never was."""

    text_key = "session_over"


class StageError(PlatformError):
    """A session is not where this can be done: a factor or a new password is asked for first."""

    text_key = "session_stage"


class Stage(StrEnum):
    """What a session still waits for; only an open one lets anybody act."""

    FACTOR = "factor"
    PASSWORD = "password"
    ENROL = "enrol"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where somebody signs in: the channel, the address, and what the browser calls itself.

    `devices` is what the browser keeps of those who came in on it before (known_devices.py).
    """

    channel: str = "web"
    address: str = ""
    agent: str = ""
    devices: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Who a token belongs to, and how far they have come in.

    `must_change` while the password is a one-time one, `is_expired` when it has become too old;
    `stepped_up_at` is when the second factor was last given.
    """

    person_id: int
    login: str
    name: str
    language: str
    theme: str
    must_change: bool
    actor: Actor
    is_expired: bool = False
    has_factor: bool = False
    stepped_up_at: datetime | None = None
    began_at: datetime | None = None
    session_id: UUID | None = None
    token_hash: str = field(default="", repr=False)

    @property
    def stage(self) -> Stage:
        """Return what is asked for next; a factor that is there comes before everything else."""
        if self.has_factor and self.stepped_up_at is None:
            return Stage.FACTOR
        if self.must_change or self.is_expired:
            return Stage.PASSWORD
        return Stage.OPEN if self.has_factor else Stage.ENROL

    def is_stepped_up(self, profile: Profile, now: datetime) -> bool:
        """Return whether the second factor was given so lately that something delicate may go."""
        return self.stepped_up_at is not None and now - self.stepped_up_at <= profile.step_up


def session_of(door: Door, token: str, is_use: bool = True) -> Session | None:
    """Return the living session of a token, or None; using it keeps it alive.

    What a page asks by itself is no use: else one that nobody looks at would stay open.
    """
    person_id = whose(token)
    if person_id is None:
        return None
    token_hash, now = hash_of(token), clock.now()
    # Whose the token says it is only opens the query: a row is found for the true one alone.
    found = sessions.opened(door.database, token_hash, person_id, clock.today())
    if found is None or not found[1].person.is_active:
        return None
    opened = _session(door.profile, *found, now)
    if not _alive(door.profile, found[0], opened.actor, now):
        return None
    if is_use and now - found[0].seen_at > TOUCH:
        with door.database.work(Scope(person_id=person_id)) as work:
            sessions.touch(work, token_hash, now)
            work.commit()
    return opened


def actor_of_session(door: Door, token: str) -> Actor | None:
    """Return who acts with a token; None when it is over or something is asked for first."""
    found = session_of(door, token)
    return found.actor if found is not None and found.stage is Stage.OPEN else None


def session_at(door: Door, token: str, *stages: Stage) -> Session:
    """Return the session when it stands at one of the stages; raise what keeps it from there."""
    found = session_of(door, token)
    if found is None:
        raise SessionOverError("session")
    if found.stage not in stages:
        raise StageError("session", value=found.stage.value)
    return found


def sign_out(door: Door, token: str) -> None:
    """End the session of a token; afterwards nobody can use it, wherever it was copied."""
    person_id, now = whose(token), clock.now()
    with door.database.work(Scope(person_id=person_id)) as work:
        if sessions.end(work, hash_of(token), now):
            note(work, person_id, "sign_out", "", Origin())
        work.commit()


def why_ended(door: Door, token: str) -> str:
    """Return why a session was ended by somebody else: replaced, by_hand, or nothing."""
    with door.database.work(Scope(person_id=whose(token))) as work:
        return sessions.why_ended(work, hash_of(token))


def new_token(person_id: int) -> str:
    """Return a token made out to a person; what follows the dot cannot be guessed."""
    return f"{person_id}.{secrets.token_urlsafe(32)}"


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def note(work: Work, person_id: int | None, action: str, login: str, origin: Origin) -> None:
    """Write what was done at the door into the audit trail; without an address, the request's."""
    deed = Deed(action, login, result=FAILED if action.endswith("_failed") else DONE)
    if not origin.address:
        record_deed(work, person_id, PLATFORM, deed)
        return
    with sent_by(Sender(origin.channel, origin.address)):
        record_deed(work, person_id, PLATFORM, deed)


def whose(token: str) -> int | None:
    """Return the person a token is made out to, or None when it is none of ours."""
    number = token.partition(".")[0]
    well_formed = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    return int(number) if well_formed else None


def _alive(profile: Profile, stored: StoredSession, actor: Actor, now: datetime) -> bool:
    idle = profile.idle(actor.is_administrator)
    return stored.ended_at is None and now < stored.expires_at and now - stored.seen_at <= idle


def _session(
    profile: Profile, stored: StoredSession, found: StoredIdentity, now: datetime
) -> Session:
    person = found.person
    actor = actor_with(person, found.memberships, found.clearance)
    age = profile.age(actor.is_administrator)
    return Session(
        person.person_id,
        person.login,
        person.name,
        person.language,
        person.theme,
        found.must_change,
        actor,
        age is not None and now - found.changed_at > age,
        found.has_factor,
        stored.stepped_up_at,
        stored.began_at,
        stored.session_id,
        stored.token_hash,
    )
