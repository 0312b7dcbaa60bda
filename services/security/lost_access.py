"""Help for somebody who cannot sign in: by two administrators, and never by oneself (7.2).

The system administrator sets a one-time password and cannot touch second factors; the security
administrator ends factors and gets no password. Whoever lost both is let in again by both, and
whoever wanted to come in as somebody else would have to be both. The owner of the machine may
unlock an account by a command (`shuangtan user unlock`), which opens nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services import clock
from services.data import api_tokens, audit, factors, memberships, people, sessions
from services.data.engine import ROOT_PATH, SYSTEM_SCOPE, Database
from services.data.people import StoredPerson
from services.data.work import Scope, Work
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.labels import DataSet, Readable
from services.security import passwords, tries
from services.security.limits import is_address
from services.security.people import OneTimePassword
from services.security.permissions import ADMINISTRATORS, Action, Actor, Role, require
from services.security.scopes import scope_for
from services.security.session import ENDED_BY_HAND, Session
from services.security.trail import OPERATOR, PLATFORM, Deed, record_deed

PASSWORD, FACTORS, UNLOCKED = "reset_password", "reset_factor", "unlock_sign_in"
ACTS = (PASSWORD, FACTORS, UNLOCKED)
# Whom the database lets act in another's stead.
HELPERS = {
    Action.RESET_PASSWORD: Role.SYSTEM_ADMINISTRATOR,
    Action.RESET_FACTOR: Role.SECURITY_ADMINISTRATOR,
}
LONGEST_REASON = 200
# How far back the account page tells of help; the trail itself is kept for six months at least.
TOLD_FOR = timedelta(days=180)
MOST_TOLD = 20
_TRAIL = Scope((ROOT_PATH,), readable=Readable((DataSet.TRAIL,)))


class ReasonMissingError(PlatformError):
    """Help for somebody is written down with a reason, and none was given."""

    text_key = "help_reason"


class NeedsFactorsEndedError(PlatformError):
    """An administrator's account that nobody has come in with yet is opened by two as well."""

    text_key = "help_by_two"


@dataclass(frozen=True, slots=True)
class Helped:
    """What was done to an account, by whom, when and why.

    For what the machine's owner did, `by` is empty and `owner` what the system calls them.
    """

    action: str
    by: str
    at: datetime
    reason: str
    owner: str = ""


def unlock_sign_in(actor: Actor, database: Database, login: str, reason: str) -> None:
    """Let a person, or whoever comes from a network address, try again at once."""
    require(actor, Action.UNLOCK_SIGN_IN, ROOT_PATH)
    said = _said(reason)
    if is_address(login):
        with database.work(Scope()) as work:
            sessions.forget_guard(work, tries.address_key(login))
            _note(work, actor, UNLOCKED, login, said)
            work.commit()
        return
    person = _another(actor, Action.UNLOCK_SIGN_IN, database, login)
    with database.work(Scope()) as work:
        tries.forget(work, person.person_id, person.login)
        _note(work, actor, UNLOCKED, person.login, said)
        work.commit()


def unlock_by_owner(database: Database, login: str, reason: str) -> None:
    """Let a person try again at once, by whoever owns the machine: the event has their name."""
    said = _said(reason)
    with database.work(Scope()) as work:
        person = _known(work, login)
        tries.forget(work, person.person_id, person.login)
        deed = Deed(UNLOCKED, person.login, after={"reason": said})
        record_deed(work, None, PLATFORM, deed)
        work.commit()


def reset_password(actor: Actor, database: Database, login: str, reason: str) -> OneTimePassword:
    """Set a one-time password, end the person's sessions and tokens; factors stay as they are."""
    require(actor, Action.RESET_PASSWORD, ROOT_PATH)
    said = _said(reason)
    person = _another(actor, Action.RESET_PASSWORD, database, login)
    _refuse_alone(database, person)
    password, now = passwords.one_time_password(), clock.now()
    with database.work(scope_for(actor, Action.RESET_PASSWORD)) as work:
        _stand_in(work, person, Action.RESET_PASSWORD)
        hashed = passwords.hash_password(password)
        people.replace_credential(work, person.person_id, hashed, must_change=True, at=now)
        _end_ways_in(work, person.person_id, now)
        _note(work, actor, PASSWORD, person.login, said)
        work.commit()
    return OneTimePassword(person.login, password)


def reset_factor(actor: Actor, database: Database, login: str, reason: str) -> None:
    """End a person's factors, recovery codes, tokens and sessions; the password stays as it is.

    The person signs in with it and enrols anew.
    """
    require(actor, Action.RESET_FACTOR, ROOT_PATH)
    said = _said(reason)
    person = _another(actor, Action.RESET_FACTOR, database, login)
    now = clock.now()
    with database.work(scope_for(actor, Action.RESET_FACTOR)) as work:
        _stand_in(work, person, Action.RESET_FACTOR)
        factors.end(work, person.person_id, now)
        factors.replace_codes(work, person.person_id, [], now)
        _end_ways_in(work, person.person_id, now)
        _note(work, actor, FACTORS, person.login, said)
        work.commit()


def told_at_the_door(database: Database, found: Session) -> tuple[Helped, ...]:
    """Return what others did to an account since its person last came in."""
    with database.work(_TRAIL) as work:
        person = people.get(work, found.person_id)
        since = clock.now() - TOLD_FOR
        if person is not None and person.opened_at is not None:
            since = max(since, person.opened_at)
        return _told(work, found.login, since)


def told_of(database: Database, found: Session) -> tuple[Helped, ...]:
    """Return what others did to an account in the last months."""
    with database.work(_TRAIL) as work:
        return _told(work, found.login, clock.now() - TOLD_FOR)


def _told(work: Work, login: str, since: datetime) -> tuple[Helped, ...]:
    return tuple(
        Helped(one.event.action, one.login, one.event.at, *_words(one.event.after))
        for one in audit.done_to(work, login, ACTS, since, MOST_TOLD)
    )


def _words(after: Mapping[str, Any]) -> tuple[str, str]:
    return str(after.get("reason", "")), str(after.get(OPERATOR, ""))


def _stand_in(work: Work, person: StoredPerson, action: Action) -> None:
    """Let the transaction act for the helped person, or raise NotAllowedError.

    The database asks once more whether the actor holds the role.
    """
    if not people.stand_in(work, person.person_id, HELPERS[action].value):
        raise NotAllowedError(action.value, value=person.login)


def _end_ways_in(work: Work, person_id: int, now: datetime) -> None:
    sessions.end_others(work, person_id, now, why=ENDED_BY_HAND)
    api_tokens.end(work, person_id, now)
    people.forget_devices(work, person_id, now)


def _refuse_alone(database: Database, person: StoredPerson) -> None:
    """Raise NeedsFactorsEndedError where a one-time password alone would make an administrator.

    Nobody has come in yet, so there is no factor that the password would still need.
    """
    with database.work(SYSTEM_SCOPE) as work:
        held = memberships.of_person(work, person.person_id)
    if person.opened_at is not None or not {Role(h.role) for h in held} & ADMINISTRATORS:
        return
    with database.work(_TRAIL) as work:
        ended = audit.done_to(work, person.login, (FACTORS,), clock.now() - TOLD_FOR, 1)
    if not ended:
        raise NeedsFactorsEndedError("login", value=person.login)


def _another(actor: Actor, action: Action, database: Database, login: str) -> StoredPerson:
    """Return the person to help, who is somebody else than the actor."""
    with database.work(Scope()) as work:
        person = _known(work, login)
    if person.person_id == actor.person_id:
        raise NotAllowedError(action.value, value=login)
    return person


def _known(work: Work, login: str) -> StoredPerson:
    person = people.by_login(work, login.strip().lower())
    if person is None or not person.is_active:
        raise NotFoundError("login", value=login)
    return person


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise ReasonMissingError("reason", value=len(said), longest=LONGEST_REASON)
    return said


def _note(work: Work, actor: Actor, action: str, login: str, reason: str) -> None:
    deed = Deed(action, login, after={"reason": reason})
    record_deed(work, actor.person_id, PLATFORM, deed)
