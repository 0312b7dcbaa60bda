"""The second factor: codes used once, recovery codes, passkeys, and no way past it."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from services import clock
from services.data.engine import Database
from services.data.work import Scope
from services.errors import NotFoundError
from services.security import factors, passkeys
from services.security.factors import (
    LastFactorError,
    begin_totp,
    code_proof,
    confirm_totp,
    factors_of,
    remove_factor,
    renew_codes,
)
from services.security.passkeys import Answer, Site, passkey_proof
from services.security.proving import FactorError, enter, step_up
from services.security.session import (
    SessionOverError,
    Stage,
    StageError,
    actor_of_session,
    session_of,
    sign_out,
)
from services.security.sign_in import SignInError, change_password, sign_in
from services.security.tries import SignInLockedError
from tests.doors import code_of, come_in, door_of, enrol, forget_step
from tests.services.conftest import GOOD

pytestmark = pytest.mark.postgres

SITE = Site("localhost", "http://localhost")


def wrong(seed):
    """Return six digits that none of the three steps has."""
    right = {code_of(seed, ahead) for ahead in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def test_a_session_opens_with_the_code_and_under_a_token_of_its_own(door, person):
    forget_step(door.database, person.login)
    half = sign_in(door, person.login, person.password)
    assert session_of(door, half).stage is Stage.FACTOR
    opened = enter(door, half, code_proof(code_of(person.seed)))
    assert session_of(door, opened).stage is Stage.OPEN
    assert session_of(door, half) is None


@pytest.fixture
def still(monkeypatch):
    """Hold the clock, so that no step begins between a code and its check."""
    instant = clock.now()
    monkeypatch.setattr(clock, "now", lambda: instant)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_the_neighbours_of_the_present_step_are_taken_too(door, person, ahead):
    forget_step(door.database, person.login)
    half = sign_in(door, person.login, person.password)
    assert enter(door, half, code_proof(code_of(person.seed, ahead)))


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("ahead", [-3, -2, 2, 3])
def test_steps_farther_off_are_not(door, person, ahead):
    forget_step(door.database, person.login)
    half = sign_in(door, person.login, person.password)
    with pytest.raises(FactorError):
        enter(door, half, code_proof(code_of(person.seed, ahead)))


@pytest.mark.usefixtures("still")
def test_a_code_is_used_once_and_those_before_it_with_it(door, person):
    come_in(door, person)
    half = sign_in(door, person.login, person.password)
    for ahead in (0, -1):
        with pytest.raises(FactorError):
            enter(door, half, code_proof(code_of(person.seed, ahead)))
    assert enter(door, half, code_proof(code_of(person.seed, 1)))


def test_one_code_sent_by_many_at_once_opens_one_session(door, person, app_url):
    forget_step(door.database, person.login)
    other = Database(app_url)
    doors = [door, door_of(other)] * 2
    halves = [sign_in(each, person.login, person.password) for each in doors]
    opened, code = [], code_of(person.seed)

    def give(at, half):
        with suppress(FactorError):
            opened.append(enter(at, half, code_proof(code)))

    threads = [threading.Thread(target=give, args=pair) for pair in zip(doors, halves, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.dispose()
    assert len(opened) == 1


def test_five_wrong_codes_lock_the_factor_though_the_password_is_known(door, person, later):
    half = sign_in(door, person.login, person.password)
    for _ in range(5):
        with pytest.raises(FactorError):
            enter(door, half, code_proof(wrong(person.seed)))
        sign_in(door, person.login, person.password)
    with pytest.raises(SignInLockedError):
        enter(door, half, code_proof(code_of(person.seed, 1)))
    later(minutes=15, seconds=1)
    half = sign_in(door, person.login, person.password)
    assert enter(door, half, code_proof(code_of(person.seed)))


def test_nobody_locks_a_factor_by_typing_its_key_as_a_name(door, person):
    number = session_of(door, sign_in(door, person.login, person.password)).person_id
    for _ in range(6):
        with pytest.raises((SignInError, SignInLockedError)):
            sign_in(door, f"F:{number}", "wrong")
    assert come_in(door, person)


def test_a_half_open_session_ends_when_the_factor_does_not_come(door, person, later):
    half = sign_in(door, person.login, person.password)
    later(minutes=31)
    assert session_of(door, half) is None


def test_the_seed_is_sealed_and_opens_for_its_own_person_and_key_alone(door, person):
    with door.database.work(Scope(person_id=session_number(door, person))) as work:
        stored = work.connection.execute(
            text("SELECT person_id, secret FROM base.second_factor")
        ).one()
    assert person.seed.encode() not in bytes(stored.secret)
    opened = factors.unseal(door.key, bytes(stored.secret), f"factor of {stored.person_id}")
    assert opened.decode() == person.seed
    for key, owner in ((bytes(32), stored.person_id), (door.key, stored.person_id + 1)):
        with pytest.raises(InvalidTag):
            factors.unseal(key, bytes(stored.secret), f"factor of {owner}")


def session_number(door, person):
    return session_of(door, sign_in(door, person.login, person.password)).person_id


def at_enrolment(door, made):
    token = sign_in(door, made.login, made.password)
    change_password(door, token, made.password, GOOD)
    return token


def test_ten_recovery_codes_come_with_the_first_factor_and_each_works_once(door, made):
    token = at_enrolment(door, made)
    seed = begin_totp(door, token).seed
    codes = confirm_totp(door, token, code_of(seed), "phone").codes
    assert len(set(codes)) == 10
    for code in (codes[0], codes[1].upper().replace("-", " ")):
        assert enter(door, sign_in(door, made.login, GOOD), code_proof(code))
        with pytest.raises(FactorError):
            enter(door, sign_in(door, made.login, GOOD), code_proof(code))
    token = enter(door, sign_in(door, made.login, GOOD), code_proof(codes[2]))
    assert factors_of(door, token)[1] == 7
    fresh = renew_codes(door, token)
    with pytest.raises(FactorError):
        enter(door, sign_in(door, made.login, GOOD), code_proof(codes[3]))
    assert enter(door, sign_in(door, made.login, GOOD), code_proof(fresh[0]))


def test_recovery_codes_are_not_stored_readable(door, made):
    token = at_enrolment(door, made)
    seed = begin_totp(door, token).seed
    codes = confirm_totp(door, token, code_of(seed), "phone").codes
    with door.database.work(Scope(person_id=1)) as work:
        stored = "".join(work.connection.scalars(text("SELECT r::text FROM base.recovery_code r")))
    assert stored
    assert [c for c in codes if c in stored or c.replace("-", "") in stored] == []


def test_the_seed_shown_in_one_session_is_not_that_of_another(door, made):
    """Whoever knew the one-time password may have looked at the picture."""
    token = at_enrolment(door, made)
    seen = begin_totp(door, token).seed
    assert begin_totp(door, token).seed == seen
    other = sign_in(door, made.login, GOOD)
    assert begin_totp(door, other).seed != seen
    with pytest.raises(FactorError):
        confirm_totp(door, other, code_of(seen), "")


def test_another_factor_may_be_added_and_removed_but_never_the_last(door, person):
    token = come_in(door, person)
    enrol(door, token)
    held, _ = factors_of(door, token)
    assert len(held) == 2
    remove_factor(door, token, held[0].factor_id)
    with pytest.raises(LastFactorError):
        remove_factor(door, token, held[1].factor_id)
    with pytest.raises(NotFoundError):
        remove_factor(door, token, held[0].factor_id)
    # The code of the authenticator that was removed opens nothing.
    half = sign_in(door, person.login, person.password)
    with pytest.raises(FactorError):
        enter(door, half, code_proof(code_of(person.seed, 1)))


def test_stepping_up_lasts_ten_minutes_and_takes_a_code_again(door, person, later):
    token = come_in(door, person)

    def fresh():
        return session_of(door, token).is_stepped_up(door.profile, clock.now())

    later(minutes=9)
    assert fresh()
    later(minutes=2)
    assert not fresh()
    with pytest.raises(FactorError):
        step_up(door, token, code_proof(wrong(person.seed)))
    assert not fresh()
    step_up(door, token, code_proof(code_of(person.seed)))
    assert fresh()
    assert door.profile.step_up == timedelta(minutes=10)


def empty_answer():
    return Answer("{}", SITE)


# Everything that takes a token, with whatever somebody who knows the password could hand in.
WAYS = {
    "enter by code": lambda d, t: enter(d, t, code_proof("123456")),
    "enter by nothing": lambda d, t: enter(d, t, code_proof("")),
    "enter by passkey": lambda d, t: enter(d, t, passkey_proof(empty_answer())),
    "step up": lambda d, t: step_up(d, t, code_proof("123456")),
    "change password": lambda d, t: change_password(d, t, GOOD, GOOD + "!"),
    "begin enrolment": lambda d, t: begin_totp(d, t),
    "confirm enrolment": lambda d, t: confirm_totp(d, t, "123456", ""),
    "passkey options": lambda d, t: passkeys.registration_options(d, t, SITE),
    "passkey": lambda d, t: passkeys.register(d, t, empty_answer(), ""),
    "renew codes": lambda d, t: renew_codes(d, t),
    "sign out": lambda d, t: sign_out(d, t),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_from_the_password_alone_to_an_open_session(door, person, way):
    token = sign_in(door, person.login, person.password)
    try:
        given = WAYS[way](door, token)
    except (FactorError, StageError, SessionOverError):
        given = None
    for candidate in (token, given):
        if isinstance(candidate, str):
            assert actor_of_session(door, candidate) is None
    assert actor_of_session(door, sign_in(door, person.login, person.password)) is None
