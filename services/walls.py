"""Walls: enrolled once, seen by their own token, and never able to do more than show (7.2).

A wall is an account without a password that holds the role `wall` at one place. Whatever else
that account were given, its token stands for nothing but that one membership.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from services import clock
from services.data import memberships, organizations, people, walls
from services.data.memberships import NewMembership
from services.data.walls import NewWall, StoredWall
from services.data.work import Work
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.security.agents import browser_and_system
from services.security.door import Door
from services.security.permissions import Action, Actor, Role, may_grant, require
from services.security.scopes import scope_for
from services.security.session import Origin, hash_of, new_token, whose
from services.security.trail import Deed, record_deed
from services.security.wall_tokens import admits, networks_in
from services.seen_walls import end, own_scope

__all__ = ["StoredWall", "WallOrder"]

# An address that enrols a wall is for the person who stands before it now.
INVITED_FOR = timedelta(hours=24)
LONGEST_DAYS = 365
# What is known of a token that was never renewed.
UNTURNED = {"generation": 0, "rotated_at": None, "taken_at": None, "is_settled": True}
LONGEST_NAME = 60


class WallOrderError(PlatformError):
    """A wall was ordered without a name or a place, or for too long."""

    text_key = "wall_order"


class InvitationError(PlatformError):
    """The address does not enrol a wall: it was used, is too old, or never was one."""

    text_key = "wall_invitation"


class WallElsewhereError(PlatformError):
    """The wall is bound to networks, and this is none of them."""

    text_key = "wall_elsewhere"


@dataclass(frozen=True, slots=True)
class WallOrder:
    """What a wall is called, where it hangs, the code of what it shows, and for how many days.

    It is seen from the networks alone, where any are given (CIDR, as 10.1.2.0/24).
    """

    name: str
    place: str
    code: str
    days: int
    networks: str = ""


def add_wall(actor: Actor, door: Door, order: WallOrder) -> str:
    """Add a wall and return the token that enrols it, shown this once."""
    _check(order)
    networks = networks_in(order.networks)
    with door.database.work(scope_for(actor, Action.MANAGE_WALLS)) as work:
        shown = organizations.by_code(work, order.code)
        require(actor, Action.MANAGE_WALLS, shown.access_path)
        if not may_grant(actor, Role.WALL, shown.access_path):
            raise NotAllowedError(Action.GRANT_ROLE.value, value=shown.access_path)
        now = clock.now()
        login = f"wall-{uuid4().hex[:12]}"
        person_id = people.add(work, login, order.name, shown.is_sample)
        held = NewMembership(
            person_id, Role.WALL.value, shown.organization_id, clock.today(),
            granted_by=actor.person_id,
        )  # fmt: skip
        membership_id = memberships.add(work, held)
        new = NewWall(
            shown.organization_id, shown.access_path, person_id, membership_id, order.name,
            order.place, networks, actor.person_id,
        )  # fmt: skip
        wall_id = walls.add(work, new, now, now + timedelta(days=order.days))
        token = _invite(work, _found(work, wall_id), actor)
        told = {"name": order.name, "place": order.place, "days": order.days, "networks": networks}
        record_deed(work, actor.person_id, shown, Deed("add_wall", login, after=told))
        work.commit()
    return token


def invite_again(actor: Actor, door: Door, wall_id: UUID) -> str:
    """Return a new token that enrols a wall; the one it holds now counts until that is used."""
    with door.database.work(scope_for(actor, Action.MANAGE_WALLS)) as work:
        wall = _managed(work, actor, wall_id)
        token = _invite(work, wall, actor)
        record_deed(work, actor.person_id, wall, Deed("invite_wall", wall.login))
        work.commit()
    return token


def renew_wall(actor: Actor, door: Door, wall_id: UUID, days: int) -> None:
    """Let a wall's token count for so many days from now on."""
    if not 1 <= days <= LONGEST_DAYS:
        raise WallOrderError("days", value=days, longest=LONGEST_DAYS)
    with door.database.work(scope_for(actor, Action.MANAGE_WALLS)) as work:
        wall = _managed(work, actor, wall_id)
        walls.write(work, wall, expires_at=clock.now() + timedelta(days=days))
        deed = Deed("renew_wall", wall.login, after={"days": days})
        record_deed(work, actor.person_id, wall, deed)
        work.commit()


def bind_wall(actor: Actor, door: Door, wall_id: UUID, text: str) -> None:
    """Let a wall be seen from some networks alone, or from everywhere when there are none."""
    networks = networks_in(text)
    with door.database.work(scope_for(actor, Action.MANAGE_WALLS)) as work:
        wall = _managed(work, actor, wall_id)
        walls.write(work, wall, networks=networks)
        before, after = {"networks": wall.networks}, {"networks": networks}
        record_deed(work, actor.person_id, wall, Deed("bind_wall", wall.login, before, after))
        work.commit()


def end_wall(actor: Actor, door: Door, wall_id: UUID) -> None:
    """End a wall at once: its token, its membership and its account."""
    with door.database.work(scope_for(actor, Action.MANAGE_WALLS)) as work:
        wall = _managed(work, actor, wall_id)
        end(work, wall)
        memberships.end(work, [wall.membership_id], clock.now())
        people.deactivate(work, wall.person_id, clock.now())
        record_deed(work, actor.person_id, wall, Deed("end_wall", wall.login))
        work.commit()


def walls_of(actor: Actor, door: Door) -> tuple[StoredWall, ...]:
    """Return the walls at the actor's places and below."""
    require(actor, Action.MANAGE_WALLS)
    with door.database.work(scope_for(actor, Action.MANAGE_WALLS)) as work:
        return walls.every(work)


def device_of(wall: StoredWall) -> str:
    """Return what the wall's browser and system call themselves, as a person would."""
    return " · ".join(filter(None, browser_and_system(wall.agent)))


def invited(door: Door, token: str) -> StoredWall:
    """Return the wall that a token would enrol, or raise InvitationError."""
    with door.database.work(own_scope(token)) as work:
        return _open_invitation(work, token)


def enrol(door: Door, token: str, origin: Origin) -> tuple[str, timedelta]:
    """Use up what enrols a wall; return the wall's own token and how long it counts."""
    with door.database.work(own_scope(token)) as work:
        wall = _open_invitation(work, token)
        if not admits(wall.networks, origin.address):
            raise WallElsewhereError("wall", value=origin.address)
        own, now = new_token(wall.person_id), clock.now()
        values: dict[str, object] = {"address": origin.address[:64], "agent": origin.agent[:300]}
        values |= UNTURNED
        values |= {"token_hash": hash_of(own), "invited_hash": ""}
        walls.write(work, wall, enrolled_at=now, seen_at=now, **values)
        record_deed(work, wall.person_id, wall, Deed("enrol_wall", wall.login))
        work.commit()
    return own, wall.expires_at - now


def _invite(work: Work, wall: StoredWall, actor: Actor) -> str:
    token = new_token(wall.person_id)
    # Who hands it out and then leaves takes it along.
    values = {"invited_by": actor.person_id, "invited_until": clock.now() + INVITED_FOR}
    walls.write(work, wall, invited_hash=hash_of(token), **values)
    return token


def _open_invitation(work: Work, token: str) -> StoredWall:
    wall = walls.by_invitation(work, hash_of(token)) if whose(token) is not None else None
    if wall is None or wall.ended_at or not wall.is_held:
        raise InvitationError("wall")
    if min(wall.invited_until, wall.expires_at) <= clock.now():
        raise InvitationError("wall")
    return wall


def _managed(work: Work, actor: Actor, wall_id: UUID) -> StoredWall:
    wall = _found(work, wall_id)
    require(actor, Action.MANAGE_WALLS, wall.access_path)
    if wall.ended_at:
        raise NotFoundError("wall", value=wall_id)
    return wall


def _found(work: Work, wall_id: UUID) -> StoredWall:
    wall = walls.get(work, wall_id)
    if wall is None:
        raise NotFoundError("wall", value=wall_id)
    return wall


def _check(order: WallOrder) -> None:
    named = order.name and order.place and max(len(order.name), len(order.place)) <= LONGEST_NAME
    if not named or not 1 <= order.days <= LONGEST_DAYS:
        raise WallOrderError("wall", value=order.name, longest=LONGEST_DAYS)
