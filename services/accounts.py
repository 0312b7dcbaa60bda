"""The accounts of people: who there is, how each stands, and what may be done for them (7.2).

The three administrators' list is of everybody; a manager's of his own people alone, as with
sessions (services/open_sessions.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services import clock
from services.data import account_lists, memberships, session_lists
from services.data.account_lists import ListedAccount, Wanted
from services.data.engine import ROOT_PATH, Database
from services.data.memberships import HeldRole
from services.data.work import Work
from services.security import tries
from services.security.permissions import (
    ADMINISTRATORS,
    GRANTABLE,
    PERMISSIONS,
    Action,
    Actor,
    require,
)
from services.security.scopes import scope_for

__all__ = ["HeldRole"]

PAGE = 50
# Whoever has not come in for so long may have left without anybody saying so (controls A5).
UNUSED = timedelta(days=90)
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a long list is shown: words in name or sign-in name, and from which on."""

    words: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its roles: until when it is locked, and whether it is ready to come in."""

    login: str
    name: str
    is_active: bool
    opened_at: datetime | None
    is_unused: bool
    locked_until: datetime | None
    must_change: bool
    has_factor: bool
    roles: tuple[HeldRole, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Accounts:
    """A part of the accounts, how many there are of them, and what the actor may do for one."""

    part: Slice
    count: int
    listed: tuple[Account, ...]
    may: frozenset[Action]


def accounts(actor: Actor, database: Database, part: Slice) -> Accounts:
    """Return a part of the accounts that the actor looks after."""
    require(actor, Action.VIEW_ACCOUNTS)
    words = part.words.strip()[:LONGEST]
    with database.work(scope_for(actor, Action.VIEW_ACCOUNTS)) as work:
        own = _own_people(work, actor)
        wanted = Wanted(words, within=own, start=max(part.start, 0), most=PAGE)
        count, found = account_lists.found(work, wanted)
        listed = _listed(work, actor, found)
    helping = (Action.RESET_PASSWORD, Action.RESET_FACTOR, Action.UNLOCK_SIGN_IN)
    may = frozenset(action for action in helping if actor.may(action, ROOT_PATH))
    return Accounts(Slice(words, wanted.start), count, listed, may)


def account(actor: Actor, database: Database, login: str) -> Account | None:
    """Return the account of a sign-in name, or None where the actor looks after none such."""
    require(actor, Action.VIEW_ACCOUNTS)
    with database.work(scope_for(actor, Action.VIEW_ACCOUNTS)) as work:
        wanted = Wanted(login=login[:LONGEST], within=_own_people(work, actor))
        _, found = account_lists.found(work, wanted)
        return next(iter(_listed(work, actor, found)), None)


def _listed(work: Work, actor: Actor, found: list[ListedAccount]) -> tuple[Account, ...]:
    people, now = [one.person_id for one in found], clock.now()
    states = account_lists.states(work, people)
    keys = [key for one in found for key in _keys(one)]
    locked = account_lists.locks(work, keys, now)
    held: dict[int, list[HeldRole]] = {}
    for each in memberships.of_people(work, people):
        held.setdefault(each.person_id, []).append(each)
    return tuple(
        Account(
            one.login,
            one.name,
            one.is_active,
            one.opened_at,
            one.is_active and now - (one.opened_at or one.recorded_at) > UNUSED,
            max((locked[key] for key in _keys(one) if key in locked), default=None),
            *states.get(one.person_id, (False, False)),
            tuple(held.get(one.person_id, ())),
            one.person_id == actor.person_id,
        )
        for one in found
    )


def _keys(one: ListedAccount) -> tuple[str, ...]:
    return (one.login, tries.factor_key(one.person_id), tries.password_key(one.person_id))


def _own_people(work: Work, actor: Actor) -> frozenset[int] | None:
    """Return whom the actor looks after, by the database's own account; None for everybody."""
    looking = [m for m in actor.memberships if Action.VIEW_ACCOUNTS in PERMISSIONS[m.role]]
    if any(m.role in ADMINISTRATORS and m.access_path == ROOT_PATH for m in looking):
        return None
    given = {r.value for m in looking for r in GRANTABLE.get(m.role, frozenset())}
    return session_lists.people_within(work, clock.today(), sorted(given))
