"""The door of a test database, and people who carry an authenticator."""

from datetime import timedelta
from typing import NamedTuple

import pyotp

from services import clock
from services.data.engine import Database
from services.data.identity_tables import second_factor, session
from services.data.people import by_login
from services.data.work import Scope
from services.security.door import Door
from services.security.factors import STEP_SECONDS, begin_totp, code_proof, confirm_totp
from services.security.profiles import profile_of
from services.security.proving import enter
from services.security.sign_in import change_password, sign_in

DEVICE_KEY = "1f2e3d4c5b6a79880123456789abcdef8897a6b5c4d3e2f1fedcba9876543210"
FACTOR_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdeffedcba9876543210"
PASSWORD = "A-password-for-tests-7"


class Person(NamedTuple):
    """Somebody who can sign in: name, password, and the seed of their authenticator."""

    login: str
    password: str
    seed: str


def door_of(database, profile="mlps3"):
    """Return the door of a database of the tests."""
    return Door(database, profile_of(profile, clock.today()), bytes.fromhex(FACTOR_KEY))


def code_of(seed, ahead=0):
    """Return the code of the present step, or of one so many steps ahead."""
    step = int(clock.now().timestamp()) // STEP_SECONDS + ahead
    return pyotp.TOTP(seed).generate_otp(step)


def enrol(door, token):
    """Enrol an authenticator with the present code; return seed and new token."""
    seed = begin_totp(door, token).seed
    return seed, confirm_totp(door, token, code_of(seed), "test").token


def settle(database, made, password=PASSWORD):
    """Do what somebody does at the first sign-in; return the person and the open session."""
    door = door_of(database)
    token = sign_in(door, made.login, made.password)
    change_password(door, token, made.password, password)
    seed, token = enrol(door, token)
    return Person(made.login, password, seed), token


def come_in(door, person):
    """Sign in with password and code, and return the token of the open session."""
    forget_step(door.database, person.login)
    token = sign_in(door, person.login, person.password)
    return enter(door, token, code_proof(code_of(person.seed)))


def forget_step(database, login):
    """Let a person's code be used once more: tests sign in oftener than every 30 seconds."""
    with database.work(Scope()) as work:
        person_id = by_login(work, login).person_id
    with database.work(Scope(person_id=person_id)) as work:
        work.connection.execute(second_factor.update().values(counter=0))
        work.commit()


def forget_step_at(address, login):
    """Do the same for a database by its address."""
    database = Database(address)
    try:
        forget_step(database, login)
    finally:
        database.dispose()


def let_grow_old(database, login, minutes=11):
    """Let it be so long since the person last gave the second factor."""
    with database.work(Scope()) as work:
        person_id = by_login(work, login).person_id
    with database.work(Scope(person_id=person_id)) as work:
        earlier = session.c.stepped_up_at - timedelta(minutes=minutes)
        work.connection.execute(
            session.update().where(session.c.person_id == person_id).values(stepped_up_at=earlier)
        )
        work.commit()


def renew_step_up(database, login):
    """Let the person have given the second factor just now."""
    with database.work(Scope()) as work:
        person_id = by_login(work, login).person_id
        work.connection.execute(
            session.update()
            .where(session.c.person_id == person_id)
            .values(stepped_up_at=clock.now())
        )
        work.commit()
