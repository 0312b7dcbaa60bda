"""Giving roles and taking them back: never to oneself, and never two that may not meet (7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services import clock
from services.data import memberships, organizations, people
from services.data.engine import ROOT_PATH, Database
from services.data.institutions import Term
from services.data.memberships import HeldRole, NewMembership
from services.data.people import StoredPerson
from services.data.work import Scope, Work
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.security.conflicts import conflict_in, require_appointed
from services.security.own_data import end_all
from services.security.permissions import (
    Action,
    Actor,
    Role,
    may_be_delegated,
    may_grant,
    require,
)
from services.security.scopes import scope_for
from services.security.trail import PLATFORM, Deed, record_deed

# Somebody stands in for a holiday or an illness; for longer a role is given.
LONGEST_DELEGATION = timedelta(days=90)
CONFLICT = "role_conflict"


class RoleConflictError(PlatformError):
    """Two roles may not meet in one person, by law or by the three administrators' separation."""

    text_key = "role_conflict"


class OwnRightsError(PlatformError):
    """Nobody gives or takes rights of his own."""

    text_key = "own_rights"


class NotDelegableError(PlatformError):
    """The role gives rights to others, or is an administrator's: whoever needs it is given it."""

    text_key = "not_delegable"


class TermError(PlatformError):
    """The days of a role cannot be: over already, turned round, or too long for a delegation."""

    text_key = "role_term"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for a person at an organization; both days belong to it, and None is open."""

    login: str
    role: Role
    organization_id: int
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """A membership of one's own that somebody else holds too, for some days."""

    membership_id: UUID
    login: str
    first: date
    last: date


def grant(actor: Actor, database: Database, order: Grant) -> UUID:
    """Give a role and return the membership's id."""
    _check_term(order.first, order.last)
    with database.work(scope_for(actor, Action.GRANT_ROLE)) as work:
        place = organizations.get(work, order.organization_id)
        if not may_grant(actor, order.role, place.access_path):
            raise NotAllowedError(Action.GRANT_ROLE.value, value=place.access_path)
        person = _another(work, actor, order.login)
        if order.role is Role.VERIFIER:
            term = Term(order.first, order.last)
            require_appointed(work, person.person_id, place.access_path, term)
        if place.closed_on is not None and place.closed_on < order.first:
            raise TermError("first", value=order.first, days=LONGEST_DELEGATION.days)
        new = NewMembership(
            person.person_id, order.role.value, order.organization_id, order.first, order.last,
            granted_by=actor.person_id,
        )  # fmt: skip
        with _conflicts_told(order.role, person):
            made = memberships.add(work, new)
        told = {"role": order.role.value, **_days(order.first, order.last)}
        record_deed(work, actor.person_id, place, Deed("grant_role", person.login, after=told))
        work.commit()
    return made


def withdraw(actor: Actor, database: Database, membership_id: UUID) -> None:
    """End a membership, and what was delegated from it."""
    with database.work(scope_for(actor, Action.GRANT_ROLE)) as work:
        held = _held(work, membership_id)
        if held.person_id == actor.person_id:
            raise OwnRightsError("login", value=held.login)
        if not may_grant(actor, Role(held.role), held.access_path):
            raise NotAllowedError(Action.GRANT_ROLE.value, value=held.access_path)
        memberships.end(work, [membership_id], clock.now())
        deed = Deed("withdraw_role", held.login, before={"role": held.role})
        record_deed(work, actor.person_id, held, deed)
        work.commit()


def delegate(actor: Actor, database: Database, order: Delegation) -> UUID:
    """Let somebody else hold a role of one's own for some days; return the new membership's id.

    What is delegated cannot be delegated again, and ends when the role it comes from does.
    """
    _check_term(order.first, order.last)
    if order.last - order.first > LONGEST_DELEGATION:
        raise TermError("last", value=order.last, days=LONGEST_DELEGATION.days)
    with database.work(scope_for(actor, Action.DELEGATE)) as work:
        held = _held(work, order.membership_id)
        require(actor, Action.DELEGATE, held.access_path)
        _refuse_undelegable(actor, held, order.last)
        person = _another(work, actor, order.login)
        new = NewMembership(
            person.person_id, held.role, held.organization_id, order.first, order.last,
            granted_by=actor.person_id, delegated_from=order.membership_id,
        )  # fmt: skip
        with _conflicts_told(Role(held.role), person):
            made = memberships.add(work, new)
        told = {"role": held.role, **_days(order.first, order.last)}
        record_deed(work, actor.person_id, held, Deed("delegate_role", person.login, after=told))
        work.commit()
    return made


def _refuse_undelegable(actor: Actor, held: HeldRole, last: date) -> None:
    is_own = held.person_id == actor.person_id and held.delegated_from is None
    if not is_own or (held.valid_to is not None and held.valid_to < last):
        raise NotAllowedError(Action.DELEGATE.value, value=held.access_path)
    if not may_be_delegated(Role(held.role)):
        raise NotDelegableError("role", value=held.role)


def leave(actor: Actor, database: Database, login: str) -> None:
    """End all of a person who leaves in one act: roles, sessions, tokens, factors, sign-in.

    The sign-in name stays taken, so that nobody is mistaken for the one who left.
    """
    require(actor, Action.MANAGE_PEOPLE, ROOT_PATH)
    with database.work(Scope()) as work:
        person = _another(work, actor, login)
    # Memberships are in the sight of the place; sessions, tokens and factors of the person alone.
    with database.work(Scope((ROOT_PATH,), person.person_id)) as work:
        end_all(work, person.person_id)
        record_deed(work, actor.person_id, PLATFORM, Deed("leave", person.login))
        work.commit()


def roles_below(actor: Actor, database: Database, login: str = "") -> tuple[HeldRole, ...]:
    """Return who holds which role where the actor may give some; of one sign-in name if given."""
    require(actor, Action.GRANT_ROLE)
    with database.work(scope_for(actor, Action.GRANT_ROLE)) as work:
        return memberships.below(work, 1000, login.strip().lower())


def organization_of_code(actor: Actor, database: Database, code: str) -> int:
    """Return the organization of a code where the actor may give roles, or raise NotFoundError."""
    with database.work(scope_for(actor, Action.GRANT_ROLE)) as work:
        return organizations.by_code(work, code).organization_id


def _another(work: Work, actor: Actor, login: str) -> StoredPerson:
    person = people.by_login(work, login.strip().lower())
    if person is None or not person.is_active:
        raise NotFoundError("login", value=login)
    if person.person_id == actor.person_id:
        raise OwnRightsError("login", value=login)
    return person


def _held(work: Work, membership_id: UUID) -> HeldRole:
    held = memberships.get(work, membership_id)
    if held is None or held.ended_at is not None:
        raise NotFoundError("membership", value=membership_id)
    return held


def _check_term(first: date, last: date | None) -> None:
    if last is not None and (last < first or last < clock.today()):
        raise TermError("last", value=last, days=LONGEST_DELEGATION.days)


def _days(first: date, last: date | None) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat() if last else ""}


@contextmanager
def _conflicts_told(role: Role, person: StoredPerson) -> Iterator[None]:
    """Tell what the database refuses as the error that a person reads."""
    try:
        yield
    except IntegrityError as error:
        between = conflict_in(error)
        if between is not None:
            raise between from error
        found = getattr(error.orig, "diag", None)
        if found is None or found.constraint_name not in (CONFLICT, "membership_once"):
            raise
        raise RoleConflictError("role", value=role.value, login=person.login) from error
