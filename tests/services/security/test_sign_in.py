"""Signing in: sessions that end, failures that lock, one-time passwords that must be changed."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from services import clock
from services.data import audit
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.security import sign_in as signing
from services.security.passwords import WeakPasswordError
from services.security.permissions import Role
from services.security.sign_in import (
    SessionOverError,
    SignInError,
    SignInLockedError,
    actor_of_session,
    change_password,
    session_of,
    sign_in,
    sign_out,
)
from tests.places import add_firm, add_login

pytestmark = pytest.mark.postgres

GOOD = "Windy-Night-2026"


@pytest.fixture
def one_time(database):
    firm = add_firm(database)
    return add_login(database, "wang.fang", (Role.REPORTER, firm.organization_id)).password


@pytest.fixture
def password(database, one_time):
    token = sign_in(database, "wang.fang", one_time)
    change_password(database, token, one_time, GOOD)
    sign_out(database, token)
    return GOOD


@pytest.fixture
def later(monkeypatch):
    """Return a function that moves the clock forward."""
    moved = [timedelta()]
    present = clock.now
    monkeypatch.setattr(clock, "now", lambda: present() + moved[0])

    def move(**by):
        moved[0] += timedelta(**by)

    return move


def test_whoever_signs_in_acts_with_the_roles_of_that_moment(database, password):
    actor = actor_of_session(database, sign_in(database, " Wang.Fang ", password))
    assert actor.name == "wang.fang"
    assert [m.role for m in actor.memberships] == [Role.REPORTER]


def test_a_one_time_password_lets_nobody_act_before_it_is_changed(database, one_time):
    token = sign_in(database, "wang.fang", one_time)
    assert session_of(database, token).must_change
    assert actor_of_session(database, token) is None
    change_password(database, token, one_time, GOOD)
    assert actor_of_session(database, token) is not None


def test_the_token_and_the_password_are_not_stored(database, password):
    token = sign_in(database, "wang.fang", password)
    whole = text("SELECT s::text || c::text FROM base.session s, base.credential c")
    with database.work(Scope(person_id=1)) as work:
        stored = "".join(work.connection.scalars(whole))
    assert "argon2id" in stored
    assert token not in stored
    assert password not in stored


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(database, password):
    told = []
    for login in ("wang.fang", "li.na"):
        with pytest.raises(SignInError) as refused:
            sign_in(database, login, "wrong")
        told.append(str(refused.value).replace(login, ""))
    assert told[0] == told[1]


@pytest.mark.parametrize("login", ["wang.fang", "nobody.known"])
def test_five_failures_lock_the_name_even_for_the_right_password(database, password, later, login):
    for _ in range(5):
        with pytest.raises(SignInError):
            sign_in(database, login, "wrong")
    with pytest.raises(SignInLockedError, match="15"):
        sign_in(database, login, password)
    later(minutes=15, seconds=1)
    if login == "wang.fang":
        assert sign_in(database, login, password)


def test_each_failure_after_a_lock_doubles_it(database, password, later):
    for minutes in (15, 30, 60):
        for _ in range(5 if minutes == 15 else 1):
            with pytest.raises(SignInError):
                sign_in(database, "wang.fang", "wrong")
        later(minutes=minutes, seconds=-5)
        with pytest.raises(SignInLockedError):
            sign_in(database, "wang.fang", password)
        later(seconds=6)


def test_success_forgets_the_failures(database, password):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInError):
                sign_in(database, "wang.fang", "wrong")
        sign_in(database, "wang.fang", password)


def test_many_tries_at_once_are_still_five(database, password):
    refused = []

    def attempt():
        for _ in range(3):
            try:
                sign_in(database, "wang.fang", "wrong")
            except (SignInError, SignInLockedError) as error:
                refused.append(type(error))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert refused.count(SignInError) == 5
    assert refused.count(SignInLockedError) == 7


def test_signing_out_ends_the_session_wherever_the_token_was_copied(database, password):
    token = sign_in(database, "wang.fang", password)
    sign_out(database, token)
    assert session_of(database, token) is None


@pytest.mark.parametrize("number", ["", "x", "-1", "１", "9" * 30])
def test_a_token_that_names_nobody_opens_nothing(database, password, number):
    secret = sign_in(database, "wang.fang", password).partition(".")[2]
    assert session_of(database, f"{number}.{secret}") is None


def test_a_token_made_out_to_somebody_else_opens_nothing(database, password):
    other = sign_in(database, "li.na", add_login(database, "li.na").password)
    token = sign_in(database, "wang.fang", password)
    assert session_of(database, token).login == "wang.fang"
    number, secret = other.partition(".")[0], token.partition(".")[2]
    assert session_of(database, f"{number}.{secret}") is None


def test_a_session_that_is_not_used_ends(database, password, later):
    token = sign_in(database, "wang.fang", password)
    later(minutes=29)
    assert session_of(database, token) is not None
    later(minutes=29)
    assert session_of(database, token) is not None
    later(minutes=31)
    assert session_of(database, token) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(database, password, later):
    token = sign_in(database, "wang.fang", password)
    for _ in range(24):
        later(minutes=29)
        assert session_of(database, token) is not None
    later(minutes=25)
    assert session_of(database, token) is None


def test_a_new_password_ends_the_other_sessions(database, password):
    kept, other = (sign_in(database, "wang.fang", password) for _ in range(2))
    change_password(database, kept, password, GOOD + "!")
    assert session_of(database, kept) is not None
    assert session_of(database, other) is None
    with pytest.raises(SignInError):
        sign_in(database, "wang.fang", password)


@pytest.mark.parametrize(
    ("new", "reason"),
    [("Short-1", "length"), ("alllowercase", "classes"), (GOOD, "known"),
     ("Wang.Fang-2026", "known"), ("x" * 129, "length")],
)  # fmt: skip
def test_a_weak_password_is_refused_and_says_why(database, password, new, reason):
    token = sign_in(database, "wang.fang", password)
    with pytest.raises(WeakPasswordError) as refused:
        change_password(database, token, password, new)
    assert refused.value.reason == reason
    assert sign_in(database, "wang.fang", password)


def test_the_old_password_is_asked_for(database, password):
    token = sign_in(database, "wang.fang", password)
    with pytest.raises(SignInError):
        change_password(database, token, "wrong", GOOD + "!")


def test_without_a_session_no_password_is_changed(database):
    with pytest.raises(SessionOverError):
        change_password(database, "no token", "a", "b")


def test_a_person_who_left_is_signed_out_at_the_next_request(database, password):
    token = sign_in(database, "wang.fang", password)
    with database.work(Scope()) as work:
        work.connection.execute(text("UPDATE base.person SET is_active = false"))
        work.commit()
    assert session_of(database, token) is None
    with pytest.raises(SignInError):
        sign_in(database, "wang.fang", password)


def test_an_ended_membership_counts_no_more(database, password):
    token = sign_in(database, "wang.fang", password)
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(text("UPDATE base.membership SET ended_at = now()"))
        work.commit()
    assert actor_of_session(database, token).memberships == ()


def test_every_sign_in_and_failure_leaves_an_audit_line(database, password):
    sign_in(database, "wang.fang", password, channel="test")
    with pytest.raises(SignInError):
        sign_in(database, "wang.fang", "wrong")
    with database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, 100_000)
    assert [event.action for event in events[:2]] == ["sign_in_failed", "sign_in"]
    assert events[1].channel == "test"
    assert signing.FREE_TRIES == 5
