"""One's own data: seen, taken out, corrected, consented to, and the account closed (7.2, 7.3 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import clock
from services.data import (
    api_tokens,
    factors,
    institutions,
    memberships,
    people,
    privacy,
    sessions,
    walls,
)
from services.data.engine import ROOT_PATH, SYSTEM_SCOPE
from services.data.privacy import OwnPerson
from services.data.work import Scope, Work
from services.errors import PlatformError
from services.labels import EVERYTHING
from services.security.door import Door
from services.security.people import FIRST_PEOPLE
from services.security.personal_data import Held, personal_data
from services.security.session import ENDED_BY_HAND, Session, Stage, session_at
from services.security.trail import PLATFORM, Deed, record_deed

CONTACT = "contact"
LONGEST_NAME, LONGEST_CONTACT = 80, 120


class OwnNameError(PlatformError):
    """The name or the contact is empty, too long, or holds signs that cannot be shown."""

    text_key = "own_name"


class ConsentError(PlatformError):
    """A contact was given without saying that it may be kept."""

    text_key = "consent"


@dataclass(frozen=True, slots=True)
class OwnData:
    """What the page shows: the person, the notice and when it was accepted, the consent."""

    person: OwnPerson
    version: str
    accepted_at: datetime | None
    consented_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table that tell of a person, with the columns that the register names."""

    held: Held
    rows: Sequence[Mapping[str, Any]]


def own_data(door: Door, token: str) -> OwnData:
    """Return what is known of the session's person, and what they accepted."""
    found = session_at(door, token, Stage.OPEN)
    version = personal_data().version
    with door.database.work(Scope(person_id=found.person_id)) as work:
        return OwnData(
            privacy.own_person(work, found.person_id),
            version,
            privacy.accepted(work, found.person_id).get(version),
            privacy.consented(work, found.person_id, CONTACT),
        )


def accept_notice(door: Door, token: str, address: str) -> None:
    """Write that the person read the notice as it is now."""
    found, version = session_at(door, token, Stage.OPEN), personal_data().version
    with door.database.work(Scope(person_id=found.person_id)) as work:
        privacy.accept(work, found.person_id, version, clock.now(), address)
        _note(work, found, Deed("accept_notice", version))
        work.commit()


def correct(door: Door, token: str, name: str, contact: str, agreed: bool) -> None:
    """Correct one's own name and contact; a contact is kept only as long as its person agrees.

    The trail says which of them changed, and not to what.
    """
    found = session_at(door, token, Stage.OPEN)
    typed, reached = _checked(name, "name", LONGEST_NAME), contact.strip()
    if not typed:
        raise OwnNameError("name", value="")
    _checked(reached, "contact", LONGEST_CONTACT)
    if reached and not agreed:
        raise ConsentError("contact")
    kept = reached if agreed else ""
    with door.database.work(Scope(person_id=found.person_id)) as work:
        _keep_consent(work, found.person_id, bool(kept))
        before = privacy.own_person(work, found.person_id)
        changed = [n for n, v in (("name", typed), ("contact", kept)) if getattr(before, n) != v]
        if changed:
            privacy.correct(work, found.person_id, typed, kept)
            _note(work, found, Deed("correct_own_data", found.login, after={"fields": changed}))
        work.commit()


def take_out(door: Door, token: str) -> tuple[Part, ...]:
    """Return everything that is held of the person, as the register has it, and write it down."""
    found = session_at(door, token, Stage.OPEN)
    scope = Scope((ROOT_PATH,), found.person_id, EVERYTHING)
    with door.database.work(scope) as work:
        parts = tuple(_part(work, held, found) for held in personal_data().tables)
        _note(work, found, Deed("take_out_own_data", found.login))
        work.commit()
    return parts


def close_account(door: Door, token: str) -> None:
    """Close one's own account, at once: nothing opens it again, and no name is left of it.

    Roles, sessions, tokens and factors end; in the trail a number stands for the names. What the
    person entered or decided stays, under that number.
    """
    found = session_at(door, token, Stage.OPEN)
    with door.database.work(Scope((ROOT_PATH,), found.person_id, EVERYTHING)) as work:
        end_all(work, found.person_id)
        erase(work, found.person_id)
        work.commit()


def end_all(work: Work, person_id: int) -> None:
    """End all with which a person came in and acted; the scope is the platform and the person."""
    now = clock.now()
    held = memberships.of_person(work, person_id)
    memberships.end(work, [each.membership_id for each in held], now)
    institutions.end_all_of(work, person_id, clock.today(), now)
    people.deactivate(work, person_id, now)
    sessions.end_others(work, person_id, now, why=ENDED_BY_HAND)
    api_tokens.end(work, person_id, now)
    factors.end(work, person_id, now)
    factors.replace_codes(work, person_id, [], now)
    people.forget_devices(work, person_id, now)
    walls.forget_invitations(work, person_id, now)


def erase(work: Work, person_id: int) -> None:
    """Put a number for the names of a person whose account is closed, and write that down."""
    now = clock.now()
    # The leaf of this is what shows that the account is closed (services/data/log_rules.py).
    people.remove_credential(work, person_id)
    people.forget_old_passwords(work, person_id, 0)
    privacy.withdraw_consent(work, person_id, CONTACT, now)
    changed = privacy.pseudonymise(work, person_id)
    name = privacy.tombstone_of(person_id)
    record_deed(work, person_id, PLATFORM, Deed("close_account", name, after={"events": changed}))


def is_last_administrator(door: Door, token: str) -> bool:
    """Return whether the account cannot be closed because nobody would be left of its kind."""
    found, today = session_at(door, token, Stage.OPEN), clock.today()
    mine = {m.role for m in found.actor.memberships}
    with door.database.work(SYSTEM_SCOPE) as work:
        return any(
            role in mine and not privacy.others_with_role(work, role, found.person_id, today)
            for _, _, role in FIRST_PEOPLE
        )


def _part(work: Work, held: Held, found: Session) -> Part:
    whose: tuple[str, Any] = (held.whose, found.person_id)
    if held.whose == "login":
        whose = ("login", found.login)
    return Part(held, privacy.rows_of(work, held.name, held.given, whose))


def _keep_consent(work: Work, person_id: int, agreed: bool) -> None:
    now = clock.now()
    if agreed and privacy.consented(work, person_id, CONTACT) is None:
        privacy.give_consent(work, person_id, CONTACT, now)
    if not agreed:
        privacy.withdraw_consent(work, person_id, CONTACT, now)


def _checked(text: str, where: str, longest: int) -> str:
    typed = text.strip()
    if len(typed) > longest or not typed.isprintable():
        raise OwnNameError(where, value=typed[:20])
    return typed


def _note(work: Work, found: Session, deed: Deed) -> None:
    record_deed(work, found.person_id, PLATFORM, deed)
