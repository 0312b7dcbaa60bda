"""Those who call across organizations: people, programs with a person's token, and walls."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import update

from services.clock import now, today
from services.data import memberships, people, sessions, walls
from services.data.engine import SYSTEM_SCOPE
from services.data.identity_tables import api_token, second_factor
from services.data.memberships import NewMembership
from services.data.walls import NewWall
from services.data.work import Scope
from services.security.permissions import PERMISSIONS, Role
from services.security.session import hash_of, new_token
from tests.callbacks.programs import token_for
from tests.callbacks.resting import opened

PERSON, PROGRAM, WALL = "person", "program", "wall"
NUMBERS = itertools.count(1)
# Seen tomorrow, a wall or a token is not written down as seen now, so that a call writes nothing;
# and a second factor that was given tomorrow is fresh for as long as the calls take.
TOMORROW = timedelta(days=1)


@dataclass(frozen=True)
class Caller:
    """Somebody with one role at one place, and what their requests are sent with.

    `actions` are those on the token of a program; None where there is none.
    """

    role: str
    place: int
    client: object = field(compare=False)
    kind: str = PERSON
    person_id: int = field(default=0, compare=False)
    actions: frozenset | None = None


class TokenClient:
    """Sends requests as a program does: with a token in place of a cookie."""

    def __init__(self, client, token):
        self.client, self.bearer = client, {"Authorization": f"Bearer {token}"}

    def get(self, address, **given):
        return self.client.get(address, **self._with_token(given))

    def post(self, address, **given):
        return self.client.post(address, **self._with_token(given))

    def put(self, address, **given):
        return self.client.put(address, **self._with_token(given))

    def _with_token(self, given):
        return given | {"headers": given.get("headers", {}) | self.bearer}


def everybody(app, country, places=("own",)):
    """Return a person of every role at each of the places, their programs, and a wall of each."""
    database, found = country.database, []
    for name in places:
        place = country.places[name]
        people_there = [sign_in(app, database, role.value, place) for role in Role]
        programs = [each for one in people_there for each in programs_of(app, database, one)]
        found += [*people_there, *programs, hang_up(app, database, place)]
    return found


def add_person(database, role, place):
    """Add a person who holds a role at a place; return their id and sign-in name."""
    login = f"caller{next(NUMBERS)}"
    with database.work(SYSTEM_SCOPE) as work:
        person_id = people.add(work, login, login)
        memberships.add(work, NewMembership(person_id, role, place, today()))
        work.commit()
    return person_id, login


def sign_in(app, database, role, place):
    """Return a caller whose session is written straight into the database."""
    person_id, _ = add_person(database, role, place)
    token, at = new_token(person_id), now()
    with database.work(Scope(person_id=person_id)) as work:
        people.add_credential(work, person_id, "none that fits")
        people.replace_credential(work, person_id, "none that fits", must_change=False, at=at)
        held = {"person_id": person_id, "kind": "totp", "name": "", "secret": b"", "counter": 0}
        work.connection.execute(second_factor.insert().values(held | _confirmed(at)).inline())
        sessions.add(work, opened(person_id, token, at + TOMORROW))
        work.commit()
    client = app.server.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return Caller(role, place, client, person_id=person_id)


def _confirmed(at):
    return {"made_at": at, "confirmed_at": at}


def programs_of(app, database, person):
    """Return two programs of a person: one with all of their actions, one with every other."""
    held = sorted(PERMISSIONS[Role(person.role)])
    return [_program(app, database, person, chosen) for chosen in (held, held[::2])]


def _program(app, database, person, actions):
    with database.work(SYSTEM_SCOPE) as work:
        login = people.get(work, person.person_id).login
    token = token_for(database, login, actions)
    with database.work(Scope(person_id=person.person_id)) as work:
        own = update(api_token).where(api_token.c.token_hash == hash_of(token))
        work.connection.execute(own.values(used_at=now() + TOMORROW))
        work.commit()
    client = TokenClient(app.server.test_client(), token)
    given = frozenset(each.value for each in actions)
    return Caller(person.role, person.place, client, PROGRAM, person.person_id, given)


def hang_up(app, database, place):
    """Return a wall that shows a place, enrolled straight in the database."""
    person_id, login = add_person(database, WALL, place)
    token, at = new_token(person_id), now()
    later = {"seen_at": at + TOMORROW, "rotated_at": at + TOMORROW, "is_settled": True}
    with database.work(SYSTEM_SCOPE) as work:
        (held,) = memberships.of_person(work, person_id)
        where = (held.organization_id, held.access_path, person_id, held.membership_id)
        walls.add(work, NewWall(*where, login, "hall", "", person_id), at, at + 9 * TOMORROW)
        wall = walls.of_person(work, person_id)
        walls.write(work, wall, token_hash=hash_of(token), enrolled_at=at, **later)
        work.commit()
    client = app.server.test_client()
    client.set_cookie("shuangtan_wall", token)
    return Caller(WALL, place, client, WALL, person_id)
