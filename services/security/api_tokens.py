"""Tokens with which a program acts for a person, within some of the person's actions (7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from services import clock
from services.data import api_tokens
from services.data.api_tokens import StoredToken
from services.data.work import Scope
from services.errors import NotFoundError, PlatformError
from services.security.actors import actor_with
from services.security.door import Door
from services.security.permissions import Action, Actor
from services.security.session import (
    TOUCH,
    Origin,
    Session,
    Stage,
    hash_of,
    new_token,
    note,
    session_at,
    whose,
)

# So that it is known for what it is wherever it is found.
MARK = "shuangtan-"
LONGEST_DAYS = 365
DONE = Origin()


class TokenOrderError(PlatformError):
    """A token was ordered without a name or an action, or for too long."""

    text_key = "token_order"


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """What a token is called, what it may do, and for how many days."""

    name: str
    actions: frozenset[Action]
    days: int


def make_token(door: Door, session_token: str, order: TokenOrder) -> str:
    """Return a new token, shown this once; it may do no more than its person may."""
    found = session_at(door, session_token, Stage.OPEN)
    _check(order, found)
    token, now = MARK + new_token(found.person_id), clock.now()
    new = StoredToken(
        token_id=uuid4(),
        person_id=found.person_id,
        name=order.name,
        token_hash=hash_of(token),
        actions=sorted(action.value for action in order.actions),
        made_at=now,
        expires_at=now + timedelta(days=order.days),
        used_at=None,
        ended_at=None,
    )
    with door.database.work(Scope(person_id=found.person_id)) as work:
        api_tokens.add(work, new)
        note(work, found.person_id, "token_added", order.name, DONE)
        work.commit()
    return token


def actor_of_token(door: Door, token: str) -> Actor | None:
    """Return the person a token acts for, held to the token's actions; None when it is over."""
    person_id = whose(token.removeprefix(MARK)) if token.startswith(MARK) else None
    if person_id is None:
        return None
    found = api_tokens.opened(door.database, hash_of(token), person_id, clock.today())
    now = clock.now()
    if found is None or not found[1].person.is_active:
        return None
    stored, identity = found
    if stored.ended_at is not None or stored.expires_at <= now:
        return None
    if stored.used_at is None or now - stored.used_at > TOUCH:
        with door.database.work(Scope(person_id=person_id)) as work:
            api_tokens.touch(work, stored.token_id, now)
            work.commit()
    actor = actor_with(identity.person, identity.memberships, identity.clearance)
    return replace(actor, only=_actions(stored.actions))


def tokens_of(door: Door, session_token: str) -> list[StoredToken]:
    """Return the tokens of the session's person that were not ended."""
    found = session_at(door, session_token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        return api_tokens.of_person(work, found.person_id)


def end_token(door: Door, session_token: str, token_id: UUID) -> None:
    """End one of one's own tokens, at once."""
    found = session_at(door, session_token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        if not api_tokens.end(work, found.person_id, clock.now(), only=token_id):
            raise NotFoundError("token", value=str(token_id))
        note(work, found.person_id, "token_ended", str(token_id), DONE)
        work.commit()


def _check(order: TokenOrder, found: Session) -> None:
    sound = order.name and order.actions and 1 <= order.days <= LONGEST_DAYS
    if not sound or not order.actions <= found.actor.actions:
        raise TokenOrderError("token", value=order.name, longest=LONGEST_DAYS)


def _actions(names: Iterable[str]) -> frozenset[Action]:
    # An action that is no more is none.
    return frozenset(action for action in Action if action.value in set(names))
