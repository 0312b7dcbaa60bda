"""Signing in: sessions that end, failures that lock, passwords that must be changed."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.work import Scope
from services.security.lost_access import unlock_sign_in
from services.security.passwords import WeakPasswordError
from services.security.permissions import Role
from services.security.session import (
    Origin,
    SessionOverError,
    Stage,
    actor_of_session,
    session_of,
    sign_out,
    why_ended,
)
from services.security.sign_in import SignInError, change_password, sign_in
from services.security.trail import Sender, sent_by
from services.security.tries import AddressLockedError, SignInLockedError
from tests.doors import come_in, door_of, settle
from tests.places import add_login
from tests.places import add_person as add_actor
from tests.services.conftest import GOOD

pytestmark = pytest.mark.postgres


def stage_of(door, token):
    found = session_of(door, token)
    return found.stage if found else None


def test_whoever_has_come_in_acts_with_the_roles_of_that_moment(door, person):
    actor = actor_of_session(door, come_in(door, person))
    assert actor.name == "wang.fang"
    assert [m.role for m in actor.memberships] == [Role.REPORTER]


def test_capitals_and_spaces_around_a_name_do_not_matter(door, person):
    assert stage_of(door, sign_in(door, " Wang.Fang ", person.password)) is Stage.FACTOR


def test_a_one_time_password_lets_nobody_act_before_it_is_changed(door, made):
    token = sign_in(door, "wang.fang", made.password)
    assert stage_of(door, token) is Stage.PASSWORD
    change_password(door, token, made.password, GOOD)
    assert stage_of(door, token) is Stage.ENROL
    assert actor_of_session(door, token) is None


def test_the_token_and_the_password_are_not_stored(door, person):
    token = come_in(door, person)
    whole = text("SELECT s::text || c::text FROM base.session s, base.credential c")
    with door.database.work(Scope(person_id=1)) as work:
        stored = "".join(work.connection.scalars(whole))
    assert "argon2id" in stored
    assert token not in stored
    assert person.password not in stored


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(door, person):
    told = []
    for login in ("wang.fang", "li.na"):
        with pytest.raises(SignInError) as refused:
            sign_in(door, login, "wrong")
        told.append(str(refused.value).replace(login, ""))
    assert told[0] == told[1]


@pytest.mark.parametrize("login", ["wang.fang", "nobody.known"])
def test_five_failures_lock_the_name_even_for_the_right_password(door, person, later, login):
    for _ in range(5):
        with pytest.raises(SignInError):
            sign_in(door, login, "wrong")
    with pytest.raises(SignInLockedError, match="15"):
        sign_in(door, login, person.password)
    later(minutes=15, seconds=1)
    if login == "wang.fang":
        assert sign_in(door, login, person.password)


def test_each_failure_after_a_lock_doubles_it(door, person, later):
    for minutes in (15, 30, 60):
        for _ in range(5 if minutes == 15 else 1):
            with pytest.raises(SignInError):
                sign_in(door, "wang.fang", "wrong")
        later(minutes=minutes, seconds=-5)
        with pytest.raises(SignInLockedError):
            sign_in(door, "wang.fang", person.password)
        later(seconds=6)


def test_success_forgets_the_failures(door, person):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInError):
                sign_in(door, "wang.fang", "wrong")
        sign_in(door, "wang.fang", person.password)


def test_eight_attackers_on_two_processes_try_five_passwords_and_no_more(door, person, app_url):
    """Real threads, two pools as two processes have them, and the right password at the end."""
    others = Database(app_url)
    refused, beginning = [], threading.Barrier(8)

    def attack(attacked):
        beginning.wait(60)
        for _ in range(4):
            try:
                sign_in(attacked, "wang.fang", "wrong")
            except (SignInError, SignInLockedError) as error:
                refused.append(type(error))

    doors = [door, door_of(others)] * 4
    threads = [threading.Thread(target=attack, args=(one,)) for one in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # 8 attackers of 4 tries: 5 passwords are looked at, the other 27 are refused unseen.
    assert refused.count(SignInError) == 5
    assert refused.count(SignInLockedError) == 27
    with pytest.raises(SignInLockedError):
        sign_in(door_of(others), "wang.fang", person.password)
    others.dispose()


def test_an_administrator_unlocks_a_name_at_once_and_it_is_written_down(door, person):
    boss = add_actor(door.database, "boss", (Role.SECURITY_ADMINISTRATOR, 100_000))
    for _ in range(5):
        with pytest.raises(SignInError):
            sign_in(door, "wang.fang", "wrong")
    unlock_sign_in(boss, door.database, "wang.fang", "a stranger locked it")
    assert sign_in(door, "wang.fang", person.password)
    with door.database.work(SYSTEM_SCOPE) as work:
        written = [e for e in audit.of_organization(work, 100_000) if e.action == "unlock_sign_in"]
    assert [(e.person_id, e.resource) for e in written] == [(boss.person_id, "wang.fang")]


def test_each_step_of_the_way_in_says_from_where_it_came(door, person):
    with sent_by(Sender("web", "192.0.2.8")):
        come_in(door, person)
    with door.database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, 100_000)
    assert [(e.action, e.address) for e in events[:2]] == [
        ("sign_in", "192.0.2.8"),
        ("password_given", "192.0.2.8"),
    ]


def test_signing_out_ends_the_session_wherever_the_token_was_copied(door, person):
    token = come_in(door, person)
    sign_out(door, token)
    assert session_of(door, token) is None


@pytest.mark.parametrize("number", ["", "x", "-1", "１", "9" * 30])
def test_a_token_that_names_nobody_opens_nothing(door, made, number):
    secret = sign_in(door, "wang.fang", made.password).partition(".")[2]
    assert session_of(door, f"{number}.{secret}") is None


def test_a_token_made_out_to_somebody_else_opens_nothing(door, made):
    other = sign_in(door, "li.na", add_login(door.database, "li.na").password)
    token = sign_in(door, "wang.fang", made.password)
    assert session_of(door, token).login == "wang.fang"
    number, secret = other.partition(".")[0], token.partition(".")[2]
    assert session_of(door, f"{number}.{secret}") is None


@pytest.mark.parametrize(
    ("role", "minutes"), [(Role.REPORTER, 30), (Role.SYSTEM_ADMINISTRATOR, 15)]
)
def test_a_session_that_is_not_used_ends_sooner_for_administrators(door, later, role, minutes):
    made = add_login(door.database, "somebody", (role, 100_000))
    token = settle(door.database, made)[1]
    for _ in range(2):
        later(minutes=minutes - 1)
        assert stage_of(door, token) is Stage.OPEN
    later(minutes=minutes + 1)
    assert session_of(door, token) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(door, person, later):
    token = come_in(door, person)
    for _ in range(24):
        later(minutes=29)
        assert session_of(door, token) is not None
    later(minutes=25)
    assert session_of(door, token) is None


def test_a_third_session_ends_the_oldest_which_says_so(door, person):
    first, second, third = (come_in(door, person) for _ in range(3))
    assert [stage_of(door, token) for token in (first, second, third)] == [
        None,
        Stage.OPEN,
        Stage.OPEN,
    ]
    assert why_ended(door, first) == "replaced"
    assert why_ended(door, third) == ""


def test_a_password_alone_ends_nobodys_session(door, person):
    tokens = [come_in(door, person) for _ in range(2)]
    for _ in range(3):
        sign_in(door, "wang.fang", person.password)
    assert [stage_of(door, token) for token in tokens] == [Stage.OPEN] * 2


def test_a_new_password_ends_the_other_sessions(door, person):
    kept, other = (come_in(door, person) for _ in range(2))
    change_password(door, kept, person.password, GOOD + "!")
    assert session_of(door, kept) is not None
    assert session_of(door, other) is None
    with pytest.raises(SignInError):
        sign_in(door, "wang.fang", person.password)


def test_a_password_too_old_must_be_changed_before_anything_else(door, person, later):
    later(days=179)
    assert stage_of(door, come_in(door, person)) is Stage.OPEN
    later(days=2)
    token = come_in(door, person)
    assert stage_of(door, token) is Stage.PASSWORD
    change_password(door, token, person.password, GOOD + "!")
    assert stage_of(door, token) is Stage.OPEN


def test_the_profile_asvs_lets_a_password_grow_old(door, person, later):
    later(days=400)
    assert stage_of(door_of(door.database, "asvs"), come_in(door, person)) is Stage.OPEN


def test_the_last_five_passwords_are_not_taken_again(door, person):
    token, held = come_in(door, person), person.password
    for number in range(5):
        change_password(door, token, held, f"{GOOD}-{number}")
        held = f"{GOOD}-{number}"
    # The present one and the five before it: GOOD, -0, -1, -2, -3, and -4 now.
    for earlier in (GOOD, f"{GOOD}-0", held):
        with pytest.raises(WeakPasswordError) as refused:
            change_password(door, token, held, earlier)
        assert refused.value.reason == "earlier"
    change_password(door, token, held, f"{GOOD}-5")
    change_password(door, token, f"{GOOD}-5", GOOD)


def test_a_password_with_the_name_of_the_organization_is_refused(door, person):
    token = come_in(door, person)
    with pytest.raises(WeakPasswordError) as refused:
        change_password(door, token, person.password, "Test-Firm-T1 or Test firm T1")
    assert refused.value.reason == "known"


def test_the_old_password_is_asked_for_and_failures_lock_it(door, person):
    token = come_in(door, person)
    for _ in range(5):
        with pytest.raises(SignInError):
            change_password(door, token, "wrong", GOOD + "!")
    with pytest.raises(SignInLockedError):
        change_password(door, token, person.password, GOOD + "!")


def test_without_a_session_no_password_is_changed(door):
    with pytest.raises(SessionOverError):
        change_password(door, "no token", "a", "b")


def test_a_person_who_left_is_signed_out_at_the_next_request(door, person):
    token = come_in(door, person)
    with door.database.work(Scope()) as work:
        work.connection.execute(text("UPDATE base.person SET is_active = false"))
        work.commit()
    assert session_of(door, token) is None
    with pytest.raises(SignInError):
        sign_in(door, "wang.fang", person.password)


def test_an_ended_membership_counts_no_more(door, person):
    token = come_in(door, person)
    with door.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(text("UPDATE base.membership SET ended_at = now()"))
        work.commit()
    assert actor_of_session(door, token).memberships == ()


def test_every_sign_in_and_failure_leaves_an_audit_line_with_its_address(door, person):
    sign_in(door, "wang.fang", person.password, Origin("test", "192.0.2.7", "a browser"))
    with pytest.raises(SignInError):
        sign_in(door, "wang.fang", "wrong")
    with door.database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, 100_000)
    assert [event.action for event in events[:2]] == ["sign_in_failed", "password_given"]
    assert (events[1].channel, events[1].address) == ("test", "192.0.2.7")
    assert [event.result for event in events[:2]] == ["failed", "done"]


HERE, THERE = Origin("web", "203.0.113.7", "test"), Origin("web", "203.0.113.8", "test")


@pytest.fixture
def strict(door):
    """The door with six failures for an address, so that nine names need not be tried."""
    return replace(door, profile=replace(door.profile, address_tries=6))


def fail_from(door, origin, count):
    for number in range(count):
        with pytest.raises(SignInError):
            sign_in(door, f"nobody{number}", "wrong", origin)


def test_failures_under_many_names_lock_the_address_and_no_other(strict, person, later):
    fail_from(strict, HERE, 6)
    with pytest.raises(AddressLockedError, match="15"):
        sign_in(strict, "wang.fang", person.password, HERE)
    assert sign_in(strict, "wang.fang", person.password, THERE)
    later(minutes=15, seconds=1)
    assert sign_in(strict, "wang.fang", person.password, HERE)


def test_a_right_password_between_takes_no_failure_of_the_address_back(strict, person):
    fail_from(strict, HERE, 3)
    sign_in(strict, "wang.fang", person.password, HERE)
    fail_from(strict, HERE, 3)
    with pytest.raises(AddressLockedError):
        sign_in(strict, "wang.fang", person.password, HERE)


def test_failures_longer_ago_than_the_window_are_forgotten(strict, person, later):
    fail_from(strict, HERE, 5)
    later(minutes=15, seconds=1)
    fail_from(strict, HERE, 5)
    assert sign_in(strict, "wang.fang", person.password, HERE)


def test_this_machine_is_no_source_and_is_never_locked(strict, person):
    fail_from(strict, Origin("web", "127.0.0.1", "a proxy that nobody told of"), 8)
    assert sign_in(strict, "wang.fang", person.password, Origin("web", "127.0.0.1", "test"))


def test_the_security_administrator_unlocks_an_address_too(strict, person):
    boss = add_actor(strict.database, "unlocker", (Role.SECURITY_ADMINISTRATOR, 100_000))
    fail_from(strict, HERE, 6)
    unlock_sign_in(boss, strict.database, HERE.address, "the office")
    assert sign_in(strict, "wang.fang", person.password, HERE)


def actions_of(database):
    with database.work(SYSTEM_SCOPE) as work:
        return [each.event.action for each in audit.search(work, AuditQuery(), 50)]


def test_leaving_is_an_event_once(door, database, person):
    token = come_in(door, person)
    for _ in range(3):
        sign_out(door, token)
    assert actions_of(database).count("sign_out") == 1


def test_a_wrong_old_password_is_an_event(door, database, person):
    token = come_in(door, person)
    with pytest.raises(SignInError):
        change_password(door, token, "not-mine-at-all-9", GOOD)
    assert actions_of(database)[0] == "old_password_failed"
