"""A wall that shows its token: who it is, its next token, and what a stolen one does (7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services import clock
from services.data import labels, walls
from services.data.walls import StoredWall
from services.data.work import Scope, Work
from services.security.door import Door
from services.security.permissions import PERMISSIONS, Actor, Membership, Role
from services.security.session import TOUCH, whose
from services.security.trail import REFUSED, Deed, record_deed
from services.security.wall_tokens import (
    Chain,
    Standing,
    admits,
    generation_of,
    is_due,
    is_stolen,
    token_of,
)

WALL_ACTIONS = PERMISSIONS[Role.WALL]
# Why a wall has ended, where nobody ended it.
STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class SeenWall:
    """Who shows a wall's token; `actor` is None where the wall is not seen from there.

    `fresh` is the token that the wall shall show from now on, "" for the one it has.
    """

    person_id: int
    actor: Actor | None
    fresh: str = ""
    span: timedelta = timedelta(0)


def seen(door: Door, token: str, address: str) -> SeenWall | None:
    """Return the wall that a token stands for, held to showing its place; None when it is over.

    A token that its wall has long renewed was copied from it: the wall ends, for nobody knows
    which of the two is the wall.
    """
    now = clock.now()
    with door.database.work(own_scope(token)) as work:
        wall, generation = _shown(work, door, token, now)
        if wall is None or generation is None:
            return None
        if not admits(wall.networks, address):
            return SeenWall(wall.person_id, None)
        if is_stolen(_standing(wall), generation):
            _end_stolen(work, wall, generation, address)
            work.commit()
            return None
        fresh = _renewed(work, door, (wall, generation), now)
        if wall.seen_at is None or now - wall.seen_at > TOUCH:
            walls.write(work, wall, seen_at=now, address=address[:64])
        clearance = labels.clearance_of(work, wall.person_id, clock.today())
        work.commit()
    held = Membership(Role.WALL, wall.organization_id, wall.access_path)
    actor = Actor(wall.person_id, wall.name, (held,), WALL_ACTIONS, clearance)
    return SeenWall(wall.person_id, actor, fresh, wall.expires_at - now)


def leave(door: Door, token: str) -> None:
    """End a wall from itself: afterwards nobody can use its token, wherever it was copied."""
    with door.database.work(own_scope(token)) as work:
        wall, generation = _shown(work, door, token, clock.now())
        if wall is None or generation is None:
            return
        end(work, wall)
        record_deed(work, wall.person_id, wall, Deed("end_wall", wall.login))
        work.commit()


def own_scope(token: str) -> Scope:
    """Return the scope of the account that a token is made out to."""
    # Whose the token says it is only opens the query: a row is found for the true one alone.
    return Scope(person_id=whose(token))


def end(work: Work, wall: StoredWall, why: str = "") -> None:
    """Take a wall's tokens away."""
    given = {"token_hash": "", "invited_hash": "", "ended_why": why}
    walls.write(work, wall, ended_at=clock.now(), **given)


def _shown(
    work: Work, door: Door, token: str, now: datetime
) -> tuple[StoredWall | None, int | None]:
    """Return the living wall whose token it is, and which of its tokens."""
    person_id = whose(token)
    wall = walls.of_person(work, person_id) if person_id is not None else None
    if wall is None or wall.ended_at or wall.expires_at <= now or not wall.is_held:
        return None, None
    return wall, generation_of(door.key, _chain(wall), token)


def _renewed(work: Work, door: Door, shown: tuple[StoredWall, int], now: datetime) -> str:
    """Note that a token came back; return the one to be shown from now on, "" for the same."""
    wall, generation = shown
    if generation < wall.generation:
        # The answer that brought the present token was lost, or is still on its way.
        return token_of(door.key, _chain(wall), wall.generation)
    standing = _standing(wall)
    if wall.taken_at is None and not wall.is_settled:
        walls.write_present(work, wall, taken_at=now)
    elif standing.settles(now):
        walls.write_present(work, wall, is_settled=True)
    if not is_due(standing, now):
        return ""
    walls.advance(work, wall, now)
    return token_of(door.key, _chain(wall), wall.generation + 1)


def _end_stolen(work: Work, wall: StoredWall, generation: int, address: str) -> None:
    end(work, wall, STOLEN)
    told = {"address": address[:64], "renewed": wall.generation - generation}
    deed = Deed("wall_token_reused", wall.login, after=told, result=REFUSED)
    record_deed(work, wall.person_id, wall, deed)


def _chain(wall: StoredWall) -> Chain:
    return Chain(wall.wall_id, wall.person_id, wall.token_hash)


def _standing(wall: StoredWall) -> Standing:
    begun = wall.rotated_at or wall.enrolled_at or wall.made_at
    return Standing(wall.generation, begun, wall.taken_at, wall.is_settled)
