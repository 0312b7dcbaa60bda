"""Help for somebody who cannot sign in, by an administrator and never by oneself (7.2)."""

from __future__ import annotations

from services import clock
from services.data import api_tokens, factors, people, sessions
from services.data.engine import ROOT_PATH, Database
from services.data.people import StoredPerson
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError
from services.security import passwords, tries
from services.security.limits import is_address
from services.security.people import OneTimePassword
from services.security.permissions import Action, Actor, require
from services.security.session import ENDED_BY_HAND, Origin, note

BY_HAND = Origin(channel="administration")


def unlock_sign_in(actor: Actor, database: Database, login: str) -> None:
    """Let a person, or whoever comes from a network address, try again at once."""
    require(actor, Action.UNLOCK_SIGN_IN, ROOT_PATH)
    if is_address(login):
        with database.work(Scope()) as work:
            sessions.forget_guard(work, tries.address_key(login))
            note(work, actor.person_id, "unlock_sign_in", login, BY_HAND)
            work.commit()
        return
    person = _another(actor, Action.UNLOCK_SIGN_IN, database, login)
    with database.work(Scope()) as work:
        sessions.forget_guard(work, person.login)
        sessions.forget_guard(work, tries.factor_key(person.person_id))
        note(work, actor.person_id, "unlock_sign_in", person.login, BY_HAND)
        work.commit()


def reset_factor(actor: Actor, database: Database, login: str) -> OneTimePassword:
    """End a person's factors, recovery codes, tokens, sessions; return a one-time password.

    The person signs in with it, chooses a password and enrols anew.
    """
    require(actor, Action.RESET_FACTOR, ROOT_PATH)
    person = _another(actor, Action.RESET_FACTOR, database, login)
    password, now = passwords.one_time_password(), clock.now()
    with database.work(Scope(person_id=person.person_id)) as work:
        factors.end(work, person.person_id, now)
        api_tokens.end(work, person.person_id, now)
        factors.replace_codes(work, person.person_id, [], now)
        hashed = passwords.hash_password(password)
        people.replace_credential(work, person.person_id, hashed, must_change=True, at=now)
        sessions.end_others(work, person.person_id, now, why=ENDED_BY_HAND)
        note(work, actor.person_id, "reset_factor", person.login, BY_HAND)
        work.commit()
    return OneTimePassword(person.login, password)


def _another(actor: Actor, action: Action, database: Database, login: str) -> StoredPerson:
    """Return the person to help, who is somebody else than the actor."""
    with database.work(Scope()) as work:
        person = people.by_login(work, login.strip().lower())
    if person is None:
        raise NotFoundError("login", value=login)
    if person.person_id == actor.person_id:
        raise NotAllowedError(action.value, value=login)
    return person
