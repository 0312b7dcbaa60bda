"""Actors as the database knows them now; a job asks again when it starts."""

from __future__ import annotations

from services import clock
from services.data import labels, people
from services.data.engine import Database
from services.data.people import StoredMembership, StoredPerson
from services.data.work import Scope, Work
from services.errors import NotFoundError
from services.labels import Clearance
from services.security.permissions import Actor, Membership, Role

# The country is the root of the tree and stands for the platform itself in the audit trail.
ROOT_ID = 100_000


def actor_of_person(database: Database, person_id: int) -> Actor:
    """Return a person as actor with the memberships of this moment, or raise NotFoundError."""
    with database.work(Scope(person_id=person_id)) as work:
        person = people.get(work, person_id)
        if person is None or not person.is_active:
            raise NotFoundError("person", value=person_id)
        return load_actor(work, person)


def actor_of_login(database: Database, login: str) -> Actor:
    """Return the actor of a sign-in name, for the command line, or raise NotFoundError."""
    with database.work(Scope()) as work:
        person = people.by_login(work, login.strip().lower())
    if person is None:
        raise NotFoundError("person", value=login)
    return actor_of_person(database, person.person_id)


def load_actor(work: Work, person: StoredPerson) -> Actor:
    """Return the actor; the scope of the work must be that person's own."""
    today = clock.today()
    held = people.memberships(work, person.person_id, today)
    return actor_with(person, held, labels.clearance_of(work, person.person_id, today))


def actor_with(
    person: StoredPerson, held: tuple[StoredMembership, ...], clearance: Clearance
) -> Actor:
    """Return the person as actor with these memberships and this clearance."""
    return Actor(
        person.person_id,
        person.name,
        tuple(Membership(Role(m.role), m.organization_id, m.access_path) for m in held),
        clearance=clearance,
    )
